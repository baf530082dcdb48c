package hcl

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
	// inside counts the brackets around, in which a line end ends nothing.
	inside int
	failed bool
	// open counts the heredocs that nothing ended.
	open int
	// again counts bytes that are read a second time after an error. It is bounded, so that errors in errors cost linear time.
	again int
}

// maxOpen bounds how often the end of a heredoc is looked for that has none.
const maxOpen = 50

// Parse makes the tree of a file. It takes any bytes.
func Parse(source string) *tree.Tree {
	p := &parser{Builder: tree.NewBuilder(source, tree.Terraform), source: source}
	p.at = len(source) - len(strings.TrimPrefix(source, "\uFEFF"))
	p.file()
	return p.Finish()
}

// ParsePattern makes the tree of a pattern: blocks, an attribute, or an expression.
func ParsePattern(source string) (*tree.Tree, error) {
	for _, read := range []func(p *parser){
		func(p *parser) { p.Push(tree.RoleBody, p.member()) },
		func(p *parser) { p.Push(tree.RoleBody, p.expression()) },
		(*parser).file,
	} {
		p := &parser{Builder: tree.NewBuilder(source, tree.Terraform), source: source, pattern: true}
		p.gap()
		read(p)
		p.gap()
		if !p.failed && p.at >= len(source) && p.Count(0) > 0 {
			return p.Finish(), nil
		}
	}
	return nil, fmt.Errorf("the pattern is no HCL")
}

// file reads blocks and attributes up to the end.
func (p *parser) file() {
	for !p.Full() {
		p.gap()
		if p.at >= len(p.source) {
			return
		}
		start := p.at
		id := p.member()
		if id == tree.None {
			id = p.bad(start)
		}
		if p.Kind(id) == tree.Call {
			id = p.Wrap(tree.ExprStmt, start, p.End(id), tree.RoleValue, id)
		}
		p.Push(tree.RoleBody, id)
		p.rest(tree.RoleBody)
	}
}

// bad makes an Error from an offset up to the end of the line.
func (p *parser) bad(start int) tree.ID {
	p.failed = true
	p.at = max(p.at, lex.Line(p.source, start), min(start+1, len(p.source)))
	return p.Leaf(tree.Error, "", start, p.at)
}

// rest makes an Error of what stands behind a member on its line.
func (p *parser) rest(role tree.Role) {
	p.spaces()
	if b := p.next(); p.at < len(p.source) && b != '\n' && b != '}' && b != ',' {
		p.Push(role, p.bad(p.at))
	}
}

// next is the byte at hand, 0 at the end.
func (p *parser) next() byte {
	if p.at < len(p.source) {
		return p.source[p.at]
	}
	return 0
}

func (p *parser) has(sign string) bool { return strings.HasPrefix(p.source[p.at:], sign) }

// skip reads white space and comments, up to a line end or across them.
func (p *parser) skip(lines bool) {
	for p.at < len(p.source) {
		switch b := p.source[p.at]; {
		case b == ' ' || b == '\t' || b == '\r' || lines && b == '\n':
			p.at++
		case b == '#' || p.has("//"):
			end := lex.Line(p.source, p.at)
			p.Comment(p.at, end)
			p.at = end
		case p.has("/*"):
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

func (p *parser) gap() { p.skip(true) }

// spaces skips white space, in brackets also line ends.
func (p *parser) spaces() { p.skip(p.inside > 0) }

// leaf makes a node from here to an offset.
func (p *parser) leaf(kind tree.Kind, text string, end int) tree.ID {
	id := p.Leaf(kind, text, p.at, end)
	p.at = end
	return id
}

// nameEnd is the end of the name at an offset; names may have dashes.
func (p *parser) nameEnd(at int) int {
	end := lex.Name(p.source, at, false)
	for end > at && end < len(p.source) && (p.source[end] == '-' || lex.Letter(p.source[end])) {
		end++
	}
	return end
}

// name reads a name, or what stands for one in a pattern.
func (p *parser) name() tree.ID {
	if p.pattern {
		if p.has("...") && !p.has("...>") {
			return p.leaf(tree.Ellipsis, "", p.at+3)
		}
		if end, name, many := lex.Metavariable(p.source, p.at); end > p.at {
			id := p.leaf(tree.Metavariable, name, end)
			if many {
				p.SetFlags(id, tree.Many)
			}
			return id
		}
	}
	if end := p.nameEnd(p.at); end > p.at {
		return p.leaf(tree.Name, p.source[p.at:end], end)
	}
	return tree.None
}

// member reads an attribute or a block. Where neither stands, nothing is read, unless too much was read twice.
func (p *parser) member() tree.ID {
	if p.depth++; p.depth > tree.MaxDepth {
		p.depth--
		return tree.None
	}
	defer func() { p.depth-- }()
	start, mark := p.at, p.Mark()
	inside := p.inside
	p.inside = 0
	defer func() { p.inside = inside }()
	before := p.Checkpoint()
	word := p.name()
	if k := p.Kind(word); k == tree.Ellipsis || k == tree.Metavariable && p.Has(word, tree.Many) {
		return word
	}
	p.spaces()
	if word != tree.None && p.next() == '=' && !p.has("==") {
		p.at++
		p.spaces()
		if value := p.expression(); value != tree.None {
			return p.Join(tree.Pair, start, p.End(value), tree.RoleKey, word, tree.RoleValue, value)
		}
		word = tree.None
	}
	if word != tree.None {
		p.Push(tree.RoleCallee, word)
		for !p.Full() {
			p.spaces()
			if p.next() == '{' {
				p.Push(tree.RoleArgument, p.body())
				return p.Close(mark, tree.Call, start, p.at)
			}
			label := p.label()
			if label == tree.None {
				break
			}
			p.Push(tree.RoleArgument, label)
		}
	}
	p.Rollback(before)
	if p.again += p.at - start; p.again < 4*len(p.source) {
		p.at = start
	}
	return tree.None
}

// label reads a label of a block.
func (p *parser) label() tree.ID {
	if p.next() == '"' {
		return p.text()
	}
	return p.name()
}

// body reads the members of a block between braces.
func (p *parser) body() tree.ID {
	mark, start := p.Mark(), p.at
	p.at++
	for !p.Full() {
		p.gap()
		if p.at >= len(p.source) {
			p.failed = true
			break
		}
		if p.next() == '}' {
			p.at++
			break
		}
		if p.next() == ',' {
			p.at++
			continue
		}
		from := p.at
		id := p.member()
		if id == tree.None {
			id = p.bad(from)
		}
		p.Push(tree.RoleElement, id)
		p.rest(tree.RoleElement)
	}
	return p.Close(mark, tree.Object, start, p.at)
}
