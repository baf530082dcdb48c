package notation

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// ReadOperator returns the operator behind the name data[first:last], which is not empty, and the offset behind the
// operator.
func ReadOperator(data []byte, first, last int) (Operator, int) {
	i := last
	quoted := false
	for n := 0; n < 3 && i < len(data); n++ {
		switch {
		case ascii.IsQuote(data[i]):
			quoted = true
		case data[i] == '\\' && escapedQuote(data, i) > 0:
			quoted = true
			i += escapedQuote(data, i)
		case data[i] != ']':
			n = 3
			continue
		}
		i++
	}
	if i < len(data) && data[i] == '[' {
		// char name[32] = "x"
		if end := bytes.IndexByte(data[i:min(len(data), i+6)], ']'); end > 0 && ascii.OnlyOf(data[i+1:i+end], ascii.ClassDigit, "") && bytes.HasPrefix(bytes.TrimLeft(data[i+end+1:min(len(data), i+end+4)], " "), []byte("= ")) {
			i += end + 1
		}
	}
	gap := i
	i = skipNoBreak(data, ascii.SkipSpace(data, i))
	if i >= len(data) {
		return OpNone, 0
	}
	peek := func(n int) byte {
		if i+n < len(data) {
			return data[i+n]
		}
		return 0
	}
	switch c := data[i]; {
	case (c == '|' || c == '?' || c == '&') && peek(1) == c && peek(2) == '=':
		// Ruby's and JavaScript's assignment of a default.
		return OpAssign, i + 3
	case c == '=' && peek(1) == '>', c == ':' && peek(1) == '=', c == '<' && peek(1) == '-', c == '?' && peek(1) == '=':
		return OpAssign, i + 2
	case c == '=' && peek(1) == '=':
		i += 2
		if peek(0) == '=' {
			i++
		}
		return OpCompare, i
	case c == '!' && peek(1) == '=':
		i += 2
		if peek(0) == '=' {
			i++
		}
		return OpCompare, i
	case c == '=' && peek(1) == '~':
		return OpNone, 0
	case c == '=':
		return OpAssign, i + 1
	case c == ':' && peek(1) == ':':
		return OpNone, 0
	case c == ':' && i > gap && !quoted && (ascii.Is(peek(1), ascii.ClassAlnum) || peek(1) == '_'):
		// "pass :service" names a symbol.
		return OpNone, 0
	case c == ':' && !quoted && data[i-1] == ']':
		// A selector: [name=password]:checked
		return OpNone, 0
	case c == ':':
		return colon(data, i+1, quoted)
	case c == ',' && quoted:
		return argumentBehind(data, first, i+1)
	case c == ',' && constantArgument(data, first, last):
		return OpArgument, i + 1
	case c == '(' && !quoted && gap == i && !asks(data[first:last]):
		return OpArgument, i + 1
	case c == '>' && gap == i && first > 0 && (data[first-1] == '<' || quoted && inTag(data, first)):
		return OpElement, i + 1
	case c == '<' && bytes.HasPrefix(data[i:], []byte("</key>")):
		return plistValue(data, i)
	case c == '\n' || c == '\r':
		return nextLine(data, first, i)
	case c == ')' && quoted && first > len("fetch('") && bytes.HasSuffix(data[:first-1], []byte("fetch(")):
		return fetchedDefault(data, i+1)
	case c == '{' && quoted:
		return blockDefault(data, first, i)
	case gap == i:
		return OpNone, 0
	case first > 0 && data[first-1] == '<':
		return elementBehind(data, i)
	case quoted:
		return attributeBehind(data, i)
	case c == 'A' || c == 'a':
		return typeBehind(data, first, i)
	case first > 0 && data[first] == '-':
		return OpFlag, i
	case flagLine(data, first):
		return OpDirective, i
	case c == '\'' && len(data[first:last]) >= 8 && ascii.EqualFold(data[last-8:last], []byte("password")) && (bytes.HasSuffix(data[first:last], []byte("PASSWORD")) || sqlOption(data, first)),
		ascii.IsQuote(c) && first > 0 && (data[first-1] == ':' || behindUser(data, first)):
		// CREATE ROLE x WITH PASSWORD 'y', and a keyword of Clojure.
		return OpFlag, i
	}
	return OpNone, 0
}

// maxEscapes is how many backslashes stand before a quote in text that is escaped three times.
const maxEscapes = 7

