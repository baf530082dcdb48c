package notation

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/wordlist"
)

// Within reports whether a quote stands before a name and not behind it: name and value share the quotes.
func Within(data []byte, first, last int) bool {
	return first > 0 && ascii.IsQuote(data[first-1]) && data[last] != data[first-1]
}

// Tight reports whether only the sign at last stands between the name at first and its value: in an assignment of a
// shell, in a pair of a connection string, in a parameter of a URL, and where the first character of the value would
// make another operator of the sign (password==x, password=>x).
func (t *Text) Tight(first, last int) bool {
	data := t.Data
	if t.Notation == Shell {
		return FirstOnLine(data, first)
	}
	before := data[ascii.LineStart(data, first, 400):first]
	if t.Syntax == SyntaxCode && Enclosing(before) == 0 {
		// A line of a text over several lines holds pairs, and not a call.
		return first > 0 && data[first-1] == ';' && ConnectionWords().In(before) && !bytes.ContainsAny(before, "({\"'")
	}
	if last+2 < len(data) && bytes.IndexByte([]byte("=>~"), data[last+1]) >= 0 {
		next := data[last+2]
		switch {
		case ascii.Is(next, ascii.ClassSpace), ascii.IsQuote(next) && wholeWord(data, last+2):
			return false
		case data[last+1] == '=':
			return next != '='
		}
		return data[last+1] == '>' || next != '/'
	}
	switch {
	case first == 0:
		return false
	case data[first-1] == '?', data[first-1] == '&':
		return true
	}
	return data[first-1] == ';' && bytes.IndexByte(before, '=') > 0
}

// ModuleName reports whether a name in a program is at an offset: words joined by underscores or dashes.
func ModuleName(data []byte, at int) bool {
	end := at
	for end < len(data) && end-at < MaxName && (ascii.Is(data[end], ascii.ClassLower|ascii.ClassDigit) || data[end] == '_' || data[end] == '-') {
		end++
	}
	return end > at && bytes.IndexAny(data[at:end], "_-") > 0 && (end == len(data) || ascii.Is(data[end], ascii.ClassSpace))
}

// Login reports whether the 80 bytes before an offset name a user.
func (t *Text) Login(at int) bool {
	before := t.Data[max(0, at-80):at]
	return ascii.ContainsFold(before, []byte("user")) || ascii.ContainsFold(before, []byte("login"))
}

// labelMaps are names of maps that hold what a program shows to its users.
var labelMaps = wordlist.Set("label-maps")

// Labelled reports whether the quoted name at an offset is a key of such a map: labels['password'] = "Parola".
func Labelled(data []byte, first int) bool {
	at := first - 2
	if at < 1 || data[at] != '[' {
		return false
	}
	end := at
	for at > 0 && end-at < 16 && (ascii.Is(data[at-1], ascii.ClassAlnum) || data[at-1] == '_') {
		at--
	}
	return ascii.OneOf(labelMaps, data[at:end])
}
