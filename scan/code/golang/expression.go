package golang

import "github.com/sluice-scan/sluice/scan/code/tree"

// expressions reads a list of expressions; several are a Tuple.
func (p *parser) expressions() tree.ID { return p.listOf(p.expression) }

// listOf reads parts with commas between them; several are a Tuple.
func (p *parser) listOf(read func() tree.ID) tree.ID {
	start := p.start()
	id := p.orMany(read)
	if p.kind() != comma {
		return id
	}
	mark := p.Mark()
	p.Push(tree.RoleElement, id)
	for p.accept(comma) {
		p.Push(tree.RoleElement, p.orMany(read))
	}
	return p.wrapped(mark, tree.Tuple, "", start)
}

// orMany reads an ellipsis or $...X of a pattern, or else a part.
func (p *parser) orMany(read func() tree.ID) tree.ID {
	if id := p.many(); id != tree.None {
		return id
	}
	return read()
}

// expression reads an expression.
func (p *parser) expression() tree.ID { return p.binary(1) }

// binary reads operators that bind at least as strongly as a precedence. Chains of equal operators are a loop.
func (p *parser) binary(least int) tree.ID {
	defer p.deeper()()
	start := p.start()
	left := p.operand()
	for !p.failed {
		strength := precedence(p.kind())
		if strength < least || strength == 0 {
			break
		}
		word := p.word()
		p.skip()
		mark := p.Mark()
		p.Push(tree.RoleLeft, left)
		p.Push(tree.RoleRight, p.binary(strength+1))
		left = p.wrapped(mark, tree.Binary, word, start)
	}
	return left
}

// operand reads prefix operators and what they precede.
func (p *parser) operand() tree.ID {
	start := p.start()
	switch p.kind() {
	case plus, minus, not, caret, ampersand, star, tilde, arrow:
		if p.kind() == arrow && p.peek() == kwChan {
			return p.behind(p.typ(), start)
		}
		defer p.deeper()()
		word := p.word()
		p.skip()
		mark := p.Mark()
		p.Push(tree.RoleOperand, p.operand())
		return p.wrapped(mark, tree.Unary, word, start)
	}
	return p.behind(p.primary(), start)
}

// primary reads what an expression begins with.
func (p *parser) primary() tree.ID {
	start := p.start()
	switch p.kind() {
	case name:
		return p.identifier()
	case metavariable:
		return p.name()
	case number:
		return p.number()
	case char, text, rawText:
		return p.literal()
	case openParen:
		return p.parenthesised()
	case kwFunc:
		return p.closure()
	case openBracket, kwStruct, kwMap, kwChan, kwInterface:
		id := p.typ()
		if p.kind() == openBrace {
			return p.composite(id, start)
		}
		return id
	case deepOpen:
		mark := p.Mark()
		p.skip()
		p.unbroken()
		p.Push(tree.RoleValue, p.expression())
		p.unbroken()
		p.expect(deepClose)
		return p.wrapped(mark, tree.Deep, "", start)
	case ellipsis, manyMetavariable:
		return p.orFail(p.many())
	}
	p.fail()
	return tree.None
}

// identifier reads a name. nil, true and false are literals unless something redefines them, which nobody does.
func (p *parser) identifier() tree.ID {
	switch word := p.word(); word {
	case "nil":
		return p.leaf(tree.Null, "")
	case "true", "false":
		return p.leaf(tree.Bool, word)
	default:
		return p.leaf(tree.Name, word)
	}
}

// parenthesised reads (x), and in a pattern also ($X : T).
func (p *parser) parenthesised() tree.ID {
	start, mark := p.start(), p.Mark()
	p.skip()
	level := p.level
	p.level = 0
	p.unbroken()
	if p.kind() == metavariable && p.peek() == colon {
		p.Push(tree.RoleTarget, p.name())
		p.skip()
		p.Push(tree.RoleType, p.typ())
		p.expect(closeParen)
		p.level = level
		return p.wrapped(mark, tree.TypedMetavariable, "", start)
	}
	id := p.expression()
	p.unbroken()
	p.expect(closeParen)
	p.level = level
	p.SetFlags(id, tree.Parens)
	return id
}

// closure reads a function literal, or the type of functions.
func (p *parser) closure() tree.ID {
	start, mark := p.start(), p.Mark()
	p.skip()
	p.signature()
	if p.kind() == openBrace {
		p.Push(tree.RoleBody, p.body())
		return p.wrapped(mark, tree.Function, "", start)
	}
	return p.wrapped(mark, tree.FunctionType, "", start)
}

