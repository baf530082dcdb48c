package java

import "github.com/sluice-scan/sluice/scan/code/tree"

// annotation reads @A and @A(k = v) as a Decorator.
func (p *parser) annotation() tree.ID {
	defer p.deeper()()
	start, mark := p.start(), p.Mark()
	p.expect(at)
	from := p.start()
	id := p.qualified()
	if p.kind() == openParen {
		inner := p.Mark()
		p.Push(tree.RoleCallee, id)
		p.skip()
		p.commas(closeParen, func() { p.Push(tree.RoleArgument, p.pairOrValue()) })
		id = p.closed(inner, tree.Call, "", from)
	}
	p.Push(tree.RoleValue, id)
	return p.closed(mark, tree.Decorator, "", start)
}

// pairOrValue reads an argument of an annotation: k = v, or a value.
func (p *parser) pairOrValue() tree.ID {
	if id := p.many(); id != tree.None {
		return id
	}
	if k := p.kind(); k != name && k != metavariable || p.ahead(1) != assign {
		return p.annotationValue()
	}
	start, mark := p.start(), p.Mark()
	p.Push(tree.RoleName, p.name())
	p.skip()
	p.Push(tree.RoleValue, p.annotationValue())
	return p.closed(mark, tree.Keyword, "", start)
}

// annotationValue reads a value, an array in braces, or an annotation.
func (p *parser) annotationValue() tree.ID {
	switch p.kind() {
	case at:
		return p.annotation()
	case openBrace:
		return p.arrayOf(p.annotationValue)
	}
	return p.orMany(p.ternary)
}

func (p *parser) annotationAlone() tree.ID {
	if p.kind() != at || p.ahead(1) == kwInterface {
		p.fail()
		return tree.None
	}
	return p.annotation()
}

// qualified reads a name with dots.
func (p *parser) qualified() tree.ID {
	start := p.start()
	id := p.name()
	for p.kind() == dot && (p.ahead(1) == name || p.ahead(1) == metavariable) {
		mark := p.Mark()
		p.skip()
		p.Push(tree.RoleObject, id)
		p.Push(tree.RoleProperty, p.name())
		id = p.closed(mark, tree.Member, ".", start)
	}
	return id
}

// modifiers reads and pushes annotations and modifiers. An ellipsis of a pattern among them stands for any.
func (p *parser) modifiers() {
	for !p.failed {
		switch k := p.kind(); {
		case k == at && p.ahead(1) != kwInterface:
			p.Push(tree.RoleDecorator, p.annotation())
		case k == kwModifier, k == kwDefault && p.ahead(1) != colon && p.ahead(1) != arrow, k == kwSynchronized && p.ahead(1) != openParen:
			p.Push(tree.RoleModifier, p.leaf(tree.Modifier, p.word()))
		case p.wordModifier():
			p.Push(tree.RoleModifier, p.leaf(tree.Modifier, p.word()))
		case k == name && p.is("non") && p.ahead(1) == minus && p.ahead(2) == name && p.textOf(p.at+2) == "sealed":
			start := p.start()
			p.skip()
			p.skip()
			p.skip()
			p.Push(tree.RoleModifier, p.Leaf(tree.Modifier, "non-sealed", start, p.end()))
		default:
			return
		}
	}
}

// wordModifier reports whether sealed stands here as a modifier.
func (p *parser) wordModifier() bool {
	if !p.is("sealed") {
		return false
	}
	k := p.ahead(1)
	return k == kwModifier || k == kwClass || k == kwInterface
}

// modifiersEnd returns the index after the annotations and modifiers that begin at a token.
func (p *parser) modifiersEnd(i int) int {
	for i < len(p.tokens) {
		switch k := p.tokens[i].kind; {
		case k == at:
			next := p.annotationsEnd(i)
			if next == i {
				return i
			}
			i = next
		case k == kwModifier, k == kwDefault, k == kwSynchronized:
			i++
		case k == name && p.textOf(i) == "sealed":
			i++
		case k == name && p.textOf(i) == "non" && i+2 < len(p.tokens) && p.tokens[i+1].kind == minus:
			i += 3
		default:
			return i
		}
	}
	return i
}