// escapedQuote returns how many backslashes stand between an offset and a quote; 0 when there is no quote.
func escapedQuote(data []byte, at int) int {
	n := 0
	for at+n < len(data) && n < maxEscapes && data[at+n] == '\\' {
		n++
	}
	if at+n < len(data) && ascii.IsQuote(data[at+n]) {
		return n
	}
	return 0
}

// skipNoBreak skips the no-break spaces (U+00A0) and blanks at an offset. Pages and mails put them where blanks were.
func skipNoBreak(data []byte, at int) int {
	for at+1 < len(data) && data[at] == 0xc2 && data[at+1] == 0xa0 {
		at = ascii.SkipSpace(data, at+2)
	}
	return at
}

// fetchedDefault recognises Ruby's ENV.fetch('NAME') { 'default' } behind the bracket.
func fetchedDefault(data []byte, at int) (Operator, int) {
	at = ascii.SkipSpace(data, at)
	if at >= len(data) || data[at] != '{' {
		return OpNone, 0
	}
	at = ascii.SkipSpace(data, at+1)
	if at >= len(data) || !ascii.IsQuote(data[at]) {
		return OpNone, 0
	}
	return OpAssign, at
}

// sqlOption reports whether a name belongs to the options of a statement: OPTIONS (user 'app', password 'x').
func sqlOption(data []byte, first int) bool {
	before := data[ascii.LineStart(data, first, 200):first]
	at := bytes.LastIndexByte(before, '(')
	return at >= 0 && bytes.HasSuffix(bytes.TrimRight(bytes.ToLower(before[:at]), " "), []byte("options"))
}

// behindUser reports whether a name stands behind a quoted user on its line: username "ci"; password "x".
func behindUser(data []byte, first int) bool {
	before := bytes.TrimRight(data[ascii.LineStart(data, first, 200):first], " ;,")
	if len(before) == 0 || !ascii.IsQuote(before[len(before)-1]) {
		return false
	}
	quote := before[len(before)-1]
	open := bytes.LastIndexByte(before[:len(before)-1], quote)
	if open < 0 {
		return false
	}
	word := bytes.TrimRight(before[:open], " ")
	return len(word) < open && (bytes.HasSuffix(word, []byte("user")) || bytes.HasSuffix(word, []byte("username")) || bytes.HasSuffix(word, []byte("login")))
}

// typeBehind recognises Visual Basic's name As Type = "x".
func typeBehind(data []byte, first, at int) (Operator, int) {
	if at+3 < len(data) && ascii.EqualFold(data[at:at+3], []byte("as ")) {
		i := at + 3
		for n := 0; i < len(data) && n < 24 && (ascii.Is(data[i], ascii.ClassAlnum) || data[i] == '.' || data[i] == ' '); n++ {
			i++
		}
		if i < len(data) && data[i] == '=' {
			return OpAssign, i + 1
		}
		return OpNone, 0
	}
	switch {
	case first > 0 && data[first] == '-':
		return OpFlag, at
	case flagLine(data, first):
		return OpDirective, at
	}
	return OpNone, 0
}

// colon recognises ":" alone, and the type between a name and "=": name: string = "x".
func colon(data []byte, at int, quoted bool) (Operator, int) {
	if quoted {
		return OpColon, at
	}
	i := ascii.SkipSpace(data, at)
	begin := i
	for i < len(data) && i-begin < 40 && (ascii.Is(data[i], ascii.ClassAlnum) || bytes.IndexByte([]byte("_<>[].?&'*"), data[i]) >= 0) {
		i++
	}
	i = ascii.SkipSpace(data, i)
	if i > begin && i+1 < len(data) && data[i] == '=' && data[i+1] != '=' && data[i-1] == ' ' {
		return OpAssign, i + 1
	}
	return OpColon, at
}

// directives are words before a name that gets a value without a sign.
var directives = ascii.WordSet(" env arg set setx #define ")

// flagLine reports whether the name is where a directive has it: first on its line, or behind ENV, ARG, set or #define.
func flagLine(data []byte, first int) bool {
	begin := ascii.LineStart(data, first, 40)
	before := bytes.TrimSpace(data[begin:first])
	if len(before) == 0 {
		return begin == 0 || data[begin-1] == '\n'
	}
	return len(before) <= 7 && ascii.OneOf(directives, before)
}
