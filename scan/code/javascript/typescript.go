package javascript

import "github.com/sluice-scan/sluice/scan/code/tree"

// typed reads the declarations that TypeScript has beside JavaScript's. It reports whether there was one. Files of JavaScript may hold types of
// Flow, which begin with the same words.
func (p *parser) typed(role tree.Role, next token) bool {
	if next.line {
		return false
	}
	named := next.kind == name || next.kind == metavariable
	start, mark := p.start(), p.Mark()
	switch word := p.word(); {
	case word == "type" && named, word == "opaque" && next.kind == name:
		p.skip()
		p.acceptWord("type")
		p.Push(tree.RoleName, p.name())
		p.typeParameters()
		p.Push(tree.RoleType, p.annotation())
		p.expect(assign)
		p.Push(tree.RoleType, p.typ())
		p.end()
		p.Push(role, p.closed(mark, tree.TypeAlias, "", start))
	case word == "interface" && named:
		p.Push(role, p.iface(start, mark))
	case word == "abstract" && next.kind == kwClass:
		p.Push(role, p.class(start, mark))
	case (word == "namespace" || word == "module") && (named || next.kind == text), word == "global" && next.kind == openBrace:
		p.namespace(role, start, mark)
	case word == "declare" && (named || next.kind >= kwBreak && next.kind <= kwWith):
		p.skip()
		p.statement(role)
	default:
		return false
	}
	return true
}

// iface reads an interface.
func (p *parser) iface(start int, mark tree.Mark) tree.ID {
	p.skip()
	p.Push(tree.RoleName, p.name())
	p.typeParameters()
	if p.accept(kwExtends) {
		for {
			p.Push(tree.RoleParent, p.typ())
			if !p.accept(comma) {
				break
			}
		}
	}
	p.Push(tree.RoleBody, p.members())
	return p.closed(mark, tree.Class, "interface", start)
}

// namespace reads namespace A.B {...} and module "m" {...}.
func (p *parser) namespace(role tree.Role, start int, mark tree.Mark) {
	if !p.is("global") {
		p.skip()
	}
	if p.kind() == text {
		p.Push(tree.RoleName, p.text())
	} else {
		p.Push(tree.RoleName, p.typeName())
	}
	if p.kind() == openBrace {
		p.Push(tree.RoleBody, p.block())
	} else {
		p.end()
	}
	p.Push(role, p.closed(mark, tree.Package, "", start))
}

// enum reads enum and const enum.
func (p *parser) enum(start int) tree.ID {
	mark := p.Mark()
	p.accept(kwConst)
	p.expect(kwEnum)
	p.Push(tree.RoleName, p.name())
	from, body := p.start(), p.Mark()
	p.expect(openBrace)
	p.commas(closeBrace, func() {
		if id := p.many(); id != tree.None {
			p.Push(tree.RoleItem, id)
			return
		}
		begin, inner := p.start(), p.Mark()
		p.Push(tree.RoleName, p.key())
		if p.accept(assign) {
			p.Push(tree.RoleValue, p.assignment())
		}
		p.Push(tree.RoleItem, p.closed(inner, tree.Enumerator, "", begin))
	})
	p.Push(tree.RoleBody, p.closed(body, tree.Block, "", from))
	return p.closed(mark, tree.Class, "enum", start)
}

// typeParameters reads and pushes <T extends U = V>, if there are any.
func (p *parser) typeParameters() {
	if p.kind() != less {
		return
	}
	p.skip()
	p.inside(func() tree.ID {
		for !p.failed && p.kind() != greater {
			p.Push(tree.RoleTypeParameter, p.typeParameter())
			if !p.accept(comma) {
				break
			}
		}
		p.splitGreater()
		return tree.None
	})
}

func (p *parser) typeParameter() tree.ID {
	if id := p.many(); id != tree.None {
		return id
	}
	start, mark := p.start(), p.Mark()
	for p.behind().kind == name && (p.is("in") || p.is("out") || p.is("const")) || (p.kind() == kwIn || p.kind() == kwConst) && p.behind().kind == name {
		p.skip()
	}
	if k := p.kind(); k == plus || k == minus { // variance of Flow
		p.skip()
	}
	p.Push(tree.RoleName, p.name())
	if p.accept(kwExtends) || p.accept(colon) {
		p.Push(tree.RoleType, p.typ())
	}
	if p.accept(assign) {
		p.Push(tree.RoleValue, p.typ())
	}
	return p.closed(mark, tree.TypeParameter, "", start)
}

