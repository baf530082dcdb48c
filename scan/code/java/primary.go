package java

import (
	"strings"

	"github.com/sluice-scan/sluice/scan/code/lex"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// primary reads what an expression begins with.
func (p *parser) primary() tree.ID {
	start, mark := p.start(), p.Mark()
	switch p.kind() {
	case name:
		if id := p.reference(); id != tree.None {
			return id
		}
		return p.leaf(tree.Name, p.word())
	case metavariable:
		return p.leaf(tree.Metavariable, p.word())
	case kwPrimitive: // int.class, int[]::new
		return p.typ()
	case number:
		return p.leaf(tree.Number, lex.Number(p.word()))
	case char:
		word := p.word()
		return p.leaf(tree.Char, lex.Unescape(word[1:len(word)-1], lex.Octal))
	case text:
		word := p.word()
		return p.leaf(tree.String, lex.Unescape(strings.ReplaceAll(word[1:len(word)-1], `\s`, " "), lex.Octal))
	case textBlock:
		word := p.word()
		return p.leaf(tree.String, blockText(word[3:len(word)-3]))
	case kwTrue, kwFalse:
		return p.leaf(tree.Bool, p.word())
	case kwNull:
		return p.leaf(tree.Null, "")
	case openParen:
		return p.parens()
	case kwNew:
		return p.instance()
	case kwSwitch:
		return p.choice()
	case deepOpen:
		p.skip()
		p.Push(tree.RoleValue, p.expression())
		p.expect(deepClose)
		return p.closed(mark, tree.Deep, "", start)
	case ellipsis, manyMetavariable:
		if id := p.many(); id != tree.None {
			return id
		}
	}
	p.fail()
	return tree.None
}

// blockText is the value of a text block: the indentation that all lines share is no part of it
// (https://docs.oracle.com/javase/specs/jls/se24/html/jls-3.html#jls-3.10.6).
func blockText(text string) string {
	_, text, ok := strings.Cut(text, "\n")
	if !ok {
		return text
	}
	lines := strings.Split(text, "\n")
	least := -1
	for i, line := range lines {
		blank := strings.TrimSpace(line) == ""
		if indent := len(line) - len(strings.TrimLeft(line, " \t")); (!blank || i == len(lines)-1) && (least < 0 || indent < least) {
			least = indent
		}
	}
	for i, line := range lines {
		lines[i] = strings.TrimRight(line[min(max(least, 0), len(line)):], " \t\r")
	}
	return lex.Unescape(strings.ReplaceAll(strings.Join(lines, "\n"), `\s`, " "), lex.Octal)
}

// reference reads the type of a method reference with type arguments or brackets: List<A>::new, A[]::new, or of A[].class. None when there is
// none.
func (p *parser) reference() tree.ID {
	if k := p.ahead(1); k != less && k != openBracket && k != dot {
		return tree.None
	}
	end := p.typeEnd(p.at)
	if end < 0 || end >= len(p.tokens) {
		return tree.None
	}
	last := p.tokens[end-1].kind
	if last != greater && last != closeBracket {
		return tree.None
	}
	if k := p.tokens[end].kind; k == doubleColon || k == dot && last == closeBracket && end+1 < len(p.tokens) && p.tokens[end+1].kind == kwClass {
		return p.typ()
	}
	return tree.None
}

// parens reads (x), and (T $X) of a pattern.
func (p *parser) parens() tree.ID {
	start, mark := p.start(), p.Mark()
	p.skip()
	if end := p.typeEnd(p.at); p.pattern && end > 0 && end+1 < len(p.tokens) && p.tokens[end].kind == metavariable && p.tokens[end+1].kind == closeParen {
		typ := p.typ()
		p.Push(tree.RoleType, typ)
		p.Push(tree.RoleTarget, p.name())
		p.expect(closeParen)
		return p.closed(mark, tree.TypedMetavariable, "", start)
	}
	id := p.expression()
	p.expect(closeParen)
	p.SetFlags(id, tree.Parens)
	return id
}

// chain reads what may follow a value: members, indexes, calls, method references.
func (p *parser) chain(id tree.ID, start int) tree.ID {
	for !p.failed {
		switch p.kind() {
		case dot:
			id = p.link(id, start)
		case openBracket:
			mark := p.Mark()
			p.skip()
			p.Push(tree.RoleObject, id)
			p.Push(tree.RoleIndex, p.orMany(p.expression))
			p.expect(closeBracket)
			id = p.closed(mark, tree.Index, "", start)
		case openParen:
			id = p.call(id, start)
		case doubleColon:
			mark := p.Mark()
			p.skip()
			if p.kind() == less {
				inner := p.Mark()
				p.typeArguments()
				p.Drop(inner)
			}
			p.Push(tree.RoleObject, id)
			if p.kind() == kwNew {
				p.Push(tree.RoleProperty, p.leaf(tree.Name, "new"))
			} else {
				p.Push(tree.RoleProperty, p.name())
			}
			id = p.closed(mark, tree.Member, "::", start)
		default:
			return id
		}
	}
	return id
}

// link reads .x, .class, .new T() and .<T>f().
func (p *parser) link(object tree.ID, start int) tree.ID {
	mark := p.Mark()
	p.skip()
	switch p.kind() {
	case kwNew: // of an inner class
		p.Push(tree.RoleObject, object)
		p.Push(tree.RoleProperty, p.instance())
		return p.closed(mark, tree.Member, ".", start)
	case kwClass:
		p.Push(tree.RoleObject, object)
		p.Push(tree.RoleProperty, p.leaf(tree.Name, "class"))
		return p.closed(mark, tree.Member, ".", start)
	case less:
		// The arguments of the type say nothing of the call.
		p.typeArguments()
		p.Drop(mark)
		p.Push(tree.RoleObject, object)
		p.Push(tree.RoleProperty, p.name())
		callee := p.closed(mark, tree.Member, ".", start)
		return p.call(callee, start)
	}
	p.Push(tree.RoleObject, object)
	p.Push(tree.RoleProperty, p.orMany(p.name))
	return p.closed(mark, tree.Member, ".", start)
}

// call reads the arguments of a call.
func (p *parser) call(callee tree.ID, start int) tree.ID {
	mark := p.Mark()
	p.Push(tree.RoleCallee, callee)
	p.arguments()
	return p.closed(mark, tree.Call, "", start)
}

// arguments reads and pushes arguments in parentheses.
func (p *parser) arguments() {
	p.expect(openParen)
	p.commas(closeParen, func() { p.Push(tree.RoleArgument, p.orMany(p.expression)) })
}

// instance reads new T(x) {...}, new T[n] and new T[] {...}.
func (p *parser) instance() tree.ID {
	defer p.deeper()()
	start, mark := p.start(), p.Mark()
	p.skip()
	p.annotations()
	from := p.start()
	typ := p.orMany(p.simpleType)
	var lengths []tree.ID
	for p.kind() == openBracket || p.kind() == at {
		p.annotations()
		inner := p.Mark()
		p.expect(openBracket)
		if p.kind() != closeBracket {
			lengths = append(lengths, p.orMany(p.expression))
		}
		p.expect(closeBracket)
		p.Push(tree.RoleElement, typ)
		typ = p.closed(inner, tree.TypeOperator, "[]", from)
	}
	p.Push(tree.RoleType, typ)
	for _, id := range lengths {
		p.Push(tree.RoleArgument, id)
	}
	switch {
	case p.Kind(typ) == tree.TypeOperator && p.kind() == openBrace:
		p.Push(tree.RoleArgument, p.arrayOf(p.initialiser))
	case p.kind() == openParen:
		p.arguments()
		if p.kind() == openBrace {
			p.Push(tree.RoleBody, p.classBody())
		}
	case p.Kind(typ) != tree.TypeOperator && p.Kind(typ) != tree.Ellipsis:
		p.fail()
	}
	return p.closed(mark, tree.New, "", start)
}
