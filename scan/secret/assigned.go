package secret

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/coding"
)

// readValue finds the value of the name at first, from offset at on; quoted says that the name stands in quotes of its own.
// It is false when there is none, or when it is an expression.
func (t *text) readValue(op operator, first, at int, quoted bool) (value, bool) {
	data := t.data
	i := ascii.SkipSpace(data, at)
	for n := 0; n < 40 && i < len(data) && ascii.Is(data[i], ascii.ClassSpace) && op == opArgument; n++ {
		i++
	}
	if i >= len(data) {
		return value{}, false
	}
	if op == opElement {
		return t.elementValue(i)
	}
	code := t.syntax == syntaxCode
	if code && data[i] == '(' {
		// A text in brackets, on the lines below.
		if inner := ascii.SkipBlank(data, i+1); inner < len(data) && ascii.IsQuote(data[inner]) {
			i = inner
		}
	}
	if prefixed := literalPrefix(data, i); prefixed > i && (code || wholeWord(data, prefixed)) {
		i = prefixed
	}
	switch {
	case ascii.IsQuote(data[i]) && i+1 < len(data) && data[i+1] == data[i] && closedAt(data, i+1) && (i+2 == len(data) || data[i+2] != data[i]):
		// An empty text.
		return value{}, false
	case ascii.IsQuote(data[i]) && !(t.notation == notationShell && (op == opAssign || op == opFlag || op == opDirective)):
		if !quoted && enclosing(data[ascii.LineStart(data, at, 400):at]) == data[i] {
			// The quote ends a text that has begun before, and the operator is within it: "password=" + x.
			return value{}, false
		}
		v, ok := t.literal(i)
		if ok && !code && t.notation != notationJSON && !closedAt(data, v.end) {
			ok = false
		}
		if ok || code || op == opArgument || op == opCompare || op == opAttribute {
			return innerText(data, v), ok && (op != opDirective || lineOver(data, v.end+1))
		}
	case data[i] == '\\' && i+1 < len(data) && ascii.IsQuote(data[i+1]) && t.notation != notationShell:
		if v, ok := quotedValue(data, i+2, data[i+1], true); ok || code {
			v.decoded = coding.UnescapeTwice(data[v.start:v.end])
			return v, ok
		}
	case op == opArgument || op == opCompare || op == opAttribute:
		return value{}, false
	}
	if v, ok := wrappedValue(data, i); ok {
		return v, true
	}
	v, ok := t.wordValue(op, first, i, at)
	if code && enclosing(data[ascii.LineStart(data, at, 400):at]) == 0 || !ok {
		return fallbackValue(data, i)
	}
	if v.loose {
		if fallback, ok := fallbackValue(data, i); ok {
			return fallback, true
		}
	}
	return v, ok
}

// wholeWord reports whether the text whose quote stands at an offset ends on its line, and nothing but a comment or the end of
// a statement follows.
func wholeWord(data []byte, at int) bool {
	line := data[at+1 : ascii.LineEnd(data, at+1, maxValue)]
	end := bytes.IndexByte(line, data[at])
	return end > 0 && lineOver(data, at+1+end+1)
}

// closedAt reports whether a closing quote stands at an offset: no letter, digit or further sign of a word is run together
// with it.
func closedAt(data []byte, at int) bool {
	return at+1 >= len(data) || ascii.Is(data[at+1], ascii.ClassSpace) || bytes.IndexByte([]byte(",;.:)]}<>/|\\+-\"'`"), data[at+1]) >= 0
}

// verbatim reads a text of C#'s with an @ before its opening quote: backslashes stand for themselves, and a quote is doubled
// (https://learn.microsoft.com/dotnet/csharp/language-reference/tokens/verbatim).
func verbatim(data []byte, start int) (value, bool) {
	end := start
	for end < len(data) && end-start < maxValue && data[end] != '\n' {
		if data[end] == '"' {
			if end+1 == len(data) || data[end+1] != '"' {
				v := value{start: start, end: end}
				if text := data[start:end]; bytes.Contains(text, []byte(`""`)) {
					v.decoded = bytes.ReplaceAll(text, []byte(`""`), []byte(`"`))
				}
				return v, end > start
			}
			end++
		}
		end++
	}
	return value{}, false
}

