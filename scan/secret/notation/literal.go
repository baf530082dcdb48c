package notation

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/wordlist"
)

// verbatim reads a C# text with an @ before its opening quote: a backslash is a backslash, and a quote is doubled
// (https://learn.microsoft.com/dotnet/csharp/language-reference/tokens/verbatim).
func verbatim(data []byte, start int) (Value, bool) {
	end := start
	for end < len(data) && end-start < MaxValue && data[end] != '\n' {
		if data[end] == '"' {
			if end+1 == len(data) || data[end+1] != '"' {
				v := Value{Start: start, End: end}
				if text := data[start:end]; bytes.Contains(text, []byte(`""`)) {
					v.Decoded = bytes.ReplaceAll(text, []byte(`""`), []byte(`"`))
				}
				return v, end > start
			}
			end++
		}
		end++
	}
	return Value{}, false
}

// maxParts bounds the texts that are joined into one value.
const maxParts = 8

// literal reads the text whose opening quote is at an offset. In a program, texts that are joined by a sign or follow
// each other are one value. A text that is joined with anything else is an expression.
func (t *Text) literal(at int) (Value, bool) {
	data, quote := t.Data, t.Data[at]
	switch t.Notation {
	case Code, Prose, JSON:
	default:
		return t.quoted(at+1, quote)
	}
	if triple := []byte{quote, quote, quote}; bytes.HasPrefix(data[at:], triple) {
		end := bytes.Index(data[at+3:min(len(data), at+3+MaxValue)], triple)
		return Value{Start: at + 3, End: at + 3 + max(end, 0)}, end > 0
	}
	if at > 0 && data[at-1] == '@' && quote == '"' && t.Notation == Code {
		return verbatim(data, at+1)
	}
	v, ok := t.quoted(at+1, quote)
	if !ok || t.Notation == JSON {
		return v, ok
	}
	for range maxParts {
		next := ascii.SkipSpace(data, v.End+1)
		if next >= len(data) {
			return v, true
		}
		if t.Syntax == SyntaxCode && (data[next] == '\n' || data[next] == '\r') {
			// In Python and C, texts on lines below each other are one text. Elsewhere a comma stands between them.
			next = ascii.SkipBlank(data, next)
			if next >= len(data) || data[next] != quote {
				return v, true
			}
		} else {
			joined := data[next] == '+' || data[next] == '.' && !conversion(data[next:])
			if data[next] == '%' && quote != '`' {
				return Value{}, false
			}
			if !joined {
				return v, true
			}
			next = ascii.SkipBlank(data, next+1)
			if next >= len(data) || !ascii.IsQuote(data[next]) {
				return Value{}, false
			}
		}
		part, ok := t.quoted(next+1, data[next])
		if !ok || part.End-v.Start > MaxValue {
			return Value{}, false
		}
		v = Value{Start: v.Start, End: part.End, Decoded: append(append([]byte{}, v.Of(t.Data)...), part.Of(t.Data)...)}
	}
	return v, true
}

// literalPrefix skips the letters that may stand before a quote: r, b, u, L, N, @.
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

// percentLiteral reads Ruby's %q(x) and %Q[x] at an offset, up to the closing bracket on the same line.
func percentLiteral(data []byte, at int) (Value, bool) {
	if at+3 >= len(data) || data[at] != '%' || data[at+1]|0x20 != 'q' {
		return Value{}, false
	}
	pair := bytes.IndexByte([]byte("([{<"), data[at+2])
	if pair < 0 {
		return Value{}, false
	}
	start := at + 3
	end := bytes.IndexByte(data[start:ascii.LineEnd(data, start, MaxValue)], ")]}>"[pair])
	return Value{Start: start, End: start + max(end, 0)}, end > 0
}

// ComparedValue reads the text before a name in Java's "x".equals(name), whose name begins at an offset.
func ComparedValue(data []byte, first int) (Value, bool) {
	before := data[ascii.LineStart(data, first, MaxName):first]
	for _, method := range [...]string{".equals(", ".equalsIgnoreCase(", ".contentEquals("} {
		text, ok := bytes.CutSuffix(before, []byte(method))
		if !ok || len(text) < 3 || text[len(text)-1] != '"' {
			continue
		}
		end := first - len(method) - 1
		open := bytes.LastIndexByte(text[:len(text)-1], '"')
		if open < 0 || open > 0 && text[open-1] == '\\' {
			return Value{}, false
		}
		return Value{Start: end - (len(text) - 2 - open), End: end}, open < len(text)-2
	}
	return Value{}, false
}

// QuotedValue reads from behind an opening quote to the closing one on the same line. escaped means that the quotes
// themselves are escaped. A text that is joined with something is an expression, and not a value.
func QuotedValue(data []byte, start int, quote byte, escaped bool) (Value, bool) {
	end := start
	for end < len(data) && end-start < MaxValue && data[end] != '\n' {
		switch {
		case escaped && data[end] == '\\' && end+1 < len(data) && data[end+1] == quote:
			return Value{Start: start, End: end}, end > start
		case escaped && data[end] == quote:
			return Value{}, false
		case !escaped && data[end] == '\\' && end+1 < len(data):
			end++
		case !escaped && data[end] == quote:
			next := ascii.SkipSpace(data, end+1)
			if next < len(data) && (data[next] == '+' || data[next] == '%' && quote != '`' || data[next] == '.' && !conversion(data[next:])) {
				return Value{}, false
			}
			return Value{Start: start, End: end}, end > start
		}
		end++
	}
	return Value{}, false
}

// conversions are methods that leave a text what it is.
var conversions = [...]string{
	".toCharArray()", ".getBytes(", ".encode(", ".to_string()", ".to_owned()", ".into()", ".as_bytes()", ".freeze", ".strip()", ".trim()",
	".toString()", ".utf8", ".data(",
}

// conversion reports whether code, which begins with a dot, is such a method or no method at all.
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

// wrappers are functions that only change the type of a text.
var wrappers = wordlist.Set("text-wrappers")

// wrappedValue reads the text in []byte("x"), String::from("x") and similar conversions.
func wrappedValue(data []byte, start int) (Value, bool) {
	if bytes.HasPrefix(data[start:], []byte("new ")) {
		start += len("new ")
	}
	i := start
	for i < len(data) && i-start < 24 && (ascii.Is(data[i], ascii.ClassAlnum) || bytes.IndexByte([]byte("_.:[]"), data[i]) >= 0) {
		i++
	}
	if i == start || i+1 >= len(data) || data[i] != '(' || !ascii.OneOf(wrappers, data[start:i]) {
		return Value{}, false
	}
	i = literalPrefix(data, ascii.SkipSpace(data, i+1))
	if i >= len(data) || !ascii.IsQuote(data[i]) {
		return Value{}, false
	}
	v, ok := QuotedValue(data, i+1, data[i], false)
	if next := v.End + 1; !ok || next >= len(data) || data[next] != ')' && data[next] != ',' {
		return Value{}, false
	}
	return v, true
}

// wholeWord reports whether the text whose quote is at an offset ends on its line, with only a comment or the end of a
// statement behind it.
func wholeWord(data []byte, at int) bool {
	line := data[at+1 : ascii.LineEnd(data, at+1, MaxValue)]
	end := bytes.IndexByte(line, data[at])
	return end > 0 && LineOver(data, at+1+end+1)
}
