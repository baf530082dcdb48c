package java

import "github.com/sluice-scan/sluice/scan/code/tree"

// pkg reads package a.b, with its annotations.
func (p *parser) pkg() tree.ID {
	start, mark := p.start(), p.Mark()
	p.annotations()
	p.expect(kwPackage)
	p.Push(tree.RoleName, p.qualified())
	p.terminate()
	return p.closed(mark, tree.Package, "", start)
}

// terminate passes the semicolon of a statement. A pattern may leave it out at its end.
func (p *parser) terminate() {
	if p.pattern && p.kind() == endOfFile {
		return
	}
	p.expect(semicolon)
}

// module passes over the declaration of a module, which says nothing of code.
func (p *parser) module() tree.ID {
	start := p.start()
	for p.kind() != openBrace && p.kind() != endOfFile {
		p.skip()
	}
	if pair := int(p.pairs[p.at]); pair > p.at {
		p.at = pair
	}
	p.skip()
	id := p.Leaf(tree.Directive, "module", start, p.end())
	return id
}

// moduleAhead reports whether a module is declared here: module a.b {, perhaps with open before it.
func (p *parser) moduleAhead() bool {
	i := p.at
	if p.is("open") {
		i++
	}
	if i+1 >= len(p.tokens) || p.textOf(i) != "module" || p.tokens[i+1].kind != name {
		return false
	}
	for i++; i+1 < len(p.tokens) && p.tokens[i].kind == name; i += 2 {
		if k := p.tokens[i+1].kind; k != dot {
			return k == openBrace
		}
	}
	return false
}

// imports reads an import.
func (p *parser) imports() tree.ID {
	start, mark, word := p.start(), p.Mark(), ""
	p.skip()
	if p.kind() == kwModifier {
		word = p.word()
		p.skip()
	}
	if id := p.many(); id != tree.None {
		p.Push(tree.RoleModule, id)
	} else {
		p.Push(tree.RoleModule, p.qualified())
	}
	if p.kind() == dot {
		p.skip()
		k := p.kind()
		if k != star && (k != ellipsis || !p.pattern) {
			p.fail()
		}
		from, inner := p.start(), p.Mark()
		if k == star {
			p.Push(tree.RoleName, p.leaf(tree.Name, "*"))
			p.Push(tree.RoleImported, p.closed(inner, tree.Imported, "", from))
		} else {
			p.Push(tree.RoleImported, p.many())
		}
	}
	p.terminate()
	return p.closed(mark, tree.Import, word, start)
}

// classWord returns the word of the class that is declared at a token, after its modifiers: class, interface, enum, record, @interface. It is
// empty when none is.
func (p *parser) classWord(i int) string {
	if i+1 >= len(p.tokens) {
		return ""
	}
	switch p.tokens[i].kind {
	case kwClass, kwInterface, kwEnum:
		return p.textOf(i)
	case at:
		if p.tokens[i+1].kind == kwInterface {
			return "@interface"
		}
	case name:
		if k := p.tokens[i+1].kind; p.textOf(i) == "record" && (k == name || k == metavariable) && i+2 < len(p.tokens) && (p.tokens[i+2].kind == openParen || p.tokens[i+2].kind == less) {
			return "record"
		}
	}
	return ""
}

// class reads a class, interface, enum, record or annotation type.
func (p *parser) class(word string) tree.ID {
	defer p.deeper()()
	start, mark := p.start(), p.Mark()
	p.modifiers()
	p.skip()
	if word == "@interface" {
		p.skip()
	}
	p.Push(tree.RoleName, p.name())
	p.typeParameters()
	if word == "record" {
		p.parameters()
	}
	p.heritage()
	switch {
	case p.pattern && p.kind() == endOfFile:
		// A pattern may end at the head of a class: its body does not matter.
	case word == "enum":
		p.Push(tree.RoleBody, p.enumBody())
	default:
		p.Push(tree.RoleBody, p.classBody())
	}
	return p.closed(mark, tree.Class, word, start)
}

