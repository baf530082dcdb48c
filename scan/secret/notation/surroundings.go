package notation

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/coding"
	"github.com/sluice-scan/sluice/scan/secret/wordlist"
)

// surroundings are what stands around a name in the middle of a line, as far as it decides where the value ends.
type surroundings struct {
	// quote is the quote around the name, or 0.
	quote byte
	// connection is true among pairs with semicolons, query among the parameters of a URL or a form.
	connection, query bool
	// flow is true inside the braces of a YAML flow collection.
	flow bool
	// open are the brackets that are open before the name.
	open [3]bool
	// tags is true in a text with tags, tagged behind a tag on the line, and escapes in a line that holds several lines: the
	// text of a program, a minified file.
	tags, tagged, escapes bool
}

// surroundings returns the surroundings of the name at an offset.
func (t *Text) surroundings(first int) surroundings {
	data := t.Data
	begin := ascii.LineStart(data, first, 400)
	before := data[begin:first]
	s := surroundings{quote: Enclosing(before)}
	if s.quote != 0 {
		before = before[bytes.LastIndexByte(before, s.quote)+1:]
	}
	if first > 0 {
		s.query = data[first-1] == '?' || data[first-1] == '&'
	}
	trimmed := bytes.TrimRight(before, " ")
	s.connection = len(trimmed) > 0 && trimmed[len(trimmed)-1] == ';' && bytes.IndexByte(trimmed, '=') > 0
	for i, pair := range [...]string{"()", "[]", "{}"} {
		s.open[i] = bytes.Count(before, []byte(pair[:1])) > bytes.Count(before, []byte(pair[1:]))
	}
	s.flow = s.quote == 0 && (t.Notation == YAML && s.open[1] || s.open[2] && t.Syntax != SyntaxCode)
	s.tagged = bytes.IndexByte(before, '<') >= 0
	s.tags = t.Tags || t.Notation == XML
	s.escapes = s.quote != 0 || first-begin > 300
	return s
}

// Enclosing returns the quote that is open at the end of a part of a line, or 0. A quote opens a text when no letter or
// digit stands before it.
func Enclosing(line []byte) byte {
	var open byte
	for i := 0; i < len(line); i++ {
		switch b := line[i]; {
		case b == '\\':
			i++
			if i < len(line) && ascii.IsQuote(line[i]) {
				// An escaped quote opens and closes like a plain one: JSON inside JSON.
				if open == 0 {
					open = line[i]
				}
			}
		case !ascii.IsQuote(b):
		case open == b:
			open = 0
		case open == 0 && (i == 0 || !ascii.Is(line[i-1], ascii.ClassAlnum)):
			open = b
		}
	}
	return open
}

// ends reports whether a value that began at start ends before data[at].
func (s *surroundings) ends(data []byte, start, at int) bool {
	peek := func(n int) byte {
		if at+n < len(data) {
			return data[at+n]
		}
		return 0
	}
	switch b := data[at]; b {
	case s.quote:
		return true
	case '\\':
		return s.escapes && (peek(1) == s.quote && s.quote != 0 || peek(1) == 'n' || peek(1) == 'r')
	case '<':
		return s.tags || s.tagged && peek(1) == '/'
	case '>':
		return s.tags && at > start
	case ';':
		return s.connection || pairAt(data, at+1)
	case '&':
		return s.query || pairAt(data, at+1) || quoteEntity(data, at) > 0
	case '#':
		return s.query
	case ',', ']', '}':
		return s.flow || b == ',' && pairAt(data, at+1)
	}
	return false
}

// quoteEntities are the entities of HTML and XML for quotes, with which a page shows the text of a program.
var quoteEntities = [...]string{"&quot;", "&#34;", "&#39;", "&apos;", "&#x27;", "&#x22;"}

// quoteEntity returns the length of such an entity at an offset; 0 when there is none.
func quoteEntity(data []byte, at int) int {
	for _, entity := range quoteEntities {
		if bytes.HasPrefix(data[at:], []byte(entity)) {
			return len(entity)
		}
	}
	return 0
}

// tagEntity reports whether the entity of an opening angle bracket is at an offset.
func tagEntity(data []byte, at int) bool {
	text := coding.Entities(data[at:min(len(data), at+6)])
	return len(text) > 0 && text[0] == '<'
}

// formField reports whether words in angle brackets are at an offset: a form says there what to fill in.
func formField(data []byte, at int) bool {
	if at >= len(data) || data[at] != '<' {
		return false
	}
	line := data[at+1 : ascii.LineEnd(data, at, 80)]
	end := bytes.IndexByte(line, '>')
	return end > 0 && ascii.OnlyOf(line[:end], ascii.ClassLower|ascii.ClassUpper, " _-.:/")
}

// closes reports whether the last byte of a value closes a bracket that was open before its name.
func (s *surroundings) closes(last byte, text []byte) bool {
	for i, pair := range [...]string{"()", "[]", "{}"} {
		if last == pair[1] && s.open[i] && bytes.Count(text, []byte(pair[:1])) < bytes.Count(text, []byte(pair[1:])) {
			return true
		}
	}
	return false
}

// pairNames are short names of pairs, besides those of four letters and more.
var pairNames = wordlist.Set("pair-names")

// pairAt reports whether another pair of name and value begins at an offset: "user=", "Data Source=". Letters in random
// case are not a name.
func pairAt(data []byte, at int) bool {
	at = ascii.SkipSpace(data, at)
	end := at
	for end < len(data) && end-at < MaxName && (ascii.Is(data[end], ascii.ClassLower|ascii.ClassUpper) || end > at && (data[end] == '_' || data[end] == '-' || data[end] == '.' || data[end] == ' ')) {
		end++
	}
	if end-at < 2 || end >= len(data) || data[end] != '=' {
		return false
	}
	name := data[at:end]
	return ascii.OneOf(pairNames, name) || len(name) >= 4 && (ascii.OnlyOf(name, ascii.ClassUpper, "_") || ascii.OnlyOf(name[1:], ascii.ClassLower, "_-.") || ConnectionWords().In(data[at:end+1]))
}

// ConnectionWords finds the keys of connection strings.
var ConnectionWords = wordlist.Finder("connection-keys")
