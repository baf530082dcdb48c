package golang

import "github.com/sluice-scan/sluice/scan/code/tree"

// block reads statements in braces.
func (p *parser) block() tree.ID {
	start, mark := p.start(), p.Mark()
	p.expect(openBrace)
	p.statements(true)
	if !p.accept(closeBrace) && p.pattern {
		p.fail()
	}
	return p.wrapped(mark, tree.Block, "", start)
}

// statement reads one statement or declaration and pushes what it is; a declaration may be several.
func (p *parser) statement(role tree.Role) {
	defer p.deeper()()
	switch p.kind() {
	case kwPackage:
		p.pkg(role)
	case kwImport:
		p.group(role, p.importSpec)
	case kwVar:
		p.group(role, p.valueSpec(false))
	case kwConst:
		p.group(role, p.valueSpec(true))
	case kwType:
		p.group(role, p.typeSpec)
	case kwFunc:
		if p.declared() {
			p.Push(role, p.function())
			return
		}
		p.Push(role, p.simple())
	default:
		p.Push(role, p.single())
	}
}

// declared reports whether func begins a declaration: a name follows, or a receiver and a name.
func (p *parser) declared() bool {
	switch p.peek() {
	case name, metavariable:
		return true
	case openParen:
		pair := int(p.pairs[p.at+1])
		if pair <= p.at || pair+2 >= len(p.tokens) {
			return false
		}
		k := p.tokens[pair+1].kind
		return (k == name || k == metavariable) && (p.tokens[pair+2].kind == openParen || p.tokens[pair+2].kind == openBracket)
	}
	return false
}

// single reads a statement that is one node.
func (p *parser) single() tree.ID {
	start, mark := p.start(), p.Mark()
	switch p.kind() {
	case openBrace:
		return p.block()
	case kwIf:
		return p.conditional()
	case kwFor:
		return p.loop()
	case kwSwitch:
		return p.choice()
	case kwSelect:
		p.skip()
		p.cases()
		return p.wrapped(mark, tree.Switch, "select", start)
	case kwReturn:
		p.skip()
		if !p.ends() {
			p.Push(tree.RoleValue, p.expressions())
		}
		return p.wrapped(mark, tree.Return, "", start)
	case kwGo:
		p.skip()
		p.Push(tree.RoleValue, p.expression())
		return p.wrapped(mark, tree.Spawn, "", start)
	case kwDefer:
		p.skip()
		p.Push(tree.RoleValue, p.expression())
		return p.wrapped(mark, tree.Defer, "", start)
	case kwBreak:
		return p.jump(tree.Break)
	case kwContinue:
		return p.jump(tree.Continue)
	case kwGoto:
		return p.jump(tree.Goto)
	case kwFallthrough:
		return p.leaf(tree.Directive, "fallthrough")
	case name, metavariable:
		if p.peek() == colon {
			p.Push(tree.RoleLabel, p.name())
			p.skip()
			if !p.ends() {
				p.statement(tree.RoleBody)
			}
			return p.wrapped(mark, tree.Labeled, "", start)
		}
	}
	return p.simple()
}

// ends reports whether the statement ends here.
func (p *parser) ends() bool {
	switch p.kind() {
	case newline, semicolon, closeBrace, endOfFile, kwCase, kwDefault, stop:
		return true
	}
	return false
}

// jump reads break, continue or goto.
func (p *parser) jump(k tree.Kind) tree.ID {
	start, mark := p.start(), p.Mark()
	p.skip()
	if p.kind() == name || p.kind() == metavariable {
		p.Push(tree.RoleLabel, p.name())
	}
	return p.wrapped(mark, k, "", start)
}

// simple reads an expression, assignment, definition, increment or send as a statement.
func (p *parser) simple() tree.ID {
	if k := p.kind(); (k == ellipsis || k == manyMetavariable) && p.peek() != comma {
		if id := p.many(); id != tree.None && p.ends() {
			return id
		}
		p.fail()
		return tree.None
	}
	start := p.start()
	value := p.expressions()
	return p.simpleBehind(value, start)
}

// simpleBehind makes the statement that begins with expressions.
func (p *parser) simpleBehind(left tree.ID, start int) tree.ID {
	mark := p.Mark()
	switch p.kind() {
	case assign, define, assignOperator:
		declares := p.kind() == define
		word := p.word()
		p.skip()
		p.Push(tree.RoleTarget, left)
		p.Push(tree.RoleValue, p.expressions())
		id := p.wrapped(mark, tree.Assign, word, start)
		if declares {
			p.SetFlags(id, tree.Declares)
		}
		return id
	case increment, decrement:
		word := p.word()
		p.skip()
		p.Push(tree.RoleOperand, left)
		left = p.wrapped(mark, tree.Unary, word, start)
		p.SetFlags(left, tree.Postfix)
	}
	p.Push(tree.RoleValue, left)
	return p.wrapped(mark, tree.ExprStmt, "", start)
}

