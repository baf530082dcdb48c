package python

import (
	"github.com/sluice-scan/sluice/scan/code/lex"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// atom reads the smallest expressions.
func (p *parser) atom() tree.ID {
	start := p.start()
	switch p.kind {
	case name:
		return p.name()
	case number:
		return p.leaf(tree.Number, lex.Number(p.word()))
	case text, fStart:
		return p.strings()
	case kwNone:
		return p.leaf(tree.Null, "")
	case kwTrue:
		return p.leaf(tree.Bool, "true")
	case kwFalse:
		return p.leaf(tree.Bool, "false")
	case ellipsis:
		return p.leaf(tree.Ellipsis, "")
	case metavariable:
		return p.leaf(tree.Metavariable, p.word())
	case manyMetavariable:
		_, word, _ := lex.Metavariable(p.source, start)
		id := p.leaf(tree.Metavariable, word)
		p.b.SetFlags(id, tree.Many)
		return id
	case openParen:
		return p.parenthesis(start)
	case openBracket:
		return p.bracket(start)
	case openBrace:
		return p.brace(start)
	case deepOpen:
		p.next()
		value := p.list()
		p.expect(deepClose)
		return p.b.Wrap(tree.Deep, start, p.end, tree.RoleValue, value)
	case backtick:
		return p.repr(start)
	}
	p.fail()
	return tree.None
}

// leaf makes a node of the token in sight.
func (p *parser) leaf(kind tree.Kind, text string) tree.ID {
	start := p.start()
	p.next()
	return p.b.Leaf(kind, text, start, p.end)
}

// repr reads `x` in backticks of version 2, which is repr(x).
func (p *parser) repr(start int) tree.ID {
	mark := p.b.Mark()
	p.next()
	p.b.Push(tree.RoleCallee, p.b.Leaf(tree.Name, "repr", start, p.end))
	p.b.Push(tree.RoleArgument, p.list())
	p.expect(backtick)
	return p.close(mark, tree.Call, start)
}

// parenthesis reads a tuple, a generator, a typed metavariable, or an expression in parentheses.
func (p *parser) parenthesis(start int) tree.ID {
	mark := p.b.Mark()
	p.next()
	if p.take(closeParen) {
		return p.close(mark, tree.Tuple, start)
	}
	from := p.start()
	id := p.starred()
	if p.comprehends() {
		return p.comprehension(start, mark, id, "(", closeParen)
	}
	if p.kind == colon && p.pattern && p.b.Kind(id) == tree.Metavariable {
		p.next()
		typ := p.expression()
		id = p.b.Join(tree.TypedMetavariable, from, p.end, tree.RoleTarget, id, tree.RoleType, typ)
	}
	if p.kind != comma {
		p.expect(closeParen)
		if p.b.Kind(id) == tree.Spread {
			// Only broken code has it.
			return id
		}
		p.b.SetFlags(id, tree.Parens)
		return id
	}
	p.b.Push(tree.RoleElement, id)
	for p.take(comma) && p.kind != closeParen {
		p.b.Push(tree.RoleElement, p.starred())
	}
	p.expect(closeParen)
	return p.close(mark, tree.Tuple, start)
}

// bracket reads a list, or the comprehension of one.
func (p *parser) bracket(start int) tree.ID {
	mark := p.b.Mark()
	p.next()
	for p.kind != closeBracket && p.kind != stop {
		id := p.starred()
		if p.comprehends() && p.b.Count(mark) == 0 {
			return p.comprehension(start, mark, id, "[", closeBracket)
		}
		p.b.Push(tree.RoleElement, id)
		if !p.take(comma) {
			break
		}
	}
	p.expect(closeBracket)
	return p.close(mark, tree.Array, start)
}

// brace reads a dict, a set, or the comprehension of one. Dots alone are a dict, as nothing is.
func (p *parser) brace(start int) tree.ID {
	mark := p.b.Mark()
	p.next()
	kind := tree.Object
	for p.kind != closeBrace && p.kind != stop {
		from := p.start()
		var id tree.ID
		if p.take(power) {
			value := p.binary(bitOr)
			id = p.b.Wrap(tree.Spread, from, p.end, tree.RoleValue, value)
			p.b.SetText(id, "**")
		} else {
			id = p.starred()
			if p.take(colon) {
				value := p.label(p.start(), p.expression())
				id = p.b.Join(tree.Pair, from, p.end, tree.RoleKey, id, tree.RoleValue, value)
			} else if p.b.Kind(id) != tree.Ellipsis && !p.b.Has(id, tree.Many) {
				kind = tree.Set
			}
		}
		if p.comprehends() && p.b.Count(mark) == 0 {
			return p.comprehension(start, mark, id, "{", closeBrace)
		}
		p.b.Push(tree.RoleElement, id)
		if !p.take(comma) {
			break
		}
	}
	p.expect(closeBrace)
	return p.close(mark, kind, start)
}

// comprehends reports whether the clauses of a comprehension begin here.
func (p *parser) comprehends() bool {
	return p.kind == kwFor || p.kind == name && p.peek() == kwFor && p.is("async")
}

// comprehension reads the clauses after an element.
func (p *parser) comprehension(start int, mark tree.Mark, element tree.ID, sign string, end kind) tree.ID {
	p.b.Push(tree.RoleElement, element)
	p.clauses(end == closeBracket)
	p.expect(end)
	id := p.close(mark, tree.Comprehension, start)
	p.b.SetText(id, sign)
	return id
}

// clauses reads for and if clauses and pushes them. In the brackets of version 2, `for x in a, b` needs no parentheses.
func (p *parser) clauses(open bool) {
	for {
		start, mark := p.start(), p.b.Mark()
		switch {
		case p.comprehends():
			async := p.kind == name
			if async {
				p.next()
			}
			p.next()
			p.b.Push(tree.RoleTarget, p.targets())
			p.expect(kwIn)
			from, value := p.start(), p.binary(1)
			if open && p.kind == comma {
				value = p.tuple(from, value, p.expression)
			}
			p.b.Push(tree.RoleValue, value)
			id := p.close(mark, tree.ForEach, start)
			p.b.SetText(id, "in")
			if async {
				p.b.SetFlags(id, tree.Async)
			}
			p.b.Push(tree.RoleClause, id)
		case p.take(kwIf):
			condition := p.condition()
			p.b.Push(tree.RoleClause, p.b.Wrap(tree.If, start, p.end, tree.RoleCondition, condition))
		default:
			return
		}
	}
}

// condition reads an expression after the `if` of a clause: without `x if y else z`, whose `if` would be the next clause.
func (p *parser) condition() tree.ID {
	start := p.start()
	if p.kind == kwLambda {
		return p.lambda(start)
	}
	target := p.binary(1)
	if !p.take(walrus) {
		return target
	}
	value := p.binary(1)
	id := p.b.Join(tree.Assign, start, p.end, tree.RoleTarget, target, tree.RoleValue, value)
	p.b.SetText(id, ":=")
	return id
}

// arguments reads the arguments of a call or the bases of a class up to the end, and pushes them with a role.
func (p *parser) arguments(role tree.Role, end kind) {
	for p.kind != end && p.kind != stop {
		p.b.Push(role, p.argument())
		if !p.take(comma) {
			return
		}
	}
}

func (p *parser) argument() tree.ID {
	start := p.start()
	if p.kind == star || p.kind == power {
		sign := p.word()
		p.next()
		value := p.expression()
		id := p.b.Wrap(tree.Spread, start, p.end, tree.RoleValue, value)
		p.b.SetText(id, sign)
		return id
	}
	if (p.kind == name || p.kind == metavariable) && p.peek() == equal {
		key := p.atom()
		p.next()
		value := p.label(p.start(), p.expression())
		return p.b.Join(tree.Keyword, start, p.end, tree.RoleName, key, tree.RoleValue, value)
	}
	mark := p.b.Mark()
	id := p.label(start, p.named())
	if !p.comprehends() {
		return id
	}
	p.b.Push(tree.RoleElement, id)
	p.clauses(false)
	id = p.close(mark, tree.Comprehension, start)
	p.b.SetText(id, "(")
	return id
}

// subscripts reads what is in the brackets of an index. Several are one Tuple.
func (p *parser) subscripts() tree.ID {
	start := p.start()
	id := p.subscript()
	if p.kind != comma {
		return id
	}
	mark := p.b.Mark()
	p.b.Push(tree.RoleElement, id)
	for p.take(comma) && p.kind != closeBracket {
		p.b.Push(tree.RoleElement, p.subscript())
	}
	return p.close(mark, tree.Tuple, start)
}

func (p *parser) subscript() tree.ID {
	start, mark := p.start(), p.b.Mark()
	var id tree.ID
	if p.kind != colon {
		id = p.starred()
		if p.kind != colon {
			return id
		}
	}
	p.b.Push(tree.RoleLow, id)
	for _, role := range [2]tree.Role{tree.RoleHigh, tree.RoleStep} {
		if !p.take(colon) {
			break
		}
		if p.kind != colon && p.kind != comma && p.kind != closeBracket {
			p.b.Push(role, p.expression())
		}
	}
	return p.close(mark, tree.Slice, start)
}
