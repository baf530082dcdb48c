package golang

import "github.com/sluice-scan/sluice/scan/code/tree"

// typ reads a type.
func (p *parser) typ() tree.ID {
	defer p.deeper()()
	start := p.start()
	switch p.kind() {
	case ellipsis, manyMetavariable:
		return p.orFail(p.many())
	case name, metavariable:
		return p.typeName()
	case star:
		p.skip()
		return p.typeOf("*", start, p.typ())
	case tilde:
		p.skip()
		return p.typeOf("~", start, p.typ())
	case openParen:
		p.skip()
		id := p.constraint()
		p.expect(closeParen)
		p.SetFlags(id, tree.Parens)
		return id
	case openBracket:
		return p.array()
	case kwMap:
		p.skip()
		mark := p.Mark()
		p.expect(openBracket)
		p.Push(tree.RoleElement, p.typ())
		p.expect(closeBracket)
		p.Push(tree.RoleElement, p.typ())
		return p.wrapped(mark, tree.TypeOperator, "map", start)
	case kwChan:
		p.skip()
		if p.accept(arrow) {
			return p.typeOf("chan<-", start, p.typ())
		}
		return p.typeOf("chan", start, p.typ())
	case arrow:
		p.skip()
		p.expect(kwChan)
		return p.typeOf("<-chan", start, p.typ())
	case kwFunc:
		p.skip()
		mark := p.Mark()
		p.signature()
		return p.wrapped(mark, tree.FunctionType, "", start)
	case kwStruct:
		return p.structure()
	case kwInterface:
		return p.iface()
	}
	p.fail()
	return tree.None
}

func (p *parser) orFail(id tree.ID) tree.ID {
	if id == tree.None {
		p.fail()
	}
	return id
}

// typeOf makes a type of a type by a sign.
func (p *parser) typeOf(sign string, start int, of tree.ID) tree.ID {
	mark := p.Mark()
	p.Push(tree.RoleElement, of)
	return p.wrapped(mark, tree.TypeOperator, sign, start)
}

// typeName reads a name of a type, with its package and its arguments.
func (p *parser) typeName() tree.ID {
	start := p.start()
	id := p.name()
	for p.kind() == dot {
		p.skip()
		mark := p.Mark()
		p.Push(tree.RoleObject, id)
		p.Push(tree.RoleProperty, p.property())
		id = p.wrapped(mark, tree.Member, ".", start)
	}
	if p.kind() != openBracket || p.peek() == closeBracket {
		return id
	}
	p.skip()
	mark := p.Mark()
	p.Push(tree.RoleObject, id)
	p.commas(closeBracket, func() { p.Push(tree.RoleTypeArgument, p.typ()) })
	return p.wrapped(mark, tree.Generic, "", start)
}

// array reads []T, [n]T and [...]T.
func (p *parser) array() tree.ID {
	start, mark := p.start(), p.Mark()
	p.skip()
	switch {
	case p.accept(closeBracket):
		p.Push(tree.RoleElement, p.typ())
		return p.wrapped(mark, tree.TypeOperator, "[]", start)
	case p.kind() == ellipsis:
		if id := p.many(); id != tree.None {
			p.Push(tree.RoleElement, id)
		} else {
			p.skip()
		}
	default:
		level := p.level
		p.level = 0
		p.Push(tree.RoleElement, p.expression())
		p.level = level
	}
	p.expect(closeBracket)
	p.Push(tree.RoleElement, p.typ())
	return p.wrapped(mark, tree.TypeOperator, "[n]", start)
}

// structure reads a struct.
func (p *parser) structure() tree.ID {
	start, mark := p.start(), p.Mark()
	p.skip()
	p.members(p.field)
	return p.wrapped(mark, tree.ObjectType, "struct", start)
}

