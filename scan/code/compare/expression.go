package compare

import "errors"

// Matcher is a regular expression that is tried at the start of a text.
type Matcher interface{ MatchStart(text string) bool }

// Bindings gives the value of a metavariable ("$X"), and whether it has one.
type Bindings func(name string) (Value, bool)

// Expression is a parsed comparison.
type Expression struct {
	text string
	root node
}

// Parse reads a comparison. Regex compiles the expressions of re.match. The error says what is wrong and where, without
// quoting more than a name. Escapes in texts are not interpreted, as in semgrep: '\d' and r'\d' are the same.
func Parse(text string, regex func(string) (Matcher, error)) (*Expression, error) {
	p := parser{regex: regex}
	root, err := p.parse(text)
	if err != nil {
		return nil, err
	}
	return &Expression{text: text, root: root}, nil
}

// String gives the expression as it was written.
func (e *Expression) String() string { return e.text }

// Metavariables gives the metavariables that occur, each once, in the order of the text.
func (e *Expression) Metavariables() []string {
	var names []string
	seen := map[string]bool{}
	e.root.walk(func(n *node) {
		if n.do == "metavariable" && !seen[n.name] {
			seen[n.name] = true
			names = append(names, n.name)
		}
	})
	return names
}

func (n *node) walk(visit func(*node)) {
	visit(n)
	for i := range n.parts {
		n.parts[i].walk(visit)
	}
}

// Converted gives the expression in which int() with the base stands around each metavariable; base 0 means that the
// number's prefix says its base. It is what the keys strip and base of metavariable-comparison mean.
func (e *Expression) Converted(base int) *Expression {
	return &Expression{text: e.text, root: convert(e.root, base)}
}

func convert(n node, base int) node {
	parts := make([]node, len(n.parts))
	for i := range n.parts {
		parts[i] = convert(n.parts[i], base)
	}
	n.parts = parts
	if n.do != "metavariable" {
		return n
	}
	arguments := []node{n}
	if base != 0 {
		arguments = append(arguments, node{do: "constant", value: Int(int64(base))})
	}
	return node{do: "call", name: "int", parts: arguments}
}

// Labels is a parsed condition over taint labels.
type Labels struct {
	text string
	root node
}

// ParseLabels reads a condition over labels: names with and, or, not, parentheses, True and False.
func ParseLabels(text string) (*Labels, error) {
	p := parser{labels: true}
	root, err := p.parse(text)
	if err != nil {
		return nil, err
	}
	ok := true
	root.walk(func(n *node) {
		switch n.do {
		case "and", "or", "not", "label":
		case "constant":
			ok = ok && n.value.kind == KindBool
		default:
			ok = false
		}
	})
	if !ok {
		return nil, errors.New("it is not a condition over labels: write names of labels with and, or, not and parentheses")
	}
	return &Labels{text: text, root: root}, nil
}

// String gives the condition as it was written.
func (l *Labels) String() string { return l.text }

// Names gives the labels that occur, each once, in the order of the text.
func (l *Labels) Names() []string {
	var names []string
	seen := map[string]bool{}
	l.root.walk(func(n *node) {
		if n.do == "label" && !seen[n.name] {
			seen[n.name] = true
			names = append(names, n.name)
		}
	})
	return names
}

// Hold reports whether the condition holds where has says which labels are there.
func (l *Labels) Hold(has func(label string) bool) bool { return l.root.hold(has) }

func (n *node) hold(has func(string) bool) bool {
	switch n.do {
	case "label":
		return has(n.name)
	case "constant":
		return n.value.truth
	case "not":
		return !n.parts[0].hold(has)
	}
	for i := range n.parts {
		if n.parts[i].hold(has) == (n.do == "or") {
			return n.do == "or"
		}
	}
	return n.do == "and"
}
