package golang

import "github.com/sluice-scan/sluice/scan/code/tree"

// choice reads switch, over values or over types.
func (p *parser) choice() tree.ID {
	start, mark := p.start(), p.Mark()
	p.skip()
	h := p.head()
	if h.count > 1 {
		p.fail()
	}
	if h.count == 1 {
		p.Push(tree.RoleInit, p.statementOf(h.parts[0]))
	}
	p.Push(tree.RoleValue, h.parts[h.count])
	p.cases()
	return p.wrapped(mark, tree.Switch, "switch", start)
}

// cases reads the branches of switch and select, and pushes them.
func (p *parser) cases() {
	level := p.level
	p.level = 0
	p.expect(openBrace)
	for p.kind() != closeBrace && p.kind() != endOfFile && !p.failed && !p.Full() {
		switch p.kind() {
		case newline, semicolon:
			p.skip()
		case kwCase, kwDefault:
			if p.pattern && p.peek() == ellipsis && !p.labelled() {
				// `case ...` without a colon is any number of branches.
				p.skip()
				p.Push(tree.RoleCase, p.many())
				continue
			}
			p.Push(tree.RoleCase, p.clause())
		default:
			switch id := p.many(); {
			case id != tree.None:
				p.Push(tree.RoleCase, id)
			case p.pattern:
				p.fail()
			default:
				p.recover(tree.RoleCase)
			}
		}
	}
	p.expect(closeBrace)
	p.level = level
}

// labelled reports whether a colon or more labels follow `case ...`.
func (p *parser) labelled() bool {
	k := p.tokens[min(p.at+2, len(p.tokens)-1)].kind
	return k == colon || k == comma
}

// clause reads one branch. Its body spans its statements.
func (p *parser) clause() tree.ID {
	start, mark, from := p.start(), p.Mark(), p.at
	if p.accept(kwCase) {
		for {
			p.Push(tree.RoleLabel, p.label())
			if !p.accept(comma) {
				break
			}
			p.unbroken()
		}
	} else {
		p.expect(kwDefault)
	}
	p.expect(colon)
	if p.failed && !p.pattern {
		p.Drop(mark)
		p.Push(tree.RoleLabel, p.lostLabel(from))
	}
	end, items := p.end(), p.Mark()
	begin := end
	p.statements(true)
	if n := p.Count(items); n > 0 {
		begin, end = p.Start(p.Pushed(items, 0)), p.End(p.Pushed(items, n-1))
	}
	p.Push(tree.RoleBody, p.Close(items, tree.Block, begin, end))
	return p.Close(mark, tree.Case, start, end)
}

// lostLabel makes an Error of the labels that could not be read, up to their colon or the end of the line.
func (p *parser) lostLabel(from int) tree.ID {
	p.failed, p.at = false, from+1
	start := p.start()
	for {
		switch p.kind() {
		case colon:
			id := p.Leaf(tree.Error, "", min(start, p.start()), p.start())
			p.skip()
			return id
		case newline, closeBrace, endOfFile:
			return p.Leaf(tree.Error, "", start, max(start, p.end()))
		case openParen, openBracket, openBrace:
			if pair := int(p.pairs[p.at]); pair > p.at {
				p.at = pair
			}
		}
		p.skip()
	}
}

// clauseAlone reads a branch that is a whole pattern.
func (p *parser) clauseAlone() tree.ID {
	if k := p.kind(); k != kwCase && k != kwDefault {
		p.fail()
		return tree.None
	}
	return p.clause()
}

// label reads what a branch is for: a value, a type, or the receive or send of select. A pointer type is a Unary, as in any expression.
func (p *parser) label() tree.ID {
	if id := p.many(); id != tree.None {
		return id
	}
	start := p.start()
	left := p.expression()
	if k := p.kind(); k == comma && p.received() {
		mark := p.Mark()
		p.Push(tree.RoleElement, left)
		for p.accept(comma) {
			p.Push(tree.RoleElement, p.expression())
		}
		left = p.wrapped(mark, tree.Tuple, "", start)
	}
	switch p.kind() {
	case assign, define:
		return p.simpleBehind(left, start)
	}
	return left
}

// received reports whether a list in a branch of select is the target of a receive: `case v, ok := <-c:`.
func (p *parser) received() bool {
	for i := p.at; i < min(len(p.tokens), p.at+16); i++ {
		switch p.tokens[i].kind {
		case assign, define:
			return true
		case colon, endOfFile, newline:
			return false
		}
	}
	return false
}
