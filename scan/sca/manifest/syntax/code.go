package syntax

import (
	"bytes"
	"sort"

	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
)

// Style describes a language's syntax of comments and strings.
type Style struct {
	// line begins a comment to the end of the line; block is true if there are comments between "/*" and "*/".
	line  string
	block bool
}

// The styles of build.gradle and build.sbt, of Package.swift, and of Ruby and Python.
var (
	GradleStyle = Style{line: "//", block: true}
	SwiftStyle  = Style{line: "//", block: true}
	ScriptStyle = Style{line: "#"}
)

// Literal is a string of a program: the offsets of its text between the quotes.
type Literal struct {
	Text       string
	Start, End int
}

// Code is a program such as build.gradle, Gemfile or setup.py. We do not run it: we read the literal text in it, and
// computed values are not known. Text is the program with white space in place of comments, as long as the file, and
// Literals are its strings in order.
type Code struct {
	Text     []byte
	Literals []Literal
	// closed maps the offsets of opening brackets to those of the closing ones; nil until it is needed.
	closed map[int]int
}

// ReadCode finds the comments and strings. It does not decode escapes, because no name or version has any.
func ReadCode(s *document.Source, style Style) *Code {
	c := &Code{Text: bytes.Clone(s.Data)}
	for at := 0; at < len(c.Text); {
		rest := c.Text[at:]
		switch {
		case bytes.HasPrefix(rest, []byte(style.line)):
			end := bytes.IndexByte(rest, '\n')
			if end < 0 {
				end = len(rest)
			}
			document.Blank(rest[:end])
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
func (c *Code) literal(at int) int {
	rest := c.Text[at:]
	triple := bytes.Repeat(rest[:1], 3)
	if bytes.HasPrefix(rest, triple) {
		if end := bytes.Index(rest[3:], triple); end >= 0 {
			c.Literals = append(c.Literals, Literal{string(rest[3 : 3+end]), at + 3, at + 3 + end})
			return end + 6
		}
		return 3
	}
	for i := 1; i < len(rest) && rest[i] != '\n'; i++ {
		switch rest[i] {
		case '\\':
			i++
		case rest[0]:
			c.Literals = append(c.Literals, Literal{string(rest[1:i]), at + 1, at + i})
			return i + 1
		}
	}
	return 1 // an apostrophe
}

// Between returns the strings that begin in a range.
func (c *Code) Between(start, end int) []Literal {
	return c.Literals[c.after(start):max(c.after(start), c.after(end))]
}

// after returns the index of the first string that begins at or after an offset.
func (c *Code) after(offset int) int {
	return sort.Search(len(c.Literals), func(i int) bool { return c.Literals[i].Start >= offset })
}

// maxWordBytes limits the words before strings.
const maxWordBytes = 100

// Closing returns the offset of the bracket that closes the one at an offset, and at most limit. Brackets in strings do
// not count.
func (c *Code) Closing(at, limit int) int {
	if c.closed == nil {
		c.pair()
	}
	end, ok := c.closed[at]
	if !ok {
		end = len(c.Text)
	}
	return min(end, limit)
}

// pair matches the brackets of all kinds.
func (c *Code) pair() {
	c.closed = map[int]int{}
	var open []int
	next := 0
	for i := 0; i < len(c.Text); i++ {
		if next < len(c.Literals) && i >= c.Literals[next].Start {
			i = c.Literals[next].End
			next++
			continue
		}
		switch c.Text[i] {
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

// WordBefore returns the identifier before an offset, with only spaces and opening brackets between them; "" if another
// character is there.
func (c *Code) WordBefore(at int) (word string, start int) {
	i := at
	for i > 0 && (c.Text[i-1] == ' ' || c.Text[i-1] == '\t' || c.Text[i-1] == '(' || c.Text[i-1] == '\n' || c.Text[i-1] == '\r') && at-i < maxWordBytes {
		i--
	}
	end := i
	for i > 0 && (document.IsNameByte(c.Text[i-1]) && c.Text[i-1] != '-') && end-i < maxWordBytes {
		i--
	}
	return string(c.Text[i:end]), i
}

// GroupText returns a group of a match, by its index in the list of offsets.
func GroupText(c *Code, m []int, group int) string {
	if m[group] < 0 {
		return ""
	}
	return string(c.Text[m[group]:m[group+1]])
}
