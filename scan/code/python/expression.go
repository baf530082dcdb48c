package python

import "github.com/sluice-scan/sluice/scan/code/tree"

// precedence of the operators between two operands; 0 is no operator. A higher one binds closer.
var precedence = [tokenKinds]uint8{
	kwOr: 1, kwAnd: 2,
	kwIn: 4, kwNot: 4, kwIs: 4, less: 4, greater: 4, lessEqual: 4, greaterEqual: 4, equalEqual: 4, notEqual: 4,
	pipe: 5, caret: 6, ampersand: 7, shiftLeft: 8, shiftRight: 8, plus: 9, minus: 9,
	star: 10, slash: 10, doubleSlash: 10, percent: 10, at: 10,
}

const (
	comparison = 4
	negation   = 3
	bitOr      = 5
)

// list reads expressions that commas separate: one expression, or a Tuple.
func (p *parser) list() tree.ID {
	start := p.start()
	id := p.starred()
	if p.kind != comma {
		return id
	}
	return p.tuple(start, id, p.starred)
}

// tuple reads what commas add to a first element.
func (p *parser) tuple(start int, first tree.ID, element func() tree.ID) tree.ID {
	mark := p.b.Mark()
	p.b.Push(tree.RoleElement, first)
	for p.take(comma) && beginsExpression[p.kind] {
		p.b.Push(tree.RoleElement, element())
	}
	return p.close(mark, tree.Tuple, start)
}

// targets reads what a for binds.
func (p *parser) targets() tree.ID {
	start := p.start()
	id := p.target()
	if p.kind != comma {
		return id
	}
	return p.tuple(start, id, p.target)
}

// target reads one thing that can be bound. `in` ends it, so it is no comparison.
func (p *parser) target() tree.ID {
	start := p.start()
	if p.kind != star {
		return p.binary(bitOr)
	}
	p.next()
	value := p.binary(bitOr)
	id := p.b.Wrap(tree.Spread, start, p.end, tree.RoleValue, value)
	p.b.SetText(id, "*")
	return id
}

// starred reads an expression that may have a star.
func (p *parser) starred() tree.ID {
	start := p.start()
	if p.kind != star {
		return p.label(start, p.named())
	}
	p.next()
	value := p.binary(bitOr)
	id := p.b.Wrap(tree.Spread, start, p.end, tree.RoleValue, value)
	p.b.SetText(id, "*")
	return id
}

// label reads the `as` that may follow a part of a pattern of match.
func (p *parser) label(start int, value tree.ID) tree.ID {
	if !p.labels || !p.take(kwAs) {
		return value
	}
	target := p.declaredName()
	return p.b.Join(tree.Alias, start, p.end, tree.RoleValue, value, tree.RoleTarget, target)
}

// named reads an expression, or `x := e`.
func (p *parser) named() tree.ID {
	start := p.start()
	target := p.expression()
	if !p.take(walrus) {
		return target
	}
	value := p.expression()
	id := p.b.Join(tree.Assign, start, p.end, tree.RoleTarget, target, tree.RoleValue, value)
	p.b.SetText(id, ":=")
	return id
}

// expression reads one expression without commas, stars and walrus.
func (p *parser) expression() tree.ID {
	p.enter()
	defer p.leave()
	start := p.start()
	switch p.kind {
	case kwLambda:
		return p.lambda(start)
	case kwYield:
		return p.yield(start)
	}
	id := p.binary(1)
	if p.kind != kwIf || p.labels {
		return id
	}
	mark := p.b.Mark()
	p.next()
	p.b.Push(tree.RoleThen, id)
	p.b.Push(tree.RoleCondition, p.binary(1))
	if !p.take(kwElse) {
		p.fail()
	}
	p.b.Push(tree.RoleElse, p.expression())
	return p.close(mark, tree.Conditional, start)
}

func (p *parser) lambda(start int) tree.ID {
	mark := p.b.Mark()
	p.next()
	p.parameters(colon)
	p.expect(colon)
	p.b.Push(tree.RoleBody, p.expression())
	id := p.close(mark, tree.Function, start)
	p.b.SetFlags(id, tree.Arrow)
	return id
}

func (p *parser) yield(start int) tree.ID {
	mark, word := p.b.Mark(), "yield"
	p.next()
	if p.take(kwFrom) {
		word = "yield from"
		p.b.Push(tree.RoleValue, p.expression())
	} else if beginsExpression[p.kind] {
		p.b.Push(tree.RoleValue, p.list())
	}
	id := p.close(mark, tree.Yield, start)
	p.b.SetText(id, word)
	return id
}