// typeParametersAhead reports whether the sign < begins type parameters and no element of JSX: a comma or extends follows the first name.
func (p *parser) typeParametersAhead() bool {
	before := p.save()
	defer p.restore(before)
	p.skip()
	if p.kind() == kwConst {
		p.skip()
	}
	if p.kind() != name {
		return false
	}
	next := p.behind()
	return next.kind == comma || next.kind == kwExtends || next.kind == assign
}

// objectType reads {a: T; b?(): U; [key: string]: V; [K in T]: V}, and {| a: T |} of Flow.
func (p *parser) objectType() tree.ID {
	start, mark := p.start(), p.Mark()
	p.expect(openBrace)
	exact := p.accept(pipe)
	p.inside(func() tree.ID {
		for k := p.kind(); k != closeBrace && k != endOfFile && !p.failed && !p.Full() && !(exact && k == pipe); k = p.kind() {
			if p.accept(semicolon) || p.accept(comma) {
				continue
			}
			p.Push(tree.RoleElement, p.typeMember())
			if next := p.kind(); next != semicolon && next != comma && next != closeBrace && next != pipe && !p.token.line {
				p.fail()
			}
		}
		return tree.None
	})
	if exact {
		p.accept(pipe)
	}
	p.expect(closeBrace)
	return p.closed(mark, tree.ObjectType, "", start)
}

// typeMember reads a member of the type of an object.
func (p *parser) typeMember() tree.ID {
	defer p.deeper()()
	if id := p.many(); id != tree.None {
		return id
	}
	start, mark := p.start(), p.Mark()
	if p.accept(ellipsis) { // a spread of Flow
		if p.kind() != closeBrace && p.kind() != comma {
			p.Push(tree.RoleValue, p.typ())
		}
		return p.closed(mark, tree.Spread, "...", start)
	}
	if k := p.kind(); k == plus || k == minus {
		p.skip()
		p.acceptWord("readonly")
	}
	for p.kind() == name && (p.is("readonly") || p.is("get") || p.is("set")) && p.modifies() {
		p.Push(tree.RoleModifier, p.leaf(tree.Modifier, p.word()))
	}
	if p.kind() == kwNew && (p.behind().kind == openParen || p.behind().kind == less) {
		p.skip()
	}
	if k := p.kind(); k == openParen || k == less {
		p.signature()
		return p.closed(mark, tree.Function, "", start)
	}
	if p.kind() == openBracket && p.indexSignature() {
		return p.signatureOfIndex(start, mark)
	}
	key := p.key()
	p.accept(question)
	if k := p.kind(); k == openParen || k == less {
		p.Push(tree.RoleName, key)
		p.signature()
		return p.closed(mark, tree.Function, "", start)
	}
	p.Push(tree.RoleTarget, key)
	p.Push(tree.RoleType, p.annotation())
	id := p.closed(mark, tree.Declare, "", start)
	p.SetFlags(id, tree.Field)
	return id
}

// indexSignature reports whether a bracket begins [key: T] or [K in T].
func (p *parser) indexSignature() bool {
	before := p.save()
	defer p.restore(before)
	p.skip()
	if p.kind() != name {
		return false
	}
	k := p.behind().kind
	return k == colon || k == kwIn
}

// signatureOfIndex reads [key: T]: V and [K in T as N]?: V.
func (p *parser) signatureOfIndex(start int, mark tree.Mark) tree.ID {
	from, inner := p.start(), p.Mark()
	p.skip()
	p.Push(tree.RoleName, p.name())
	if !p.accept(colon) {
		p.expect(kwIn)
	}
	p.Push(tree.RoleType, p.typ())
	if p.acceptWord("as") {
		p.Push(tree.RoleType, p.typ())
	}
	p.expect(closeBracket)
	p.Push(tree.RoleTarget, p.closed(inner, tree.TypeParameter, "", from))
	if k := p.kind(); k == plus || k == minus {
		p.skip()
	}
	p.accept(question)
	p.Push(tree.RoleType, p.annotation())
	id := p.closed(mark, tree.Declare, "", start)
	p.SetFlags(id, tree.Field|tree.Computed)
	return id
}
