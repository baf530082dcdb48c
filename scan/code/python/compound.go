package python

import "github.com/sluice-scan/sluice/scan/code/tree"

// compound reads a compound statement and pushes it. It reports whether there was one.
func (p *parser) compound() bool {
	start := p.start()
	switch p.kind {
	case kwIf:
		p.item(p.ifStatement())
	case kwWhile:
		mark := p.b.Mark()
		p.next()
		p.b.Push(tree.RoleCondition, p.named())
		p.b.Push(tree.RoleBody, p.body())
		p.elseClause()
		p.item(p.close(mark, tree.While, start))
	case kwFor:
		p.item(p.forStatement(start, 0))
	case kwTry:
		p.item(p.tryStatement())
	case kwWith:
		p.item(p.withStatement(start, 0))
	case kwDef, kwClass, at:
		p.decorated()
	case kwExcept:
		if !p.pattern {
			return false
		}
		p.item(p.handler())
	case name:
		return p.softStatement(start)
	default:
		return false
	}
	return true
}

// softStatement reads a statement that begins with a word that may also be a name.
func (p *parser) softStatement(start int) bool {
	switch p.word() {
	case "async":
		switch p.peek() {
		case kwFor:
			p.next()
			p.item(p.forStatement(start, tree.Async))
			return true
		case kwWith:
			p.next()
			p.item(p.withStatement(start, tree.Async))
			return true
		case kwDef:
			p.decorated()
			return true
		}
	case "match":
		if beginsExpression[p.peek()] {
			return p.matchStatement()
		}
	}
	return false
}

// item pushes a statement.
func (p *parser) item(id tree.ID) { p.b.Push(tree.RoleItem, id) }

// close makes a node from an offset up to the last token.
func (p *parser) close(mark tree.Mark, kind tree.Kind, start int) tree.ID {
	return p.b.Close(mark, kind, start, max(start, p.end))
}

func (p *parser) ifStatement() tree.ID {
	p.enter()
	defer p.leave()
	start, mark := p.start(), p.b.Mark()
	p.next()
	p.b.Push(tree.RoleCondition, p.named())
	p.b.Push(tree.RoleThen, p.body())
	if p.kind == kwElif {
		p.b.Push(tree.RoleElse, p.ifStatement())
	} else {
		p.elseClause()
	}
	return p.close(mark, tree.If, start)
}

// elseClause reads an else, if there is one.
func (p *parser) elseClause() {
	if p.take(kwElse) {
		p.b.Push(tree.RoleElse, p.body())
	}
}

func (p *parser) forStatement(start int, flags tree.Flags) tree.ID {
	mark := p.b.Mark()
	p.next()
	p.b.Push(tree.RoleTarget, p.targets())
	p.expect(kwIn)
	p.b.Push(tree.RoleValue, p.list())
	p.b.Push(tree.RoleBody, p.body())
	p.elseClause()
	id := p.close(mark, tree.ForEach, start)
	p.b.SetText(id, "in")
	p.b.SetFlags(id, flags)
	return id
}

func (p *parser) tryStatement() tree.ID {
	start, mark := p.start(), p.b.Mark()
	p.next()
	p.b.Push(tree.RoleBody, p.body())
	for p.kind == kwExcept {
		p.b.Push(tree.RoleCatch, p.handler())
	}
	p.elseClause()
	if p.take(kwFinally) {
		p.b.Push(tree.RoleFinally, p.body())
	}
	return p.close(mark, tree.Try, start)
}

// handler reads `except A as e:`, `except (A, B):`, `except* A:` and `except A, e:` of version 2, which is no list of
// types when one name follows the comma.
func (p *parser) handler() tree.ID {
	start, mark := p.start(), p.b.Mark()
	p.next()
	p.take(star)
	if p.kind != colon && !p.headEnds() {
		p.types()
		switch {
		case p.take(kwAs):
			p.b.Push(tree.RoleTarget, p.targetName())
		case p.kind == comma && p.peek() == name && p.tokens[p.at+2].kind == colon:
			p.next()
			p.b.Push(tree.RoleTarget, p.targetName())
		default:
			for p.take(comma) {
				p.b.Push(tree.RoleType, p.expression())
			}
		}
	}
	p.b.Push(tree.RoleBody, p.body())
	return p.close(mark, tree.Catch, start)
}

