package javascript

import (
	"github.com/sluice-scan/sluice/scan/code/lex"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// class reads a class with its decorators, as a statement or an expression. Modifiers may have been pushed since mark.
func (p *parser) class(start int, mark tree.Mark) tree.ID {
	defer p.deeper()()
	for p.kind() == at {
		p.Push(tree.RoleDecorator, p.decorator())
	}
	for p.is("abstract") || p.kind() == kwExport || p.kind() == kwDefault {
		if p.kind() == name {
			p.Push(tree.RoleModifier, p.leaf(tree.Modifier, p.word()))
		} else {
			p.skip() // `@d export class`, which older code has
		}
	}
	p.expect(kwClass)
	if k := p.kind(); k == name && !p.is("implements") || k == metavariable {
		p.Push(tree.RoleName, p.name())
	}
	p.typeParameters()
	p.heritage()
	p.Push(tree.RoleBody, p.members())
	return p.closed(mark, tree.Class, "class", start)
}

// heritage reads and pushes extends and implements.
func (p *parser) heritage() {
	for !p.failed {
		switch {
		case p.accept(kwExtends):
			for {
				start := p.start()
				p.Push(tree.RoleParent, p.orMany(func() tree.ID { return p.parent(start) }))
				if !p.accept(comma) {
					break
				}
			}
		case p.acceptWord("implements"):
			for {
				p.Push(tree.RoleImplements, p.typ())
				if !p.accept(comma) {
					break
				}
			}
		default:
			return
		}
	}
}

// parent reads the expression of a class's parent, with its type arguments.
func (p *parser) parent(start int) tree.ID {
	if p.kind() == openBrace {
		p.fail()
		return tree.None
	}
	id := p.chain(p.primary(), start, true)
	if p.kind() == less {
		mark := p.Mark()
		p.Push(tree.RoleObject, id)
		p.typeArguments()
		id = p.closed(mark, tree.Generic, "", start)
	}
	return id
}

// members reads the body of a class or an interface.
func (p *parser) members() tree.ID {
	start, mark := p.start(), p.Mark()
	p.expect(openBrace)
	p.inside(func() tree.ID {
		for p.kind() != closeBrace && p.kind() != endOfFile && !p.failed && !p.Full() {
			if p.accept(semicolon) || p.accept(comma) {
				continue
			}
			if id := p.lone(); id != tree.None {
				p.Push(tree.RoleItem, id)
				continue
			}
			before := p.save()
			p.Push(tree.RoleItem, p.member())
			if p.failed && !p.pattern {
				p.retry(before, tree.RoleItem)
			}
		}
		return tree.None
	})
	p.expect(closeBrace)
	return p.closed(mark, tree.Block, "", start)
}

// memberWords are the words before a member that say something of it.
var memberWords = map[string]bool{
	"static": true, "public": true, "private": true, "protected": true, "readonly": true, "abstract": true, "override": true, "declare": true, "accessor": true, "async": true, "get": true, "set": true,
	"new": true,
}

// member reads a member of a class, an interface or the type of an object.
func (p *parser) member() tree.ID {
	defer p.deeper()()
	start, mark := p.start(), p.Mark()
	for p.kind() == at {
		p.Push(tree.RoleDecorator, p.decorator())
	}
	var flags tree.Flags
	for (p.kind() == name || p.kind() == kwNew) && memberWords[p.word()] && p.modifies() {
		word := p.word()
		switch word {
		case "async":
			flags |= tree.Async
			p.skip()
		case "get", "set":
			flags |= tree.Accessor
			p.skip()
		case "new":
			p.skip()
			return p.rest(start, mark, flags)
		case "static":
			if p.behind().kind == openBrace {
				p.skip()
				p.Drop(mark)
				id := p.block()
				return id
			}
			p.Push(tree.RoleModifier, p.leaf(tree.Modifier, word))
		default:
			p.Push(tree.RoleModifier, p.leaf(tree.Modifier, word))
		}
	}
	if p.accept(star) {
		flags |= tree.Generator
	}
	switch {
	case p.kind() == openParen || p.kind() == less: // a call signature
		return p.rest(start, mark, flags)
	case p.kind() == openBracket && p.indexSignature():
		return p.signatureOfIndex(start, mark)
	}
	key := p.key()
	if p.accept(question) || p.accept(not) {
		flags |= tree.Optional
	}
	if p.kind() == openParen || p.kind() == less {
		p.Push(tree.RoleName, key)
		return p.rest(start, mark, flags)
	}
	return p.field(start, mark, key)
}

// modifies reports whether a word precedes the name of a member and is not the name.
func (p *parser) modifies() bool {
	next := p.behind()
	word := p.word()
	switch next.kind {
	case name, privateName, text, number, openBracket, metavariable, star, at:
		return !next.line || word != "get" && word != "set" && word != "async" && word != "declare" && word != "accessor" && word != "static" || next.kind != name && word == "static"
	case openBrace:
		return word == "static"
	case openParen, less:
		return word == "new"
	}
	return next.kind >= kwBreak && next.kind <= kwWith
}

// field reads a field from its type on.
func (p *parser) field(start int, mark tree.Mark, key tree.ID) tree.ID {
	p.Push(tree.RoleTarget, key)
	p.Push(tree.RoleType, p.annotation())
	k, word := tree.Declare, ""
	if p.accept(assign) {
		k, word = tree.Assign, "="
		p.Push(tree.RoleValue, p.orMany(p.assignment))
	}
	if p.kind() != comma {
		p.end()
	}
	id := p.closed(mark, k, word, start)
	p.SetFlags(id, tree.Field)
	return id
}

// key reads the name of a member or a property.
func (p *parser) key() tree.ID {
	switch p.kind() {
	case text:
		return p.text()
	case number:
		return p.leaf(tree.Number, lex.Number(p.word()))
	case openBracket:
		p.skip()
		id := p.inside(p.assignment)
		p.expect(closeBracket)
		p.SetFlags(id, tree.Computed)
		return id
	}
	return p.property()
}

// decorator reads @x, @x.y, @x(y) and @(x).
func (p *parser) decorator() tree.ID {
	start, mark := p.start(), p.Mark()
	p.expect(at)
	from := p.start()
	p.Push(tree.RoleValue, p.chain(p.primary(), from, true))
	return p.closed(mark, tree.Decorator, "", start)
}

// memberAlone reads a member that is a whole pattern.
func (p *parser) memberAlone() tree.ID {
	if k := p.kind(); k != name && k != metavariable && k != at && k != star {
		p.fail()
		return tree.None
	}
	return p.member()
}
