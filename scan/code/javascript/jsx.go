package javascript

import (
	"strings"

	"github.com/sluice-scan/sluice/scan/code/lex"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// jsx reads an element or a fragment.
func (p *parser) jsx() tree.ID {
	defer p.deeper()()
	start, mark := p.start(), p.Mark()
	p.expect(less)
	if p.kind() != greater {
		p.Push(tree.RoleName, p.tagName())
		if p.kind() == less && p.dialect == TSX {
			p.typeArguments()
		}
		p.attributes()
	}
	if p.accept(slash) {
		p.expect(greater)
		return p.closed(mark, tree.Element, "", start)
	}
	if p.kind() != greater {
		p.fail()
		return tree.None
	}
	p.content(p.token.end)
	// The closing tag, of which the sign was read.
	if p.kind() != greater {
		p.Drop(p.Mark())
		p.tagName()
	}
	p.expect(greater)
	return p.closed(mark, tree.Element, "", start)
}

// tagName reads the name of an element: a, a.b, a:b, a-b.
func (p *parser) tagName() tree.ID {
	start := p.start()
	id := p.attributeName()
	for p.accept(dot) {
		mark := p.Mark()
		p.Push(tree.RoleObject, id)
		p.Push(tree.RoleProperty, p.property())
		id = p.closed(mark, tree.Member, ".", start)
	}
	return id
}

// attributeName reads a name that may hold dashes and a colon.
func (p *parser) attributeName() tree.ID {
	if p.kind() == metavariable {
		return p.name()
	}
	if k := p.kind(); k != name && (k < kwBreak || k > kwWith) {
		p.fail()
		return tree.None
	}
	start, end := p.token.start, p.token.end
	for end < len(p.source) && (p.source[end] == '-' || p.source[end] == ':' || lex.Letter(p.source[end])) {
		end++
	}
	p.token.end = end
	return p.leaf(tree.Name, p.source[start:end])
}

// attributes reads and pushes the attributes of an element.
func (p *parser) attributes() {
	for !p.failed && !p.Full() {
		switch p.kind() {
		case openBrace:
			start, mark := p.start(), p.Mark()
			p.skip()
			if id := p.many(); id != tree.None {
				p.Push(tree.RoleAttribute, id)
				p.expect(closeBrace)
				continue
			}
			p.expect(ellipsis)
			p.Push(tree.RoleValue, p.inside(p.assignment))
			p.expect(closeBrace)
			p.Push(tree.RoleAttribute, p.closed(mark, tree.Spread, "...", start))
		case ellipsis:
			if !p.pattern {
				p.fail()
				return
			}
			p.Push(tree.RoleAttribute, p.leaf(tree.Ellipsis, ""))
		case greater, slash, endOfFile, stop, deepClose:
			return
		default:
			p.Push(tree.RoleAttribute, p.attribute())
		}
	}
}

// attribute reads one attribute.
func (p *parser) attribute() tree.ID {
	start, mark := p.start(), p.Mark()
	p.Push(tree.RoleName, p.attributeName())
	if p.kind() == assign {
		p.attributeValue()
	}
	return p.closed(mark, tree.Attribute, "", start)
}

// attributeValue reads and pushes the value after the sign. Its strings have no escapes, and may hold line ends.
func (p *parser) attributeValue() {
	i, _ := p.blank(p.token.end)
	if i < len(p.source) && (p.source[i] == '"' || p.source[i] == '\'') {
		length := strings.IndexByte(p.source[i+1:], p.source[i])
		if length < 0 {
			p.fail()
			return
		}
		p.Push(tree.RoleValue, p.Leaf(tree.String, p.source[i+1:i+1+length], i, i+length+2))
		p.last = i + length + 2
		p.token = p.lexAt(p.last)
		return
	}
	p.skip()
	switch p.kind() {
	case openBrace:
		p.skip()
		p.Push(tree.RoleValue, p.inside(func() tree.ID { return p.orMany(p.assignment) }))
		p.expect(closeBrace)
	case less:
		p.Push(tree.RoleValue, p.jsx())
	default:
		p.Push(tree.RoleValue, p.name())
	}
}

// content reads and pushes what is between the tags, up to the sign of the closing one, which it passes.
func (p *parser) content(i int) {
	for !p.failed && !p.Full() {
		length := strings.IndexAny(p.source[i:], "<{")
		if length < 0 {
			p.fail()
			return
		}
		p.contentText(i, i+length)
		i += length
		p.token = p.lexAt(i)
		if p.source[i] == '<' && p.token.kind != less && p.token.kind != deepOpen {
			p.token = token{kind: less, start: i, end: i + 1}
		}
		if p.kind() == openBrace {
			p.braces()
			i = p.last
			continue
		}
		if at, _ := p.blank(i + 1); at < len(p.source) && p.source[at] == '/' {
			p.last = at + 1
			p.token = p.lexAt(at + 1)
			return
		}
		if p.kind() == deepOpen {
			p.Push(tree.RoleContent, p.primary())
		} else {
			p.Push(tree.RoleContent, p.jsx())
		}
		i = p.last
	}
}

// contentText pushes the text between two offsets. Blank text is left out, and `...` of a pattern is an Ellipsis.
func (p *parser) contentText(from, to int) {
	trimmed := strings.TrimSpace(p.source[from:to])
	if trimmed == "" {
		return
	}
	if p.pattern && trimmed == "..." {
		at := from + strings.Index(p.source[from:to], "...")
		p.Push(tree.RoleContent, p.Leaf(tree.Ellipsis, "", at, at+3))
		return
	}
	id := p.Leaf(tree.String, p.source[from:to], from, to)
	p.SetFlags(id, tree.Raw)
	p.Push(tree.RoleContent, id)
}

// braces reads and pushes {x} and {...x}. Empty ones hold a comment.
func (p *parser) braces() {
	start := p.start()
	p.skip()
	if p.kind() != closeBrace {
		if p.kind() == ellipsis && !(p.pattern && p.behind().kind == closeBrace) {
			mark := p.Mark()
			p.skip()
			p.Push(tree.RoleValue, p.inside(p.assignment))
			p.Push(tree.RoleContent, p.closed(mark, tree.Spread, "...", start))
		} else {
			p.Push(tree.RoleContent, p.inside(func() tree.ID { return p.orMany(p.expression) }))
		}
	}
	if p.kind() != closeBrace {
		p.fail()
		return
	}
	p.last = p.token.end
}
