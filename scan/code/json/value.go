package json

import (
	"strings"

	"github.com/sluice-scan/sluice/scan/code/lex"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// value reads one value; None where none begins.
func (p *parser) value() tree.ID {
	switch b := p.next(); {
	case b == '{':
		return p.nested(p.object)
	case b == '[':
		return p.nested(p.array)
	case b == '"' || b == '\'':
		return p.text(b)
	case lex.Digit(b), (b == '-' || b == '+' || b == '.') && p.at+1 < len(p.source) && (lex.Digit(p.source[p.at+1]) || p.source[p.at+1] == '.' && b != '.'):
		return p.number()
	case p.pattern && (b == '.' || b == '<' || b == '$'):
		return p.hole()
	}
	return p.word()
}

// nested bounds the recursion. What is deeper becomes an Error up to the bracket that closes it.
func (p *parser) nested(read func() tree.ID) tree.ID {
	if p.depth++; p.depth > tree.MaxDepth {
		p.fail()
		start := p.at
		p.balance()
		p.depth--
		return p.Leaf(tree.Error, "", start, p.at)
	}
	id := read()
	p.depth--
	return id
}

// balance passes a bracket with all up to the one that closes it.
func (p *parser) balance() {
	open := 0
	for p.at < len(p.source) {
		switch b := p.source[p.at]; b {
		case '"':
			p.at = p.stringEnd(b)
			continue
		case '{', '[':
			open++
		case '}', ']':
			open--
		}
		p.at++
		if open == 0 {
			return
		}
	}
}

// text reads a string.
func (p *parser) text(quote byte) tree.ID {
	end := p.stringEnd(quote)
	if end < p.at+2 || p.source[end-1] != quote {
		p.fail()
		return p.leaf(tree.Error, "", end)
	}
	return p.leaf(tree.String, lex.Unescape(p.source[p.at+1:end-1], 0), end)
}

// number reads a number with its sign.
func (p *parser) number() tree.ID {
	at := p.at
	if b := p.source[at]; b == '-' || b == '+' {
		at++
	}
	end := lex.NumberEnd(p.source, at)
	if end == at {
		return p.word()
	}
	text := lex.Number(p.source[at:end])
	if p.source[p.at] == '-' && text != "0" {
		text = "-" + text
	}
	return p.leaf(tree.Number, text, end)
}

// word reads a literal, or a name without quotes.
func (p *parser) word() tree.ID {
	at := p.at
	if p.next() == '-' {
		at++
	}
	end := lex.Name(p.source, at, true)
	if end == at {
		return tree.None
	}
	switch text := p.source[p.at:end]; text {
	case "true", "false":
		return p.leaf(tree.Bool, text, end)
	case "null":
		return p.leaf(tree.Null, "", end)
	default:
		return p.leaf(tree.Name, text, end)
	}
}

// hole reads what only patterns have: `...`, a metavariable, and `<... value ...>`.
func (p *parser) hole() tree.ID {
	rest := p.source[p.at:]
	switch {
	case strings.HasPrefix(rest, "<..."):
		start := p.at
		p.at += 4
		p.space()
		inner := p.nested(p.value)
		p.space()
		if inner == tree.None || !strings.HasPrefix(p.source[p.at:], "...>") {
			p.fail()
			return tree.None
		}
		p.at += 4
		return p.Wrap(tree.Deep, start, p.at, tree.RoleValue, inner)
	case strings.HasPrefix(rest, "..."):
		return p.leaf(tree.Ellipsis, "", p.at+3)
	}
	end, name, many := lex.Metavariable(p.source, p.at)
	if end == p.at {
		return p.word()
	}
	id := p.leaf(tree.Metavariable, name, end)
	if many {
		p.SetFlags(id, tree.Many)
	}
	return id
}

// key makes a key of a value that precedes a colon.
func (p *parser) key(id tree.ID) {
	if p.Kind(id) == tree.Name {
		p.SetKind(id, tree.String)
	}
}

// pair reads what follows a key.
func (p *parser) pair(key tree.ID, start int) tree.ID {
	p.at++
	p.space()
	end := p.at
	value := p.value()
	if value == tree.None {
		p.fail()
	} else {
		end = p.at
	}
	return p.Join(tree.Pair, start, end, tree.RoleKey, key, tree.RoleValue, value)
}

// object reads pairs in braces.
func (p *parser) object() tree.ID {
	return p.list(tree.Object, '}', func() tree.ID {
		start := p.at
		key := p.value()
		if key == tree.None {
			return tree.None
		}
		end := p.at
		p.space()
		if p.next() != ':' {
			p.at = end
			if k := p.Kind(key); k == tree.Ellipsis || k == tree.Metavariable {
				return key
			}
			p.fail()
			return p.Leaf(tree.Error, "", start, end)
		}
		p.key(key)
		return p.pair(key, start)
	})
}

// array reads values in brackets.
func (p *parser) array() tree.ID { return p.list(tree.Array, ']', p.value) }

// list reads elements up to a closing bracket. What cannot be read is an Error up to the next comma or bracket.
func (p *parser) list(kind tree.Kind, closing byte, element func() tree.ID) tree.ID {
	mark, start := p.Mark(), p.at
	p.at++
	for !p.Full() {
		p.space()
		switch b := p.next(); {
		case b == closing && p.at < len(p.source):
			p.at++
			return p.Close(mark, kind, start, p.at)
		case b == ',':
			p.at++
			continue
		case p.at >= len(p.source), b == '}', b == ']':
			// The bracket that is missing was forgotten; what closes here closes something around it.
			p.fail()
			if b != 0 {
				p.Push(tree.RoleElement, p.Leaf(tree.Error, "", p.at, p.at))
			}
			return p.Close(mark, kind, start, p.at)
		}
		from := p.at
		id := element()
		p.Push(tree.RoleElement, id)
		p.space()
		if b := p.next(); id == tree.None || b != ',' && b != '}' && b != ']' && p.at < len(p.source) && !p.follows() {
			p.fail()
			if id != tree.None {
				from = p.at
			}
			p.skip("")
			p.Push(tree.RoleElement, p.Leaf(tree.Error, "", from, p.at))
		}
	}
	return p.Close(mark, kind, start, p.at)
}

// follows reports whether an element begins here although no comma parts it from the one before: on another line, that is a
// comma that was forgotten, and patterns need none beside an ellipsis.
func (p *parser) follows() bool {
	if p.pattern && (p.next() == '.' || p.next() == '$') {
		return true
	}
	for i := p.at - 1; i >= 0; i-- {
		switch p.source[i] {
		case ' ', '\t', '\r':
		case '\n':
			return p.next() == '"' || p.next() == '{' || p.next() == '['
		default:
			return false
		}
	}
	return false
}