// maxParts bounds the texts that are joined into one value.
const maxParts = 8

// literal reads the text whose opening quote stands at an offset. In a program texts that are joined by a sign, or stand
// behind each other, are one value; a text that is joined with anything else is an expression.
func (t *text) literal(at int) (value, bool) {
	data, quote := t.data, t.data[at]
	switch t.notation {
	case notationCode, notationText, notationJSON:
	default:
		return t.quoted(at+1, quote)
	}
	if triple := []byte{quote, quote, quote}; bytes.HasPrefix(data[at:], triple) {
		end := bytes.Index(data[at+3:min(len(data), at+3+maxValue)], triple)
		return value{start: at + 3, end: at + 3 + max(end, 0)}, end > 0
	}
	if at > 0 && data[at-1] == '@' && quote == '"' && t.notation == notationCode {
		return verbatim(data, at+1)
	}
	v, ok := t.quoted(at+1, quote)
	if !ok || t.notation == notationJSON {
		return v, ok
	}
	for range maxParts {
		next := ascii.SkipSpace(data, v.end+1)
		if next >= len(data) {
			return v, true
		}
		if t.syntax == syntaxCode && (data[next] == '\n' || data[next] == '\r') {
			// Texts below each other are one in Python and C; elsewhere a comma stands between them.
			next = ascii.SkipBlank(data, next)
			if next >= len(data) || data[next] != quote {
				return v, true
			}
		} else {
			joined := data[next] == '+' || data[next] == '.' && !conversion(data[next:])
			if data[next] == '%' && quote != '`' {
				return value{}, false
			}
			if !joined {
				return v, true
			}
			next = ascii.SkipBlank(data, next+1)
			if next >= len(data) || !ascii.IsQuote(data[next]) {
				return value{}, false
			}
		}
		part, ok := t.quoted(next+1, data[next])
		if !ok || part.end-v.start > maxValue {
			return value{}, false
		}
		v = value{start: v.start, end: part.end, decoded: append(append([]byte{}, v.of(t.data)...), part.of(t.data)...)}
	}
	return v, true
}

// literalPrefix skips what may stand before a quote: r, b, u, L, N, @ and Laravel's "base64:".
func literalPrefix(data []byte, i int) int {
	for n := 0; n < 2 && i+n+1 < len(data); n++ {
		if ascii.IsQuote(data[i+n]) {
			return i + n
		}
		if bytes.IndexByte([]byte("rRbBuULN@"), data[i+n]) < 0 {
			break
		}
	}
	if i+2 < len(data) && ascii.IsQuote(data[i+2]) && bytes.IndexByte([]byte("rRbBuULN@"), data[i]) >= 0 && bytes.IndexByte([]byte("rRbBuULN@"), data[i+1]) >= 0 {
		return i + 2
	}
	return i
}

// quotedValue reads to the closing quote on the same line. A text that is joined with something is an expression.
func quotedValue(data []byte, start int, quote byte, escaped bool) (value, bool) {
	end := start
	for end < len(data) && end-start < maxValue && data[end] != '\n' {
		switch {
		case escaped && data[end] == '\\' && end+1 < len(data) && data[end+1] == quote:
			return value{start: start, end: end}, end > start
		case escaped && data[end] == quote:
			return value{}, false
		case !escaped && data[end] == '\\' && end+1 < len(data):
			end++
		case !escaped && data[end] == quote:
			next := ascii.SkipSpace(data, end+1)
			if next < len(data) && (data[next] == '+' || data[next] == '%' && quote != '`' || data[next] == '.' && !conversion(data[next:])) {
				return value{}, false
			}
			return value{start: start, end: end}, end > start
		}
		end++
	}
	return value{}, false
}

// conversions are the methods behind a text that leave it what it is.
var conversions = [...]string{
	".toCharArray()", ".getBytes(", ".encode(", ".to_string()", ".to_owned()", ".into()", ".as_bytes()", ".freeze", ".strip()", ".trim()",
	".toString()", ".utf8", ".data(",
}

