package python

import (
	"strings"

	"github.com/sluice-scan/sluice/scan/code/lex"
)

// lexer turns a source into tokens in one pass.
type lexer struct {
	source  string
	pattern bool
	at      int
	tokens  []token
	// indents are the columns of the open blocks; the first is 0.
	indents []int
	// open are the open brackets: ( [ { and F for an interpolation.
	open []byte
	// strings are the open f-strings, the innermost last.
	strings []fString
	comment func(start, end int)
	// unclosed says of each quote that no text in triple quotes of it ends any more.
	unclosed [2]bool
}

// fString is an f-string whose end has not come yet.
type fString struct {
	quote  byte
	triple bool
	// depth is how many interpolations are open, each in the format of the one before.
	depth int
	raw   bool
}

// run reads the whole source.
func (l *lexer) run() []token {
	l.indents = append(l.indents, 0)
	l.tokens = make([]token, 0, 16+len(l.source)/4)
	l.at = len(l.source) - len(strings.TrimPrefix(l.source, "\uFEFF"))
	l.line(true)
	for l.at < len(l.source) {
		l.next()
	}
	if n := len(l.tokens); n > 0 && l.tokens[n-1].kind != newline {
		l.layout(newline)
	}
	for range l.indents[1:] {
		l.layout(dedent)
	}
	l.layout(endOfFile)
	return l.tokens
}

func (l *lexer) layout(k kind) {
	l.tokens = append(l.tokens, token{k, uint32(l.at), uint32(l.at)})
}

func (l *lexer) emit(k kind, end int) {
	l.tokens = append(l.tokens, token{k, uint32(l.at), uint32(end)})
	l.at = end
}

// line stands at the start of a line. It skips empty lines and comments and opens and closes blocks. The first line of a
// pattern may be indented; its column is that of the outermost block.
func (l *lexer) line(first bool) {
	for l.at < len(l.source) {
		column, i := 0, l.at
	blank:
		for ; i < len(l.source); i++ {
			switch l.source[i] {
			case ' ':
				column++
			case '\t':
				column = column/8*8 + 8
			case '\f':
				column = 0
			default:
				break blank
			}
		}
		l.at = i
		if i == len(l.source) {
			return
		}
		switch l.source[i] {
		case '\n', '\r':
			l.at++
			continue
		case '#':
			l.hash()
			continue
		}
		if first && l.pattern {
			l.indents[0] = column
		}
		l.block(column)
		return
	}
}

// block compares the column of a line with the open blocks.
func (l *lexer) block(column int) {
	if top := l.indents[len(l.indents)-1]; column > top {
		l.indents = append(l.indents, column)
		l.layout(indent)
		return
	}
	for len(l.indents) > 1 && column < l.indents[len(l.indents)-1] {
		l.indents = l.indents[:len(l.indents)-1]
		l.layout(dedent)
	}
}

// hash skips a comment up to the end of its line.
func (l *lexer) hash() {
	end := lex.Line(l.source, l.at)
	l.comment(l.at, end)
	l.at = end
}

// next reads one token, or white space.
func (l *lexer) next() {
	b := l.source[l.at]
	switch {
	case b == ' ' || b == '\t' || b == '\f':
		l.at++
	case b == '\n' || b == '\r':
		l.lineEnd()
	case b == '#':
		l.hash()
	case b == '\\':
		l.backslash()
	case lex.Letter(b) && !lex.Digit(b):
		l.word()
	case lex.Digit(b), b == '.' && l.at+1 < len(l.source) && lex.Digit(l.source[l.at+1]):
		l.number()
	case b == '"' || b == '\'':
		l.quoted(l.at)
	case b == '$' && l.pattern:
		l.dollar()
	default:
		l.operator(b)
	}
}

// lineEnd ends a line: a statement too, unless brackets are open. A line that begins with a word that only statements
// begin with closes all brackets.
func (l *lexer) lineEnd() {
	end := l.at
	l.at++
	if len(l.open) > 0 {
		if !l.abandoned() {
			return
		}
		l.open, l.strings = l.open[:0], l.strings[:0]
	}
	if n := len(l.tokens); n > 0 && l.tokens[n-1].kind != newline && l.tokens[n-1].kind != indent && l.tokens[n-1].kind != dedent {
		l.tokens = append(l.tokens, token{newline, uint32(end), uint32(end)})
	}
	l.line(len(l.tokens) == 0)
}

