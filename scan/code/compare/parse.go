package compare

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

const (
	// maxLength bounds an expression in bytes, maxDepth how deep its parts may lie in one another.
	maxLength = 16 << 10
	maxDepth  = 100
)

// node is a part of an expression: its operation and its operands.
type node struct {
	// do is the operation: an operator, "chain", "call", "list", "constant", "metavariable" or "label".
	do    string
	name  string
	value Value
	parts []node
	// operators are those between the parts of a chain of comparisons.
	operators []string
	match     Matcher
}

// parser reads tokens by precedence climbing.
type parser struct {
	tokens []token
	depth  int
	// labels says that names are labels and that there are only and, or, not, True and False.
	labels bool
	regex  func(string) (Matcher, error)
}

// parse reads a whole text.
func (p *parser) parse(text string) (node, error) {
	if len(text) > maxLength {
		return node{}, fmt.Errorf("%d bytes are more than the %d that an expression may have", len(text), maxLength)
	}
	tokens, err := tokenize(text)
	if err != nil {
		return node{}, err
	}
	p.tokens = tokens
	n, err := p.level(0)
	if err == nil && p.tokens[0].class != classEnd {
		err = p.unexpected()
	}
	return n, err
}

func (p *parser) unexpected() error {
	if t := p.tokens[0]; t.class != classEnd {
		return fmt.Errorf("character %d begins a part that does not belong there", t.at+1)
	}
	return errors.New("it ends too early")
}

// take takes the next token when it is the sign or word.
func (p *parser) take(text string) bool {
	t := p.tokens[0]
	if t.text != text || t.class != classSign && t.class != className {
		return false
	}
	p.tokens = p.tokens[1:]
	return true
}

// levels are the binary operators of Python by their precedence, the weakest first. Comparisons are a level of their own.
var levels = [...][]string{{"or"}, {"and"}, {"not"}, {"compare"}, {"|"}, {"^"}, {"&"}, {"<<", ">>"}, {"+", "-"}, {"*", "//", "/", "%"}}

// level reads an expression of operators of this precedence and of stronger ones.
func (p *parser) level(i int) (node, error) {
	if p.depth++; p.depth > maxDepth*len(levels) {
		return node{}, fmt.Errorf("its parts lie more than %d deep in one another", maxDepth)
	}
	defer func() { p.depth-- }()
	switch {
	case i == len(levels):
		return p.unary()
	case levels[i][0] == "not":
		if !p.take("not") {
			return p.level(i + 1)
		}
		operand, err := p.level(i)
		return node{do: "not", parts: []node{operand}}, err
	case levels[i][0] == "compare":
		return p.comparisons(i + 1)
	}
	left, err := p.level(i + 1)
	for err == nil {
		operator := p.operator(levels[i])
		if operator == "" {
			return left, nil
		}
		var right node
		right, err = p.level(i + 1)
		left = join(operator, left, right)
	}
	return left, err
}

// join makes a node of an operator. A chain of and or of or is one node, so that a long one is not deep.
func join(operator string, left, right node) node {
	if left.do == operator && (operator == "and" || operator == "or") {
		left.parts = append(left.parts, right)
		return left
	}
	return node{do: operator, parts: []node{left, right}}
}

// operator takes the next token when it is one of these operators.
func (p *parser) operator(operators []string) string {
	for _, operator := range operators {
		if p.take(operator) {
			return operator
		}
	}
	return ""
}

// comparisons reads a chain: a < b < c means a < b and b < c, with one value of b.
func (p *parser) comparisons(operand int) (node, error) {
	first, err := p.level(operand)
	chain := node{do: "chain", parts: []node{first}}
	for err == nil {
		operator := p.operator([]string{"<=", ">=", "==", "!=", "<", ">", "in"})
		if operator == "" && len(p.tokens) > 1 && p.tokens[0].text == "not" && p.tokens[0].class == className && p.tokens[1].text == "in" {
			p.tokens = p.tokens[2:]
			operator = "not in"
		}
		if operator == "" {
			break
		}
		var next node
		next, err = p.level(operand)
		chain.parts = append(chain.parts, next)
		chain.operators = append(chain.operators, operator)
	}
	if err != nil || len(chain.operators) == 0 {
		return first, err
	}
	return chain, nil
}

// unary reads signs, powers and what stands alone. A power binds stronger than a sign on its left.
func (p *parser) unary() (node, error) {
	if p.depth++; p.depth > maxDepth*len(levels) {
		return node{}, fmt.Errorf("its parts lie more than %d deep in one another", maxDepth)
	}
	defer func() { p.depth-- }()
	if operator := p.operator([]string{"-", "+", "~"}); operator != "" {
		operand, err := p.unary()
		return node{do: "unary " + operator, parts: []node{operand}}, err
	}
	base, err := p.primary()
	if err != nil || !p.take("**") {
		return base, err
	}
	power, err := p.unary()
	return node{do: "**", parts: []node{base, power}}, err
}

func (p *parser) primary() (node, error) {
	t := p.tokens[0]
	if t.class == classEnd {
		return node{}, p.unexpected()
	}
	p.tokens = p.tokens[1:]
	switch t.class {
	case classMetavariable:
		return node{do: "metavariable", name: t.text}, nil
	case classInt, classFloat:
		return constant(t)
	case classString:
		text := t.text
		for p.tokens[0].class == classString {
			text += p.tokens[0].text
			p.tokens = p.tokens[1:]
		}
		return node{do: "constant", value: String(text)}, nil
	case className:
		return p.name(t)
	}
	switch t.text {
	case "(", "[":
		return p.bracket(t.text)
	}
	p.tokens = append([]token{t}, p.tokens...)
	return node{}, p.unexpected()
}

// bracket reads what follows an opening bracket: an expression in parentheses, a tuple, a list, or the arguments of a call.
func (p *parser) bracket(open string) (node, error) {
	closing := map[string]string{"(": ")", "[": "]", "call": ")"}[open]
	list := node{do: "list"}
	single := open == "("
	for !p.take(closing) {
		item, err := p.level(0)
		if err != nil {
			return item, err
		}
		list.parts = append(list.parts, item)
		if p.take(",") {
			single = false
		} else if p.tokens[0].text != closing {
			return node{}, p.unexpected()
		}
	}
	if single && len(list.parts) == 1 {
		return list.parts[0], nil
	}
	return list, nil
}

// constant reads a number.
func constant(t token) (node, error) {
	text := t.text
	if t.class == classFloat {
		f, err := strconv.ParseFloat(strings.ReplaceAll(text, "_", ""), 64)
		if err != nil {
			return node{}, fmt.Errorf("character %d begins a number that cannot be read", t.at+1)
		}
		return node{do: "constant", value: Float(f)}, nil
	}
	n, err := strconv.ParseInt(text, 0, 64)
	if err != nil {
		return node{}, fmt.Errorf("character %d begins a whole number that cannot be read, or that has more than 64 bits", t.at+1)
	}
	return node{do: "constant", value: Int(n)}, nil
}
