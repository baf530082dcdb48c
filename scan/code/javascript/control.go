package javascript

import "github.com/sluice-scan/sluice/scan/code/tree"

// loop reads for in all of its forms.
func (p *parser) loop() tree.ID {
	start, mark := p.start(), p.Mark()
	p.skip()
	async := p.acceptWord("await")
	p.expect(openParen)
	if p.pattern && p.kind() == ellipsis && p.behind().kind == closeParen {
		p.Push(tree.RoleCondition, p.many())
		p.skip()
		p.Push(tree.RoleBody, p.nested())
		return p.closed(mark, tree.For, "", start)
	}
	p.noIn = true
	first := p.Mark()
	switch {
	case p.declares():
		if target := p.loopVariables(); target != tree.None {
			return p.each(start, mark, target, true, async)
		}
	case p.kind() != semicolon:
		p.Push(tree.RoleInit, p.orMany(p.expression))
	}
	p.noIn = false
	if p.kind() == kwIn || p.is("of") {
		if p.Count(first) != 1 {
			p.fail()
			return tree.None
		}
		target := p.Pushed(first, 0)
		p.Drop(first)
		return p.each(start, mark, target, false, async)
	}
	p.statementsOf(first)
	p.expect(semicolon)
	if p.kind() != semicolon {
		p.Push(tree.RoleCondition, p.orMany(p.expression))
	}
	p.expect(semicolon)
	if p.kind() != closeParen {
		from, update := p.start(), p.Mark()
		p.Push(tree.RoleValue, p.orMany(p.expression))
		p.Push(tree.RoleUpdate, p.closed(update, tree.ExprStmt, "", from))
	}
	p.expect(closeParen)
	p.Push(tree.RoleBody, p.nested())
	return p.closed(mark, tree.For, "", start)
}

// declares reports whether the head of a loop declares its variable.
func (p *parser) declares() bool {
	if p.kind() == kwVar || p.kind() == kwConst {
		return true
	}
	if !p.is("let") && !p.is("using") {
		return false
	}
	k := p.behind().kind
	return k == name && p.source[p.behind().start:p.behind().end] != "of" || k == openBracket || k == openBrace || k == metavariable
}

// statementsOf makes a statement of the expression that a loop begins with.
func (p *parser) statementsOf(first tree.Mark) {
	if p.Count(first) != 1 {
		return
	}
	id := p.Pushed(first, 0)
	switch p.Kind(id) {
	case tree.Declare, tree.Ellipsis:
		return
	case tree.Assign:
		if p.Has(id, tree.Declares) {
			return
		}
	}
	p.Drop(first)
	p.Push(tree.RoleInit, p.Wrap(tree.ExprStmt, p.Start(id), p.End(id), tree.RoleValue, id))
}

// loopVariables reads the declaration in the head of a loop. When in or of follows, it returns what is declared; else it pushes statements.
func (p *parser) loopVariables() tree.ID {
	start, constant := p.start(), p.kind() == kwConst
	p.skip()
	target := p.target()
	annotation := p.annotation()
	if p.kind() == kwIn || p.is("of") {
		p.noIn = false
		return target
	}
	mark := p.Mark()
	if constant {
		p.Push(tree.RoleModifier, p.Leaf(tree.Modifier, "const", start, start))
	}
	p.Push(tree.RoleTarget, target)
	p.Push(tree.RoleType, annotation)
	p.Push(tree.RoleInit, p.valueOf(start, mark))
	for p.accept(comma) {
		p.Push(tree.RoleInit, p.declarator(p.start(), p.Mark()))
	}
	return tree.None
}

// each reads the rest of a loop from in or of on.
func (p *parser) each(start int, mark tree.Mark, target tree.ID, declares, async bool) tree.ID {
	p.noIn = false
	p.Push(tree.RoleTarget, target)
	word := p.word()
	p.skip()
	if word == "of" {
		p.Push(tree.RoleValue, p.assignment())
	} else {
		p.Push(tree.RoleValue, p.expression())
	}
	p.expect(closeParen)
	p.Push(tree.RoleBody, p.nested())
	id := p.closed(mark, tree.ForEach, word, start)
	if declares {
		p.SetFlags(id, tree.Declares)
	}
	if async {
		p.SetFlags(id, tree.Async)
	}
	return id
}

// choice reads switch.
func (p *parser) choice() tree.ID {
	start, mark := p.start(), p.Mark()
	p.skip()
	p.Push(tree.RoleValue, p.parenthesised())
	p.expect(openBrace)
	for p.kind() != closeBrace && p.kind() != endOfFile && !p.failed && !p.Full() {
		if id := p.lone(); id != tree.None {
			p.Push(tree.RoleCase, id)
			continue
		}
		p.Push(tree.RoleCase, p.branch())
	}
	p.expect(closeBrace)
	return p.closed(mark, tree.Switch, "switch", start)
}

// branch reads one case. Its body spans its statements.
func (p *parser) branch() tree.ID {
	start, mark := p.start(), p.Mark()
	switch {
	case p.accept(kwCase):
		p.Push(tree.RoleLabel, p.orMany(p.expression))
	default:
		p.expect(kwDefault)
	}
	p.expect(colon)
	begin, end, items := p.last, p.last, p.Mark()
	p.statements(true)
	if n := p.Count(items); n > 0 {
		begin, end = p.Start(p.Pushed(items, 0)), p.End(p.Pushed(items, n-1))
	}
	p.Push(tree.RoleBody, p.Close(items, tree.Block, begin, end))
	return p.Close(mark, tree.Case, start, max(start, end))
}

func (p *parser) caseAlone() tree.ID {
	if k := p.kind(); k != kwCase && k != kwDefault {
		p.fail()
		return tree.None
	}
	return p.branch()
}

// try reads try with its clauses.
func (p *parser) try() tree.ID {
	start, mark := p.start(), p.Mark()
	p.skip()
	p.Push(tree.RoleBody, p.block())
	if p.kind() == kwCatch {
		p.Push(tree.RoleCatch, p.catch())
	}
	if p.accept(kwFinally) {
		p.Push(tree.RoleFinally, p.block())
	}
	return p.closed(mark, tree.Try, "", start)
}

// catch reads the handler of try.
func (p *parser) catch() tree.ID {
	start, mark := p.start(), p.Mark()
	p.skip()
	if p.accept(openParen) {
		p.Push(tree.RoleTarget, p.orMany(p.target))
		p.Push(tree.RoleType, p.annotation())
		p.expect(closeParen)
	}
	p.Push(tree.RoleBody, p.block())
	return p.closed(mark, tree.Catch, "", start)
}

func (p *parser) catchAlone() tree.ID {
	if p.kind() != kwCatch {
		p.fail()
		return tree.None
	}
	return p.catch()
}
