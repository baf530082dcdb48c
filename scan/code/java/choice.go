package java

import "github.com/sluice-scan/sluice/scan/code/tree"

// choice reads switch, with colons or with arrows, as a statement or an expression.
func (p *parser) choice() tree.ID {
	defer p.deeper()()
	start, mark := p.start(), p.Mark()
	p.skip()
	p.Push(tree.RoleValue, p.parenthesised())
	p.expect(openBrace)
	for p.kind() != closeBrace && p.kind() != endOfFile && !p.failed && !p.Full() {
		p.Push(tree.RoleCase, p.orMany(p.branch))
	}
	p.expect(closeBrace)
	return p.closed(mark, tree.Switch, "switch", start)
}

func (p *parser) branchAlone() tree.ID {
	if k := p.kind(); k != kwCase && k != kwDefault {
		p.fail()
		return tree.None
	}
	return p.branch()
}

// branch reads one case. Its body spans its statements.
func (p *parser) branch() tree.ID {
	start, mark := p.start(), p.Mark()
	if p.accept(kwCase) {
		for {
			if p.kind() == kwDefault {
				p.skip()
			} else {
				p.Push(tree.RoleLabel, p.orMany(p.label))
			}
			if !p.accept(comma) {
				break
			}
		}
		if p.is("when") {
			p.skip()
			p.Push(tree.RoleGuard, p.expression())
		}
	} else {
		p.expect(kwDefault)
	}
	arrowed := p.accept(arrow)
	if !arrowed {
		p.expect(colon)
	}
	begin, end, items := p.end(), p.end(), p.Mark()
	switch {
	case !arrowed:
		p.statements(true)
	case p.kind() == openBrace:
		p.Push(tree.RoleBody, p.block())
		return p.closed(mark, tree.Case, "", start)
	default:
		p.statement(tree.RoleItem)
	}
	if n := p.Count(items); n > 0 {
		begin, end = p.Start(p.Pushed(items, 0)), p.End(p.Pushed(items, n-1))
	}
	p.Push(tree.RoleBody, p.Close(items, tree.Block, begin, end))
	return p.Close(mark, tree.Case, start, max(start, end))
}

// label reads what a branch is for: a value, or a pattern of a type.
func (p *parser) label() tree.ID {
	if p.typePattern() {
		return p.matched()
	}
	inLabel := p.inLabel
	p.inLabel = true
	id := p.ternary()
	p.inLabel = inLabel
	return id
}

// typePattern reports whether a type and a name stand here, or the pattern of a record.
func (p *parser) typePattern() bool {
	i := p.modifiersEnd(p.at)
	end := p.typeEnd(i)
	if end < 0 || end >= len(p.tokens) {
		return false
	}
	switch k := p.tokens[end].kind; k {
	case name, metavariable:
		return p.textOf(end) != "when"
	case openParen:
		pair := int(p.pairs[end])
		return p.tokens[i].kind == name && pair > 0 && p.recordPattern(end+1, pair)
	}
	return false
}

// recordPattern reports whether patterns are between two parentheses: a type begins the first one, and a name or parentheses follow.
func (p *parser) recordPattern(i, end int) bool {
	if i == end {
		return true
	}
	behind := p.typeEnd(p.modifiersEnd(i))
	return behind > 0 && behind < end && (p.tokens[behind].kind == name || p.tokens[behind].kind == openParen)
}

// matched reads the pattern of a type or a record.
func (p *parser) matched() tree.ID {
	defer p.deeper()()
	start, mark := p.start(), p.Mark()
	p.modifiers()
	typ := p.typ()
	if p.kind() == openParen {
		p.Drop(mark)
		p.Push(tree.RoleCallee, typ)
		p.skip()
		p.commas(closeParen, func() { p.Push(tree.RoleArgument, p.orMany(p.matched)) })
		return p.closed(mark, tree.Call, "", start)
	}
	p.Push(tree.RoleType, typ)
	p.Push(tree.RoleTarget, p.name())
	return p.closed(mark, tree.Declare, "", start)
}
