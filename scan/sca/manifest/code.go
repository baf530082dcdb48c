package manifest

import (
	"bytes"
	"sort"
)

// Manifests that are programs (build.gradle, Gemfile, setup.py) are not run. We read the literal text in them; computed
// values are not known.

// codeStyle describes a language's syntax of comments and strings.
type codeStyle struct {
	// line begins a comment to the end of the line; block is true if there are comments between "/*" and "*/".
	line  string
	block bool
}

var (
	gradleStyle = codeStyle{line: "//", block: true}
	swiftStyle  = codeStyle{line: "//", block: true}
	scriptStyle = codeStyle{line: "#"}
)

// literal is a string of a program: the offsets of its text between the quotes.
type literal struct {
	text       string
	start, end int
}

// codeText is a program with white space in place of comments, and the list of its strings in order. It is as long as
// the file.
type codeText struct {
	text     []byte
	literals []literal
	// closed maps the offsets of opening brackets to those of the closing ones; nil until it is needed.
	closed map[int]int
}

// readCode finds the comments and strings. It does not decode escapes, because no name or version has any.
func readCode(s *source, style codeStyle) *codeText {
	c := &codeText{text: bytes.Clone(s.data)}
	for at := 0; at < len(c.text); {
		rest := c.text[at:]
		switch {
		case bytes.HasPrefix(rest, []byte(style.line)):
			end := bytes.IndexByte(rest, '\n')
			if end < 0 {
				end = len(rest)
			}
			blank(rest[:end])
			at += end
		case style.block && bytes.HasPrefix(rest, []byte("/*")):
			end := bytes.Index(rest[2:], []byte("*/"))
			if end < 0 {
				end = len(rest) - 4
			}
			for i := range rest[:end+4] {
				if rest[i] != '\n' && rest[i] != '\r' {
					rest[i] = ' '
				}
			}
			at += end + 4
		case rest[0] == '"' || rest[0] == '\'':
			at += c.literal(at)
		default:
			at++
		}
	}
	return c
}

// literal adds the string that begins here and returns its length including the quotes. A string is on one line, or
// between triple quotes.
func (c *codeText) literal(at int) int {
	rest := c.text[at:]
	triple := bytes.Repeat(rest[:1], 3)
	if bytes.HasPrefix(rest, triple) {
		if end := bytes.Index(rest[3:], triple); end >= 0 {
			c.literals = append(c.literals, literal{string(rest[3 : 3+end]), at + 3, at + 3 + end})
			return end + 6
		}
		return 3
	}
	for i := 1; i < len(rest) && rest[i] != '\n'; i++ {
		switch rest[i] {
		case '\\':
			i++
		case rest[0]:
			c.literals = append(c.literals, literal{string(rest[1:i]), at + 1, at + i})
			return i + 1
		}
	}
	return 1 // an apostrophe
}

// between returns the strings that begin in a range.
func (c *codeText) between(start, end int) []literal {
	return c.literals[c.after(start):max(c.after(start), c.after(end))]
}

// after returns the index of the first string that begins at or after an offset.
func (c *codeText) after(offset int) int {
	return sort.Search(len(c.literals), func(i int) bool { return c.literals[i].start >= offset })
}

// maxWordBytes limits the words before strings.
const maxWordBytes = 100

// closing returns the offset of the bracket that closes the one at an offset, and at most limit. Brackets in strings do
// not count.
func (c *codeText) closing(at, limit int) int {
	if c.closed == nil {
		c.pair()
	}
	end, ok := c.closed[at]
	if !ok {
		end = len(c.text)
	}
	return min(end, limit)
}

// pair matches the brackets of all kinds.
func (c *codeText) pair() {
	c.closed = map[int]int{}
	var open []int
	next := 0
	for i := 0; i < len(c.text); i++ {
		if next < len(c.literals) && i >= c.literals[next].start {
			i = c.literals[next].end
			next++
			continue
		}
		switch c.text[i] {
		case '(', '[', '{':
			open = append(open, i)
		case ')', ']', '}':
			if n := len(open); n > 0 {
				c.closed[open[n-1]] = i
				open = open[:n-1]
			}
		}
	}
}

// wordBefore returns the identifier before an offset, with only spaces and opening brackets between them; "" if another
// character is there.
func (c *codeText) wordBefore(at int) (word string, start int) {
	i := at
	for i > 0 && (c.text[i-1] == ' ' || c.text[i-1] == '\t' || c.text[i-1] == '(' || c.text[i-1] == '\n' || c.text[i-1] == '\r') && at-i < maxWordBytes {
		i--
	}
	end := i
	for i > 0 && (isPythonNameByte(c.text[i-1]) && c.text[i-1] != '-') && end-i < maxWordBytes {
		i--
	}
	return string(c.text[i:end]), i
}

// text returns a group of a match, by its index in the list of offsets.
func text(c *codeText, m []int, group int) string {
	if m[group] < 0 {
		return ""
	}
	return string(c.text[m[group]:m[group+1]])
}
