package golang

import (
	"strings"

	"github.com/sluice-scan/sluice/scan/code/lex"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// number reads a number.
func (p *parser) number() tree.ID { return p.leaf(tree.Number, lex.Number(p.word())) }

// literal reads a string or a character.
func (p *parser) literal() tree.ID {
	word := p.word()
	switch p.kind() {
	case rawText:
		id := p.leaf(tree.String, strings.ReplaceAll(word[1:len(word)-1], "\r", ""))
		p.SetFlags(id, tree.Raw)
		return id
	case char:
		return p.leaf(tree.Char, lex.Unescape(word[1:len(word)-1], lex.Octal|lex.Long))
	case text:
		return p.leaf(tree.String, lex.Unescape(word[1:len(word)-1], lex.Octal|lex.Long))
	}
	p.fail()
	return tree.None
}

// composite reads the braces of a literal of a type, which may be None inside of another literal.
func (p *parser) composite(typ tree.ID, start int) tree.ID {
	defer p.deeper()()
	level := p.level
	p.level = 0
	mark := p.Mark()
	p.Push(tree.RoleType, typ)
	p.skip()
	p.commas(closeBrace, func() { p.Push(tree.RoleElement, p.element()) })
	p.level = level
	return p.wrapped(mark, tree.Composite, "", start)
}

// bareLiteral reads a literal without its type as the whole of a pattern.
func (p *parser) bareLiteral() tree.ID {
	if p.kind() != openBrace {
		p.fail()
		return tree.None
	}
	return p.composite(tree.None, p.start())
}

// element reads a value of a literal, with its key.
func (p *parser) element() tree.ID {
	start := p.start()
	key := p.value()
	if p.kind() != colon {
		return key
	}
	return p.pairOf(key, start)
}

// value reads a value, or the braces of one whose type is left out.
func (p *parser) value() tree.ID {
	if p.kind() == openBrace {
		return p.composite(tree.None, p.start())
	}
	return p.orMany(p.expression)
}

// pairOf reads the value after a key.
func (p *parser) pairOf(key tree.ID, start int) tree.ID {
	mark := p.Mark()
	p.expect(colon)
	p.Push(tree.RoleKey, key)
	p.Push(tree.RoleValue, p.value())
	return p.wrapped(mark, tree.Pair, "", start)
}

// pair reads `key: value` as the whole of a pattern.
func (p *parser) pair() tree.ID {
	start := p.start()
	return p.pairOf(p.expression(), start)
}
