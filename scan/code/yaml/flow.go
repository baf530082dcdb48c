package yaml

import "github.com/sluice-scan/sluice/scan/code/tree"

// collection reads a collection in flow style. A deeper one than parsers go is an Error.
func (p *parser) collection() tree.ID {
	if p.depth++; p.depth > tree.MaxDepth {
		p.depth--
		p.fail()
		return p.leaf(tree.Error, "", p.at+1)
	}
	defer func() { p.depth-- }()
	kind, closing := tree.Array, byte(']')
	if p.source[p.at] == '{' {
		kind, closing = tree.Object, '}'
	}
	mark, start := p.Mark(), p.at
	p.move(p.at + 1)
	for !p.Full() {
		p.gap()
		switch {
		case p.is(p.at, closing):
			p.move(p.at + 1)
			return p.Close(mark, kind, start, p.at)
		case p.is(p.at, ','):
			p.move(p.at + 1)
			continue
		case p.at >= len(p.source), p.is(p.at, ']'), p.is(p.at, '}'), p.marker():
			p.fail()
			p.Push(tree.RoleElement, p.Leaf(tree.Error, "", p.at, p.at))
			return p.Close(mark, kind, start, p.at)
		}
		before := p.at
		p.Push(tree.RoleElement, p.flowElement(kind))
		if p.at == before {
			p.fail()
			p.Push(tree.RoleElement, p.leaf(tree.Error, "", p.at+1))
		}
	}
	return p.Close(mark, kind, start, p.at)
}

// flowElement reads an element of a sequence or a pair of a mapping. A pair in a sequence is a mapping of its own.
func (p *parser) flowElement(kind tree.Kind) tree.ID {
	start := p.at
	if p.is(p.at, '?') && p.blank(p.at+1) {
		p.move(p.at + 1)
		p.gap()
	}
	key := p.flowNode()
	end := p.at
	p.gap()
	if !p.is(p.at, ':') {
		if kind == tree.Object && key != tree.None && p.Kind(key) != tree.Ellipsis && p.Kind(key) != tree.Metavariable && p.Kind(key) != tree.Error {
			p.named(key)
			return p.Wrap(tree.Pair, start, end, tree.RoleKey, key)
		}
		return key
	}
	p.named(key)
	p.move(p.at + 1)
	end = p.at
	p.gap()
	var value tree.ID
	if !p.is(p.at, ',') && !p.is(p.at, '}') && !p.is(p.at, ']') {
		value = p.flowNode()
	}
	pair := p.Join(tree.Pair, start, end, tree.RoleKey, key, tree.RoleValue, value)
	if kind == tree.Array {
		return p.Wrap(tree.Object, start, end, tree.RoleElement, pair)
	}
	return pair
}

// flowNode reads a node with its properties in flow style.
func (p *parser) flowNode() tree.ID {
	start := p.at
	tags := p.properties()
	p.gap()
	if tags.any() && (p.is(p.at, ',') || p.is(p.at, ']') || p.is(p.at, '}')) {
		return p.tagged(tags, start, tree.None)
	}
	return p.tagged(tags, start, p.scalar(-1, true))
}