// conversion reports whether code begins with a method that leaves a text what it is, or with no method.
func conversion(code []byte) bool {
	if len(code) < 2 || !ascii.Is(code[1], ascii.ClassLower) {
		return true
	}
	for _, method := range conversions {
		if bytes.HasPrefix(code, []byte(method)) {
			return true
		}
	}
	return false
}

// innerText leaves out quotes within the quotes, as generated code has them: '"x"', "\"x\"".
func innerText(data []byte, v value) value {
	text := data[v.start:v.end]
	switch n := len(text); {
	case n > 4 && text[0] == '\\' && ascii.IsQuote(text[1]) && text[n-2] == '\\' && text[n-1] == text[1]:
		return value{start: v.start + 2, end: v.end - 2}
	case n > 2 && ascii.IsQuote(text[0]) && text[0] != '`' && text[n-1] == text[0] && v.decoded == nil:
		return value{start: v.start + 1, end: v.end - 1}
	}
	return v
}

// wrappers are the functions that only change the type of their text.
var wrappers = ascii.WordSet(" []byte string::from some bytes bytearray buffer.from secretstr string str b secret securestring base64.b64decode " +
	"b64decode secret::new secret::from base64.decode secretstring std::string qstringliteral text u ")

// wrappedValue reads the text in []byte("x"), String::from("x") and their kin.
func wrappedValue(data []byte, start int) (value, bool) {
	if bytes.HasPrefix(data[start:], []byte("new ")) {
		start += len("new ")
	}
	i := start
	for i < len(data) && i-start < 24 && (ascii.Is(data[i], ascii.ClassAlnum) || bytes.IndexByte([]byte("_.:[]"), data[i]) >= 0) {
		i++
	}
	if i == start || i+1 >= len(data) || data[i] != '(' || !ascii.OneOf(wrappers, data[start:i]) {
		return value{}, false
	}
	i = literalPrefix(data, ascii.SkipSpace(data, i+1))
	if i >= len(data) || !ascii.IsQuote(data[i]) {
		return value{}, false
	}
	v, ok := quotedValue(data, i+1, data[i], false)
	if next := v.end + 1; !ok || next >= len(data) || data[next] != ')' && data[next] != ',' {
		return value{}, false
	}
	return v, true
}

// elementValue reads the text of an XML element up to the next tag, without the white space around it.
func (t *text) elementValue(start int) (value, bool) {
	data := t.data
	for start < len(data) && ascii.Is(data[start], ascii.ClassSpace) {
		start++
	}
	for _, tag := range [...]string{"<value>", "<string>"} {
		if bytes.HasPrefix(data[start:], []byte(tag)) {
			start += len(tag)
		}
	}
	if section := []byte("<![CDATA["); bytes.HasPrefix(data[start:], section) {
		start += len(section)
		end := bytes.Index(data[start:min(len(data), start+maxValue)], []byte("]]>"))
		return value{start: start, end: start + max(end, 0), whole: true}, end > 0
	}
	end := start
	for end < len(data) && end-start < maxValue && data[end] != '<' && data[end] != '\n' {
		end++
	}
	close := end
	for close < len(data) && ascii.Is(data[close], ascii.ClassSpace) {
		close++
	}
	if close+1 >= len(data) || data[close] != '<' || data[close+1] != '/' {
		return value{}, false
	}
	for end > start && ascii.Is(data[end-1], ascii.ClassSpace) {
		end--
	}
	return value{start: start, end: end, whole: true, decoded: coding.Entities(data[start:end])}, end > start
}

// fallbackValue reads the text in `expression || "text"`, `expression ?? "text"` and `expression or "text"`.
func fallbackValue(data []byte, start int) (value, bool) {
	line := data[start:ascii.LineEnd(data, start, 200)]
	for _, mark := range [...]string{"|| ", "?? ", " or ", "?: "} {
		if at := bytes.Index(line, []byte(mark)); at >= 0 {
			i := ascii.SkipSpace(data, start+at+len(mark))
			if i < len(data) && ascii.IsQuote(data[i]) {
				return quotedValue(data, i+1, data[i], false)
			}
		}
	}
	return value{}, false
}
