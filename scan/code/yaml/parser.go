package yaml

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
	// line is where the line at hand begins.
	line  int
	depth int
	// anchors holds the nodes that have a name.
	anchors map[string]tree.ID
	// failed is set by the first error of a pattern, failedAt is its byte.
	failed   bool
	failedAt int
	// openEnded is the first offset after which no expression of a template ends.
	openEnded int
}

func newParser(source string, pattern bool) *parser {
	return &parser{Builder: tree.NewBuilder(source, tree.YAML), source: source, pattern: pattern, openEnded: len(source), anchors: map[string]tree.ID{}}
}

// Parse makes the tree of a file. It takes any bytes.
func Parse(source string) *tree.Tree {
	p := newParser(source, false)
	p.documents()
	return p.Finish()
}

// ParsePattern makes the tree of a pattern: a value, or one pair of a mapping. A mapping with one pair and a sequence with one
// element stand for these alone.
func ParsePattern(source string) (*tree.Tree, error) {
	p := newParser(source, true)
	p.gap()
	value := p.block(-1, false)
	p.gap()
	if p.failed || p.at < len(source) || value == tree.None {
		return nil, fmt.Errorf("byte %d: the pattern is no YAML here", max(p.failedAt, min(p.at, len(source))))
	}
	p.Push(tree.RoleBody, value)
	made := p.Finish()
	root := made.First(tree.Root)
	only := made.First(root)
	if k := made.Kind(root); k != tree.Object && k != tree.Array || only == tree.None || made.Next(only) != tree.None || made.Kind(only) == tree.Ellipsis || made.Has(only, tree.Many) {
		return made, nil
	}
	return inner(source, made, only), nil
}

// inner is the tree of a pattern that is a part of another.
func inner(source string, from *tree.Tree, part tree.ID) *tree.Tree {
	b := tree.NewBuilder(source, tree.YAML)
	var copied func(id tree.ID) tree.ID
	copied = func(id tree.ID) tree.ID {
		mark := b.Mark()
		for child := range from.Children(id) {
			b.Push(from.Role(child), copied(child))
		}
		span := from.Span(id)
		made := b.Close(mark, from.Kind(id), int(span.Start), int(span.End))
		b.SetText(made, from.Text(id))
		b.SetFlags(made, from.Nodes[id].Flags)
		return made
	}
	b.Push(tree.RoleBody, copied(part))
	return b.Finish()
}

// documents reads documents up to the end of the file.
func (p *parser) documents() {
	p.move(len(p.source) - len(strings.TrimPrefix(p.source, "\uFEFF")))
	p.line = p.at
	for !p.Full() {
		p.gap()
		if p.at >= len(p.source) {
			return
		}
		switch {
		case p.marker() && p.source[p.at] == '-':
			p.move(p.at + 3)
			clear(p.anchors)
			continue
		case p.marker(), p.at == p.line && p.source[p.at] == '%':
			p.move(lex.Line(p.source, p.at))
			continue
		}
		before := p.at
		p.Push(tree.RoleBody, p.block(-1, false))
		p.rest(tree.RoleBody)
		if p.at == before {
			p.bad(tree.RoleBody)
		}
	}
}

// move goes on to an offset.
func (p *parser) move(to int) {
	if end := strings.LastIndexByte(p.source[p.at:to], '\n'); end >= 0 {
		p.line = p.at + end + 1
	}
	p.at = to
}

// column is how many bytes of its line precede the byte at hand.
func (p *parser) column() int { return p.at - p.line }

// is reports whether a byte stands at an offset.
func (p *parser) is(at int, b byte) bool { return at < len(p.source) && p.source[at] == b }

// blank reports whether white space or the end of the file is at an offset.
func (p *parser) blank(at int) bool {
	return at >= len(p.source) || p.source[at] == ' ' || p.source[at] == '\n' || p.source[at] == '\t' || p.source[at] == '\r'
}

// fail notes that something cannot be read.
func (p *parser) fail() {
	if !p.failed {
		p.failed, p.failedAt = true, p.at
	}
}

// spaces skips white space within a line.
func (p *parser) spaces() {
	for p.at < len(p.source) && (p.source[p.at] == ' ' || p.source[p.at] == '\t' || p.source[p.at] == '\r') {
		p.at++
	}
}

// gap skips white space, comments, and lines that are one expression of a template.
func (p *parser) gap() {
	for p.at < len(p.source) {
		switch p.source[p.at] {
		case ' ', '\t', '\r':
			p.at++
		case '\n':
			p.at++
			p.line = p.at
		case '#':
			end := lex.Line(p.source, p.at)
			p.Comment(p.at, end)
			p.at = end
		case '{':
			end := p.directive(p.at)
			if end == p.at || strings.TrimSpace(p.source[p.line:p.at]) != "" {
				return
			}
			p.move(end)
		default:
			return
		}
	}
}

// directive is the end of the expression of a template that is all of its line from an offset on; else the offset.
func (p *parser) directive(at int) int {
	end := p.expression(at)
	if end == at {
		return at
	}
	for i := end; i < len(p.source); i++ {
		switch p.source[i] {
		case ' ', '\t', '\r':
		case '\n':
			return end
		case '{':
			next := p.expression(i)
			if next == i {
				return at
			}
			end, i = next, next-1
		default:
			return at
		}
	}
	return end
}

// expression is the end of the expression of a template at an offset; the offset when there is none.
func (p *parser) expression(at int) int {
	closing := "}}"
	switch {
	case p.pattern || at >= p.openEnded:
		return at
	case strings.HasPrefix(p.source[at:], "{{"):
	case strings.HasPrefix(p.source[at:], "{%"):
		closing = "%}"
	case strings.HasPrefix(p.source[at:], "{#"):
		closing = "#}"
	default:
		return at
	}
	length := strings.Index(p.source[at:], closing)
	if length < 0 {
		p.openEnded = at
		return at
	}
	return at + length + 2
}

// marker reports whether a document begins or ends here. A pattern has no such signs: its dots are an ellipsis.
func (p *parser) marker() bool { return !p.pattern && p.at == p.line && p.markerAt(p.at) }

func (p *parser) markerAt(at int) bool {
	return (strings.HasPrefix(p.source[at:], "---") || strings.HasPrefix(p.source[at:], "...")) && p.blank(at+3)
}

// rest makes an Error of what is left of a line after a value.
func (p *parser) rest(role tree.Role) {
	p.spaces()
	if p.at < len(p.source) && p.source[p.at] != '\n' && p.source[p.at] != '#' && p.at != p.line && strings.TrimSpace(p.source[p.line:p.at]) != "" {
		p.bad(role)
	}
}

// bad makes an Error of the rest of the line.
func (p *parser) bad(role tree.Role) {
	p.fail()
	end := max(lex.Line(p.source, p.at), min(p.at+1, len(p.source)))
	p.Push(role, p.Leaf(tree.Error, "", p.at, end))
	p.move(end)
}

// leaf makes a node from here to an offset.
func (p *parser) leaf(kind tree.Kind, text string, end int) tree.ID {
	id := p.Leaf(kind, text, p.at, end)
	p.move(end)
	return id
}
