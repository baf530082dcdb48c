package python

import (
	"strings"

	"github.com/sluice-scan/sluice/scan/code/tree"
)

// small reads a simple statement and pushes it.
func (p *parser) small() {
	start, mark := p.start(), p.b.Mark()
	switch p.kind {
	case kwPass:
		p.next()
		p.item(p.b.Leaf(tree.Empty, "", start, p.end))
	case kwBreak:
		p.next()
		p.item(p.b.Leaf(tree.Break, "", start, p.end))
	case kwContinue:
		p.next()
		p.item(p.b.Leaf(tree.Continue, "", start, p.end))
	case kwReturn:
		p.next()
		if !p.ends() {
			p.b.Push(tree.RoleValue, p.list())
		}
		p.item(p.close(mark, tree.Return, start))
	case kwRaise:
		p.item(p.raise(start, mark))
	case kwDel:
		p.next()
		p.b.Push(tree.RoleValue, p.list())
		p.item(p.close(mark, tree.Delete, start))
	case kwAssert:
		p.next()
		p.b.Push(tree.RoleCondition, p.expression())
		if p.take(comma) {
			p.b.Push(tree.RoleMessage, p.expression())
		}
		p.item(p.close(mark, tree.Assert, start))
	case kwGlobal, kwNonlocal:
		p.item(p.scope(start, mark))
	case kwImport:
		p.imports(start)
	case kwFrom:
		p.item(p.fromImport(start, mark))
	case name:
		if !p.softSmall(start, mark) {
			p.expressionStatement()
		}
	default:
		p.expressionStatement()
	}
}

// ends reports whether a simple statement ends here.
func (p *parser) ends() bool {
	return p.kind == newline || p.kind == semicolon || p.kind == endOfFile || p.kind == stop
}

// softSmall reads a statement that begins with a word that may also be a name: type of version 3.12, print and exec of
// version 2.
func (p *parser) softSmall(start int, mark tree.Mark) bool {
	switch word := p.word(); word {
	case "type":
		if k := p.peek(); (k != name && k != metavariable) || p.tokens[p.at+2].kind != equal && p.tokens[p.at+2].kind != openBracket {
			return false
		}
		p.next()
		p.b.Push(tree.RoleName, p.declaredName())
		p.typeParameters()
		p.expect(equal)
		p.b.Push(tree.RoleType, p.expression())
		p.item(p.close(mark, tree.TypeAlias, start))
		return true
	case "print", "exec":
		switch p.peek() {
		case name, number, text, fStart, metavariable, kwNone, kwTrue, kwFalse, kwNot, kwLambda, backtick, openBrace:
		case shiftRight:
			if word == "exec" {
				return false
			}
		default:
			return false
		}
		p.b.Push(tree.RoleCallee, p.name())
		p.take(shiftRight)
		for !p.ends() {
			p.b.Push(tree.RoleArgument, p.expression())
			if !p.take(comma) {
				break
			}
		}
		call := p.close(mark, tree.Call, start)
		p.item(p.b.Wrap(tree.ExprStmt, start, p.end, tree.RoleValue, call))
		return true
	}
	return false
}

// raise reads `raise E from c`, and `raise E, "text"` of version 2, which is E("text").
func (p *parser) raise(start int, mark tree.Mark) tree.ID {
	p.next()
	if !p.ends() {
		at := p.start()
		value := p.expression()
		switch {
		case p.take(kwFrom):
			p.b.Push(tree.RoleValue, value)
			p.b.Push(tree.RoleCause, p.expression())
		case p.kind == comma:
			call := p.b.Mark()
			p.b.Push(tree.RoleCallee, value)
			for p.take(comma) {
				p.b.Push(tree.RoleArgument, p.expression())
			}
			p.b.Push(tree.RoleValue, p.close(call, tree.Call, at))
		default:
			p.b.Push(tree.RoleValue, value)
		}
	}
	return p.close(mark, tree.Throw, start)
}

func (p *parser) scope(start int, mark tree.Mark) tree.ID {
	word := p.word()
	p.next()
	for {
		p.b.Push(tree.RoleName, p.declaredName())
		if !p.take(comma) {
			break
		}
	}
	id := p.close(mark, tree.Scope, start)
	p.b.SetText(id, word)
	return id
}

// imports reads `import a.b as c, d`: an Import for each module, of which the first begins with the word.
func (p *parser) imports(start int) {
	p.next()
	for {
		mark := p.b.Mark()
		p.b.Push(tree.RoleModule, p.dotted())
		if p.take(kwAs) {
			p.b.Push(tree.RoleAlias, p.declaredName())
		}
		p.item(p.close(mark, tree.Import, start))
		if !p.take(comma) {
			return
		}
		start = p.start()
	}
}