// behind reads what may follow a value: members, indexes, calls, type assertions, literals of a type.
func (p *parser) behind(id tree.ID, start int) tree.ID {
	for !p.failed {
		switch p.kind() {
		case dot:
			id = p.member(id, start)
		case openBracket:
			id = p.index(id, start)
		case openParen:
			id = p.call(id, start)
		case openBrace:
			if p.level < 0 || !p.typeLike(id) {
				return id
			}
			id = p.composite(id, start)
		default:
			return id
		}
	}
	return id
}

// typeLike reports whether an expression may be the type of a literal.
func (p *parser) typeLike(id tree.ID) bool {
	if p.Has(id, tree.Parens) {
		return false
	}
	switch p.Kind(id) {
	case tree.Name, tree.Member, tree.Metavariable, tree.Index, tree.Generic, tree.TypeOperator, tree.ObjectType:
		return true
	}
	return false
}

// property reads the name after a dot.
func (p *parser) property() tree.ID {
	if p.kind() == ellipsis && p.pattern {
		return p.many()
	}
	return p.name()
}

// member reads .x and .(T).
func (p *parser) member(object tree.ID, start int) tree.ID {
	mark := p.Mark()
	p.skip()
	if p.kind() == openParen {
		p.skip()
		p.Push(tree.RoleValue, object)
		if p.kind() == kwType {
			p.Push(tree.RoleType, p.leaf(tree.Name, "type"))
		} else {
			p.Push(tree.RoleType, p.typ())
		}
		p.expect(closeParen)
		return p.wrapped(mark, tree.Cast, ".()", start)
	}
	p.Push(tree.RoleObject, object)
	p.Push(tree.RoleProperty, p.property())
	return p.wrapped(mark, tree.Member, ".", start)
}

// index reads [i], [a:b:c] and the arguments of a generic function.
func (p *parser) index(object tree.ID, start int) tree.ID {
	level := p.level
	p.level = 0
	defer func() { p.level = level }()
	mark := p.Mark()
	p.Push(tree.RoleObject, object)
	p.skip()
	inner, from := p.Mark(), p.start()
	roles := [3]tree.Role{tree.RoleLow, tree.RoleHigh, tree.RoleStep}
	colons := 0
	var first tree.ID
	if p.kind() != colon {
		first = p.orMany(p.expression)
	}
	if p.kind() == colon {
		p.Push(roles[0], first)
		for p.accept(colon) {
			if colons++; colons > 2 {
				p.fail()
				break
			}
			if k := p.kind(); k != colon && k != closeBracket {
				p.Push(roles[colons], p.orMany(p.expression))
			}
		}
		slice := p.wrapped(inner, tree.Slice, "", from)
		p.Push(tree.RoleIndex, slice)
		p.expect(closeBracket)
		return p.wrapped(mark, tree.Index, "", start)
	}
	p.Push(tree.RoleIndex, first)
	if p.accept(comma) {
		p.commas(closeBracket, func() { p.Push(tree.RoleIndex, p.orMany(p.expression)) })
	} else {
		p.expect(closeBracket)
	}
	return p.wrapped(mark, tree.Index, "", start)
}

// commas reads parts up to a closing bracket, which it passes.
func (p *parser) commas(end kind, read func()) {
	p.unbroken()
	for p.kind() != end && !p.failed && !p.Full() {
		read()
		p.unbroken()
		if !p.accept(comma) {
			break
		}
		p.unbroken()
	}
	p.expect(end)
}

// call reads the arguments of a call.
func (p *parser) call(callee tree.ID, start int) tree.ID {
	level := p.level
	p.level = 0
	mark := p.Mark()
	p.skip()
	p.Push(tree.RoleCallee, callee)
	p.commas(closeParen, func() {
		from := p.start()
		argument := p.orMany(p.expression)
		if p.kind() == ellipsis && p.Kind(argument) != tree.Ellipsis {
			p.skip()
			argument = p.Wrap(tree.Spread, from, p.end(), tree.RoleValue, argument)
			p.SetText(argument, "...")
		}
		p.Push(tree.RoleArgument, argument)
	})
	p.level = level
	return p.wrapped(mark, tree.Call, "", start)
}
