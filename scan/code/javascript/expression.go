package javascript

import "github.com/sluice-scan/sluice/scan/code/tree"

// expression reads an expression; several with commas between them are a Sequence.
func (p *parser) expression() tree.ID {
	start := p.start()
	id := p.assignment()
	if p.kind() != comma {
		return id
	}
	mark := p.Mark()
	p.Push(tree.RoleElement, id)
	for p.accept(comma) {
		p.Push(tree.RoleElement, p.orMany(p.assignment))
	}
	return p.closed(mark, tree.Sequence, "", start)
}

// assignment reads an expression without commas: an assignment, a conditional, an arrow function, yield.
func (p *parser) assignment() tree.ID {
	defer p.deeper()()
	start := p.start()
	switch p.kind() {
	case name:
		if id := p.arrowOf(start); id != tree.None {
			return id
		}
		if p.is("yield") {
			if next := p.behind(); beginsExpression[next.kind] && !next.line || next.kind == star || endsYield[next.kind] {
				return p.yield(start)
			}
		}
	case metavariable:
		if p.behind().kind == arrow {
			return p.arrowFrom(start, false)
		}
	case openParen, less:
		if id := p.arrowOf(start); id != tree.None {
			return id
		}
	}
	left := p.ternary(start)
	if k := p.kind(); k != assign && k != assignOperator {
		return left
	}
	mark, word := p.Mark(), p.word()
	p.skip()
	p.Push(tree.RoleTarget, left)
	p.Push(tree.RoleValue, p.orMany(p.assignment))
	return p.closed(mark, tree.Assign, word, start)
}

var endsYield = kinds(semicolon, closeParen, closeBracket, closeBrace, comma, colon, endOfFile)

// yield reads yield and yield*.
func (p *parser) yield(start int) tree.ID {
	mark, word := p.Mark(), "yield"
	p.skip()
	if p.accept(star) {
		word = "yield from"
	}
	if !endsYield[p.kind()] && !p.token.line {
		p.Push(tree.RoleValue, p.assignment())
	}
	return p.closed(mark, tree.Yield, word, start)
}

// ternary reads c ? a : b.
func (p *parser) ternary(start int) tree.ID {
	condition := p.binary(1)
	if p.kind() != question {
		return condition
	}
	mark, noIn := p.Mark(), p.noIn
	p.skip()
	p.Push(tree.RoleCondition, condition)
	p.noIn = false
	p.inThen++
	p.Push(tree.RoleThen, p.orMany(p.assignment))
	p.inThen--
	p.noIn = noIn
	p.expect(colon)
	p.Push(tree.RoleElse, p.orMany(p.assignment))
	return p.closed(mark, tree.Conditional, "", start)
}

// binary reads operators that bind at least as strongly as a precedence. Chains of equal operators are a loop.
func (p *parser) binary(least int) tree.ID {
	start := p.start()
	left := p.unary()
	for !p.failed {
		k := p.kind()
		if p.dialect != JavaScript && k == name && !p.token.line && least <= precedence(less) && (p.is("as") || p.is("satisfies")) {
			left = p.cast(left, start)
			continue
		}
		strength := precedence(k)
		if strength == 0 || strength < least || k == kwIn && p.noIn {
			break
		}
		mark, word := p.Mark(), p.word()
		p.skip()
		p.Push(tree.RoleLeft, left)
		if k == power {
			strength-- // It associates to the right.
		}
		p.Push(tree.RoleRight, p.operandOf(strength+1))
		left = p.closed(mark, tree.Binary, word, start)
	}
	return left
}

// operandOf reads the right side of an operator.
func (p *parser) operandOf(least int) tree.ID {
	defer p.deeper()()
	return p.binary(least)
}

// cast reads as T and satisfies T.
func (p *parser) cast(value tree.ID, start int) tree.ID {
	mark, word := p.Mark(), p.word()
	p.skip()
	p.Push(tree.RoleValue, value)
	if p.kind() == kwConst {
		p.Push(tree.RoleType, p.leaf(tree.Name, "const"))
	} else {
		p.Push(tree.RoleType, p.typ())
	}
	return p.closed(mark, tree.Cast, word, start)
}

// unary reads prefix operators, await, and postfix ++ and --.
func (p *parser) unary() tree.ID {
	start := p.start()
	switch p.kind() {
	case plus, minus, not, tilde, increment, decrement, kwTypeof, kwVoid, kwDelete:
		defer p.deeper()()
		mark, word := p.Mark(), p.word()
		p.skip()
		p.Push(tree.RoleOperand, p.unary())
		return p.closed(mark, tree.Unary, word, start)
	case name:
		if p.is("await") {
			if next := p.behind(); beginsExpression[next.kind] && next.kind != assignOperator && !(next.line && next.kind != name) {
				defer p.deeper()()
				mark := p.Mark()
				p.skip()
				p.Push(tree.RoleValue, p.unary())
				return p.closed(mark, tree.Await, "", start)
			}
		}
	case less:
		if p.dialect == TypeScript {
			return p.angleCast(start)
		}
	}
	id := p.chain(p.primary(), start, true)
	if k := p.kind(); (k == increment || k == decrement) && !p.token.line {
		mark, word := p.Mark(), p.word()
		p.skip()
		p.Push(tree.RoleOperand, id)
		id = p.closed(mark, tree.Unary, word, start)
		p.SetFlags(id, tree.Postfix)
	}
	return id
}

