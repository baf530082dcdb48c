package javascript

import "github.com/sluice-scan/sluice/scan/code/tree"

// function reads function, async function and function*, as a declaration or an expression. Modifiers may have been pushed since mark.
func (p *parser) function(start int, mark tree.Mark) tree.ID {
	var flags tree.Flags
	if p.acceptWord("async") {
		flags |= tree.Async
	}
	p.expect(kwFunction)
	if p.accept(star) {
		flags |= tree.Generator
	}
	if p.kind() == name || p.kind() == metavariable {
		p.Push(tree.RoleName, p.name())
	} else if p.pattern && p.kind() == ellipsis {
		// `function ...()` has any name or no name.
		p.Push(tree.RoleName, p.leaf(tree.Ellipsis, ""))
	}
	return p.rest(start, mark, flags)
}

// rest reads a function from its type parameters on. Without a body it ends like a statement.
func (p *parser) rest(start int, mark tree.Mark, flags tree.Flags) tree.ID {
	p.signature()
	if p.kind() == openBrace {
		p.Push(tree.RoleBody, p.inside(p.block))
	} else if !p.pattern && p.kind() != comma {
		p.end()
	}
	id := p.closed(mark, tree.Function, "", start)
	p.SetFlags(id, flags)
	return id
}

// signature reads and pushes type parameters, parameters and the type of the result.
func (p *parser) signature() {
	p.typeParameters()
	p.parameters()
	p.Push(tree.RoleResult, p.annotation())
}

// parameters reads and pushes parameters in parentheses.
func (p *parser) parameters() {
	p.expect(openParen)
	p.inside(func() tree.ID {
		p.commas(closeParen, func() { p.Push(tree.RoleParameter, p.parameter()) })
		return tree.None
	})
}

// parameter reads one parameter.
func (p *parser) parameter() tree.ID {
	if id := p.many(); id != tree.None {
		return id
	}
	start, mark, word := p.start(), p.Mark(), ""
	for p.kind() == at {
		p.Push(tree.RoleDecorator, p.decorator())
	}
	for p.dialect != JavaScript && p.kind() == name && parameterModifiers[p.word()] && (p.behind().kind == name || p.behind().kind == openBrace) {
		p.Push(tree.RoleModifier, p.leaf(tree.Modifier, p.word()))
	}
	if p.accept(ellipsis) {
		word = "..."
	}
	p.Push(tree.RoleTarget, p.target())
	optionally := p.accept(question)
	p.Push(tree.RoleType, p.annotation())
	if p.accept(assign) {
		p.Push(tree.RoleValue, p.orMany(p.assignment))
	}
	id := p.closed(mark, tree.Parameter, word, start)
	if optionally {
		p.SetFlags(id, tree.Optional)
	}
	return id
}

var parameterModifiers = map[string]bool{"public": true, "private": true, "protected": true, "readonly": true, "override": true}

// arrowOf reads an arrow function, if one begins here; otherwise it returns None and stands where it stood.
func (p *parser) arrowOf(start int) tree.ID {
	async := false
	if p.kind() == name {
		next := p.behind()
		if next.kind == arrow && !next.line {
			return p.arrowFrom(start, false)
		}
		if !p.is("async") || next.line || next.kind != name && next.kind != metavariable && next.kind != openParen && next.kind != less {
			return tree.None
		}
		async = true
	}
	if p.wrong[start] {
		return tree.None
	}
	before := p.save()
	if async {
		p.skip()
	}
	if k := p.kind(); k == name || k == metavariable {
		if p.behind().kind == arrow {
			return p.arrowFrom(start, true)
		}
		p.restore(before)
		return tree.None
	}
	if p.kind() == less && (p.dialect == JavaScript || p.dialect == TSX && !p.typeParametersAhead()) {
		p.restore(before)
		return tree.None
	}
	mark := p.Mark()
	p.signature()
	// In `a ? (b) : c => d` the colon is the conditional's.
	typed := p.Count(mark) > 0 && p.inThen > 0 && p.endsWithResult(mark)
	if p.failed || p.kind() != arrow || p.token.line {
		p.restore(before)
		p.wrong[start] = true
		return tree.None
	}
	id := p.arrowBody(start, mark, async)
	if typed && p.kind() != colon && !p.failed {
		p.restore(before)
		p.wrong[start] = true
		return tree.None
	}
	return id
}

// endsWithResult reports whether the last child since a mark is the type of a result.
func (p *parser) endsWithResult(mark tree.Mark) bool {
	last := p.Pushed(mark, p.Count(mark)-1)
	k := p.Kind(last)
	return k != tree.Parameter && k != tree.TypeParameter && k != tree.Ellipsis
}

// arrowFrom reads an arrow function whose one parameter is a name.
func (p *parser) arrowFrom(start int, async bool) tree.ID {
	mark, from, inner := p.Mark(), p.start(), p.Mark()
	p.Push(tree.RoleTarget, p.name())
	p.Push(tree.RoleParameter, p.closed(inner, tree.Parameter, "", from))
	return p.arrowBody(start, mark, async)
}

// arrowBody reads an arrow and what follows it.
func (p *parser) arrowBody(start int, mark tree.Mark, async bool) tree.ID {
	p.expect(arrow)
	flags := tree.Arrow
	if async {
		flags |= tree.Async
	}
	switch {
	case p.kind() == openBrace:
		p.Push(tree.RoleBody, p.block())
	default:
		p.Push(tree.RoleBody, p.orMany(p.assignment))
	}
	id := p.closed(mark, tree.Function, "", start)
	p.SetFlags(id, flags)
	return id
}
