package python

import "github.com/sluice-scan/sluice/scan/code/tree"

// decorated reads decorators and the function or class after them. In a pattern the decorators may stand alone.
func (p *parser) decorated() {
	start, mark := p.start(), p.b.Mark()
	for p.kind == at {
		p.b.Push(tree.RoleDecorator, p.decorator())
		if p.kind != endOfFile {
			p.expect(newline)
		}
	}
	var flags tree.Flags
	if p.is("async") && p.peek() == kwDef {
		p.next()
		flags = tree.Async
	}
	switch {
	case p.kind == kwDef:
		p.item(p.function(start, mark, flags))
	case p.kind == kwClass:
		p.item(p.class(start, mark))
	case p.pattern && p.kind == endOfFile:
	default:
		p.fail()
	}
}

func (p *parser) decorator() tree.ID {
	start := p.start()
	p.next()
	value := p.named()
	return p.b.Wrap(tree.Decorator, start, max(start, p.end), tree.RoleValue, value)
}

// function reads a def after its decorators, which are pushed since mark.
func (p *parser) function(start int, mark tree.Mark, flags tree.Flags) tree.ID {
	p.next()
	p.b.Push(tree.RoleName, p.declaredName())
	p.typeParameters()
	p.expect(openParen)
	p.parameters(closeParen)
	p.expect(closeParen)
	if p.take(arrow) {
		p.b.Push(tree.RoleResult, p.expression())
	}
	p.b.Push(tree.RoleBody, p.body())
	id := p.close(mark, tree.Function, start)
	p.b.SetFlags(id, flags)
	return id
}

// class reads a class after its decorators, which are pushed since mark.
func (p *parser) class(start int, mark tree.Mark) tree.ID {
	p.next()
	p.b.Push(tree.RoleName, p.declaredName())
	p.typeParameters()
	if p.take(openParen) {
		p.arguments(tree.RoleParent, closeParen)
		p.expect(closeParen)
	}
	p.b.Push(tree.RoleBody, p.body())
	id := p.close(mark, tree.Class, start)
	p.b.SetText(id, "class")
	return id
}

// declaredName reads the name of a function or class.
func (p *parser) declaredName() tree.ID {
	if p.pattern && (p.kind == metavariable || p.kind == ellipsis) {
		return p.atom()
	}
	return p.name()
}

// name reads a name.
func (p *parser) name() tree.ID {
	if p.kind != name {
		p.fail()
		return tree.None
	}
	id := p.b.Leaf(tree.Name, p.word(), p.start(), p.start()+len(p.word()))
	p.next()
	return id
}

// targetName reads the name to which something is bound: a name, or a metavariable of a pattern.
func (p *parser) targetName() tree.ID {
	if p.kind == metavariable {
		return p.atom()
	}
	if p.kind == ellipsis && p.pattern {
		return p.atom()
	}
	return p.target()
}

// typeParameters reads `[T: B = D, *Ts, **P]` after the name of a function, class or type.
func (p *parser) typeParameters() {
	if !p.take(openBracket) {
		return
	}
	for p.kind != closeBracket && p.kind != stop {
		start, mark := p.start(), p.b.Mark()
		if p.kind == star || p.kind == power {
			p.next()
		}
		p.b.Push(tree.RoleName, p.declaredName())
		if p.take(colon) {
			p.b.Push(tree.RoleType, p.expression())
		}
		if p.take(equal) {
			p.b.Push(tree.RoleValue, p.starred())
		}
		p.b.Push(tree.RoleTypeParameter, p.close(mark, tree.TypeParameter, start))
		if !p.take(comma) {
			break
		}
	}
	p.expect(closeBracket)
}

// parameters reads the parameters of a function or, up to a colon, of a lambda, and pushes them.
func (p *parser) parameters(end kind) {
	for p.kind != end && p.kind != stop {
		p.b.Push(tree.RoleParameter, p.parameter(end == closeParen))
		if !p.take(comma) {
			return
		}
	}
}

func (p *parser) parameter(typed bool) tree.ID {
	start := p.start()
	if p.pattern && (p.kind == ellipsis || p.kind == manyMetavariable) {
		return p.atom()
	}
	mark := p.b.Mark()
	sign := ""
	if p.kind == star || p.kind == power || p.kind == slash {
		sign = p.word()
		p.next()
	}
	switch p.kind {
	case name, metavariable:
		p.b.Push(tree.RoleTarget, p.declaredName())
	case openParen:
		// Version 2 takes tuples apart here.
		p.b.Push(tree.RoleTarget, p.atom())
	case comma, closeParen, colon:
		if sign == "" {
			p.fail()
		}
	default:
		p.fail()
	}
	if typed && p.take(colon) {
		p.b.Push(tree.RoleType, p.starred())
	}
	if p.take(equal) {
		p.b.Push(tree.RoleValue, p.expression())
	}
	id := p.close(mark, tree.Parameter, start)
	p.b.SetText(id, sign)
	return id
}