// headEnds reports whether the line of a pattern ends here.
func (p *parser) headEnds() bool { return p.pattern && (p.kind == newline || p.kind == endOfFile) }

// types reads what a handler catches. A tuple is several types.
func (p *parser) types() {
	if p.kind != openParen {
		p.b.Push(tree.RoleType, p.expression())
		return
	}
	before := p.save()
	p.next()
	for p.kind != closeParen && p.kind != stop {
		p.b.Push(tree.RoleType, p.expression())
		if !p.take(comma) {
			break
		}
	}
	p.expect(closeParen)
	if p.kind == colon || p.kind == kwAs || p.kind == comma || p.headEnds() {
		return
	}
	p.back(before)
	p.b.Push(tree.RoleType, p.expression())
}

// withStatement reads a with. Its parenthesis is around all resources when a colon follows it.
func (p *parser) withStatement(start int, flags tree.Flags) tree.ID {
	mark := p.b.Mark()
	p.next()
	before := p.save()
	if p.take(openParen) {
		p.resources(closeParen)
		p.expect(closeParen)
		if p.kind != colon && !p.headEnds() {
			p.back(before)
			p.resources(colon)
		}
	} else {
		p.resources(colon)
	}
	p.b.Push(tree.RoleBody, p.body())
	id := p.close(mark, tree.With, start)
	p.b.SetText(id, "with")
	p.b.SetFlags(id, flags)
	return id
}

func (p *parser) resources(end kind) {
	for p.kind != end && p.kind != stop {
		start := p.start()
		value := p.named()
		if p.take(kwAs) {
			target := p.target()
			value = p.b.Join(tree.Assign, start, p.end, tree.RoleValue, value, tree.RoleTarget, target)
			p.b.SetText(value, "=")
			p.b.SetFlags(value, tree.Declares)
		}
		p.b.Push(tree.RoleResource, value)
		if !p.take(comma) {
			return
		}
	}
}

// matchStatement reads a match, if it is one: a subject, a colon, and a block of cases.
func (p *parser) matchStatement() bool {
	before, start, mark := p.save(), p.start(), p.b.Mark()
	p.next()
	p.b.Push(tree.RoleValue, p.list())
	p.take(colon)
	p.take(newline)
	if p.kind != indent || p.tokens[p.at+1].kind != name && p.tokens[p.at+1].kind != ellipsis {
		p.back(before)
		return false
	}
	p.next()
	if !p.is("case") && p.kind != ellipsis {
		p.back(before)
		return false
	}
	p.enter()
	for p.kind != dedent && p.kind != endOfFile && p.kind != stop {
		p.caseClause()
	}
	p.leave()
	p.take(dedent)
	id := p.close(mark, tree.Switch, start)
	p.b.SetText(id, "match")
	p.item(id)
	return true
}

// caseClause reads one case. Lines between the cases that are none make the whole match an error.
func (p *parser) caseClause() {
	start := p.start()
	if p.pattern && p.kind == ellipsis {
		p.next()
		p.b.Push(tree.RoleCase, p.b.Leaf(tree.Ellipsis, "", start, p.end))
		p.take(newline)
		return
	}
	if !p.is("case") {
		p.fail()
		return
	}
	mark := p.b.Mark()
	p.next()
	p.labels = true
	p.b.Push(tree.RoleLabel, p.list())
	p.labels = false
	if p.take(kwIf) {
		p.b.Push(tree.RoleGuard, p.named())
	}
	p.b.Push(tree.RoleBody, p.body())
	p.b.Push(tree.RoleCase, p.close(mark, tree.Case, start))
}
