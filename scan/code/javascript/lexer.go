package javascript

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/scan/code/lex"
)

// lexAt reads the token at or after an offset.
func (p *parser) lexAt(from int) token {
	t := token{start: from}
	t.start, t.line = p.blank(from)
	s, i := p.source, t.start
	if i >= len(s) {
		t.kind, t.end = endOfFile, len(s)
		return t
	}
	switch b := s[i]; {
	case b == '"' || b == '\'':
		t.kind, t.end = p.quoted(i, b)
	case lex.Digit(b), b == '.' && i+1 < len(s) && lex.Digit(s[i+1]):
		t.kind, t.end = number, lex.NumberEnd(s, i)
	case b == '#':
		t.kind, t.end = privateName, lex.Name(s, i+1, true)
		if t.end == i+1 {
			t.kind = bad
		}
	case b == '$' && p.pattern && p.variable(&t):
	default:
		p.wordAt(&t, b)
	}
	return t
}

// wordAt reads a name, a keyword or a sign.
func (p *parser) wordAt(t *token, b byte) {
	s, i := p.source, t.start
	if end := identifier(s, i); end > i {
		t.kind, t.end = name, end
		if k, ok := keywords[s[i:end]]; ok {
			t.kind = k
		}
		return
	}
	for _, o := range operators[b] {
		switch {
		case !strings.HasPrefix(s[i:], o.text):
			continue
		case (o.kind == deepOpen || o.kind == deepClose) && !p.pattern:
			continue
		case o.kind == optional && i+2 < len(s) && lex.Digit(s[i+2]):
			continue // a ?.5 : b
		}
		t.kind, t.end = o.kind, i+len(o.text)
		return
	}
	_, size := utf8.DecodeRuneInString(s[i:])
	t.kind, t.end = bad, i+size
}

// identifier returns the end of a name, which may hold escapes.
func identifier(s string, i int) int {
	end := lex.Name(s, i, true)
	for end < len(s) && s[end] == '\\' && strings.HasPrefix(s[end:], `\u`) {
		next := end + 2
		if next < len(s) && s[next] == '{' {
			if n := strings.IndexByte(s[next:min(len(s), next+10)], '}'); n > 0 {
				next += n + 1
			}
		} else {
			next = min(next+4, len(s))
		}
		end = next
		if n := lex.Name(s, end, true); n > end {
			end = n
		} else {
			for end < len(s) && lex.Digit(s[end]) {
				end++
			}
		}
	}
	return end
}

// blank skips white space and comments, and reports whether a line ends in it.
func (p *parser) blank(i int) (end int, line bool) {
	s := p.source
	for i < len(s) {
		switch b := s[i]; {
		case b == '\n' || b == '\r':
			line = true
			i++
		case b == ' ' || b == '\t' || b == '\v' || b == '\f':
			i++
		case b == '/' && strings.HasPrefix(s[i:], "//"):
			i = p.comment(i, lex.Line(s, i))
		case b == '/' && strings.HasPrefix(s[i:], "/*"):
			length := strings.Index(s[i+2:], "*/")
			to := len(s)
			if length >= 0 {
				to = i + length + 4
			}
			line = line || strings.ContainsAny(s[i:to], "\n\r")
			i = p.comment(i, to)
		case b == '#' && i == 0 && strings.HasPrefix(s, "#!"):
			i = p.comment(i, lex.Line(s, i))
		case b == '<' && strings.HasPrefix(s[i:], "<!--"):
			// https://tc39.es/ecma262/#sec-html-like-comments
			i = p.comment(i, lex.Line(s, i))
		case conflict[b] && (i == 0 || s[i-1] == '\n') && marked(s[i:]):
			i = lex.Line(s, i)
		case b >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(s[i:])
			if !unicode.IsSpace(r) && r != '\uFEFF' {
				return i, line
			}
			line = line || r == '\u2028' || r == '\u2029'
			i += size
		default:
			return i, line
		}
	}
	return i, line
}

// conflict are the signs of which git makes the lines around both sides of a conflict.
var conflict = [256]bool{'<': true, '=': true, '>': true}

// marked reports whether a line begins with seven of one sign: git could not merge there. Both sides are read.
func marked(line string) bool {
	const length = 7
	if len(line) < length || strings.Count(line[:length], line[:1]) != length {
		return false
	}
	return len(line) == length || line[length] == ' ' || line[length] == '\n' || line[length] == '\r'
}

// comment notes a comment, unless it was read before.
func (p *parser) comment(from, to int) int {
	if from >= p.commented {
		p.Comment(from, to)
		p.commented = to
	}
	return to
}

// quoted reads a string. One that does not end ends with the line.
func (p *parser) quoted(i int, quote byte) (kind, int) {
	s := p.source
	for i++; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
			if i < len(s) && s[i] == '\r' && strings.HasPrefix(s[i:], "\r\n") {
				i++
			}
		case '\n', '\r':
			return bad, i
		case quote:
			return text, i + 1
		}
	}
	return bad, len(s)
}

// variable reads a metavariable of a pattern, if there is one.
func (p *parser) variable(t *token) bool {
	end, _, many := lex.Metavariable(p.source, t.start)
	if end == t.start {
		return false
	}
	t.kind, t.end = metavariable, end
	if many {
		t.kind = manyMetavariable
	}
	return true
}

// regexEnd returns the end of the pattern of a regular expression whose slash is at an offset, and the end of its flags; 0 when it does not end
// in its line.
func regexEnd(s string, i int) (body, end int) {
	class := false
	for i++; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '\n', '\r':
			return 0, 0
		case '[':
			class = true
		case ']':
			class = false
		case '/':
			if !class {
				end = i + 1
				for end < len(s) && s[end] < utf8.RuneSelf && lex.Letter(s[end]) {
					end++
				}
				return i, end
			}
		}
	}
	return 0, 0
}
