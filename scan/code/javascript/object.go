package javascript

import "github.com/sluice-scan/sluice/scan/code/tree"

// object reads an object literal, and what looks like one: the pattern of an object.
func (p *parser) object() tree.ID {
	defer p.deeper()()
	start, mark := p.start(), p.Mark()
	p.skip()
	p.inside(func() tree.ID {
		p.commas(closeBrace, func() { p.Push(tree.RoleElement, p.entry()) })
		return tree.None
	})
	return p.closed(mark, tree.Object, "", start)
}

// entry reads an element of an object: a pair, a method, a name alone, a spread.
func (p *parser) entry() tree.ID {
	if p.kind() == ellipsis || p.kind() == manyMetavariable {
		return p.element()
	}
	start, mark := p.start(), p.Mark()
	var flags tree.Flags
	for p.kind() == name && p.entryWord() {
		if p.is("async") {
			flags |= tree.Async
		} else {
			flags |= tree.Accessor
		}
		p.skip()
	}
	if p.accept(star) {
		flags |= tree.Generator
	}
	alone := p.kind() == name || p.kind() == metavariable
	key := p.key()
	switch {
	case p.kind() == openParen || p.kind() == less:
		p.Push(tree.RoleName, key)
		p.signature()
		if p.kind() == openBrace {
			p.Push(tree.RoleBody, p.block())
		} else if !p.pattern {
			p.fail()
		}
		id := p.closed(mark, tree.Function, "", start)
		p.SetFlags(id, flags)
		return id
	case p.kind() == colon:
		return p.pairOf(key, start, mark)
	case p.kind() == assign: // a default in a pattern
		p.skip()
		p.Push(tree.RoleTarget, key)
		p.Push(tree.RoleValue, p.orMany(p.assignment))
		return p.closed(mark, tree.Assign, "=", start)
	case !alone:
		p.fail()
	}
	return key
}

// entryWord reports whether get, set or async precedes the name of an entry.
func (p *parser) entryWord() bool {
	if !p.is("get") && !p.is("set") && !p.is("async") {
		return false
	}
	switch next := p.behind(); next.kind {
	case name, privateName, text, number, openBracket, metavariable, star:
		return true
	default:
		return next.kind >= kwBreak && next.kind <= kwWith
	}
}

// pairOf reads the value after a key.
func (p *parser) pairOf(key tree.ID, start int, mark tree.Mark) tree.ID {
	p.expect(colon)
	p.Push(tree.RoleKey, key)
	p.Push(tree.RoleValue, p.orMany(p.assignment))
	return p.closed(mark, tree.Pair, "", start)
}

// pairAlone reads `key: value` as the whole of a pattern.
func (p *parser) pairAlone() tree.ID {
	start, mark := p.start(), p.Mark()
	if k := p.kind(); k != name && k != metavariable && k != text && k != openBracket {
		p.fail()
		return tree.None
	}
	id := p.pairOf(p.key(), start, mark)
	p.accept(comma)
	return id
}