// heritage reads and pushes extends, implements and permits.
func (p *parser) heritage() {
	for !p.failed {
		role := tree.RoleParent
		switch {
		case p.kind() == kwExtends:
		case p.kind() == kwImplements:
			role = tree.RoleImplements
		case p.is("permits"):
			role = tree.NoRole
		default:
			return
		}
		p.skip()
		for {
			if id := p.typ(); role != tree.NoRole {
				p.Push(role, id)
			}
			if !p.accept(comma) {
				break
			}
		}
	}
}

// classBody reads the members of a class.
func (p *parser) classBody() tree.ID {
	start, mark := p.start(), p.Mark()
	p.expect(openBrace)
	p.membersUpTo()
	p.expect(closeBrace)
	return p.closed(mark, tree.Block, "", start)
}

// membersUpTo reads and pushes members up to the brace that closes the class.
func (p *parser) membersUpTo() {
	for p.kind() != closeBrace && p.kind() != endOfFile && !p.failed && !p.Full() {
		if p.accept(semicolon) {
			continue
		}
		from, before, depth := p.at, p.Checkpoint(), p.depth
		p.member(tree.RoleItem)
		if p.failed && !p.pattern {
			p.depth = depth
			p.retry(from, before, tree.RoleItem)
		}
	}
}

// enumBody reads the constants of an enum, and the members after them.
func (p *parser) enumBody() tree.ID {
	start, mark := p.start(), p.Mark()
	p.expect(openBrace)
	for k := p.kind(); k == name || k == metavariable || k == at || k == ellipsis || k == manyMetavariable; k = p.kind() {
		p.Push(tree.RoleItem, p.orMany(p.constant))
		if !p.accept(comma) {
			break
		}
	}
	if p.accept(semicolon) {
		p.membersUpTo()
	}
	p.expect(closeBrace)
	return p.closed(mark, tree.Block, "", start)
}

// constant reads one constant of an enum.
func (p *parser) constant() tree.ID {
	p.annotations()
	start, mark := p.start(), p.Mark()
	p.Push(tree.RoleName, p.name())
	if p.kind() == openParen {
		p.arguments()
	}
	if p.kind() == openBrace {
		p.Push(tree.RoleBody, p.classBody())
	}
	return p.closed(mark, tree.Enumerator, "", start)
}

// member reads a member of a class and pushes what it is; fields of one type are several.
func (p *parser) member(role tree.Role) {
	defer p.deeper()()
	if id := p.many(); id != tree.None {
		p.Push(role, id)
		return
	}
	i := p.modifiersEnd(p.at)
	if word := p.classWord(i); word != "" {
		p.Push(role, p.class(word))
		return
	}
	if p.tokens[i].kind == openBrace { // an initialiser, perhaps static
		p.at = i
		p.Push(role, p.block())
		return
	}
	if p.method(i) {
		p.Push(role, p.function())
		return
	}
	p.fields(role, tree.Field)
}

// method reports whether a method or constructor is declared at a token, after its modifiers.
func (p *parser) method(i int) bool {
	if p.tokens[i].kind == less {
		return true
	}
	if k := p.tokens[i].kind; (k == name || k == metavariable) && (p.tokens[i+1].kind == openParen || p.tokens[i+1].kind == openBrace) {
		return true // a constructor, or a record's compact one
	}
	end := p.typeEnd(i)
	if end < 0 || end+1 >= len(p.tokens) {
		return false
	}
	k := p.tokens[end].kind
	return (k == name || k == metavariable) && p.tokens[end+1].kind == openParen
}

