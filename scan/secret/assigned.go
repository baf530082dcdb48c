package secret

import "bytes"

// value is the text behind an operator.
type value struct {
	start, end int
	// bare is true for a value without quotes.
	bare bool
}

// readValue finds the value from offset at on; quoted says that the name stands in quotes of its own. It is false when
// there is none, or when it is an expression.
func (t *text) readValue(op operator, at int, quoted bool) (value, bool) {
	data := t.data
	i := skipSpace(data, at)
	if op == opArgument || op == opAttribute || op == opColon {
		for n := 0; n < 40 && i < len(data) && is(data[i], classSpace) && op == opArgument; n++ {
			i++
		}
	}
	if i >= len(data) {
		return value{}, false
	}
	if op == opElement {
		return elementValue(data, i)
	}
	i = literalPrefix(data, i)
	switch {
	case isQuote(data[i]):
		if !quoted && closes(data, at, data[i]) {
			return value{}, false
		}
		v, ok := quotedValue(data, i+1, data[i], false)
		return innerText(data, v), ok && (op != opDirective || lineOver(data, v.end+1))
	case data[i] == '\\' && i+1 < len(data) && isQuote(data[i+1]):
		return quotedValue(data, i+2, data[i+1], true)
	case op == opArgument || op == opCompare || op == opAttribute:
		return value{}, false
	}
	if v, ok := wrappedValue(data, i); ok {
		return v, true
	}
	v, ok := t.bareValue(op, i, at)
	if t.path.syntax == syntaxCode {
		if !t.inString(at) {
			return fallbackValue(data, i)
		}
		return v, ok
	}
	if !ok {
		return fallbackValue(data, i)
	}
	return v, ok
}

// closes reports whether a quote behind an operator at an offset ends a text that has begun before: the operator is
// within it ("password=" + x).
func closes(data []byte, at int, quote byte) bool {
	return bytes.Count(data[lineStart(data, at, 400):at], []byte{quote})%2 == 1
}

