package javascript

import "github.com/sluice-scan/sluice/scan/code/tree"

// annotation reads a colon and a type; None without one.
func (p *parser) annotation() tree.ID {
	if !p.accept(colon) {
		return tree.None
	}
	return p.predicate()
}

// predicate reads a type, or what a function says of its parameter: x is T, asserts x is T.
func (p *parser) predicate() tree.ID {
	start := p.start()
	if p.is("asserts") && p.behind().kind == name && !p.behind().line {
		p.skip()
	}
	id := p.typ()
	if !p.is("is") || p.token.line {
		return id
	}
	mark := p.Mark()
	p.skip()
	p.Push(tree.RoleElement, id)
	p.Push(tree.RoleElement, p.typ())
	return p.closed(mark, tree.TypeOperator, "is", start)
}

// typ reads a type.
func (p *parser) typ() tree.ID {
	defer p.deeper()()
	if id := p.many(); id != tree.None {
		return id
	}
	start := p.start()
	if id := p.functionType(start); id != tree.None {
		return id
	}
	id := p.union(start)
	if p.kind() != kwExtends || p.token.line || p.noIn {
		return id
	}
	mark := p.Mark()
	p.skip()
	p.Push(tree.RoleElement, id)
	noIn := p.noIn
	p.noIn = true // In what is extended, extends is a bound of infer.
	p.Push(tree.RoleElement, p.typ())
	p.noIn = noIn
	if p.kind() != question { // infer U extends V
		return p.closed(mark, tree.TypeOperator, "extends", start)
	}
	p.expect(question)
	p.Push(tree.RoleElement, p.inside(p.typ))
	p.expect(colon)
	p.Push(tree.RoleElement, p.typ())
	return p.closed(mark, tree.TypeOperator, "extends", start)
}

// functionType reads (a: T) => U, <T>() => U and new () => T; None when none begins here.
func (p *parser) functionType(start int) tree.ID {
	if p.is("abstract") && p.behind().kind == kwNew {
		p.skip()
	}
	switch {
	case p.accept(kwNew):
	case p.kind() == less:
	case p.kind() == openParen && !p.wrong[start]:
	default:
		return tree.None
	}
	before := p.save()
	mark := p.Mark()
	p.typeParameters()
	p.parameters()
	if p.failed || p.kind() != arrow {
		p.restore(before)
		p.wrong[start] = true
		return tree.None
	}
	p.skip()
	p.Push(tree.RoleResult, p.inside(p.predicate))
	return p.closed(mark, tree.FunctionType, "", start)
}

// union reads types with | or & between them.
func (p *parser) union(start int) tree.ID {
	if k := p.kind(); k == pipe || k == ampersand {
		p.skip()
	}
	id := p.prefixType()
	for k := p.kind(); k == pipe || k == ampersand; k = p.kind() {
		mark, word := p.Mark(), p.word()
		p.Push(tree.RoleElement, id)
		for p.accept(k) {
			p.Push(tree.RoleElement, p.orMany(p.prefixType))
		}
		id = p.closed(mark, tree.TypeOperator, word, start)
	}
	return id
}

// prefixType reads keyof T, readonly T[], typeof x, infer T, unique symbol, ?T of Flow.
func (p *parser) prefixType() tree.ID {
	start := p.start()
	word := ""
	switch {
	case p.kind() == name && (p.is("keyof") || p.is("readonly") || p.is("infer") || p.is("unique")) && beginsType(p.behind()):
		word = p.word()
	case p.kind() == kwTypeof, p.kind() == question:
		word = p.word()
	default:
		return p.postfixType(start)
	}
	defer p.deeper()()
	mark := p.Mark()
	p.skip()
	p.Push(tree.RoleElement, p.prefixType())
	if word == "infer" && p.kind() == kwExtends {
		p.bound()
	}
	return p.closed(mark, tree.TypeOperator, word, start)
}

// bound reads and pushes what an inferred type extends. Where a conditional type may stand, a question mark after it shows that it was one.
func (p *parser) bound() {
	before := p.save()
	p.skip()
	p.noIn = true
	bound := p.typ()
	p.noIn = before.noIn
	if p.kind() == question && !before.noIn {
		p.restore(before)
		return
	}
	p.Push(tree.RoleElement, bound)
}

func beginsType(t token) bool {
	switch t.kind {
	case name, openBracket, openParen, openBrace, text, number, kwTypeof, kwNull, kwVoid, metavariable, backquote, kwNew, kwImport:
		return !t.line
	}
	return false
}

// postfixType reads T[], T[K] and T? of a tuple.
func (p *parser) postfixType(start int) tree.ID {
	id := p.simpleType()
	for !p.failed && p.kind() == openBracket && !p.token.line {
		mark := p.Mark()
		p.skip()
		if p.accept(closeBracket) {
			p.Push(tree.RoleElement, id)
			id = p.closed(mark, tree.TypeOperator, "[]", start)
			continue
		}
		p.Push(tree.RoleObject, id)
		p.Push(tree.RoleIndex, p.inside(p.typ))
		p.expect(closeBracket)
		id = p.closed(mark, tree.Index, "", start)
	}
	return id
}