func (l *lexer) abandoned() bool {
	i := l.at
	for i < len(l.source) && (l.source[i] == ' ' || l.source[i] == '\t') {
		i++
	}
	if i == len(l.source) || !lex.Letter(l.source[i]) {
		return false
	}
	return statementOnly[keyword(l.source[i:lex.Name(l.source, i, false)])]
}

// backslash joins lines. Comments after it belong to neither.
func (l *lexer) backslash() {
	i := l.at + 1
	if i < len(l.source) && l.source[i] == '\r' {
		i++
	}
	if i < len(l.source) && l.source[i] == '\n' {
		i++
	}
	if i == l.at+1 {
		l.emit(bad, i)
		return
	}
	l.at = i
	for {
		for i < len(l.source) && (l.source[i] == ' ' || l.source[i] == '\t') {
			i++
		}
		if i >= len(l.source) || l.source[i] != '#' {
			return
		}
		l.at = i
		l.hash()
		i = min(l.at+1, len(l.source))
		l.at = i
	}
}

// word reads a name, a keyword, or a string with a prefix.
func (l *lexer) word() {
	end := lex.Name(l.source, l.at, false)
	if end == l.at {
		l.emit(bad, l.at+1)
		return
	}
	if end-l.at <= 3 && end < len(l.source) && (l.source[end] == '"' || l.source[end] == '\'') && prefix(l.source[l.at:end]) {
		l.quoted(end)
		return
	}
	l.emit(keyword(l.source[l.at:end]), end)
}

// prefix reports whether letters may precede a string.
func prefix(letters string) bool {
	for i := range len(letters) {
		switch letters[i] | 0x20 {
		case 'r', 'b', 'u', 'f', 't':
		default:
			return false
		}
	}
	return true
}

// quoted reads a string whose quote stands at an offset. The token begins at l.at, with the prefix.
func (l *lexer) quoted(at int) {
	letters := l.source[l.at:at]
	quote := l.source[at]
	size := 1
	if at+2 < len(l.source) && l.source[at+1] == quote && l.source[at+2] == quote {
		size = 3
	}
	if strings.ContainsAny(letters, "fFtT") {
		l.emit(fStart, at+size)
		l.strings = append(l.strings, fString{quote: quote, triple: size == 3, raw: strings.ContainsAny(letters, "rR")})
		l.literal()
		return
	}
	if size == 3 && l.unclosed[quote&1] {
		l.emit(bad, at+3)
		return
	}
	for i := at + size; i < len(l.source); {
		switch b := l.source[i]; {
		case b == '\\':
			i += 2
			if i <= len(l.source) && size == 1 && l.source[i-1] == '\r' && i < len(l.source) && l.source[i] == '\n' {
				i++
			}
		case b == quote && size == 1, b == quote && i+2 < len(l.source) && l.source[i+1] == quote && l.source[i+2] == quote:
			l.emit(text, i+size)
			return
		case (b == '\n' || b == '\r') && size == 1:
			l.emit(bad, i)
			return
		default:
			i++
		}
	}
	if size == 3 {
		l.unclosed[quote&1] = true
		l.emit(bad, at+3)
		return
	}
	l.emit(bad, len(l.source))
}

// number reads a number. A word may follow without a blank: `1if x else 0`.
func (l *lexer) number() {
	end := lex.NumberEnd(l.source, l.at)
	word := end
	for word > l.at && l.source[word-1] >= 'a' && l.source[word-1] <= 'z' {
		word--
	}
	if keyword(l.source[word:end]) != name {
		end = word
	}
	l.emit(number, max(end, l.at+1))
}

// dollar reads a metavariable.
func (l *lexer) dollar() {
	end, _, many := lex.Metavariable(l.source, l.at)
	switch {
	case end == l.at:
		l.emit(bad, l.at+1)
	case many:
		l.emit(manyMetavariable, end)
	default:
		l.emit(metavariable, end)
	}
}
