package python

import "github.com/sluice-scan/sluice/scan/code/tree"

// statements reads statements up to the end of the block and pushes them as items.
func (p *parser) statements() {
	for p.kind != endOfFile && p.kind != dedent && !p.b.Full() {
		from, mark := p.at, p.b.Mark()
		p.line()
		if p.kind == stop {
			p.b.Drop(mark)
			p.recover(from)
		}
	}
}

// line reads a compound statement, or the simple statements of one line.
func (p *parser) line() {
	switch p.kind {
	case newline:
		p.next()
		return
	case indent:
		// A block that belongs to nothing.
		p.b.Push(tree.RoleItem, p.indented())
		return
	}
	if p.compound() {
		return
	}
	p.simple()
}

// simple reads statements that semicolons separate, up to the end of the line.
func (p *parser) simple() {
	for p.kind != stop {
		p.small()
		if !p.take(semicolon) {
			break
		}
		if p.kind == newline || p.kind == endOfFile {
			break
		}
	}
	if p.kind != endOfFile {
		p.expect(newline)
	}
}

// recover makes an Error of the line that begins at a token, and goes on after it. A block below the line is kept,
// unless it is too deep.
func (p *parser) recover(from int) {
	tooDeep := p.tooDeep
	p.tooDeep, p.labels = false, false
	start := int(p.tokens[from].start)
	p.at = from
	p.kind = p.tokens[from].kind
	for p.kind != newline && p.kind != endOfFile && p.kind != indent && p.kind != dedent {
		p.next()
	}
	p.b.Push(tree.RoleItem, p.b.Leaf(tree.Error, "", start, max(start, p.end)))
	p.take(newline)
	if p.kind != indent {
		return
	}
	if !tooDeep {
		p.b.Push(tree.RoleItem, p.indented())
		return
	}
	start = p.start()
	for open := 0; p.kind != endOfFile; {
		switch p.kind {
		case indent:
			open++
		case dedent:
			open--
		}
		p.next()
		if open == 0 {
			break
		}
	}
	p.b.Push(tree.RoleItem, p.b.Leaf(tree.Error, "", start, max(start, p.end)))
}

// indented reads an indented block.
func (p *parser) indented() tree.ID {
	p.enter()
	defer p.leave()
	if p.kind == stop {
		return tree.None
	}
	p.next()
	start, mark := p.start(), p.b.Mark()
	p.statements()
	p.take(dedent)
	return p.b.Close(mark, tree.Block, start, max(start, p.end))
}

// body reads the colon and the block of a compound statement: indented, or on the same line. The head of a statement in a
// pattern may stand without it; then there is no node.
func (p *parser) body() tree.ID {
	if p.pattern && (p.kind == newline || p.kind == endOfFile) {
		p.take(newline)
		return tree.None
	}
	p.expect(colon)
	if p.kind == stop {
		return tree.None
	}
	if p.kind != newline {
		start, mark := p.start(), p.b.Mark()
		p.simple()
		if p.kind == stop {
			p.b.Drop(mark)
			return tree.None
		}
		return p.b.Close(mark, tree.Block, start, p.end)
	}
	p.next()
	if p.kind == indent {
		return p.indented()
	}
	if !p.pattern {
		p.at--
		p.fail()
	}
	return tree.None
}