// head is what precedes the block of if, for or switch: simple statements between semicolons. A part that is not there is None. count is how
// many semicolons there were.
type head struct {
	parts [3]tree.ID
	count int
}

// condition reads a part of a head: a simple statement, or an expression without a statement around it.
func (p *parser) condition() tree.ID {
	if k := p.kind(); (k == ellipsis || k == manyMetavariable) && p.pattern && p.peek() != comma {
		return p.many()
	}
	start := p.start()
	left := p.expressions()
	switch p.kind() {
	case assign, define, assignOperator, increment, decrement:
		return p.simpleBehind(left, start)
	}
	return left
}

// statementOf makes a statement of what condition gave.
func (p *parser) statementOf(id tree.ID) tree.ID {
	switch p.Kind(id) {
	case tree.Assign, tree.ExprStmt, tree.Ellipsis, tree.Invalid:
		return id
	}
	return p.Wrap(tree.ExprStmt, p.Start(id), p.End(id), tree.RoleValue, id)
}

// head reads the head of a statement with a block.
func (p *parser) head() (h head) {
	level := p.level
	p.level = -1
	for p.kind() != openBrace && !p.failed {
		if p.kind() != semicolon {
			h.parts[h.count] = p.condition()
		}
		if h.count == 2 || !p.accept(semicolon) && !p.headLine() {
			break
		}
		h.count++
	}
	p.level = level
	return h
}

// headLine passes a line end in the head of a loop: `for ;;\n{` is none of gofmt's, but the grammar has it.
func (p *parser) headLine() bool {
	return p.kind() == newline && p.peek() != openBrace && p.accept(newline)
}

// conditional reads if.
func (p *parser) conditional() tree.ID {
	defer p.deeper()()
	start, mark := p.start(), p.Mark()
	p.skip()
	h := p.head()
	condition := h.parts[h.count]
	if h.count > 0 {
		p.Push(tree.RoleInit, p.statementOf(h.parts[0]))
	}
	if condition == tree.None || h.count > 1 {
		p.fail()
	}
	p.Push(tree.RoleCondition, condition)
	p.Push(tree.RoleThen, p.block())
	if p.kind() == kwElse {
		p.skip()
		if p.kind() == kwIf {
			p.Push(tree.RoleElse, p.conditional())
		} else {
			p.Push(tree.RoleElse, p.block())
		}
	}
	return p.wrapped(mark, tree.If, "", start)
}

// loop reads for in all of its forms.
func (p *parser) loop() tree.ID {
	start, mark := p.start(), p.Mark()
	p.skip()
	if p.kind() == kwRange {
		return p.rangeLoop(start, mark, tree.None, false)
	}
	level := p.level
	p.level = -1
	if at := p.at; p.rangeAhead() {
		target := p.expressions()
		declares := p.kind() == define
		if (declares || p.kind() == assign) && p.peek() == kwRange {
			p.skip()
			p.level = level
			return p.rangeLoop(start, mark, target, declares)
		}
		p.at = at
		p.fail()
	}
	p.level = level
	h := p.head()
	if h.count == 0 && p.Kind(h.parts[0]) != tree.Ellipsis {
		p.Push(tree.RoleCondition, h.parts[0])
		p.Push(tree.RoleBody, p.block())
		return p.wrapped(mark, tree.While, "", start)
	}
	if h.count == 0 {
		p.Push(tree.RoleCondition, h.parts[0])
	} else {
		p.Push(tree.RoleInit, p.statementOf(h.parts[0]))
		p.Push(tree.RoleCondition, h.parts[1])
		p.Push(tree.RoleUpdate, p.statementOf(h.parts[2]))
	}
	p.Push(tree.RoleBody, p.block())
	return p.wrapped(mark, tree.For, "", start)
}

// rangeAhead reports whether the head of a loop holds range before its block.
func (p *parser) rangeAhead() bool {
	for i := p.at; i < min(len(p.tokens), p.at+64); i++ {
		switch p.tokens[i].kind {
		case kwRange:
			return true
		case openBrace, semicolon, endOfFile:
			return false
		case openParen, openBracket:
			if pair := int(p.pairs[i]); pair > i {
				i = pair
			}
		}
	}
	return false
}

// rangeLoop reads the rest of a loop from range on.
func (p *parser) rangeLoop(start int, mark tree.Mark, target tree.ID, declares bool) tree.ID {
	level := p.level
	p.level = -1
	p.expect(kwRange)
	p.Push(tree.RoleTarget, target)
	p.Push(tree.RoleValue, p.expression())
	p.level = level
	p.Push(tree.RoleBody, p.block())
	id := p.wrapped(mark, tree.ForEach, "range", start)
	if declares {
		p.SetFlags(id, tree.Declares)
	}
	return id
}