// angleCast reads <T>x of TypeScript.
func (p *parser) angleCast(start int) tree.ID {
	defer p.deeper()()
	mark := p.Mark()
	p.skip()
	typ := p.typ()
	if p.is("const") || p.kind() == kwConst {
		typ = p.leaf(tree.Name, "const")
	}
	p.splitGreater()
	p.Push(tree.RoleType, typ)
	p.Push(tree.RoleValue, p.unary())
	return p.closed(mark, tree.Cast, "()", start)
}

// chain reads what may follow a value: members, indexes, calls, templates, type arguments. calls is false after new.
func (p *parser) chain(id tree.ID, start int, calls bool) tree.ID {
	for !p.failed {
		switch p.kind() {
		case dot, optional:
			if !calls && p.kind() == optional {
				return id
			}
			id = p.link(id, start, calls)
		case openBracket:
			id = p.index(id, start, 0)
		case openParen:
			if !calls {
				return id
			}
			id = p.call(id, start, 0)
		case backquote:
			mark := p.Mark()
			p.Push(tree.RoleCallee, id)
			p.Push(tree.RoleArgument, p.template(p.expression))
			id = p.closed(mark, tree.Call, "", start)
			p.SetFlags(id, tree.Tagged)
		case not:
			if p.dialect == JavaScript || p.token.line {
				return id
			}
			mark := p.Mark()
			p.skip()
			p.Push(tree.RoleValue, id)
			id = p.closed(mark, tree.Cast, "!", start)
		case less, shiftLeft:
			if p.dialect == JavaScript || p.kind() == shiftLeft {
				return id
			}
			generic, ok := p.typeArgumentsOf(id, start, calls)
			if !ok {
				return id
			}
			id = generic
		default:
			return id
		}
	}
	return id
}

// link reads .x, ?.x, ?.[x] and ?.(x).
func (p *parser) link(object tree.ID, start int, calls bool) tree.ID {
	mark, word := p.Mark(), p.word()
	p.skip()
	var flags tree.Flags
	if word == "?." {
		flags = tree.Optional
		switch p.kind() {
		case openBracket:
			return p.index(object, start, flags)
		case openParen:
			if calls {
				return p.call(object, start, flags)
			}
		}
	}
	p.Push(tree.RoleObject, object)
	p.Push(tree.RoleProperty, p.property())
	id := p.closed(mark, tree.Member, word, start)
	p.SetFlags(id, flags)
	return id
}

// property reads the name after a dot: any word, a private name, or an ellipsis of a pattern.
func (p *parser) property() tree.ID {
	switch k := p.kind(); {
	case k == privateName:
		return p.leaf(tree.Name, p.word())
	case k >= kwBreak && k <= kwWith:
		return p.leaf(tree.Name, p.word())
	case k == ellipsis && p.pattern:
		return p.leaf(tree.Ellipsis, "")
	}
	return p.name()
}

// index reads [x].
func (p *parser) index(object tree.ID, start int, flags tree.Flags) tree.ID {
	mark := p.Mark()
	p.skip()
	p.Push(tree.RoleObject, object)
	p.Push(tree.RoleIndex, p.inside(func() tree.ID { return p.orMany(p.expression) }))
	p.expect(closeBracket)
	id := p.closed(mark, tree.Index, "", start)
	p.SetFlags(id, flags)
	return id
}

// inside reads a part in brackets, where what stood around them says nothing.
func (p *parser) inside(read func() tree.ID) tree.ID {
	noIn, inThen := p.noIn, p.inThen
	p.noIn, p.inThen = false, 0
	id := read()
	p.noIn, p.inThen = noIn, inThen
	return id
}

// call reads the arguments of a call.
func (p *parser) call(callee tree.ID, start int, flags tree.Flags) tree.ID {
	mark := p.Mark()
	p.Push(tree.RoleCallee, callee)
	p.arguments()
	id := p.closed(mark, tree.Call, "", start)
	p.SetFlags(id, flags)
	return id
}

// arguments reads and pushes arguments in parentheses.
func (p *parser) arguments() {
	p.inside(func() tree.ID {
		p.expect(openParen)
		p.commas(closeParen, func() { p.Push(tree.RoleArgument, p.element()) })
		return tree.None
	})
}

// element reads an argument or an element of an array: an expression or a spread.
func (p *parser) element() tree.ID {
	if id := p.many(); id != tree.None {
		return id
	}
	if p.kind() != ellipsis {
		return p.assignment()
	}
	start, mark := p.start(), p.Mark()
	p.skip()
	p.Push(tree.RoleValue, p.assignment())
	return p.closed(mark, tree.Spread, "...", start)
}
