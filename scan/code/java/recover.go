package java

import "github.com/sluice-scan/sluice/scan/code/tree"

// statements reads statements and declarations up to the end of the file, or of a block, and pushes each as an item. inBlock says which.
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
		case kwCase:
			if inBlock {
				return
			}
		case kwDefault:
			if k := p.ahead(1); inBlock && (k == colon || k == arrow) {
				return
			}
		}
		from, before, depth := p.at, p.Checkpoint(), p.depth
		p.statement(role)
		if p.failed {
			if p.pattern {
				return
			}
			p.depth = depth
			p.retry(from, before, role)
		}
	}
}

// retry goes back to a statement or member that could not be read, and makes an Error of it. After too many errors it does not go back: the
// Error ends where the reading ended.
func (p *parser) retry(from int, before tree.Checkpoint, role tree.Role) {
	p.Rollback(before)
	p.again += max(0, p.failedAt-from)
	p.failed = false
	if p.again < 2*len(p.tokens) {
		p.at = from
		p.recover(role)
		p.again += p.at - from
		return
	}
	if p.at == from {
		p.skip()
	}
	p.lost(role, int(p.tokens[from].start))
}

// recover makes an Error of the statement or member at hand, which could not be read. It ends where one can end at its own level. A
// block in it is read as a Block of its own.
func (p *parser) recover(role tree.Role) {
	start := p.start()
	for first := true; ; first = false {
		t := p.tokens[p.at]
		switch t.kind {
		case endOfFile, closeBrace:
			if first {
				p.skip() // It closes nothing.
			}
			p.lost(role, start)
			return
		case semicolon:
			p.skip()
			p.lost(role, start)
			return
		case openBrace:
			pair := int(p.pairs[p.at])
			if first || p.branches() {
				if pair > p.at {
					p.at = pair
				}
				if !first {
					p.skip()
					p.lost(role, start)
					return
				}
				break
			}
			p.lost(role, start)
			p.Push(role, p.block())
			return
		case openParen, openBracket:
			if pair := int(p.pairs[p.at]); pair > p.at && !p.statementIn(p.at, pair) {
				p.at = pair
			}
		default:
			if !first && t.line && beginsStatement[t.kind] {
				p.lost(role, start)
				return
			}
		}
		p.skip()
	}
}

// lost makes the Error from an offset to the last token.
func (p *parser) lost(role tree.Role, start int) {
	p.Push(role, p.Leaf(tree.Error, "", start, max(start, p.end())))
}

// branches reports whether the brace at hand holds the branches of a switch, which are not in a block.
func (p *parser) branches() bool {
	k := p.ahead(1)
	return k == kwCase || k == kwDefault
}

// statementIn reports whether a statement begins at a line between two brackets, outside of braces: then the first bracket was never closed.
// It looks at no more than a few lines.
func (p *parser) statementIn(open, end int) bool {
	for i := open + 1; i < min(end, open+200); i++ {
		if t := p.tokens[i]; t.kind == openBrace && int(p.pairs[i]) > i {
			i = int(p.pairs[i])
		} else if beginsStatement[t.kind] && t.kind != kwModifier && t.line {
			return true
		}
	}
	return false
}
