package hcl

import (
	"strings"

	"github.com/sluice-scan/sluice/scan/code/lex"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// list reads elements in brackets. A `for` gives the expressions of it as elements.
func (p *parser) list(kind tree.Kind, closing byte, read func() tree.ID) tree.ID {
	start, mark := p.at, p.Mark()
	if !p.elements(tree.RoleElement, closing, read) {
		p.Drop(mark)
		return tree.None
	}
	return p.Close(mark, kind, start, p.at)
}

// elements reads what stands between brackets, and pushes each element. It reports whether the closing one is there.
func (p *parser) elements(role tree.Role, closing byte, read func() tree.ID) bool {
	p.at++
	p.inside++
	defer func() { p.inside-- }()
	p.gap()
	if p.has("for ") {
		return p.comprehension(role, closing)
	}
	for !p.Full() {
		p.gap()
		switch {
		case p.at >= len(p.source):
			return false
		case p.next() == closing:
			p.at++
			return true
		case p.next() == ',':
			p.at++
			continue
		}
		id := read()
		if id == tree.None {
			return false
		}
		p.Push(role, id)
		if p.gap(); p.has("...") && !p.pattern {
			p.at += 3
		}
	}
	return false
}

// comprehension reads `for x in y : z if c` and pushes its expressions.
func (p *parser) comprehension(role tree.Role, closing byte) bool {
	p.at += len("for ")
	for !p.Full() {
		p.gap()
		switch b := p.next(); {
		case p.at >= len(p.source):
			return false
		case b == closing:
			p.at++
			return true
		case b == ',' || b == ':':
			p.at++
		case p.has("=>"):
			p.at += 2
		case p.has("..."):
			p.at += 3
		case p.has("in ") || p.has("if "):
			p.at += 3
		default:
			id := p.expression()
			if id == tree.None {
				return false
			}
			p.Push(role, id)
		}
	}
	return false
}

// item reads a pair of an object.
func (p *parser) item() tree.ID {
	start := p.at
	key := p.expression()
	if k := p.Kind(key); key == tree.None || k == tree.Ellipsis || k == tree.Metavariable && p.Has(key, tree.Many) {
		return key
	}
	p.gap()
	if b := p.next(); b != '=' && b != ':' {
		return tree.None
	}
	p.at++
	p.gap()
	value := p.expression()
	if value == tree.None {
		return tree.None
	}
	return p.Join(tree.Pair, start, p.End(value), tree.RoleKey, key, tree.RoleValue, value)
}

// text reads a text in quotes.
func (p *parser) text() tree.ID {
	start, mark := p.at, p.Mark()
	p.at++
	from, parts := p.at, 0
	literal := func() {
		if p.at > from {
			p.Push(tree.RolePart, p.Leaf(tree.String, lex.Unescape(p.source[from:p.at], lex.Long), from, p.at))
		}
	}
	for p.at < len(p.source) && p.next() != '\n' {
		switch {
		case p.next() == '"':
			p.at++
			if parts == 0 {
				p.Drop(mark)
				return p.Leaf(tree.String, lex.Unescape(p.source[start+1:p.at-1], lex.Long), start, p.at)
			}
			p.at--
			literal()
			p.at++
			return p.Close(mark, tree.Template, start, p.at)
		case p.next() == '\\':
			p.at += 2
		case p.has("$${"), p.has("%%{"):
			p.at += 3
		case p.has("${"), p.has("%{"):
			literal()
			parts++
			if !p.interpolation() {
				p.Drop(mark)
				return tree.None
			}
			from = p.at
		default:
			p.at++
		}
	}
	p.at = min(p.at, len(p.source))
	p.Drop(mark)
	return tree.None
}

// interpolation reads `${x}`, or a directive, whose content has no node.
func (p *parser) interpolation() bool {
	directive := p.next() == '%'
	p.at += 2
	p.inside++
	defer func() { p.inside-- }()
	if !directive {
		if p.next() == '~' {
			p.at++
		}
		p.gap()
		p.Push(tree.RolePart, p.expression())
		p.gap()
		if p.next() == '~' {
			p.at++
		}
	} else if length := strings.IndexByte(p.source[p.at:], '}'); length >= 0 {
		p.at += length
	}
	if p.next() != '}' {
		return false
	}
	p.at++
	return true
}

// heredoc reads a text of several lines.
func (p *parser) heredoc() tree.ID {
	start := p.at
	at := p.at + 2
	if at < len(p.source) && p.source[at] == '-' {
		at++
	}
	end := p.nameEnd(at)
	word := p.source[at:end]
	body := lex.Line(p.source, end)
	if word == "" || body >= len(p.source) || p.open > maxOpen {
		return tree.None
	}
	for p.source[body] != '\n' {
		if body++; body >= len(p.source) {
			return tree.None
		}
	}
	body++
	for line := body; line < len(p.source); {
		length := strings.IndexByte(p.source[line:], '\n')
		if length < 0 {
			length = len(p.source) - line
		}
		text := p.source[line : line+length]
		if strings.TrimSpace(text) == word {
			p.at = line + strings.Index(text, word) + len(word)
			return p.Leaf(tree.String, p.source[body:line], start, p.at)
		}
		line += length + 1
	}
	p.open++
	return tree.None
}
