package hcl

import (
	"github.com/sluice-scan/sluice/scan/code/lex"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// levels are the binary operators by how tightly they bind, the loosest first.
var levels = [][]string{{"||"}, {"&&"}, {"==", "!="}, {"<=", ">=", "<", ">"}, {"+", "-"}, {"*", "/", "%"}}

// expression reads an expression; None where none begins.
func (p *parser) expression() tree.ID {
	if p.depth++; p.depth > tree.MaxDepth {
		p.depth--
		return tree.None
	}
	defer func() { p.depth-- }()
	start := p.at
	condition := p.binary(0)
	if p.spaces(); condition == tree.None || p.next() != '?' {
		return condition
	}
	p.at++
	p.gap()
	then := p.expression()
	p.gap()
	if then == tree.None || p.next() != ':' {
		return tree.None
	}
	p.at++
	p.gap()
	other := p.expression()
	if other == tree.None {
		return tree.None
	}
	mark := p.Mark()
	p.Push(tree.RoleCondition, condition)
	p.Push(tree.RoleThen, then)
	p.Push(tree.RoleElse, other)
	return p.Close(mark, tree.Conditional, start, p.End(other))
}

// binary reads operators of a level and of those that bind more tightly.
func (p *parser) binary(level int) tree.ID {
	if level == len(levels) {
		return p.unary()
	}
	start := p.at
	left := p.binary(level + 1)
	for left != tree.None && !p.Full() {
		end := p.at
		p.spaces()
		sign := p.sign(levels[level])
		if sign == "" {
			p.at = end
			break
		}
		p.at += len(sign)
		p.gap()
		right := p.binary(level + 1)
		if right == tree.None {
			return tree.None
		}
		left = p.Join(tree.Binary, start, p.End(right), tree.RoleLeft, left, tree.RoleRight, right)
		p.SetText(left, sign)
	}
	return left
}

func (p *parser) sign(signs []string) string {
	for _, sign := range signs {
		if p.has(sign) && !p.has("//") && !p.has("/*") {
			return sign
		}
	}
	return ""
}

// unary reads a sign before an operand, and what stands behind it.
func (p *parser) unary() tree.ID {
	var signs []int
	for p.next() == '-' || p.next() == '!' {
		signs = append(signs, p.at)
		p.at++
		p.spaces()
	}
	id := p.behind(p.operand())
	for i := len(signs) - 1; i >= 0 && id != tree.None; i-- {
		id = p.Wrap(tree.Unary, signs[i], p.End(id), tree.RoleOperand, id)
		p.SetText(id, p.source[signs[i]:signs[i]+1])
	}
	return id
}

// behind reads the attributes, indices and splats behind an operand.
func (p *parser) behind(id tree.ID) tree.ID {
	for id != tree.None && !p.Full() {
		start := p.Start(id)
		switch {
		case p.next() == '.' && !p.has("..."):
			p.at++
			var part tree.ID
			switch {
			case p.next() == '*':
				part = p.leaf(tree.Name, "*", p.at+1)
			case lex.Digit(p.next()):
				part = p.leaf(tree.Name, p.source[p.at:p.at+1], p.at+1)
			default:
				part = p.name()
			}
			if part == tree.None {
				return tree.None
			}
			id = p.Join(tree.Member, start, p.at, tree.RoleObject, id, tree.RoleProperty, part)
			p.SetText(id, ".")
		case p.next() == '[':
			p.at++
			p.inside++
			p.gap()
			var index tree.ID
			if p.next() == '*' {
				index = p.leaf(tree.Name, "*", p.at+1)
			} else {
				index = p.expression()
			}
			p.gap()
			p.inside--
			if index == tree.None || p.next() != ']' {
				return tree.None
			}
			p.at++
			id = p.Join(tree.Index, start, p.at, tree.RoleObject, id, tree.RoleIndex, index)
		default:
			return id
		}
	}
	return id
}

// operand reads a value without operators.
func (p *parser) operand() tree.ID {
	start := p.at
	switch b := p.next(); {
	case b == '"':
		return p.text()
	case lex.Digit(b):
		end := lex.NumberEnd(p.source, p.at)
		return p.leaf(tree.Number, lex.Number(p.source[p.at:end]), end)
	case b == '(':
		p.at++
		p.inside++
		p.gap()
		id := p.expression()
		p.gap()
		p.inside--
		if p.next() != ')' {
			return tree.None
		}
		p.at++
		p.SetFlags(id, tree.Parens)
		return id
	case b == '[':
		return p.list(tree.Array, ']', p.expression)
	case b == '{':
		return p.list(tree.Object, '}', p.item)
	case p.has("<<"):
		return p.heredoc()
	case p.pattern && p.has("<..."):
		p.at += 4
		p.gap()
		inner := p.expression()
		p.gap()
		if inner == tree.None || !p.has("...>") {
			return tree.None
		}
		p.at += 4
		return p.Wrap(tree.Deep, start, p.at, tree.RoleValue, inner)
	}
	id := p.name()
	switch {
	case p.Kind(id) == tree.Name && (p.Text(id) == "true" || p.Text(id) == "false"):
		p.SetKind(id, tree.Bool)
	case p.Kind(id) == tree.Name && p.Text(id) == "null":
		p.SetKind(id, tree.Null)
		p.SetText(id, "")
	case id != tree.None && (p.next() == '(' || p.has("::")):
		return p.call(id)
	}
	return id
}

// call reads the arguments of a function.
func (p *parser) call(callee tree.ID) tree.ID {
	for p.has("::") {
		p.at += 2
		part := p.name()
		callee = p.Join(tree.Member, p.Start(callee), p.at, tree.RoleObject, callee, tree.RoleProperty, part)
	}
	if p.next() != '(' {
		return tree.None
	}
	start, mark := p.Start(callee), p.Mark()
	p.Push(tree.RoleCallee, callee)
	if !p.elements(tree.RoleArgument, ')', p.expression) {
		p.Drop(mark)
		return tree.None
	}
	return p.Close(mark, tree.Call, start, p.at)
}
