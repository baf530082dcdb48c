package javascript

import "github.com/sluice-scan/sluice/scan/code/tree"

// statements reads statements up to the end of the file, or of a block, and pushes each as an item. inBlock says which.
func (p *parser) statements(inBlock bool) {
	role := tree.RoleBody
	if inBlock {
		role = tree.RoleItem
	}
	for !p.Full() && !p.failed {
		switch p.kind() {
		case endOfFile:
			return
		case semicolon:
			p.skip()
			continue
		case closeBrace:
			if inBlock {
				return
			}
		case kwCase, kwDefault:
			if inBlock {
				return
			}
		}
		before := p.save()
		p.statement(role)
		if p.failed {
			if p.pattern {
				return
			}
			p.retry(before, role)
		}
	}
}

// end passes the end of a statement: a semicolon, a line end, or what closes the block (https://tc39.es/ecma262/#sec-automatic-semicolon-insertion).
func (p *parser) end() {
	if p.accept(semicolon) || p.token.line {
		return
	}
	switch p.kind() {
	case closeBrace, endOfFile, stop:
	default:
		p.fail()
	}
}

// retry goes back to a statement or member that could not be read, and makes an Error of it. After too many errors it does not go back: the
// Error ends where the reading ended.
func (p *parser) retry(before state, role tree.Role) {
	p.again += max(0, p.failedAt-before.token.start)
	token, last, commented := p.token, p.last, p.commented
	p.restore(before)
	if p.again < 2*len(p.source)+1000 {
		from := p.start()
		p.recover(role)
		p.again += p.last - from
		return
	}
	start := p.start()
	p.token, p.last, p.commented = token, last, commented
	if p.start() == start {
		p.skip()
	}
	p.lost(role, start)
}

// recover makes an Error of the statement at hand, which could not be read. It ends where a statement can end at its own level. A block in it is
// read as a Block of its own.
func (p *parser) recover(role tree.Role) {
	start := p.start()
	depth, blocks := 0, 0
	before := semicolon
	for first := true; ; first = false {
		t := p.token
		switch t.kind {
		case openParen, openBracket:
			depth++
		case closeParen, closeBracket:
			depth = max(0, depth-1)
		case openBrace:
			if depth == 0 && blocks == 0 && !first && !p.branches() {
				p.Push(role, p.Leaf(tree.Error, "", start, max(start, p.last)))
				p.Push(role, p.block())
				return
			}
			blocks++
		case closeBrace:
			if blocks == 0 && !first {
				p.lost(role, start)
				return
			}
			blocks = max(0, blocks-1)
			// A block that ends a line ends what somebody forgot to close, too.
			if blocks == 0 && !first && (depth == 0 || p.behind().line) {
				p.skip()
				p.lost(role, start)
				return
			}
		case endOfFile:
			p.lost(role, start)
			return
		case semicolon:
			if blocks == 0 && depth == 0 {
				p.skip()
				p.lost(role, start)
				return
			}
		case slash:
			if !dividesBehind[before] {
				if _, end := regexEnd(p.source, t.start); end > 0 {
					p.token.end = end
				}
			}
		case backquote:
			p.token.end = templateEnd(p.source, t.start)
		default:
			if !first && t.line && blocks == 0 && (depth == 0 || beginsStatement[t.kind]) {
				p.lost(role, start)
				return
			}
		}
		before = t.kind
		p.skip()
	}
}

// branches reports whether the brace at hand holds the branches of a switch, which are not in a block.
func (p *parser) branches() bool {
	k := p.behind().kind
	return k == kwCase || k == kwDefault
}

// lost makes the Error from an offset to the last token.
func (p *parser) lost(role tree.Role, start int) {
	p.Push(role, p.Leaf(tree.Error, "", start, max(start, p.last)))
}

// templateEnd returns the end of a template that nobody could read: that of its next backquote, or its line.
func templateEnd(s string, i int) int {
	for i++; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '`':
			return i + 1
		}
	}
	return len(s)
}
