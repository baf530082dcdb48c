package notation

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// ShellValue reads a word of a shell from offset i on. Quotes and backslashes protect what would end it (POSIX, 2.2 and
// 2.3). When one pair of quotes encloses the whole word, the quotes are not part of the value.
func (t *Text) ShellValue(first, i int) (Value, bool) {
	data := t.Data
	quote := Enclosing(data[ascii.LineStart(data, first, 400):first])
	assigned := directiveLine(data, first)
	var open byte
	end := i
	quotes := 0
scan:
	for end < len(data) && end-i < MaxValue && data[end] != '\n' {
		switch b := data[end]; {
		case open == '\'':
			if b == open {
				open = 0
			}
		case b == '\\' && end+1 < len(data) && data[end+1] != '\n':
			if quote != 0 && data[end+1] == quote {
				break scan
			}
			end++
		case open != 0:
			if b == open {
				open = 0
			}
		case quote != 0 && b == quote:
			break scan
		case ascii.IsQuote(b) && b != '`':
			open = b
			quotes++
		case b == '$' && end+1 < len(data) && (data[end+1] == '(' || data[end+1] == '{'):
			end = Balanced(data, end+1, i+MaxValue)
		case ascii.Is(b, ascii.ClassSpace):
			break scan
		case !assigned && bytes.IndexByte([]byte(";&|<>()`"), b) >= 0:
			break scan
		}
		end++
	}
	end = min(end, len(data))
	for end > i && data[end-1] == '\r' {
		end--
	}
	if end == i || open != 0 {
		return Value{}, false
	}
	v := Value{Start: i, End: end, Bare: true, Whole: quote == 0 && FirstOnLine(data, first) && data[i-1] == '='}
	if q := data[i]; quotes > 0 && ascii.IsQuote(q) && q != '`' && data[end-1] == q && end-i > 1 {
		v = Value{Start: i + 1, End: end - 1}
		if v.Start == v.End {
			return Value{}, false
		}
		if quotes == 1 && q == '\'' {
			return v, true
		}
	}
	if text := shellText(data[i:end]); len(text) != v.End-v.Start {
		v.Decoded = text
	}
	return v, true
}

// directiveLine reports whether the name at an offset belongs to a Dockerfile instruction that sets variables. Only
// blanks end a value there.
func directiveLine(data []byte, first int) bool {
	line := bytes.TrimLeft(data[ascii.LineStart(data, first, 400):first], " \t")
	return len(line) > 3 && (ascii.EqualFold(line[:4], []byte("env ")) || ascii.EqualFold(line[:4], []byte("arg ")))
}

// Balanced returns the offset of the bracket that closes the one at an offset, or of the last byte of the line.
func Balanced(data []byte, at, limit int) int {
	depth := 0
	end := at
	for ; end < len(data) && end < limit && data[end] != '\n'; end++ {
		switch data[end] {
		case '(', '{':
			depth++
		case ')', '}':
			if depth--; depth == 0 {
				return end
			}
		}
	}
	return end - 1
}

// shellText resolves the quotes and backslashes of a shell word.
func shellText(raw []byte) []byte {
	text := make([]byte, 0, len(raw))
	var open byte
	for i := 0; i < len(raw); i++ {
		switch b := raw[i]; {
		case open == '\'' && b != open, b != '\\' && b != '"' && b != '\'', open != 0 && b != open && b != '\\':
			text = append(text, b)
		case b == '\\':
			if i++; i < len(raw) {
				if open == '"' && bytes.IndexByte([]byte("\"\\$`"), raw[i]) < 0 {
					text = append(text, '\\')
				}
				text = append(text, raw[i])
			}
		case open == 0:
			open = b
		default:
			open = 0
		}
	}
	return text
}
