package java

import "github.com/sluice-scan/sluice/scan/code/tree"

// typ reads a type with its brackets. Annotations in it are passed over.
func (p *parser) typ() tree.ID {
	defer p.deeper()()
	if id := p.many(); id != tree.None {
		return id
	}
	start := p.start()
	return p.brackets(p.simpleType(), start)
}

// brackets reads the [] after a type.
func (p *parser) brackets(id tree.ID, start int) tree.ID {
	for {
		p.annotations()
		if p.kind() != openBracket || p.ahead(1) != closeBracket {
			return id
		}
		mark := p.Mark()
		p.skip()
		p.skip()
		p.Push(tree.RoleElement, id)
		id = p.closed(mark, tree.TypeOperator, "[]", start)
	}
}

// annotations passes over the annotations of a type.
func (p *parser) annotations() {
	for p.kind() == at && p.ahead(1) != kwInterface {
		p.annotation()
	}
}

// simpleType reads a primitive type, a class with its packages and arguments, or a wildcard.
func (p *parser) simpleType() tree.ID {
	p.annotations()
	start := p.start()
	switch p.kind() {
	case kwPrimitive:
		return p.leaf(tree.Name, p.word())
	case question:
		mark := p.Mark()
		p.skip()
		word := "?"
		if k := p.kind(); k == kwExtends || p.is("super") {
			word += " " + p.word()
			p.skip()
			p.Push(tree.RoleElement, p.typ())
		}
		return p.closed(mark, tree.TypeOperator, word, start)
	}
	id := p.name()
	for !p.failed {
		switch {
		case p.kind() == less:
			mark := p.Mark()
			p.Push(tree.RoleObject, id)
			p.typeArguments()
			id = p.closed(mark, tree.Generic, "", start)
		case p.kind() == dot && p.ahead(1) != ellipsis:
			mark := p.Mark()
			p.skip()
			p.annotations()
			p.Push(tree.RoleObject, id)
			p.Push(tree.RoleProperty, p.name())
			id = p.closed(mark, tree.Member, ".", start)
		default:
			return id
		}
	}
	return id
}

// typeArguments reads and pushes <A, B>, and <> without any.
func (p *parser) typeArguments() {
	p.expect(less)
	p.commas(greater, func() {
		if id := p.many(); id != tree.None {
			p.Push(tree.RoleTypeArgument, id)
			return
		}
		p.Push(tree.RoleTypeArgument, p.typ())
	})
}

// typeParameters reads and pushes <T extends A & B>, if there are any.
func (p *parser) typeParameters() {
	if !p.accept(less) {
		return
	}
	p.commas(greater, func() {
		if id := p.many(); id != tree.None {
			p.Push(tree.RoleTypeParameter, id)
			return
		}
		p.annotations()
		start, mark := p.start(), p.Mark()
		p.Push(tree.RoleName, p.name())
		if p.accept(kwExtends) {
			p.Push(tree.RoleType, p.typ())
			for p.accept(ampersand) {
				p.Push(tree.RoleType, p.typ())
			}
		}
		p.Push(tree.RoleTypeParameter, p.closed(mark, tree.TypeParameter, "", start))
	})
}

// typeEnd returns the index of the token after the type that begins at a token, or -1 when none does. It makes no nodes.
func (p *parser) typeEnd(i int) int {
	i = p.annotationsEnd(i)
	if i >= len(p.tokens) {
		return -1
	}
	switch p.tokens[i].kind {
	case kwPrimitive:
		i++
	case name, metavariable:
		if i = p.classEnd(i); i < 0 {
			return -1
		}
	default:
		return -1
	}
	for i+1 < len(p.tokens) && p.tokens[i].kind == openBracket && p.tokens[i+1].kind == closeBracket {
		i += 2
	}
	return i
}

// classEnd returns the index after the name of a class with its packages and arguments.
func (p *parser) classEnd(i int) int {
	for {
		i++
		if p.tokens[i].kind == less {
			if i = p.argumentsEnd(i); i < 0 {
				return -1
			}
		}
		if k := p.tokens[i].kind; k != dot || i+1 >= len(p.tokens) || p.tokens[i+1].kind != name && p.tokens[i+1].kind != metavariable {
			return i
		}
		i++
	}
}

// maxArguments bounds how many tokens are looked at for the end of type arguments.
const maxArguments = 500

// argumentsEnd returns the index after the type arguments that begin at a token. Only what a type may hold stands in them.
func (p *parser) argumentsEnd(i int) int {
	depth := 0
	for end := min(len(p.tokens), i+maxArguments); i < end; i++ {
		switch p.tokens[i].kind {
		case less:
			depth++
		case greater:
			if depth--; depth == 0 {
				return i + 1
			}
		case name, metavariable, manyMetavariable, kwPrimitive, comma, dot, question, kwExtends, ampersand, openBracket, closeBracket:
		case ellipsis:
			if !p.pattern {
				return -1
			}
		case at:
			if i = p.annotationsEnd(i) - 1; i < 0 {
				return -1
			}
		default:
			return -1
		}
	}
	return -1
}

// annotationsEnd returns the index after the annotations that begin at a token.
func (p *parser) annotationsEnd(i int) int {
	for i+1 < len(p.tokens) && p.tokens[i].kind == at && p.tokens[i+1].kind != kwInterface {
		i += 2
		for i+1 < len(p.tokens) && p.tokens[i].kind == dot {
			i += 2
		}
		if i >= len(p.tokens) {
			return len(p.tokens) - 1 // The annotation is cut off: the last token is the end of the file.
		}
		if pair := int(p.pairs[i]); p.tokens[i].kind == openParen && pair > i {
			i = pair + 1
		}
	}
	return i
}
