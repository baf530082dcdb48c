package golang

import "github.com/sluice-scan/sluice/scan/code/tree"

// name makes a Name or a Metavariable of the next token, and fails on another one.
func (p *parser) name() tree.ID {
	switch p.kind() {
	case name:
		return p.leaf(tree.Name, p.word())
	case metavariable:
		return p.leaf(tree.Metavariable, p.word())
	}
	p.fail()
	return tree.None
}

// many makes an Ellipsis or a $...X, if the next token is one.
func (p *parser) many() tree.ID {
	switch p.kind() {
	case ellipsis:
		if p.pattern {
			return p.leaf(tree.Ellipsis, "")
		}
	case manyMetavariable:
		word := p.word()
		id := p.leaf(tree.Metavariable, "$"+word[len("$..."):])
		p.SetFlags(id, tree.Many)
		return id
	}
	return tree.None
}

// pkg reads package p.
func (p *parser) pkg(role tree.Role) {
	start, mark := p.start(), p.Mark()
	p.skip()
	p.Push(tree.RoleName, p.name())
	p.Push(role, p.wrapped(mark, tree.Package, "", start))
}

// group reads a declaration with one specification, or with several in parentheses. The first one spans from the keyword.
func (p *parser) group(role tree.Role, read func(start int) tree.ID) {
	start := p.start()
	p.skip()
	if !p.accept(openParen) {
		p.Push(role, read(start))
		return
	}
	for p.kind() != closeParen && p.kind() != endOfFile && !p.failed && !p.Full() {
		if p.accept(newline) || p.accept(semicolon) {
			continue
		}
		if id := p.many(); id != tree.None {
			p.Push(role, id)
		} else {
			p.Push(role, read(p.start()))
		}
		if k := p.kind(); k != newline && k != semicolon && k != closeParen {
			p.fail()
		}
	}
	p.expect(closeParen)
}

// importSpec reads one import.
func (p *parser) importSpec(start int) tree.ID {
	mark := p.Mark()
	var alias tree.ID
	switch p.kind() {
	case dot:
		alias = p.leaf(tree.Name, ".")
	case name:
		alias = p.name()
	case metavariable:
		if k := p.peek(); k == text || k == rawText || k == metavariable {
			alias = p.name()
		}
	}
	p.Push(tree.RoleAlias, alias)
	switch p.kind() {
	case text, rawText:
		p.Push(tree.RoleModule, p.literal())
	case metavariable:
		p.Push(tree.RoleModule, p.name())
	default:
		p.fail()
	}
	return p.wrapped(mark, tree.Import, "", start)
}

// valueSpec reads one var or const: names, a type, values. Constants have the modifier const.
func (p *parser) valueSpec(constant bool) func(start int) tree.ID {
	return func(start int) tree.ID {
		mark := p.Mark()
		if constant {
			p.Push(tree.RoleModifier, p.Leaf(tree.Modifier, "const", start, start))
		}
		p.Push(tree.RoleTarget, p.listOf(p.name))
		if k := p.kind(); k != assign && k != newline && k != semicolon && k != closeParen && k != endOfFile {
			p.Push(tree.RoleType, p.typ())
		}
		if !p.accept(assign) {
			return p.wrapped(mark, tree.Declare, "", start)
		}
		p.Push(tree.RoleValue, p.expressions())
		id := p.wrapped(mark, tree.Assign, "=", start)
		p.SetFlags(id, tree.Declares)
		return id
	}
}

// typeSpec reads one type with its name.
func (p *parser) typeSpec(start int) tree.ID {
	mark := p.Mark()
	p.Push(tree.RoleName, p.name())
	if p.kind() == openBracket && p.generic() {
		p.typeParameters()
	}
	p.accept(assign)
	p.Push(tree.RoleType, p.typ())
	return p.wrapped(mark, tree.TypeAlias, "", start)
}

