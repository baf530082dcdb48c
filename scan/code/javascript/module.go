package javascript

import "github.com/sluice-scan/sluice/scan/code/tree"

// imports reads an import declaration.
func (p *parser) imports(role tree.Role) {
	start, mark, word := p.start(), p.Mark(), ""
	p.skip()
	if p.is("type") || p.kind() == kwTypeof {
		if next := p.behind(); next.kind == openBrace || next.kind == star || next.kind == name && !(p.source[next.start:next.end] == "from") {
			word = "type"
			p.skip()
		}
	}
	if p.kind() == text || p.kind() == metavariable && p.behind().kind != comma && p.behind().kind != assign && !p.fromBehind() {
		p.Push(tree.RoleModule, p.module())
		p.attributesOfImport()
		p.end()
		p.Push(role, p.closed(mark, tree.Import, word, start))
		return
	}
	if k := p.kind(); k == name || k == metavariable {
		p.imported(tree.None, "default")
		if p.kind() == assign { // import x = require('m')
			p.importAssign(role, start, mark)
			return
		}
		p.accept(comma)
	}
	switch p.kind() {
	case star:
		p.imported(p.leaf(tree.Name, "*"), "*")
	case openBrace:
		p.specifiers()
	case ellipsis, manyMetavariable:
		p.Push(tree.RoleImported, p.many())
	}
	if !p.acceptWord("from") {
		p.fail()
	}
	p.Push(tree.RoleModule, p.module())
	p.attributesOfImport()
	p.end()
	id := p.closed(mark, tree.Import, word, start)
	p.SetFlags(id, tree.From)
	p.Push(role, id)
}

// fromBehind reports whether the word from follows the next token.
func (p *parser) fromBehind() bool {
	next := p.behind()
	return next.kind == name && p.source[next.start:next.end] == "from"
}

// imported pushes `* as x`, or the name at hand as what is imported by default.
func (p *parser) imported(name tree.ID, what string) {
	start, mark := p.start(), p.Mark()
	if name == tree.None {
		alias := p.name()
		p.Push(tree.RoleName, p.Leaf(tree.Name, what, start, start))
		p.Push(tree.RoleAlias, alias)
	} else {
		start = p.Start(name)
		p.Push(tree.RoleName, name)
		if p.acceptWord("as") {
			p.Push(tree.RoleAlias, p.property())
		}
	}
	p.Push(tree.RoleImported, p.closed(mark, tree.Imported, "", start))
}

// importAssign makes a declaration of `import x = value`.
func (p *parser) importAssign(role tree.Role, start int, mark tree.Mark) {
	imported := p.Pushed(mark, 0)
	p.Drop(mark)
	kind := tree.Name
	if p.pattern && p.source[p.Start(imported)] == '$' {
		kind = tree.Metavariable
	}
	target := p.Leaf(kind, p.source[p.Start(imported):p.End(imported)], p.Start(imported), p.End(imported))
	p.skip()
	p.Push(tree.RoleTarget, target)
	p.Push(tree.RoleValue, p.assignment())
	p.end()
	id := p.closed(mark, tree.Assign, "=", start)
	p.SetFlags(id, tree.Declares)
	p.Push(role, id)
}

// specifiers reads and pushes {a, b as c}.
func (p *parser) specifiers() {
	p.skip()
	p.commas(closeBrace, func() {
		if id := p.many(); id != tree.None {
			p.Push(tree.RoleImported, id)
			return
		}
		if next := p.behind(); (p.is("type") || p.kind() == kwTypeof) && (next.kind == name && p.source[next.start:next.end] != "as" || next.kind == kwDefault) {
			p.skip()
		}
		start, mark := p.start(), p.Mark()
		p.Push(tree.RoleName, p.specifier())
		if p.acceptWord("as") {
			p.Push(tree.RoleAlias, p.specifier())
		}
		p.Push(tree.RoleImported, p.closed(mark, tree.Imported, "", start))
	})
}

// specifier reads a name of a module: any word, or a string.
func (p *parser) specifier() tree.ID {
	if p.kind() == text {
		return p.text()
	}
	return p.property()
}

// module reads the name of a module.
func (p *parser) module() tree.ID {
	switch p.kind() {
	case text:
		return p.text()
	case metavariable:
		return p.name()
	case ellipsis:
		return p.many()
	}
	p.fail()
	return tree.None
}

// attributesOfImport passes `with {type: "json"}`.
func (p *parser) attributesOfImport() {
	if (p.kind() == kwWith || p.is("assert")) && p.behind().kind == openBrace {
		p.skip()
		p.object()
	}
}

// export reads an export declaration. Each declarator of a declaration is an Export.
func (p *parser) export(role tree.Role) {
	start, mark, word := p.start(), p.Mark(), ""
	p.skip()
	if p.is("type") && (p.behind().kind == openBrace || p.behind().kind == star) {
		p.skip()
	}
	switch {
	case p.kind() == star:
		word = "*"
		p.skip()
		if p.acceptWord("as") {
			from, inner := p.start(), p.Mark()
			p.Push(tree.RoleName, p.specifier())
			p.Push(tree.RoleImported, p.closed(inner, tree.Imported, "", from))
		}
		p.from()
	case p.kind() == openBrace:
		p.specifiers()
		if p.is("from") {
			p.from()
		} else {
			p.end()
		}
	case p.kind() == assign: // export = x
		word = "="
		p.skip()
		p.Push(tree.RoleValue, p.expression())
		p.end()
	case p.is("as"): // export as namespace X
		p.skip()
		p.skip()
		p.Push(tree.RoleValue, p.name())
		p.end()
	case p.kind() == kwDefault:
		word = "default"
		p.skip()
		p.defaulted()
	default:
		p.exported(role, start, mark)
		return
	}
	p.Push(role, p.closed(mark, tree.Export, word, start))
}

func (p *parser) from() {
	if !p.acceptWord("from") {
		p.fail()
	}
	p.Push(tree.RoleModule, p.module())
	p.attributesOfImport()
	p.end()
}

// defaulted reads and pushes what is exported by default.
func (p *parser) defaulted() {
	switch {
	case p.kind() == kwFunction, p.is("async") && p.behind().kind == kwFunction:
		p.Push(tree.RoleValue, p.function(p.start(), p.Mark()))
	case p.kind() == kwClass, p.kind() == at, p.is("abstract") && p.behind().kind == kwClass:
		p.Push(tree.RoleValue, p.class(p.start(), p.Mark()))
	case p.is("interface") && p.dialect != JavaScript:
		p.Push(tree.RoleValue, p.iface(p.start(), p.Mark()))
	default:
		p.Push(tree.RoleValue, p.orMany(p.assignment))
		p.end()
	}
}

// exported reads a declaration after export, and makes an Export of each statement that it is.
func (p *parser) exported(role tree.Role, start int, mark tree.Mark) {
	p.statement(tree.RoleValue)
	count := p.Count(mark)
	made := make([]tree.ID, count)
	for i := range count {
		made[i] = p.Pushed(mark, i)
	}
	p.Drop(mark)
	for i, id := range made {
		from := start
		if i > 0 {
			from = p.Start(id)
		}
		p.Push(role, p.Wrap(tree.Export, from, p.End(id), tree.RoleValue, id))
	}
}