// literalPrefix skips what may stand before a quote: r, b, u, L, N, @ and Laravel's "base64:".
func literalPrefix(data []byte, i int) int {
	for n := 0; n < 2 && i+n+1 < len(data); n++ {
		if isQuote(data[i+n]) {
			return i + n
		}
		if bytes.IndexByte([]byte("rRbBuULN@"), data[i+n]) < 0 {
			break
		}
	}
	if i+2 < len(data) && isQuote(data[i+2]) && bytes.IndexByte([]byte("rRbBuULN@"), data[i]) >= 0 && bytes.IndexByte([]byte("rRbBuULN@"), data[i+1]) >= 0 {
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
			next := skipSpace(data, end+1)
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
	if len(code) < 2 || !is(code[1], classLower) {
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
	case n > 4 && text[0] == '\\' && isQuote(text[1]) && text[n-2] == '\\' && text[n-1] == text[1]:
		return value{start: v.start + 2, end: v.end - 2}
	case n > 2 && isQuote(text[0]) && text[n-1] == text[0]:
		return value{start: v.start + 1, end: v.end - 1}
	}
	return v
}

// wrappers are the functions that only change the type of their text.
var wrappers = wordSet(" []byte string::from some bytes bytearray buffer.from secretstr string str b secret securestring base64.b64decode " +
	"b64decode secret::new secret::from base64.decode secretstring std::string qstringliteral text u ")

// wrappedValue reads the text in []byte("x"), String::from("x") and their kin.
func wrappedValue(data []byte, start int) (value, bool) {
	if bytes.HasPrefix(data[start:], []byte("new ")) {
		start += len("new ")
	}
	i := start
	for i < len(data) && i-start < 24 && (is(data[i], classAlnum) || bytes.IndexByte([]byte("_.:[]"), data[i]) >= 0) {
		i++
	}
	if i == start || i+1 >= len(data) || data[i] != '(' || !oneOf(wrappers, data[start:i]) {
		return value{}, false
	}
	i = literalPrefix(data, skipSpace(data, i+1))
	if i >= len(data) || !isQuote(data[i]) {
		return value{}, false
	}
	v, ok := quotedValue(data, i+1, data[i], false)
	if next := v.end + 1; !ok || next >= len(data) || data[next] != ')' && data[next] != ',' {
		return value{}, false
	}
	return v, true
}

// elementValue reads the text up to the closing tag.
func elementValue(data []byte, start int) (value, bool) {
	end := start
	for end < len(data) && end-start < maxValue && data[end] != '<' && data[end] != '\n' {
		end++
	}
	if end+1 >= len(data) || data[end] != '<' || data[end+1] != '/' {
		return value{}, false
	}
	v := value{start: start, end: end, bare: false}
	for v.start < v.end && is(data[v.start], classSpace) {
		v.start++
	}
	for v.end > v.start && is(data[v.end-1], classSpace) {
		v.end--
	}
	return v, v.end > v.start
}

// bareValue reads a value without quotes. Where the operator has no space behind it the value may stand among others;
// elsewhere nothing but a comment may follow on the line, or it is prose.
func (t *text) bareValue(op operator, start, at int) (value, bool) {
	data := t.data
	if bytes.HasPrefix(data[start:], []byte("base64:")) {
		start += len("base64:")
	}
	end := start
	if data[start] == '&' {
		// The next parameter of a query, or an entity of HTML.
		return value{}, false
	}
	for end < len(data) && end-start < maxValue && !is(data[end], classSpace|classEnd) {
		if data[end] == '\\' && end+1 < len(data) && (data[end+1] == 'n' || data[end+1] == 'r' || isQuote(data[end+1])) {
			break
		}
		if data[end] == '&' && op == opAssign && end > start && bytes.IndexByte(data[end:min(len(data), end+40)], '=') > 0 {
			break
		}
		end++
	}
	if end < len(data) && data[end] == '<' && end+1 < len(data) && data[end+1] != '/' {
		return value{}, false
	}
	for end > start && bytes.IndexByte([]byte(")]}"), data[end-1]) >= 0 && bytes.IndexByte(data[start:end], '(') < 0 {
		end--
	}
	if end == start {
		return value{}, false
	}
	if op != opFlag && (start > at || op == opDirective) && !lineOver(data, end) && !(end < len(data) && isQuote(data[end]) && t.inString(at)) {
		return value{}, false
	}
	return value{start: start, end: end, bare: true}, true
}

// lineOver reports whether only a comment or the end of a statement follows on the line.
func lineOver(data []byte, at int) bool {
	for at < len(data) && (data[at] == ' ' || data[at] == '\t' || data[at] == '\r' || bytes.IndexByte([]byte(",;)}\"'`"), data[at]) >= 0) {
		at++
	}
	if at >= len(data) || data[at] == '\n' || data[at] == '#' || data[at] == '\\' {
		return true
	}
	return bytes.HasPrefix(data[at:], []byte("//")) || bytes.HasPrefix(data[at:], []byte("--")) || bytes.HasPrefix(data[at:], []byte("/*"))
}

// fallbackValue reads the text in `expression || "text"`, `expression ?? "text"` and `expression or "text"`.
func fallbackValue(data []byte, start int) (value, bool) {
	line := data[start:lineEnd(data, start, 200)]
	for _, mark := range [...]string{"|| ", "?? ", " or ", "?: "} {
		if at := bytes.Index(line, []byte(mark)); at >= 0 {
			i := skipSpace(data, start+at+len(mark))
			if i < len(data) && isQuote(data[i]) {
				return quotedValue(data, i+1, data[i], false)
			}
		}
	}
	return value{}, false
}

// inString reports whether an offset of a program stands in a text between quotes: an odd number of them stand before
// it on its line.
func (t *text) inString(at int) bool {
	count := 0
	for _, b := range t.data[lineStart(t.data, at, 400):at] {
		if b == '"' || b == '\'' || b == '`' {
			count++
		}
	}
	return count%2 == 1
}
