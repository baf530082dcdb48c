package golang

import "github.com/sluice-scan/sluice/scan/code/tree"

// sharedTypes bounds how many names may share one type, each of which reads it for itself.
const sharedTypes = 64

// parameters reads a list of parameters up to its closing bracket, which it passes. It calls add for each one with the functions that read its
// name and its type; one of the two may be nil. In `a, b int` both have the type, which is read for each. An ellipsis or $...X of a pattern
// gets the role.
func (p *parser) parameters(end kind, add func(start int, named, typed func() tree.ID), role tree.Role) {
	named := p.named(end)
	p.unbroken()
	for p.kind() != end && !p.failed && !p.Full() {
		switch id := p.lone(); {
		case id != tree.None:
			p.Push(role, id)
		case !named:
			start := p.start()
			add(start, nil, p.parameterType)
		default:
			p.sharing(add)
		}
		p.unbroken()
		if !p.accept(comma) {
			break
		}
		p.unbroken()
	}
	p.expect(end)
}

// lone makes an Ellipsis or $...X that stands alone in a list of parameters. `...T` is not alone.
func (p *parser) lone() tree.ID {
	if p.kind() == ellipsis && beginsType[p.peek()] {
		return tree.None
	}
	return p.many()
}

// parameterType reads the type of a parameter.
func (p *parser) parameterType() tree.ID {
	p.accept(ellipsis)
	return p.constraint()
}

// sharing reads the names that share a type, and the type for each of them.
func (p *parser) sharing(add func(start int, named, typed func() tree.ID)) {
	first := p.at
	count := 1
	for p.tokens[p.at].kind == name || p.tokens[p.at].kind == metavariable {
		p.at++
		if p.tokens[p.at].kind != comma || count == sharedTypes {
			break
		}
		p.at++
		count++
	}
	typeAt := p.at
	for i := range count {
		p.at = first + 2*i
		start := p.start()
		last := i == count-1
		add(start, func() tree.ID {
			id := p.name()
			p.at = typeAt
			return id
		}, p.parameterType)
		if !last && p.failed {
			return
		}
	}
}

// named reports whether the parameters of a list have names: one of them is a name with something of a type after it. The parser is after
// the opening bracket.
func (p *parser) named(end kind) bool {
	for i := p.at; i < len(p.tokens); i++ {
		if k := p.tokens[i].kind; k == end || k == endOfFile || k == closeBrace {
			return false
		}
		if k := p.tokens[i].kind; (k == name || k == metavariable) && i+1 < len(p.tokens) && p.typeBehind(i+1) {
			return true
		}
		// On to the next comma of this list.
		for ; i < len(p.tokens); i++ {
			k := p.tokens[i].kind
			if k == comma {
				break
			}
			if k == end || k == endOfFile {
				return false
			}
			if pair := int(p.pairs[i]); pair > i {
				i = pair
			}
		}
	}
	return false
}

// typeBehind reports whether a type begins at a token after a name, which is then a parameter's. A bracket may also hold the arguments of a
// generic type: then a comma or the end comes after it.
func (p *parser) typeBehind(i int) bool {
	switch k := p.tokens[i].kind; k {
	case name, metavariable, star, kwFunc, kwStruct, kwMap, kwChan, kwInterface, arrow, openParen, tilde:
		return true
	case ellipsis:
		return beginsType[p.tokens[min(i+1, len(p.tokens)-1)].kind]
	case openBracket:
		pair := int(p.pairs[i])
		return pair > i && pair+1 < len(p.tokens) && beginsType[p.tokens[pair+1].kind]
	}
	return false
}
