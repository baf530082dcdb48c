package java

import "github.com/sluice-scan/sluice/scan/code/tree"

// block reads statements in braces.
func (p *parser) block() tree.ID {
	start, mark := p.start(), p.Mark()
	p.expect(openBrace)
	p.statements(true)
	if !p.accept(closeBrace) && p.pattern {
		p.fail()
	}
	return p.closed(mark, tree.Block, "", start)
}

// nested reads the statement of if, else or a loop as a Block.
func (p *parser) nested() tree.ID {
	defer p.deeper()()
	if p.kind() == openBrace {
		return p.block()
	}
	start, mark := p.start(), p.Mark()
	if !p.accept(semicolon) {
		p.statement(tree.RoleItem)
	}
	return p.closed(mark, tree.Block, "", start)
}

// statement reads one statement, declaration or member and pushes what it is.
func (p *parser) statement(role tree.Role) {
	defer p.deeper()()
	if id := p.many(); id != tree.None {
		p.accept(semicolon)
		p.Push(role, id)
		return
	}
	start, mark := p.start(), p.Mark()
	switch p.kind() {
	case openBrace:
		p.Push(role, p.block())
	case kwPackage:
		p.Push(role, p.pkg())
	case kwImport:
		p.Push(role, p.imports())
	case kwIf:
		p.Push(role, p.conditional())
	case kwFor:
		p.Push(role, p.loop())
	case kwWhile:
		p.skip()
		p.Push(tree.RoleCondition, p.parenthesised())
		p.Push(tree.RoleBody, p.nested())
		p.Push(role, p.closed(mark, tree.While, "", start))
	case kwDo:
		p.skip()
		p.Push(tree.RoleBody, p.nested())
		p.expect(kwWhile)
		p.Push(tree.RoleCondition, p.parenthesised())
		p.terminate()
		id := p.closed(mark, tree.While, "", start)
		p.SetFlags(id, tree.Postfix)
		p.Push(role, id)
	case kwTry:
		p.Push(role, p.try())
	case kwReturn, kwThrow:
		p.Push(role, p.leave())
	case kwBreak, kwContinue:
		p.Push(role, p.jump())
	case kwAssert:
		p.skip()
		p.Push(tree.RoleCondition, p.orMany(p.expression))
		if p.accept(colon) {
			p.Push(tree.RoleMessage, p.orMany(p.expression))
		}
		p.terminate()
		p.Push(role, p.closed(mark, tree.Assert, "", start))
	case kwSynchronized:
		if p.ahead(1) != openParen {
			p.member(role)
			return
		}
		p.skip()
		p.Push(tree.RoleResource, p.parenthesised())
		p.Push(tree.RoleBody, p.block())
		p.Push(role, p.closed(mark, tree.With, "synchronized", start))
	case kwSwitch:
		p.switchStatement(role)
	default:
		p.other(role)
	}
}

// switchStatement reads a switch as a statement, or an expression that begins with one.
func (p *parser) switchStatement(role tree.Role) {
	start, mark := p.start(), p.Mark()
	id := p.choice()
	if k := p.kind(); k != dot || p.failed {
		p.Push(role, id)
		return
	}
	p.Push(tree.RoleValue, p.chain(id, start))
	p.terminate()
	p.Push(role, p.closed(mark, tree.ExprStmt, "", start))
}

// other reads what begins with no word of its own: labels, yield, declarations, expressions.
func (p *parser) other(role tree.Role) {
	start, mark := p.start(), p.Mark()
	if k := p.kind(); (k == name || k == metavariable) && p.ahead(1) == colon {
		p.Push(tree.RoleLabel, p.name())
		p.skip()
		p.statement(tree.RoleBody)
		p.Push(role, p.closed(mark, tree.Labeled, "", start))
		return
	}
	if p.is("yield") && p.yields() {
		p.skip()
		p.Push(tree.RoleValue, p.orMany(p.expression))
		p.terminate()
		p.Push(role, p.closed(mark, tree.Yield, "yield", start))
		return
	}
	if p.moduleAhead() {
		p.Push(role, p.module())
		return
	}
	i := p.modifiersEnd(p.at)
	switch {
	case i < len(p.tokens) && p.tokens[i].kind == kwPackage:
		p.Push(role, p.pkg())
	case p.classWord(i) != "":
		p.Push(role, p.class(p.classWord(i)))
	case i > p.at && p.tokens[i].kind == openBrace, p.declaredMethod(i):
		p.member(role)
	case p.declared(i):
		p.fields(role, 0)
	default:
		p.Push(tree.RoleValue, p.expression())
		p.terminate()
		p.Push(role, p.closed(mark, tree.ExprStmt, "", start))
	}
}

// yields reports whether yield begins a statement and is no name.
func (p *parser) yields() bool {
	switch p.ahead(1) {
	case assign, assignOperator, dot, increment, decrement, openBracket, doubleColon:
		return false
	}
	return true
}

// declaredMethod reports whether a method is declared among statements: a type and a name precede its parentheses, or modifiers before a
// constructor, or its body after them.
func (p *parser) declaredMethod(i int) bool {
	if i+1 >= len(p.tokens) {
		return false
	}
	if p.tokens[i].kind == less {
		return true
	}
	if k := p.tokens[i].kind; (k == name || k == metavariable) && p.tokens[i+1].kind == openParen {
		pair := int(p.pairs[i+1])
		return pair > 0 && pair+1 < len(p.tokens) && (p.tokens[pair+1].kind == openBrace || p.tokens[pair+1].kind == kwThrows)
	}
	return p.method(i)
}

