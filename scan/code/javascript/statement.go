package javascript

import "github.com/sluice-scan/sluice/scan/code/tree"

// block reads statements in braces.
func (p *parser) block() tree.ID {
	start, mark := p.start(), p.Mark()
	noIn, inThen := p.noIn, p.inThen
	p.noIn, p.inThen = false, 0
	p.expect(openBrace)
	p.statements(true)
	p.noIn, p.inThen = noIn, inThen
	if !p.accept(closeBrace) && p.pattern {
		p.fail()
	}
	return p.closed(mark, tree.Block, "", start)
}

// nested reads the statement of if, else or a loop as a Block.
func (p *parser) nested() tree.ID {
	defer p.deeper()()
	if p.kind() == openBrace {
		return p.block()
	}
	start, mark := p.start(), p.Mark()
	if p.kind() == semicolon {
		p.skip()
	} else {
		p.statement(tree.RoleItem)
	}
	return p.closed(mark, tree.Block, "", start)
}

// statement reads one statement or declaration and pushes what it is; a declaration may be several.
func (p *parser) statement(role tree.Role) {
	defer p.deeper()()
	switch p.kind() {
	case openBrace:
		if next := p.behind(); next.kind == text && p.colonAt(next.end) {
			p.expressionStatement(role) // a JSON file
			return
		}
		p.Push(role, p.block())
	case kwVar, kwConst:
		if p.kind() == kwConst && p.behind().kind == kwEnum {
			p.Push(role, p.enum(p.start()))
			return
		}
		p.variables(role)
		p.end()
	case kwFunction:
		p.Push(role, p.function(p.start(), p.Mark()))
	case kwClass, at:
		p.Push(role, p.class(p.start(), p.Mark()))
	case kwIf:
		p.Push(role, p.conditional())
	case kwFor:
		p.Push(role, p.loop())
	case kwWhile:
		start, mark := p.start(), p.Mark()
		p.skip()
		p.Push(tree.RoleCondition, p.parenthesised())
		p.Push(tree.RoleBody, p.nested())
		p.Push(role, p.closed(mark, tree.While, "", start))
	case kwDo:
		p.Push(role, p.doWhile())
	case kwSwitch:
		p.Push(role, p.choice())
	case kwTry:
		p.Push(role, p.try())
	case kwReturn, kwThrow:
		p.Push(role, p.leave())
	case kwBreak, kwContinue:
		p.Push(role, p.jump())
	case kwDebugger:
		id := p.leaf(tree.Directive, "debugger")
		p.end()
		p.Push(role, id)
	case kwWith:
		start, mark := p.start(), p.Mark()
		p.skip()
		p.Push(tree.RoleResource, p.parenthesised())
		p.Push(tree.RoleBody, p.nested())
		p.Push(role, p.closed(mark, tree.With, "with", start))
	case kwImport:
		if k := p.behind().kind; k != openParen && k != dot {
			p.imports(role)
			return
		}
		p.expressionStatement(role)
	case kwExport:
		p.export(role)
	case kwEnum:
		p.Push(role, p.enum(p.start()))
	case name:
		if !p.worded(role) {
			p.expressionStatement(role)
		}
	case metavariable:
		if p.behind().kind == colon {
			p.labeled(role)
			return
		}
		p.expressionStatement(role)
	default:
		p.expressionStatement(role)
	}
}

// worded reads the statements that begin with a word which is a name elsewhere. It reports whether there was one.
func (p *parser) worded(role tree.Role) bool {
	next := p.behind()
	switch p.word() {
	case "let":
		if next.kind == name || next.kind == openBracket || next.kind == openBrace || next.kind == metavariable {
			p.variables(role)
			p.end()
			return true
		}
	case "using":
		if next.kind == name && !next.line {
			p.variables(role)
			p.end()
			return true
		}
	case "async":
		if next.kind == kwFunction && !next.line {
			p.Push(role, p.function(p.start(), p.Mark()))
			return true
		}
	}
	if next.kind == colon {
		p.labeled(role)
		return true
	}
	return p.typed(role, next)
}

// labeled reads a label and its statement.
func (p *parser) labeled(role tree.Role) {
	start, mark := p.start(), p.Mark()
	p.Push(tree.RoleLabel, p.name())
	p.skip()
	p.statement(tree.RoleBody)
	p.Push(role, p.closed(mark, tree.Labeled, "", start))
}