// generic reports whether the bracket after the name of a type begins its type parameters, and not an array: a name and something that
// belongs to its constraint stand in it.
func (p *parser) generic() bool {
	if p.peek() != name && p.peek() != metavariable || p.at+2 >= len(p.tokens) {
		return false
	}
	switch k := p.tokens[p.at+2].kind; k {
	case comma, name, metavariable, openBracket, kwInterface, kwFunc, kwMap, kwChan, kwStruct, tilde:
		return true
	case star, openParen:
		// `T[P *C]` is an array of P times C elements, unless a comma or an interface tells: https://go.dev/ref/spec#Type_parameter_declarations
		return p.listed(p.at)
	}
	return false
}

// listed reports whether a comma is between two brackets, outside of others, or an interface ends before the second.
func (p *parser) listed(open int) bool {
	end := int(p.pairs[open])
	for i := open + 1; i < end; i++ {
		if p.tokens[i].kind == comma {
			return true
		}
		if pair := int(p.pairs[i]); pair > i {
			i = pair
		}
	}
	return end > open && p.tokens[end-1].kind == closeBrace
}

func (p *parser) typeParameters() {
	p.expect(openBracket)
	p.parameters(closeBracket, func(start int, named, typed func() tree.ID) {
		mark := p.Mark()
		if named != nil {
			p.Push(tree.RoleName, named())
		}
		if typed != nil {
			p.Push(tree.RoleType, typed())
		}
		p.Push(tree.RoleTypeParameter, p.wrapped(mark, tree.TypeParameter, "", start))
	}, tree.RoleTypeParameter)
}

// function reads a declared function or method, and a function literal when it is one: without a name it is an expression.
func (p *parser) function() tree.ID {
	start, mark := p.start(), p.Mark()
	p.skip()
	if p.kind() == openParen {
		p.skip()
		p.receiver()
	}
	p.Push(tree.RoleName, p.name())
	if p.kind() == openBracket {
		p.typeParameters()
	}
	p.signature()
	if p.kind() == openBrace {
		p.Push(tree.RoleBody, p.body())
	}
	return p.wrapped(mark, tree.Function, "", start)
}

// receiver reads the receiver of a method after its parenthesis.
func (p *parser) receiver() {
	if id := p.many(); id != tree.None {
		p.Push(tree.RoleReceiver, id)
		p.expect(closeParen)
		return
	}
	p.parameters(closeParen, func(start int, named, typed func() tree.ID) {
		p.Push(tree.RoleReceiver, p.parameter(start, named, typed))
	}, tree.RoleReceiver)
}

// body reads the block of a function. What stood around it says nothing about its insides.
func (p *parser) body() tree.ID {
	level := p.level
	p.level = 0
	id := p.block()
	p.level = level
	return id
}

// signature reads parameters and results, and pushes them.
func (p *parser) signature() {
	p.expect(openParen)
	p.parameters(closeParen, func(start int, named, typed func() tree.ID) {
		p.Push(tree.RoleParameter, p.parameter(start, named, typed))
	}, tree.RoleParameter)
	switch {
	case p.kind() == openParen:
		start, mark := p.start(), p.Mark()
		p.skip()
		p.parameters(closeParen, func(start int, named, typed func() tree.ID) {
			if named == nil {
				p.Push(tree.RoleElement, typed())
				return
			}
			p.Push(tree.RoleElement, p.parameter(start, named, typed))
		}, tree.RoleElement)
		p.Push(tree.RoleResult, p.wrapped(mark, tree.Tuple, "", start))
	case p.kind() == ellipsis && p.pattern:
		p.Push(tree.RoleResult, p.many())
	case beginsType[p.kind()]:
		p.Push(tree.RoleResult, p.typ())
	}
}

// parameter makes one parameter of its name and its type, each of which may be nil.
func (p *parser) parameter(start int, named, typed func() tree.ID) tree.ID {
	mark := p.Mark()
	word := ""
	if named != nil {
		p.Push(tree.RoleTarget, named())
	}
	if typed != nil {
		if p.kind() == ellipsis {
			word = "..."
			p.skip()
		}
		p.Push(tree.RoleType, typed())
	}
	return p.wrapped(mark, tree.Parameter, word, start)
}