// simpleType reads a type without signs around it.
func (p *parser) simpleType() tree.ID {
	start := p.start()
	switch p.kind() {
	case name, metavariable:
		return p.typeName()
	case kwVoid:
		return p.leaf(tree.Name, "void")
	case backquote:
		return p.template(p.typ)
	case kwNull, kwTrue, kwFalse, text, number:
		return p.primary()
	case minus:
		mark := p.Mark()
		p.skip()
		p.Push(tree.RoleOperand, p.primary())
		return p.closed(mark, tree.Unary, "-", start)
	case star: // any type of Flow
		return p.leaf(tree.Name, "*")
	case openParen:
		p.skip()
		id := p.inside(p.typ)
		p.expect(closeParen)
		p.SetFlags(id, tree.Parens)
		return id
	case openBracket:
		return p.tupleType()
	case openBrace:
		return p.objectType()
	case kwImport:
		p.skip()
		mark := p.Mark()
		p.expect(openParen)
		p.Push(tree.RoleArgument, p.element())
		if p.accept(comma) {
			p.object()
		}
		p.expect(closeParen)
		id := p.closed(mark, tree.Call, "", start)
		return p.typeTail(id, start)
	}
	p.fail()
	return tree.None
}

// typeName reads a name with its namespaces and arguments.
func (p *parser) typeName() tree.ID {
	start := p.start()
	return p.typeTail(p.name(), start)
}

// typeTail reads the members and arguments after a name.
func (p *parser) typeTail(id tree.ID, start int) tree.ID {
	for p.kind() == dot {
		mark := p.Mark()
		p.skip()
		p.Push(tree.RoleObject, id)
		p.Push(tree.RoleProperty, p.property())
		id = p.closed(mark, tree.Member, ".", start)
	}
	if p.kind() == less && !p.token.line {
		mark := p.Mark()
		p.Push(tree.RoleObject, id)
		p.typeArguments()
		id = p.closed(mark, tree.Generic, "", start)
	}
	return id
}

// typeArguments reads and pushes <A, B>.
func (p *parser) typeArguments() {
	at := -1 - p.token.start // beside the offsets at which a value has none
	if p.wrong[at] {
		p.fail()
		return
	}
	p.inside(func() tree.ID {
		p.expect(less)
		for !p.failed && p.kind() != greater {
			p.Push(tree.RoleTypeArgument, p.typ())
			if !p.accept(comma) {
				break
			}
		}
		p.splitGreater()
		return tree.None
	})
	if p.failed {
		p.wrong[at] = true
	}
}

// tupleType reads [A, b?: B, ...C[]].
func (p *parser) tupleType() tree.ID {
	start, mark := p.start(), p.Mark()
	p.skip()
	p.inside(func() tree.ID {
		p.commas(closeBracket, func() {
			if id := p.many(); id != tree.None {
				p.Push(tree.RoleElement, id)
				return
			}
			p.accept(ellipsis)
			if next := p.behind(); p.kind() == name && (next.kind == colon || next.kind == question && p.labelled()) {
				p.skip()
				p.accept(question)
				p.expect(colon)
			}
			p.Push(tree.RoleElement, p.typ())
			p.accept(question)
		})
		return tree.None
	})
	return p.closed(mark, tree.Tuple, "", start)
}

// labelled reports whether `a?:` stands here.
func (p *parser) labelled() bool { return p.colonAt(p.behind().end) }

// colonAt reports whether the next token at or after an offset is a colon.
func (p *parser) colonAt(i int) bool {
	commented, mark := p.commented, p.Checkpoint()
	i, _ = p.blank(i)
	p.commented = commented
	p.Rollback(mark)
	return i < len(p.source) && p.source[i] == ':'
}

// typeArgumentsOf reads type arguments after a value, if what follows them shows that this is not a comparison.
func (p *parser) typeArgumentsOf(id tree.ID, start int, calls bool) (tree.ID, bool) {
	at := p.token.start
	if p.wrong[at] {
		return tree.None, false
	}
	before := p.save()
	mark := p.Mark()
	p.typeArguments()
	behind := p.kind()
	fits := behind == openParen || behind == backquote || !calls || !beginsExpression[behind] || p.token.line
	if p.failed || !fits {
		p.restore(before)
		p.wrong[at] = true
		return tree.None, false
	}
	arguments := make([]tree.ID, p.Count(mark))
	for i := range arguments {
		arguments[i] = p.Pushed(mark, i)
	}
	p.Drop(mark)
	p.Push(tree.RoleObject, id)
	for _, a := range arguments {
		p.Push(tree.RoleTypeArgument, a)
	}
	return p.closed(mark, tree.Generic, "", start), true
}
