package javascript

import (
	"github.com/sluice-scan/sluice/scan/code/lex"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// primary reads what an expression begins with.
func (p *parser) primary() tree.ID {
	start := p.start()
	switch p.kind() {
	case name:
		if p.is("async") {
			if next := p.behind(); next.kind == kwFunction && !next.line {
				return p.function(start, p.Mark())
			}
		}
		return p.leaf(tree.Name, unescaped(p.word()))
	case metavariable:
		return p.leaf(tree.Metavariable, p.word())
	case privateName: // #x in object
		return p.leaf(tree.Name, p.word())
	case number:
		return p.leaf(tree.Number, lex.Number(p.word()))
	case text:
		return p.text()
	case backquote:
		return p.template(p.expression)
	case kwTrue, kwFalse:
		return p.leaf(tree.Bool, p.word())
	case kwNull:
		return p.leaf(tree.Null, "")
	case openParen:
		return p.parens()
	case openBracket:
		return p.array()
	case openBrace:
		return p.object()
	case kwFunction:
		return p.function(start, p.Mark())
	case kwClass, at:
		return p.class(start, p.Mark())
	case kwNew:
		return p.instance()
	case kwImport:
		return p.leaf(tree.Name, "import")
	case slash, assignOperator:
		return p.regex()
	case less:
		return p.jsx()
	case deepOpen:
		mark := p.Mark()
		p.skip()
		p.Push(tree.RoleValue, p.expression())
		p.expect(deepClose)
		return p.closed(mark, tree.Deep, "", start)
	case manyMetavariable:
		return p.many()
	case ellipsis:
		if p.pattern {
			return p.leaf(tree.Ellipsis, "")
		}
	}
	p.fail()
	return tree.None
}

// unescaped is a name without the escapes that it may be written with.
func unescaped(word string) string {
	return lex.Unescape(word, lex.Braces)
}

// text reads a string.
func (p *parser) text() tree.ID {
	word := p.word()
	return p.leaf(tree.String, lex.Unescape(word[1:len(word)-1], lex.Octal|lex.Braces))
}

// regex reads a regular expression, which the lexer took for a division.
func (p *parser) regex() tree.ID {
	start := p.start()
	body, end := 0, 0
	if p.source[start] == '/' {
		body, end = regexEnd(p.source, start)
	}
	if end == 0 {
		p.fail()
		return tree.None
	}
	p.token.end = end
	return p.leaf(tree.Regex, p.source[start+1:body])
}

// parens reads (x), and ($X: T) of a pattern.
func (p *parser) parens() tree.ID {
	start, mark := p.start(), p.Mark()
	p.skip()
	if p.pattern && p.kind() == metavariable && p.behind().kind == colon {
		p.Push(tree.RoleTarget, p.name())
		p.skip()
		p.Push(tree.RoleType, p.typ())
		p.expect(closeParen)
		return p.closed(mark, tree.TypedMetavariable, "", start)
	}
	id := p.inside(p.expression)
	if p.kind() == colon && p.dialect == JavaScript && !p.pattern { // (x: T), a cast of Flow
		p.skip()
		p.Push(tree.RoleValue, id)
		p.Push(tree.RoleType, p.typ())
		id = p.closed(mark, tree.Cast, "()", start)
	}
	p.expect(closeParen)
	p.SetFlags(id, tree.Parens)
	return id
}

// instance reads new T(x), and new.target.
func (p *parser) instance() tree.ID {
	defer p.deeper()()
	start, mark := p.start(), p.Mark()
	p.skip()
	if p.kind() == dot {
		p.skip()
		p.Push(tree.RoleObject, p.Leaf(tree.Name, "new", start, start+len("new")))
		p.Push(tree.RoleProperty, p.name())
		return p.closed(mark, tree.Member, ".", start)
	}
	from := p.start()
	var typ tree.ID
	if p.kind() == kwNew {
		typ = p.instance()
	} else {
		typ = p.primary()
	}
	p.Push(tree.RoleType, p.chain(typ, from, false))
	if p.kind() == openParen {
		p.arguments()
	}
	return p.closed(mark, tree.New, "", start)
}

// array reads [a, , ...b]. A hole has no node.
func (p *parser) array() tree.ID {
	start, mark := p.start(), p.Mark()
	p.skip()
	p.inside(func() tree.ID {
		for p.kind() != closeBracket && !p.failed && !p.Full() {
			if p.accept(comma) {
				continue
			}
			p.Push(tree.RoleElement, p.element())
			if p.kind() != closeBracket {
				p.expect(comma)
			}
		}
		return tree.None
	})
	p.expect(closeBracket)
	return p.closed(mark, tree.Array, "", start)
}

// template reads a template. Its parts are Strings and expressions, or types in the type of a string.
func (p *parser) template(read func() tree.ID) tree.ID {
	defer p.deeper()()
	start, mark := p.start(), p.Mark()
	s, i := p.source, start+1
	from := i
	part := func(end int) {
		if end > from {
			p.Push(tree.RolePart, p.Leaf(tree.String, lex.Unescape(s[from:end], lex.Octal|lex.Braces), from, end))
		}
	}
	for i < len(s) {
		switch {
		case s[i] == '\\':
			i += 2
			continue
		case s[i] == '`':
			part(i)
			p.last = i + 1
			p.token = p.lexAt(p.last)
			return p.closed(mark, tree.Template, "", start)
		case s[i] == '$' && i+1 < len(s) && s[i+1] == '{':
			part(i)
			p.token = p.lexAt(i + 2)
			p.Push(tree.RolePart, p.inside(func() tree.ID { return p.orMany(read) }))
			if p.kind() != closeBrace {
				p.fail()
				return tree.None
			}
			i = p.token.end
			from = i
			continue
		}
		i++
	}
	p.fail()
	return tree.None
}