// dotted reads a name with dots.
func (p *parser) dotted() tree.ID {
	start := p.start()
	id := p.declaredName()
	for p.take(dot) {
		property := p.declaredName()
		id = p.b.Join(tree.Member, start, p.end, tree.RoleObject, id, tree.RoleProperty, property)
		p.b.SetText(id, ".")
	}
	return id
}

func (p *parser) fromImport(start int, mark tree.Mark) tree.ID {
	p.next()
	var dots strings.Builder
	for p.kind == dot || p.kind == ellipsis {
		dots.WriteString(p.word())
		p.next()
	}
	if p.kind != kwImport {
		p.b.Push(tree.RoleModule, p.dotted())
	}
	p.expect(kwImport)
	paren := p.take(openParen)
	for p.kind != closeParen && !p.ends() {
		p.b.Push(tree.RoleImported, p.imported())
		if !p.take(comma) {
			break
		}
	}
	if paren {
		p.expect(closeParen)
	}
	id := p.close(mark, tree.Import, start)
	p.b.SetText(id, dots.String())
	p.b.SetFlags(id, tree.From)
	return id
}

func (p *parser) imported() tree.ID {
	start, mark := p.start(), p.b.Mark()
	if p.pattern && (p.kind == ellipsis || p.kind == manyMetavariable) {
		return p.atom()
	}
	if p.take(star) {
		p.b.Push(tree.RoleName, p.b.Leaf(tree.Name, "*", start, p.end))
	} else {
		p.b.Push(tree.RoleName, p.declaredName())
	}
	if p.take(kwAs) {
		p.b.Push(tree.RoleAlias, p.declaredName())
	}
	return p.close(mark, tree.Imported, start)
}

// expressionStatement reads an expression, an assignment, or a declaration with a type.
func (p *parser) expressionStatement() {
	start, mark := p.start(), p.b.Mark()
	id := p.list()
	switch p.kind {
	case colon:
		p.annotated(start, id)
		return
	case augmented:
		sign := p.word()
		p.next()
		value := p.list()
		id = p.b.Join(tree.Assign, start, p.end, tree.RoleTarget, id, tree.RoleValue, value)
		p.b.SetText(id, sign)
		p.item(id)
		return
	case equal:
		p.b.Push(tree.RoleTarget, id)
		for p.take(equal) {
			p.b.Push(tree.RoleTarget, p.list())
		}
		p.item(p.assignment(mark))
		return
	case stop:
		return
	}
	switch {
	case p.b.Kind(id) == tree.Ellipsis, p.b.Kind(id) == tree.Metavariable && p.b.Has(id, tree.Many):
		p.item(id)
	case p.pattern && mark == 0 && start == p.first() && p.last():
		p.item(id)
	default:
		p.item(p.b.Wrap(tree.ExprStmt, start, p.end, tree.RoleValue, id))
	}
}

// first is the offset of the first token that is not layout.
func (p *parser) first() int {
	for _, t := range p.tokens {
		if t.kind > dedent {
			return int(t.start)
		}
	}
	return 0
}

// last reports whether nothing follows the token before the one in sight.
func (p *parser) last() bool {
	for _, t := range p.tokens[p.at:] {
		if t.kind != newline && t.kind != dedent && t.kind != endOfFile {
			return false
		}
	}
	return true
}

// assignment nests `a = b = c`, whose parts were pushed since a mark, to the right.
func (p *parser) assignment(mark tree.Mark) tree.ID {
	n := p.b.Count(mark)
	id := p.b.Pushed(mark, n-1)
	for i := n - 2; i >= 0; i-- {
		target := p.b.Pushed(mark, i)
		id = p.b.Join(tree.Assign, p.b.Start(target), p.end, tree.RoleTarget, target, tree.RoleValue, id)
		p.b.SetText(id, "=")
	}
	p.b.Drop(mark)
	return id
}

// annotated reads `: T` and `= value` after a target. In a pattern, `key: value` of a dict may stand alone.
func (p *parser) annotated(start int, target tree.ID) {
	mark := p.b.Mark()
	p.next()
	if p.pattern && p.b.Kind(target) == tree.String {
		value := p.expression()
		p.item(p.b.Join(tree.Pair, start, p.end, tree.RoleKey, target, tree.RoleValue, value))
		return
	}
	p.b.Push(tree.RoleTarget, target)
	p.b.Push(tree.RoleType, p.expression())
	kind := tree.Declare
	if p.take(equal) {
		kind = tree.Assign
		p.b.Push(tree.RoleValue, p.list())
	}
	id := p.close(mark, kind, start)
	if kind == tree.Assign {
		p.b.SetText(id, "=")
	}
	p.b.SetFlags(id, tree.Declares)
	p.item(id)
}
