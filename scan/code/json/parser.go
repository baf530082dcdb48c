package json

import (
	"fmt"
	"strings"

	"github.com/sluice-scan/sluice/scan/code/lex"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// parser reads bytes by recursive descent. Its methods return the node that they made, None for nothing.
type parser struct {
	*tree.Builder
	source  string
	pattern bool
	at      int
	depth   int
	// failed is set by the first error of a pattern, failedAt is its byte.
	failed   bool
	failedAt int
}

// Parse makes the tree of a file. It takes any bytes.
func Parse(source string) *tree.Tree {
	p := &parser{Builder: tree.NewBuilder(source, tree.JSON), source: source}
	p.documents()
	return p.Finish()
}

// ParsePattern makes the tree of a pattern: a value, or one pair of an object.
func ParsePattern(source string) (*tree.Tree, error) {
	p := &parser{Builder: tree.NewBuilder(source, tree.JSON), source: source, pattern: true}
	p.space()
	start := p.at
	value := p.value()
	p.space()
	if p.next() == ':' {
		p.key(value)
		value = p.pair(value, start)
		p.space()
	}
	p.Push(tree.RoleBody, value)
	if p.failed || p.at < len(source) || value == tree.None {
		return nil, fmt.Errorf("byte %d: the pattern is no JSON here", max(p.failedAt, min(p.at, len(source))))
	}
	return p.Finish(), nil
}

// next is the byte at hand, 0 at the end.
func (p *parser) next() byte {
	if p.at < len(p.source) {
		return p.source[p.at]
	}
	return 0
}

// fail notes that something cannot be read.
func (p *parser) fail() {
	if !p.failed {
		p.failed, p.failedAt = true, p.at
	}
}

// documents reads values up to the end of the file.
func (p *parser) documents() {
	p.at = len(p.source) - len(strings.TrimPrefix(p.source, "\uFEFF"))
	for !p.Full() {
		p.space()
		if p.at >= len(p.source) {
			return
		}
		start := p.at
		value := p.value()
		p.space()
		switch {
		case value != tree.None && p.next() == ':':
			// A bracket before it closed too early.
			p.key(value)
			value = p.pair(value, start)
		case value == tree.None:
			p.skip("{[\"")
			value = p.Leaf(tree.Error, "", start, p.at)
		}
		p.Push(tree.RoleBody, value)
	}
}

// space skips white space and comments.
func (p *parser) space() {
	for p.at < len(p.source) {
		switch b := p.source[p.at]; {
		case b == ' ' || b == '\t' || b == '\n' || b == '\r':
			p.at++
		case b == '/' && strings.HasPrefix(p.source[p.at:], "//"), b == '#':
			end := lex.Line(p.source, p.at)
			p.Comment(p.at, end)
			p.at = end
		case b == '/' && strings.HasPrefix(p.source[p.at:], "/*"):
			end := len(p.source)
			if length := strings.Index(p.source[p.at+2:], "*/"); length >= 0 {
				end = p.at + length + 4
			}
			p.Comment(p.at, end)
			p.at = end
		default:
			return
		}
	}
}

// skip passes what cannot be read, one byte at least: up to a comma, a closing bracket or a line end outside of strings. It
// does not look into brackets for these, but for the byte that ends them.
func (p *parser) skip(ends string) {
	for start := p.at; p.at < len(p.source); {
		b := p.source[p.at]
		switch {
		case p.at > start && (b == ',' || b == '}' || b == ']' || b == '\n' || strings.IndexByte(ends, b) >= 0):
			return
		case b == '"':
			p.at = p.stringEnd(b)
		default:
			p.at++
		}
	}
}

// stringEnd is the offset after the string at hand. One that is not closed ends with its line.
func (p *parser) stringEnd(quote byte) int {
	for i := p.at + 1; i < len(p.source); i++ {
		switch p.source[i] {
		case quote:
			return i + 1
		case '\\':
			i++
		case '\n':
			return i
		}
	}
	return len(p.source)
}

// leaf makes a node from here to an offset.
func (p *parser) leaf(kind tree.Kind, text string, end int) tree.ID {
	id := p.Leaf(kind, text, p.at, end)
	p.at = end
	return id
}
