package java

import "github.com/sluice-scan/sluice/scan/code/tree"

// expression reads an expression.
func (p *parser) expression() tree.ID {
	defer p.deeper()()
	start := p.start()
	if p.lambdaAhead() {
		return p.lambda()
	}
	left := p.ternary()
	word, length := p.assignment()
	if length == 0 {
		return left
	}
	mark := p.Mark()
	for range length {
		p.skip()
	}
	p.Push(tree.RoleTarget, left)
	p.Push(tree.RoleValue, p.orMany(p.expression))
	return p.closed(mark, tree.Assign, word, start)
}

// assignment returns the operator of an assignment at hand, and of how many tokens it is; 0 for none.
func (p *parser) assignment() (word string, tokens int) {
	switch p.kind() {
	case assign, assignOperator:
		return p.word(), 1
	}
	return "", 0
}

// lambdaAhead reports whether a lambda begins here.
func (p *parser) lambdaAhead() bool {
	switch p.kind() {
	case name, metavariable:
		return p.ahead(1) == arrow
	case openParen:
		pair := int(p.pairs[p.at])
		return pair > p.at && pair+1 < len(p.tokens) && p.tokens[pair+1].kind == arrow
	}
	return false
}

// lambda reads a lambda.
func (p *parser) lambda() tree.ID {
	start, mark := p.start(), p.Mark()
	if p.kind() != openParen {
		p.Push(tree.RoleParameter, p.untyped())
	} else {
		p.skip()
		p.commas(closeParen, func() {
			if k := p.kind(); (k == name || k == metavariable) && (p.ahead(1) == comma || p.ahead(1) == closeParen) {
				p.Push(tree.RoleParameter, p.untyped())
				return
			}
			p.Push(tree.RoleParameter, p.orMany(p.parameter))
		})
	}
	p.expect(arrow)
	if p.kind() == openBrace {
		p.Push(tree.RoleBody, p.block())
	} else {
		p.Push(tree.RoleBody, p.orMany(p.expression))
	}
	id := p.closed(mark, tree.Function, "", start)
	p.SetFlags(id, tree.Arrow)
	return id
}

// untyped reads a parameter of a lambda without a type.
func (p *parser) untyped() tree.ID {
	start, mark := p.start(), p.Mark()
	p.Push(tree.RoleTarget, p.name())
	return p.closed(mark, tree.Parameter, "", start)
}

// ternary reads c ? a : b.
func (p *parser) ternary() tree.ID {
	start := p.start()
	condition := p.binary(1)
	if p.kind() != question {
		return condition
	}
	mark := p.Mark()
	p.skip()
	p.Push(tree.RoleCondition, condition)
	p.Push(tree.RoleThen, p.orMany(p.expression))
	p.expect(colon)
	p.Push(tree.RoleElse, p.orMany(p.expression))
	return p.closed(mark, tree.Conditional, "", start)
}

// binary reads operators that bind at least as strongly as a precedence. Chains of equal operators are a loop.
func (p *parser) binary(least int) tree.ID {
	start := p.start()
	left := p.unary()
	for !p.failed {
		word, strength, length := p.operator()
		if strength == 0 || strength < least {
			break
		}
		mark := p.Mark()
		if p.kind() == kwInstanceof {
			left = p.typeTest(left, start)
			continue
		}
		for range length {
			p.skip()
		}
		p.Push(tree.RoleLeft, left)
		p.Push(tree.RoleRight, p.operand(strength+1))
		left = p.closed(mark, tree.Binary, word, start)
	}
	return left
}

// operator returns the binary operator at hand with its precedence, and of how many tokens it is. Shifts to the right are two or three signs
// that touch.
func (p *parser) operator() (word string, strength, tokens int) {
	k := p.kind()
	if k == greater && p.touches(1) {
		if p.ahead(2) == greater && p.touches(2) {
			return ">>>", precedence(shiftLeft), 3
		}
		return ">>", precedence(shiftLeft), 2
	}
	return p.word(), precedence(k), 1
}

// touches reports whether the token n after the next one is a `>` that directly follows the one before it.
func (p *parser) touches(n int) bool {
	return p.ahead(n) == greater && p.tokens[p.at+n].start == p.tokens[p.at+n-1].end
}

// operand reads the right side of an operator.
func (p *parser) operand(least int) tree.ID {
	defer p.deeper()()
	if !p.inLabel && p.lambdaAhead() {
		return p.lambda()
	}
	return p.binary(least)
}

// typeTest reads instanceof with its type, and the name that it binds.
func (p *parser) typeTest(value tree.ID, start int) tree.ID {
	mark := p.Mark()
	p.skip()
	p.Push(tree.RoleValue, value)
	switch {
	case p.typePattern():
		p.modifiersDropped()
		typ := p.typ()
		p.Push(tree.RoleType, typ)
		if p.kind() == openParen {
			from, inner := p.Start(typ), p.Mark()
			p.skip()
			p.commas(closeParen, func() { p.Push(tree.RoleElement, p.orMany(p.matched)) })
			p.Push(tree.RoleTarget, p.closed(inner, tree.Tuple, "", max(from, p.End(typ))))
		} else {
			p.Push(tree.RoleTarget, p.name())
		}
	default:
		p.modifiersDropped()
		p.Push(tree.RoleType, p.typ())
	}
	return p.closed(mark, tree.TypeTest, "instanceof", start)
}

// unary reads prefix operators, casts, and postfix ++ and --.
func (p *parser) unary() tree.ID {
	start, mark := p.start(), p.Mark()
	switch p.kind() {
	case plus, minus, not, tilde, increment, decrement:
		defer p.deeper()()
		word := p.word()
		p.skip()
		p.Push(tree.RoleOperand, p.unary())
		return p.closed(mark, tree.Unary, word, start)
	case openParen:
		if p.castAhead() {
			defer p.deeper()()
			p.skip()
			p.Push(tree.RoleType, p.castType())
			p.expect(closeParen)
			if p.lambdaAhead() {
				p.Push(tree.RoleValue, p.lambda())
			} else {
				p.Push(tree.RoleValue, p.unary())
			}
			return p.closed(mark, tree.Cast, "()", start)
		}
	}
	id := p.chain(p.primary(), start)
	for k := p.kind(); k == increment || k == decrement; k = p.kind() {
		mark, word := p.Mark(), p.word()
		p.skip()
		p.Push(tree.RoleOperand, id)
		id = p.closed(mark, tree.Unary, word, start)
		p.SetFlags(id, tree.Postfix)
	}
	return id
}

// castType reads the type of a cast, which may be several with & between them.
func (p *parser) castType() tree.ID {
	start, mark := p.start(), p.Mark()
	id := p.typ()
	if p.kind() != ampersand {
		return id
	}
	p.Push(tree.RoleElement, id)
	for p.accept(ampersand) {
		p.Push(tree.RoleElement, p.typ())
	}
	return p.closed(mark, tree.TypeOperator, "&", start)
}

// castAhead reports whether parentheses hold the type of a cast: a primitive type, or a class with the start of an operand after it.
func (p *parser) castAhead() bool {
	pair := int(p.pairs[p.at])
	if pair <= p.at || pair+1 >= len(p.tokens) {
		return false
	}
	i := p.typeEnd(p.at + 1)
	for i > 0 && i < pair && p.tokens[i].kind == ampersand {
		i = p.typeEnd(i + 1)
	}
	if i != pair {
		return false
	}
	first := p.tokens[p.annotationsEnd(p.at+1)].kind
	return first == kwPrimitive && p.tokens[pair-1].kind == kwPrimitive || beginsOperand[p.tokens[pair+1].kind]
}