// binary reads operators of at least a precedence.
func (p *parser) binary(least uint8) tree.ID {
	start := p.start()
	var left tree.ID
	if p.kind == kwNot && least <= negation {
		p.enter()
		p.next()
		operand := p.binary(negation)
		left = p.unaryNode(start, "not", operand)
		p.leave()
	} else {
		left = p.unary()
	}
	compared := false
	for {
		level := precedence[p.kind]
		if level == 0 || level < least || p.kind == kwNot && p.peek() != kwIn {
			return left
		}
		sign := p.sign()
		right := p.binary(level + 1)
		left = p.b.Join(tree.Binary, start, p.end, tree.RoleLeft, left, tree.RoleRight, right)
		p.b.SetText(left, sign)
		if level == comparison && compared {
			p.b.SetFlags(left, tree.Chained)
		}
		compared = level == comparison
	}
}

// sign takes an operator, which may be two words.
func (p *parser) sign() string {
	first, word := p.kind, p.word()
	p.next()
	switch {
	case first == kwNot:
		p.next()
		return "not in"
	case first == kwIs && p.take(kwNot):
		return "is not"
	case word == "<>":
		return "!="
	}
	return word
}

func (p *parser) unaryNode(start int, sign string, operand tree.ID) tree.ID {
	id := p.b.Wrap(tree.Unary, start, p.end, tree.RoleOperand, operand)
	p.b.SetText(id, sign)
	return id
}

// unary reads signs before an operand, and powers, which bind closer than a sign to their left.
func (p *parser) unary() tree.ID {
	start := p.start()
	switch p.kind {
	case plus, minus, tilde:
		p.enter()
		defer p.leave()
		sign := p.word()
		p.next()
		return p.unaryNode(start, sign, p.unary())
	case kwNot:
		// Only broken code and version 2 have it here.
		p.enter()
		defer p.leave()
		p.next()
		return p.unaryNode(start, "not", p.binary(negation))
	}
	left := p.await(start)
	if p.kind != power {
		return left
	}
	p.enter()
	defer p.leave()
	p.next()
	right := p.unary()
	id := p.b.Join(tree.Binary, start, p.end, tree.RoleLeft, left, tree.RoleRight, right)
	p.b.SetText(id, "**")
	return id
}

// await reads `await x`; await is a name where no expression follows.
func (p *parser) await(start int) tree.ID {
	if p.is("await") {
		switch p.peek() {
		case name, number, text, fStart, openParen, openBracket, openBrace, metavariable, kwNone, kwTrue, kwFalse, deepOpen:
			p.next()
			p.enter()
			defer p.leave()
			value := p.await(p.start())
			return p.b.Wrap(tree.Await, start, p.end, tree.RoleValue, value)
		}
	}
	return p.primary(start)
}

// primary reads an atom with what follows it: members, calls, indices.
func (p *parser) primary(start int) tree.ID {
	id := p.atom()
	for {
		switch p.kind {
		case dot:
			p.next()
			property := p.property()
			id = p.b.Join(tree.Member, start, p.end, tree.RoleObject, id, tree.RoleProperty, property)
			p.b.SetText(id, ".")
		case openParen:
			mark := p.b.Mark()
			p.b.Push(tree.RoleCallee, id)
			p.next()
			p.arguments(tree.RoleArgument, closeParen)
			p.expect(closeParen)
			id = p.close(mark, tree.Call, start)
		case openBracket:
			mark := p.b.Mark()
			p.b.Push(tree.RoleObject, id)
			p.next()
			p.b.Push(tree.RoleIndex, p.subscripts())
			p.expect(closeBracket)
			id = p.close(mark, tree.Index, start)
		default:
			return id
		}
	}
}

// property reads the name after a dot: in a pattern also a metavariable, or dots for a chain. A keyword is taken too,
// because version 2 had fewer.
func (p *parser) property() tree.ID {
	switch {
	case p.kind == metavariable, p.pattern && p.kind == ellipsis:
		return p.atom()
	case p.kind >= kwFalse && p.kind < tokenKinds:
		start, word := p.start(), p.word()
		p.next()
		return p.b.Leaf(tree.Name, word, start, p.end)
	}
	return p.name()
}
