package secret

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// shellValue reads a word of a shell's, from offset i on: quotes and backslashes keep what would end it (POSIX, 2.2 and
// 2.3). Where one pair of quotes stands around all of it, they are no part of the value.
func (t *text) shellValue(first, i int) (value, bool) {
	data := t.data
	quote := enclosing(data[ascii.LineStart(data, first, 400):first])
	assigned := directiveLine(data, first)
	var open byte
	end := i
	quotes := 0
scan:
	for end < len(data) && end-i < maxValue && data[end] != '\n' {
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
			end = balanced(data, end+1, i+maxValue)
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
		return value{}, false
	}
	v := value{start: i, end: end, bare: true, whole: quote == 0 && firstOnLine(data, first) && data[i-1] == '='}
	if q := data[i]; quotes > 0 && ascii.IsQuote(q) && q != '`' && data[end-1] == q && end-i > 1 {
		v = value{start: i + 1, end: end - 1}
		if v.start == v.end {
			return value{}, false
		}
		if quotes == 1 && q == '\'' {
			return v, true
		}
	}
	if text := shellText(data[i:end]); len(text) != v.end-v.start {
		v.decoded = text
	}
	return v, true
}

// directiveLine reports whether the name at an offset belongs to an instruction of a Dockerfile that sets variables: only
// blanks end a value there.
func directiveLine(data []byte, first int) bool {
	line := bytes.TrimLeft(data[ascii.LineStart(data, first, 400):first], " \t")
	return len(line) > 3 && (ascii.EqualFold(line[:4], []byte("env ")) || ascii.EqualFold(line[:4], []byte("arg ")))
}

// balanced gives the offset of the bracket that closes the one at an offset, or of the last byte of the line.
func balanced(data []byte, at, limit int) int {
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

// shellText resolves the quotes and backslashes of a shell's word.
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
