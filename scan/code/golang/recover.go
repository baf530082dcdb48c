package golang

import "github.com/sluice-scan/sluice/scan/code/tree"

// hasHead are the statements with semicolons before their block.
var hasHead = kinds(kwFor, kwIf, kwSwitch)

// statements reads statements up to the end of the file, or of a block, and pushes each as its item. inBlock says which.
func (p *parser) statements(inBlock bool) {
	role := tree.RoleBody
	if inBlock {
		role = tree.RoleItem
	}
	for !p.Full() && !p.failed {
		switch p.kind() {
		case endOfFile:
			return
		case newline, semicolon:
			p.skip()
			continue
		case closeBrace, kwCase, kwDefault:
			if inBlock {
				return
			}
		case kwFunc:
			if inBlock && p.unclosed() {
				return
			}
		}
		from, before := p.at, p.Checkpoint()
		depth, level := p.depth, p.level
		p.statement(role)
		if p.failed && p.pattern {
			return
		}
		switch {
		case p.failed:
			p.depth, p.level = depth, level
			p.retry(from, before, role)
		case !p.separated(inBlock):
			if p.pattern {
				p.fail()
				return
			}
			p.recover(role)
		}
	}
}

// separated reports whether a statement may end here.
func (p *parser) separated(inBlock bool) bool {
	switch p.kind() {
	case newline, semicolon, endOfFile:
		return true
	case closeBrace:
		return inBlock
	case kwCase, kwDefault:
		return inBlock
	case kwFunc:
		return p.unclosed()
	}
	return false
}

// unclosed reports whether a function begins at the first column although a block is open: a brace was forgotten before it.
func (p *parser) unclosed() bool {
	at := p.start()
	return (at == 0 || p.source[at-1] == '\n') && p.declared()
}

// retry goes back to a statement that could not be read, and makes an Error of it. After too many errors it does not go back: the Error ends
// where the reading ended.
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
	start := int(p.tokens[from].start)
	p.Push(role, p.Leaf(tree.Error, "", start, max(start, p.end())))
}

// recover makes an Error of the statement at hand, which could not be read. It ends where a statement can end at its own level.
// A block in it is read as a Block of its own.
func (p *parser) recover(role tree.Role) {
	start, from := p.start(), p.at
	for first := true; ; first = false {
		t := p.tokens[p.at]
		switch t.kind {
		case endOfFile, closeBrace:
			if first && t.kind == closeBrace {
				break // It closes nothing.
			}
			p.Push(role, p.Leaf(tree.Error, "", start, max(start, p.end())))
			return
		case newline, semicolon:
			if t.kind == semicolon && hasHead[p.tokens[from].kind] {
				break // It parts the head.
			}
			p.Push(role, p.Leaf(tree.Error, "", start, max(start, p.end())))
			return
		case openBrace:
			if first || p.choices() {
				if pair := int(p.pairs[p.at]); pair > p.at {
					p.at = pair
				}
				break
			}
			p.Push(role, p.Leaf(tree.Error, "", start, max(start, p.end())))
			p.level = 0
			p.Push(role, p.block())
			return
		case openParen, openBracket:
			if pair := int(p.pairs[p.at]); pair > p.at && !p.statementIn(p.at, pair) {
				p.at = pair
			}
		default:
			if !first && beginsStatement[t.kind] && p.tokens[p.at-1].kind == newline {
				p.Push(role, p.Leaf(tree.Error, "", start, max(start, p.end())))
				return
			}
		}
		p.skip()
	}
}

// choices reports whether the brace at hand holds the branches of a switch, which are not in a block.
func (p *parser) choices() bool {
	i := p.at + 1
	for i < len(p.tokens)-1 && p.tokens[i].kind == newline {
		i++
	}
	return p.tokens[i].kind == kwCase || p.tokens[i].kind == kwDefault
}

// statementIn reports whether a statement begins at a line between two brackets, outside of braces: then the first bracket was never closed.
// It looks at no more than a few lines.
func (p *parser) statementIn(open, end int) bool {
	for i := open + 1; i < min(end, open+200); i++ {
		if t := p.tokens[i]; t.kind == openBrace && int(p.pairs[i]) > i {
			i = int(p.pairs[i])
		} else if beginsStatement[t.kind] && p.tokens[i-1].kind == newline {
			return true
		}
	}
	return false
}
