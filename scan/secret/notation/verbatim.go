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
	// stops marks the bytes at which something may begin.
	stops [256]bool
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
		for _, b := range []byte{l.quote[0], l.comment[0], '"', '\'', '/', '{', '}'} {
			l.stops[b] = true
		}
		for extension := range ascii.WordSet(extensions) {
			list[extension] = l
		}
	}
	return list
}()

// LongTexts are the texts over several lines of a file, read as far as somebody asked. The zero value has none. It is not safe
// for concurrent use.
type LongTexts struct {
	language *language
	// bounds are the offsets at which a text begins and ends, in turn.
	bounds []int
	// at is how far the file was read, and open holds how many braces are open in each text that code is being inserted into.
	at   int
	open []int
	// first is the offset of the first quote, once sought is true.
	first  int
	sought bool
}

// LongTextsOf returns the texts of a file with an extension, in lower case.
func LongTextsOf(extension []byte) LongTexts {
	return LongTexts{language: longTexts[string(extension)]}
}

// Contain reports whether an offset of the file lies inside such a text. data is the file, the same at each call.
func (l *LongTexts) Contain(data []byte, at int) bool {
	if l.language == nil {
		return false
	}
	if !l.sought {
		l.sought = true
		if l.first = bytes.Index(data, []byte(l.language.quote)); l.first < 0 {
			l.first = len(data)
		}
	}
	if at < l.first {
		return false
	}
	l.readTo(data, at)
	return sort.SearchInts(l.bounds, at+1)%2 == 1
}

// readTo finds the texts that begin up to an offset. Code that is inserted into a text is not part of it.
func (l *LongTexts) readTo(data []byte, to int) {
	lang := l.language
	quote, comment := []byte(lang.quote), []byte(lang.comment)
	stops := &lang.stops
	for l.at < len(data) && l.at <= to {
		if !stops[data[l.at]] {
			l.at++
			continue
		}
		rest := data[l.at:]
		switch {
		case bytes.HasPrefix(rest, quote):
			l.text(data, l.at+len(quote))
		case bytes.HasPrefix(rest, comment):
			l.at = ascii.LineEnd(data, l.at, len(data))
		case lang.block && bytes.HasPrefix(rest, []byte("/*")):
			end := bytes.Index(rest, []byte("*/"))
			if end < 0 {
				end = len(rest)
			}
			l.at += end + 2
		case rest[0] == '"', rest[0] == '\'':
			l.at = lineQuote(data, l.at, rest[0])
		case lang.patterns && rest[0] == '/' && patternAt(data, l.at):
			l.at = lineQuote(data, l.at, '/')
		case len(l.open) > 0 && rest[0] == '{':
			l.open[len(l.open)-1]++
			l.at++
		case len(l.open) > 0 && rest[0] == '}':
			if l.open[len(l.open)-1]--; l.open[len(l.open)-1] >= 0 {
				l.at++
				continue
			}
			// The text goes on behind the code.
			l.open = l.open[:len(l.open)-1]
			l.text(data, l.at+1)
		default:
			l.at++
		}
	}
}

// text notes the text that begins at an offset, and goes on behind it.
func (l *LongTexts) text(data []byte, from int) {
	end, inserted := l.language.textEnd(data, from)
	l.bounds = append(l.bounds, from, end)
	l.at = end + len(l.language.quote)
	if inserted {
		l.open = append(l.open, 0)
	}
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