// expressionStatement reads an expression as a statement. An assignment is a statement around the expression.
func (p *parser) expressionStatement(role tree.Role) {
	start, mark := p.start(), p.Mark()
	if id := p.lone(); id != tree.None {
		p.accept(semicolon)
		p.Push(role, id)
		return
	}
	p.Push(tree.RoleValue, p.expression())
	p.end()
	p.Push(role, p.closed(mark, tree.ExprStmt, "", start))
}

// variables reads var, let, const or using with its declarators, each of which is a statement. The first one spans from the word.
func (p *parser) variables(role tree.Role) {
	start := p.start()
	constant := p.kind() == kwConst
	p.skip()
	for {
		mark := p.Mark()
		if constant {
			p.Push(tree.RoleModifier, p.Leaf(tree.Modifier, "const", start, start))
		}
		p.Push(role, p.declarator(start, mark))
		if !p.accept(comma) {
			return
		}
		start = p.start()
	}
}

// declarator reads a name or a pattern with its type and value.
func (p *parser) declarator(start int, mark tree.Mark) tree.ID {
	p.Push(tree.RoleTarget, p.target())
	if p.kind() == not && !p.token.line {
		p.skip() // It is assigned elsewhere, says TypeScript.
	}
	p.Push(tree.RoleType, p.annotation())
	return p.valueOf(start, mark)
}

// valueOf reads the value of a declaration whose target was pushed, if there is one, and makes the declaration.
func (p *parser) valueOf(start int, mark tree.Mark) tree.ID {
	if !p.accept(assign) {
		return p.closed(mark, tree.Declare, "", start)
	}
	p.Push(tree.RoleValue, p.orMany(p.assignment))
	id := p.closed(mark, tree.Assign, "=", start)
	p.SetFlags(id, tree.Declares)
	return id
}

// orMany reads an ellipsis or $...X of a pattern, or else a part.
func (p *parser) orMany(read func() tree.ID) tree.ID {
	if id := p.many(); id != tree.None {
		return id
	}
	return read()
}

// target reads what is declared: a name, or a pattern of an object or an array.
func (p *parser) target() tree.ID {
	switch p.kind() {
	case openBrace:
		return p.object()
	case openBracket:
		return p.array()
	}
	return p.name()
}

// name makes a Name or a Metavariable of the next token.
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

// conditional reads if. A chain of else if is a loop of the parser's, but as high as it is long.
func (p *parser) conditional() tree.ID {
	defer p.deeper()()
	start, mark := p.start(), p.Mark()
	p.skip()
	p.Push(tree.RoleCondition, p.parenthesised())
	p.Push(tree.RoleThen, p.nested())
	if p.accept(kwElse) {
		if p.kind() == kwIf {
			p.Push(tree.RoleElse, p.conditional())
		} else {
			p.Push(tree.RoleElse, p.nested())
		}
	}
	return p.closed(mark, tree.If, "", start)
}

// parenthesised reads the condition of a statement, whose parentheses are the statement's.
func (p *parser) parenthesised() tree.ID {
	p.expect(openParen)
	id := p.orMany(p.expression)
	p.expect(closeParen)
	return id
}

// doWhile reads do.
func (p *parser) doWhile() tree.ID {
	start, mark := p.start(), p.Mark()
	p.skip()
	p.Push(tree.RoleBody, p.nested())
	p.expect(kwWhile)
	p.Push(tree.RoleCondition, p.parenthesised())
	p.accept(semicolon)
	id := p.closed(mark, tree.While, "", start)
	p.SetFlags(id, tree.Postfix)
	return id
}

// leave reads return or throw.
func (p *parser) leave() tree.ID {
	start, mark := p.start(), p.Mark()
	k := tree.Return
	if p.kind() == kwThrow {
		k = tree.Throw
	}
	p.skip()
	if !p.token.line || p.kind() == ellipsis && p.pattern {
		switch p.kind() {
		case semicolon, closeBrace, endOfFile:
		default:
			p.Push(tree.RoleValue, p.orMany(p.expression))
		}
	}
	p.end()
	return p.closed(mark, k, "", start)
}

// jump reads break or continue.
func (p *parser) jump() tree.ID {
	start, mark := p.start(), p.Mark()
	k := tree.Break
	if p.kind() == kwContinue {
		k = tree.Continue
	}
	p.skip()
	if !p.token.line && (p.kind() == name || p.kind() == metavariable) {
		p.Push(tree.RoleLabel, p.name())
	}
	p.end()
	return p.closed(mark, k, "", start)
}
