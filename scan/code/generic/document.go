package generic

import (
	"strings"

	"github.com/sluice-scan/sluice/scan/code/lex"
)

// Document is a text as tokens. It is immutable and safe for concurrent use.
type Document struct {
	source string
	tokens []token
	// partner is, for each bracket that has one, the token of the other; else -1.
	partner []int32
}

// token is a word, or one other byte that is not white space.
type token struct {
	start, end uint32
	line       uint32
	word       bool
}

// NewDocument reads a text. Comments is the kind of comments to leave out: "c", "cpp" or "shell"; "" leaves none out.
func NewDocument(source, comments string) *Document {
	d := &Document{source: source}
	line := uint32(0)
	for at := 0; at < len(source); {
		b := source[at]
		end := at + 1
		switch {
		case b == '\n':
			line++
			at++
			continue
		case b == ' ' || b == '\t' || b == '\r' || b == '\f' || b == '\v':
			at++
			continue
		case lex.Letter(b):
			for end < len(source) && lex.Letter(source[end]) {
				end++
			}
		default:
			if skip := comment(source[at:], comments); skip > 0 {
				line += uint32(strings.Count(source[at:at+skip], "\n"))
				at += skip
				continue
			}
		}
		d.tokens = append(d.tokens, token{uint32(at), uint32(end), line, lex.Letter(b)})
		at = end
	}
	d.pair()
	return d
}

// comment returns the length of the comment at the start of a text, 0 when there is none.
func comment(text, kind string) int {
	switch {
	case kind == "shell" && text[0] == '#', kind == "cpp" && strings.HasPrefix(text, "//"):
		return lex.Line(text, 0)
	case (kind == "c" || kind == "cpp") && strings.HasPrefix(text, "/*"):
		if end := strings.Index(text[2:], "*/"); end >= 0 {
			return end + 4
		}
	}
	return 0
}

// pair finds the partners of brackets. A bracket without one is a sign like others: a closing one whose opening one is
// missing, and an opening one that a bracket around it ends.
func (d *Document) pair() {
	d.partner = make([]int32, len(d.tokens))
	var open []int32
	for i := range d.tokens {
		d.partner[i] = -1
		t := d.tokens[i]
		switch b := d.source[t.start]; b {
		case '(', '[', '{':
			open = append(open, int32(i))
		case ')', ']', '}':
			for n := len(open) - 1; n >= max(0, len(open)-maxOpen); n-- {
				if closes(d.source[d.tokens[open[n]].start], b) {
					d.partner[i], d.partner[open[n]] = open[n], int32(i)
					open = open[:n]
					break
				}
			}
		}
	}
}

// maxOpen is how many brackets that stay open a closing one may end.
const maxOpen = 8

func closes(open, closing byte) bool {
	return open == '(' && closing == ')' || open == '[' && closing == ']' || open == '{' && closing == '}'
}

// text is the text of a token.
func (d *Document) text(i int) string { return d.source[d.tokens[i].start:d.tokens[i].end] }