// declared reports whether a variable is declared at a token, after its modifiers: a type and a name, and what may follow it.
func (p *parser) declared(i int) bool {
	end := p.typeEnd(i)
	if end < 0 || end+1 >= len(p.tokens) {
		return false
	}
	if k := p.tokens[end].kind; k != name && k != metavariable {
		return false
	}
	switch p.tokens[end+1].kind {
	case assign, semicolon, comma, colon, openBracket, endOfFile, closeParen:
		return true
	}
	return false
}

// parenthesised reads the condition of a statement, whose parentheses are the statement's.
func (p *parser) parenthesised() tree.ID {
	p.expect(openParen)
	id := p.orMany(p.expression)
	p.expect(closeParen)
	return id
}

// conditional reads if.
func (p *parser) conditional() tree.ID {
	defer p.deeper()()
	start, mark := p.start(), p.Mark()
	p.skip()
	p.Push(tree.RoleCondition, p.parenthesised())
	p.Push(tree.RoleThen, p.nested())
	if p.accept(kwElse) {
		if p.kind() == kwIf {
			p.Push(tree.RoleElse, p.conditional())
		} else {
			p.Push(tree.RoleElse, p.nested())
		}
	}
	return p.closed(mark, tree.If, "", start)
}

// loop reads for in its forms.
func (p *parser) loop() tree.ID {
	start, mark := p.start(), p.Mark()
	p.skip()
	p.expect(openParen)
	if p.kind() == ellipsis && p.pattern && p.ahead(1) == closeParen {
		p.Push(tree.RoleCondition, p.many())
		p.skip()
		p.Push(tree.RoleBody, p.nested())
		return p.closed(mark, tree.For, "", start)
	}
	if i := p.modifiersEnd(p.at); p.declared(i) {
		if end := p.typeEnd(i); p.tokens[end+1].kind == colon {
			p.modifiersDropped()
			p.typ()
			p.Push(tree.RoleTarget, p.name())
			p.skip()
			p.Push(tree.RoleValue, p.orMany(p.expression))
			p.expect(closeParen)
			p.Push(tree.RoleBody, p.nested())
			id := p.closed(mark, tree.ForEach, "in", start)
			p.SetFlags(id, tree.Declares)
			return id
		}
		p.fields(tree.RoleInit, 0)
	} else {
		p.updates(tree.RoleInit, semicolon)
		p.expect(semicolon)
	}
	if p.kind() != semicolon {
		p.Push(tree.RoleCondition, p.orMany(p.expression))
	}
	p.expect(semicolon)
	p.updates(tree.RoleUpdate, closeParen)
	p.expect(closeParen)
	p.Push(tree.RoleBody, p.nested())
	return p.closed(mark, tree.For, "", start)
}

// modifiersDropped reads modifiers that the tree does not hold.
func (p *parser) modifiersDropped() {
	mark := p.Mark()
	p.modifiers()
	p.Drop(mark)
}

// updates reads and pushes expressions as statements.
func (p *parser) updates(role tree.Role, end kind) {
	for p.kind() != end && !p.failed {
		start, mark := p.start(), p.Mark()
		if id := p.many(); id != tree.None {
			p.Push(role, id)
		} else {
			p.Push(tree.RoleValue, p.expression())
			p.Push(role, p.closed(mark, tree.ExprStmt, "", start))
		}
		if !p.accept(comma) {
			return
		}
	}
}

// try reads try with its clauses.
func (p *parser) try() tree.ID {
	start, mark := p.start(), p.Mark()
	p.skip()
	if p.accept(openParen) {
		for p.kind() != closeParen && !p.failed {
			p.Push(tree.RoleResource, p.orMany(p.resource))
			if !p.accept(semicolon) {
				break
			}
		}
		p.expect(closeParen)
	}
	p.Push(tree.RoleBody, p.block())
	for p.kind() == kwCatch {
		p.Push(tree.RoleCatch, p.catch())
	}
	if p.accept(kwFinally) {
		p.Push(tree.RoleFinally, p.block())
	}
	return p.closed(mark, tree.Try, "", start)
}

// resource reads a resource of try: a declaration or an expression.
func (p *parser) resource() tree.ID {
	if i := p.modifiersEnd(p.at); !p.declared(i) {
		return p.expression()
	}
	start, mark := p.start(), p.Mark()
	p.modifiers()
	typ := p.typ()
	return p.variable(start, mark, typ, 0)
}

// catch reads a handler with the types that it takes.
func (p *parser) catch() tree.ID {
	start, mark := p.start(), p.Mark()
	p.skip()
	p.expect(openParen)
	if id := p.many(); id != tree.None {
		p.Push(tree.RoleTarget, id)
	} else {
		p.modifiersDropped()
		p.Push(tree.RoleType, p.typ())
		for p.accept(pipe) {
			p.Push(tree.RoleType, p.typ())
		}
		p.Push(tree.RoleTarget, p.name())
	}
	p.expect(closeParen)
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

// leave reads return or throw.
func (p *parser) leave() tree.ID {
	start, mark := p.start(), p.Mark()
	k := tree.Return
	if p.kind() == kwThrow {
		k = tree.Throw
	}
	p.skip()
	if p.kind() != semicolon && p.kind() != endOfFile {
		p.Push(tree.RoleValue, p.orMany(p.expression))
	}
	p.terminate()
	return p.closed(mark, k, "", start)
}

// jump reads break or continue.
func (p *parser) jump() tree.ID {
	start, mark := p.start(), p.Mark()
	k := tree.Break
	if p.kind() == kwContinue {
		k = tree.Continue
	}
	p.skip()
	if p.kind() == name || p.kind() == metavariable {
		p.Push(tree.RoleLabel, p.name())
	}
	p.terminate()
	return p.closed(mark, k, "", start)
}
