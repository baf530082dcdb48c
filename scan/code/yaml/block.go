package yaml

import (
	"github.com/sluice-scan/sluice/scan/code/lex"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// block reads the node at hand in block style. It stands further to the right than its parent's column; a sequence that is the
// value of a mapping may stand in the column of its key. Without a node it is None.
func (p *parser) block(parent int, sequence bool) tree.ID {
	p.gap()
	if p.at >= len(p.source) || p.marker() {
		return tree.None
	}
	column, start := p.column(), p.at
	if column <= parent && (!sequence || column != parent || !p.dash()) {
		return tree.None
	}
	if p.depth++; p.depth > tree.MaxDepth {
		p.depth--
		p.fail()
		return p.leaf(tree.Error, "", lex.Line(p.source, p.at))
	}
	defer func() { p.depth-- }()
	if p.pattern {
		if id, ok := p.gapsFirst(parent, column); ok {
			return id
		}
	}
	tags := p.properties()
	if tags.any() && p.newline() {
		id := p.block(parent, sequence)
		return p.tagged(tags, start, id)
	}
	switch {
	case p.dash():
		return p.tagged(tags, start, p.sequence(column, parent, nil))
	case p.is(p.at, '?') && p.blank(p.at+1):
		return p.mapping(column, start, tree.None, nil)
	case p.is(p.at, '|') || p.is(p.at, '>'):
		if id := p.literal(parent); id != tree.None {
			return p.tagged(tags, start, id)
		}
	}
	line := p.line
	first := p.scalar(parent, false)
	if first == tree.None {
		return p.tagged(tags, start, tree.None)
	}
	p.spaces()
	if p.line == line && p.is(p.at, ':') && (p.blank(p.at+1) || p.Kind(first) == tree.String && p.source[p.at-1] == '"') {
		return p.mapping(column, start, p.tagged(tags, start, first), nil)
	}
	return p.tagged(tags, start, first)
}

// newline reports whether nothing but a comment is left of the line.
func (p *parser) newline() bool {
	p.spaces()
	return p.at >= len(p.source) || p.source[p.at] == '\n' || p.source[p.at] == '#'
}

// dash reports whether an element of a sequence begins here.
func (p *parser) dash() bool { return p.is(p.at, '-') && p.blank(p.at+1) }

// gapsFirst reads a collection that begins with ellipses, or an ellipsis alone.
func (p *parser) gapsFirst(parent, column int) (tree.ID, bool) {
	var gaps []tree.ID
	start := p.at
	for p.ellipsisLine() {
		gaps = append(gaps, p.leaf(tree.Ellipsis, "", p.at+3))
		end, line := p.at, p.line
		p.gap()
		if p.at >= len(p.source) || p.column() != column {
			p.at, p.line = end, line
			break
		}
	}
	switch {
	case len(gaps) == 0:
		return tree.None, false
	case p.column() == column && p.dash():
		return p.sequence(column, parent, gaps), true
	case p.column() == column && p.at < len(p.source):
		return p.mapping(column, start, tree.None, gaps), true
	}
	return gaps[0], true
}

// ellipsisLine reports whether the rest of the line is an ellipsis.
func (p *parser) ellipsisLine() bool {
	end := lex.Line(p.source, p.at)
	for end > p.at && p.blank(end-1) {
		end--
	}
	return p.pattern && p.source[p.at:end] == "..."
}

// sequence reads the elements that begin with dashes in one column.
func (p *parser) sequence(column, parent int, first []tree.ID) tree.ID {
	mark, start, end := p.Mark(), p.at, p.at
	for _, id := range first {
		p.Push(tree.RoleElement, id)
		start = min(start, p.Start(id))
	}
	for !p.Full() {
		switch {
		case p.dash():
			p.move(p.at + 1)
			end = p.at
			p.Push(tree.RoleElement, p.element(column))
			end = max(end, p.reached())
			p.rest(tree.RoleElement)
		case p.ellipsisLine() && column != parent:
			p.Push(tree.RoleElement, p.leaf(tree.Ellipsis, "", p.at+3))
			end = p.at
		default:
			return p.Close(mark, tree.Array, start, end)
		}
		if !p.another(column, tree.RoleElement) {
			break
		}
	}
	return p.Close(mark, tree.Array, start, end)
}

// element reads the value after a dash. An absent one is Null.
func (p *parser) element(column int) tree.ID {
	at := p.at
	if id := p.block(column, false); id != tree.None {
		return id
	}
	return p.Leaf(tree.Null, "", at, at)
}

// reached is the end of the text that was read, without the white space and comments after it. It is no less than the begin
// of the line.
func (p *parser) reached() int {
	end := p.at
	for end > p.line && p.blank(end-1) {
		end--
	}
	if end == p.line {
		return 0
	}
	return end
}

// another goes to the next element or pair of a column, and reports whether there may be one. Lines that stand further to the
// right belong nowhere.
func (p *parser) another(column int, role tree.Role) bool {
	for !p.Full() {
		p.gap()
		switch at := p.column(); {
		case p.at >= len(p.source) || p.marker() || at < column:
			return false
		case at == column:
			return true
		}
		p.bad(role)
	}
	return false
}

// mapping reads the pairs whose keys stand in one column. The first key may have been read.
func (p *parser) mapping(column, start int, key tree.ID, gaps []tree.ID) tree.ID {
	mark := p.Mark()
	for _, id := range gaps {
		p.Push(tree.RoleElement, id)
	}
	end := p.at
	from := start
	for !p.Full() {
		switch {
		case key == tree.None && p.ellipsisLine():
			p.Push(tree.RoleElement, p.leaf(tree.Ellipsis, "", p.at+3))
			end = p.at
		case key == tree.None && p.dash():
			return p.Close(mark, tree.Object, start, end)
		default:
			if key == tree.None {
				from = p.at
				key = p.key(column)
			}
			pair := p.pair(key, from, column)
			if pair == tree.None {
				p.bad(tree.RoleElement)
			} else {
				p.Push(tree.RoleElement, pair)
				end = p.End(pair)
				p.rest(tree.RoleElement)
			}
		}
		key = tree.None
		if !p.another(column, tree.RoleElement) {
			break
		}
	}
	return p.Close(mark, tree.Object, start, max(start, end))
}

// key reads the key of a pair, up to its colon. It is None, and nothing is read, where there is none.
func (p *parser) key(column int) tree.ID {
	before, at, line := p.Checkpoint(), p.at, p.line
	start := p.at
	if p.is(p.at, '?') && p.blank(p.at+1) {
		p.move(p.at + 1)
		key := p.block(column, false)
		p.gap()
		return key
	}
	tags := p.properties()
	key := p.scalar(column, false)
	p.spaces()
	if key == tree.None || p.line != line || !p.is(p.at, ':') {
		p.Rollback(before)
		p.at, p.line = at, line
		return tree.None
	}
	return p.tagged(tags, start, key)
}

// pair reads the colon and the value of a key. Without a colon it is None for a key that must have one.
func (p *parser) pair(key tree.ID, start, column int) tree.ID {
	if !p.is(p.at, ':') {
		if key == tree.None || !p.is(start, '?') {
			return tree.None
		}
		return p.Wrap(tree.Pair, start, p.End(key), tree.RoleKey, key)
	}
	p.named(key)
	p.move(p.at + 1)
	end := p.at
	value := p.block(column, true)
	return p.Join(tree.Pair, start, end, tree.RoleKey, key, tree.RoleValue, value)
}

// named makes a String of a scalar that is a key: keys that look like numbers or truth values are names nevertheless.
func (p *parser) named(key tree.ID) {
	switch p.Kind(key) {
	case tree.Number, tree.Bool, tree.Null:
		p.SetKind(key, tree.String)
		p.SetText(key, p.source[p.Start(key):p.End(key)])
	}
}