// function reads a method or a constructor.
func (p *parser) function() tree.ID {
	start, mark := p.start(), p.Mark()
	p.modifiers()
	p.typeParameters()
	p.annotations()
	var result tree.ID
	if k := p.kind(); k != name && k != metavariable || p.ahead(1) != openParen && p.ahead(1) != openBrace {
		result = p.typ()
	}
	p.Push(tree.RoleName, p.name())
	if p.kind() == openParen {
		p.parameters()
	}
	p.Push(tree.RoleResult, p.brackets(result, p.start()))
	if p.accept(kwThrows) {
		for {
			p.Push(tree.RoleThrows, p.typ())
			if !p.accept(comma) {
				break
			}
		}
	}
	switch {
	case p.kind() == openBrace:
		p.Push(tree.RoleBody, p.block())
	case p.accept(kwDefault): // of an annotation type
		p.Push(tree.RoleBody, p.annotationValue())
		p.terminate()
	default:
		p.terminate()
	}
	return p.closed(mark, tree.Function, "", start)
}

// parameters reads and pushes parameters in parentheses.
func (p *parser) parameters() {
	p.expect(openParen)
	p.commas(closeParen, func() { p.Push(tree.RoleParameter, p.orMany(p.parameter)) })
}

// parameter reads one parameter with its type.
func (p *parser) parameter() tree.ID {
	start, mark, word := p.start(), p.Mark(), ""
	p.modifiers()
	if k := p.kind(); (k == name || k == metavariable) && p.pattern && (p.ahead(1) == comma || p.ahead(1) == closeParen) {
		p.Push(tree.RoleTarget, p.name()) // A pattern may leave out the type.
		return p.closed(mark, tree.Parameter, "", start)
	}
	typ := p.typ()
	if p.accept(ellipsis) {
		word = "..."
	}
	var target tree.ID
	switch {
	case p.is("this"):
		target = p.leaf(tree.Name, "this")
	case p.kind() == name && p.ahead(1) == dot: // Outer.this
		target = p.qualified()
	default:
		target = p.name()
	}
	p.Push(tree.RoleType, p.brackets(typ, start))
	p.Push(tree.RoleTarget, target)
	return p.closed(mark, tree.Parameter, word, start)
}

// sharedTypes bounds how many variables of one type have it: it is read for each of them. The others of a longer list have none.
const sharedTypes = 64

// fields reads fields or local variables of one type, and pushes a statement for each. The first one spans from the modifiers.
func (p *parser) fields(role tree.Role, flags tree.Flags) {
	from, at, start := p.at, p.at, p.start()
	for count := 1; !p.failed; count++ {
		mark, typ := p.Mark(), tree.None
		if count <= sharedTypes {
			p.at = from
			p.modifiers()
			typ = p.typ()
		}
		if count > 1 {
			p.at = at
			start = p.start()
		}
		p.Push(role, p.variable(start, mark, typ, flags))
		if !p.accept(comma) {
			break
		}
		at = p.at
	}
	p.terminate()
}

// variable reads the name and the value of a variable whose type was read.
func (p *parser) variable(start int, mark tree.Mark, typ tree.ID, flags tree.Flags) tree.ID {
	target := p.name()
	p.Push(tree.RoleType, p.brackets(typ, start))
	p.Push(tree.RoleTarget, target)
	k, word := tree.Declare, ""
	if p.accept(assign) {
		k, word, flags = tree.Assign, "=", flags|tree.Declares
		p.Push(tree.RoleValue, p.initialiser())
	}
	id := p.closed(mark, k, word, start)
	p.SetFlags(id, flags)
	return id
}

// initialiser reads the value of a variable: an expression, or an array in braces.
func (p *parser) initialiser() tree.ID {
	if p.kind() == openBrace {
		return p.arrayOf(p.initialiser)
	}
	return p.orMany(p.expression)
}

// arrayOf reads parts in braces.
func (p *parser) arrayOf(read func() tree.ID) tree.ID {
	defer p.deeper()()
	start, mark := p.start(), p.Mark()
	p.expect(openBrace)
	p.commas(closeBrace, func() { p.Push(tree.RoleElement, read()) })
	return p.closed(mark, tree.Array, "", start)
}
