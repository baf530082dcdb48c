package notation

import (
	"bytes"
	"sort"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// language says how a language encloses texts over several lines, and what may hide such a quote.
type language struct {
	// quote encloses the text.
	quote string
	// comment begins a comment to the end of the line. block is true when /* and */ enclose comments.
	comment string
	block   bool
	// inserts is true when ${ and } enclose code inside the text.
	inserts bool
	// patterns is true when a slash begins a regular expression.
	patterns bool
}

// longTexts are the languages by the extension of a file. A program keeps configurations, requests and documents in texts
// over several lines, and there a value without quotes is a text.
var longTexts = func() map[string]*language {
	list := make(map[string]*language)
	for extensions, l := range map[string]*language{
		"go":                            {quote: "`", comment: "//", block: true},
		"js jsx ts tsx mjs cjs mts cts": {quote: "`", comment: "//", block: true, inserts: true, patterns: true},
		"py pyi":                        {quote: `"""`, comment: "#"},
		"java kt kts scala swift groovy gradle cs": {quote: `"""`, comment: "//", block: true},
	} {
		for extension := range ascii.WordSet(extensions) {
			list[extension] = l
		}
	}
	return list
}()

// LongTexts are the texts over several lines of a file. The zero value has none.
type LongTexts struct {
	language *language
	// bounds are the offsets at which a text begins and ends, in turn.
	bounds []int
	read   bool
}

// LongTextsOf returns the texts of a file with an extension, in lower case. The file is read at the first question.
func LongTextsOf(extension []byte) LongTexts {
	return LongTexts{language: longTexts[string(extension)]}
}

// Contain reports whether an offset of the file lies inside such a text.
func (l *LongTexts) Contain(data []byte, at int) bool {
	if l.language == nil {
		return false
	}
	if !l.read {
		l.read = true
		if bytes.Contains(data, []byte(l.language.quote)) {
			l.bounds = l.language.texts(data)
		}
	}
	return sort.SearchInts(l.bounds, at+1)%2 == 1
}

// texts returns the bounds of the texts. Code that is inserted into a text is not part of it.
func (l *language) texts(data []byte) []int {
	var bounds []int
	var stops [256]bool
	for _, b := range []byte{l.quote[0], l.comment[0], '"', '\'', '/', '{', '}'} {
		stops[b] = true
	}
	// open holds how many braces are open in each text that code is being inserted into.
	var open []int
	for at := 0; at < len(data); {
		if !stops[data[at]] {
			at++
			continue
		}
		rest := data[at:]
		switch {
		case bytes.HasPrefix(rest, []byte(l.quote)):
			end, inserted := l.textEnd(data, at+len(l.quote))
			bounds = append(bounds, at+len(l.quote), end)
			at = end + len(l.quote)
			if inserted {
				open = append(open, 0)
			}
		case bytes.HasPrefix(rest, []byte(l.comment)):
			at = ascii.LineEnd(data, at, len(data))
		case l.block && bytes.HasPrefix(rest, []byte("/*")):
			end := bytes.Index(rest, []byte("*/"))
			if end < 0 {
				return bounds
			}
			at += end + 2
		case rest[0] == '"', rest[0] == '\'':
			at = lineQuote(data, at, rest[0])
		case l.patterns && rest[0] == '/' && patternAt(data, at):
			at = lineQuote(data, at, '/')
		case len(open) > 0 && rest[0] == '{':
			open[len(open)-1]++
			at++
		case len(open) > 0 && rest[0] == '}':
			if open[len(open)-1]--; open[len(open)-1] >= 0 {
				at++
				continue
			}
			// The text goes on behind the code.
			open = open[:len(open)-1]
			end, inserted := l.textEnd(data, at+1)
			bounds = append(bounds, at+1, end)
			at = end + len(l.quote)
			if inserted {
				open = append(open, 0)
			}
		default:
			at++
		}
	}
	return bounds
}

// textEnd returns the offset where a text ends, at its quote or at the code that is inserted.
func (l *language) textEnd(data []byte, at int) (end int, inserted bool) {
	for ; at < len(data); at++ {
		switch {
		case data[at] == '\\':
			at++
		case bytes.HasPrefix(data[at:], []byte(l.quote)):
			return at, false
		case l.inserts && data[at] == '$' && at+1 < len(data) && data[at+1] == '{':
			return at + 1, true
		}
	}
	return len(data), false
}

// lineQuote returns the offset behind a text or an expression that begins at an offset and ends on its line.
func lineQuote(data []byte, at int, quote byte) int {
	for end := at + 1; end < len(data) && data[end] != '\n'; end++ {
		switch data[end] {
		case '\\':
			end++
		case quote:
			return end + 1
		}
	}
	return at + 1
}

// patternAt reports whether the slash at an offset begins a regular expression: no value stands before it.
func patternAt(data []byte, at int) bool {
	for at > 0 && (data[at-1] == ' ' || data[at-1] == '\t') {
		at--
	}
	return at == 0 || bytes.IndexByte([]byte("(,=:[!&|?{};\n"), data[at-1]) >= 0
}
