package java

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/scan/code/lex"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// lexer turns a source into tokens in one pass.
type lexer struct {
	source  string
	pattern bool
	at      int
	line    bool
	tokens  []token
	b       *tree.Builder
}

// run reads the whole source. The last token is endOfFile.
func (l *lexer) run() []token {
	l.tokens = make([]token, 0, 16+len(l.source)/5)
	for l.at < len(l.source) {
		l.next()
	}
	l.emit(endOfFile, l.at)
	return l.tokens
}

func (l *lexer) emit(k kind, end int) {
	l.tokens = append(l.tokens, token{k, uint32(l.at), uint32(end), l.line})
	l.line, l.at = false, end
}

// next reads one token, a comment, or white space.
func (l *lexer) next() {
	s, at := l.source, l.at
	switch b := s[at]; {
	case b == '\n':
		l.line = true
		l.at++
	case b == ' ' || b == '\t' || b == '\r' || b == '\f':
		l.at++
	case b == '/' && strings.HasPrefix(s[at:], "//"):
		end := lex.Line(s, at)
		l.b.Comment(at, end)
		l.at = end
	case b == '/' && strings.HasPrefix(s[at:], "/*"):
		end := len(s)
		if length := strings.Index(s[at+2:], "*/"); length >= 0 {
			end = at + length + 4
		}
		l.b.Comment(at, end)
		l.at = end
	case strings.HasPrefix(s[at:], `"""`):
		l.block()
	case b == '"' || b == '\'':
		l.quoted(b)
	case lex.Digit(b), b == '.' && at+1 < len(s) && lex.Digit(s[at+1]):
		l.emit(number, lex.NumberEnd(s, at))
	case b == '$' && l.pattern && l.variable():
	default:
		l.word(b)
	}
}

// block reads a text block.
func (l *lexer) block() {
	for i := l.at + 3; i < len(l.source); i++ {
		switch l.source[i] {
		case '\\':
			i++
		case '"':
			if strings.HasPrefix(l.source[i:], `"""`) {
				l.emit(textBlock, i+3)
				return
			}
		}
	}
	l.emit(bad, len(l.source))
}

// quoted reads a string or a character up to its quote. One that does not end ends with the line.
func (l *lexer) quoted(quote byte) {
	for i := l.at + 1; i < len(l.source); i++ {
		switch l.source[i] {
		case '\\':
			i++
		case '\n':
			l.emit(bad, i)
			return
		case quote:
			k := text
			if quote == '\'' {
				k = char
			}
			l.emit(k, i+1)
			return
		}
	}
	l.emit(bad, len(l.source))
}

// variable reads a metavariable of a pattern, if there is one.
func (l *lexer) variable() bool {
	end, _, many := lex.Metavariable(l.source, l.at)
	if end == l.at {
		return false
	}
	k := metavariable
	if many {
		k = manyMetavariable
	}
	l.emit(k, end)
	return true
}

// word reads a name, a keyword or a sign.
func (l *lexer) word(b byte) {
	if end := lex.Name(l.source, l.at, true); end > l.at {
		k, ok := keywords[l.source[l.at:end]]
		if !ok {
			k = name
		}
		l.emit(k, end)
		return
	}
	for _, o := range operators[b] {
		if (o.kind == deepOpen || o.kind == deepClose) && !l.pattern {
			continue
		}
		if strings.HasPrefix(l.source[l.at:], o.text) {
			l.emit(o.kind, l.at+len(o.text))
			return
		}
	}
	r, size := utf8.DecodeRuneInString(l.source[l.at:])
	if unicode.IsSpace(r) || r == '\uFEFF' || r == '\x1a' {
		l.at += size
		return
	}
	l.emit(bad, l.at+size)
}

// pairs gives for each opening bracket the index of its closing one; 0 where there is none.
func pairs(tokens []token) []int32 {
	list := make([]int32, len(tokens))
	var open []int32
	for i, t := range tokens {
		switch t.kind {
		case openParen, openBracket, openBrace:
			open = append(open, int32(i))
		case closeParen, closeBracket, closeBrace:
			// What was forgotten inside is skipped: brackets close up to their own kind.
			for j := len(open) - 1; j >= 0 && j >= len(open)-8; j-- {
				if tokens[open[j]].kind == t.kind-1 {
					list[open[j]] = int32(i)
					open = open[:j]
					break
				}
			}
		}
	}
	return list
}