// members reads what is in braces, one on a line.
func (p *parser) members(read func()) {
	p.expect(openBrace)
	for p.kind() != closeBrace && p.kind() != endOfFile && !p.failed && !p.Full() {
		if p.accept(newline) || p.accept(semicolon) {
			continue
		}
		if id := p.many(); id != tree.None {
			p.Push(tree.RoleElement, id)
		} else {
			read()
		}
		if k := p.kind(); k != newline && k != semicolon && k != closeBrace {
			p.fail()
		}
	}
	p.expect(closeBrace)
}

// field reads the fields of one line, or an embedded type.
func (p *parser) field() {
	if embedded := p.kind() == star || p.kind() == openParen || (p.kind() == name || p.kind() == metavariable) && p.embedded(); embedded {
		p.Push(tree.RoleElement, p.tagged(p.start(), p.Mark(), p.typ()))
		return
	}
	p.sharing(func(start int, named, typed func() tree.ID) {
		mark := p.Mark()
		p.Push(tree.RoleTarget, named())
		p.Push(tree.RoleType, typed())
		if k := p.kind(); k == text || k == rawText {
			p.Push(tree.RoleDecorator, p.tag())
		}
		id := p.wrapped(mark, tree.Declare, "", start)
		p.SetFlags(id, tree.Field)
		p.Push(tree.RoleElement, id)
	})
}

// embedded reports whether a line of a struct is a type without a name.
func (p *parser) embedded() bool {
	switch k := p.peek(); k {
	case dot, newline, semicolon, closeBrace, text, rawText:
		return true
	case openBracket:
		return !p.typeBehind(p.at + 1)
	}
	return false
}

// tagged is an embedded type; one with a tag is a field without a name.
func (p *parser) tagged(start int, mark tree.Mark, typ tree.ID) tree.ID {
	if k := p.kind(); k != text && k != rawText {
		return typ
	}
	p.Push(tree.RoleType, typ)
	p.Push(tree.RoleDecorator, p.tag())
	id := p.wrapped(mark, tree.Declare, "", start)
	p.SetFlags(id, tree.Field)
	return id
}

// tag is the tag of a field.
func (p *parser) tag() tree.ID {
	start := p.start()
	value := p.literal()
	return p.Wrap(tree.Decorator, start, p.end(), tree.RoleValue, value)
}

// iface reads an interface: methods, and embedded types and unions.
func (p *parser) iface() tree.ID {
	start, mark := p.start(), p.Mark()
	p.skip()
	p.members(func() {
		if (p.kind() == name || p.kind() == metavariable) && p.peek() == openParen {
			p.Push(tree.RoleElement, p.methodSpec())
			return
		}
		p.Push(tree.RoleElement, p.constraint())
	})
	return p.wrapped(mark, tree.ObjectType, "interface", start)
}

// methodSpec reads a method of an interface, which may be a whole pattern.
func (p *parser) methodSpec() tree.ID {
	start, mark := p.start(), p.Mark()
	p.Push(tree.RoleName, p.name())
	p.signature()
	return p.wrapped(mark, tree.Function, "", start)
}

// methodAlone reads a method of an interface as a whole pattern. Without a result it would be a call.
func (p *parser) methodAlone() tree.ID {
	if k := p.kind(); k != name && k != metavariable || p.peek() != openParen {
		p.fail()
		return tree.None
	}
	if end := int(p.pairs[p.at+1]); end < p.at || end+1 >= len(p.tokens) || p.tokens[end+1].kind == newline || p.tokens[end+1].kind == endOfFile {
		p.fail()
		return tree.None
	}
	return p.methodSpec()
}

// constraint reads a type, or a union of types.
func (p *parser) constraint() tree.ID {
	start, mark := p.start(), p.Mark()
	id := p.typ()
	if p.kind() != pipe {
		return id
	}
	p.Push(tree.RoleElement, id)
	for p.accept(pipe) {
		p.Push(tree.RoleElement, p.typ())
	}
	return p.wrapped(mark, tree.TypeOperator, "|", start)
}
