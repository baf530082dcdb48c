package compare

import (
	"fmt"
	"slices"
)

// functions are the functions of the language, each with the numbers of arguments that it takes.
var functions = map[string][]int{
	"int": {1, 2}, "str": {1}, "len": {1}, "float": {1}, "re.match": {2},
	"today": {0}, "strptime": {1}, "parse_promql_duration": {1},
}

// name reads what begins with a word: a label, a truth value, or a call.
func (p *parser) name(t token) (node, error) {
	switch t.text {
	case "True", "true":
		return node{do: "constant", value: Bool(true)}, nil
	case "False", "false":
		return node{do: "constant", value: Bool(false)}, nil
	case "and", "or", "not", "in", "is", "if", "else", "lambda", "for", "None":
		return node{}, fmt.Errorf("character %d begins the word %q, which means nothing there", t.at+1, t.text)
	}
	if p.labels {
		return node{do: "label", name: t.text}, nil
	}
	name := t.text
	for p.take(".") {
		if p.tokens[0].class != className {
			return node{}, p.unexpected()
		}
		name += "." + p.tokens[0].text
		p.tokens = p.tokens[1:]
	}
	counts, known := functions[name]
	if !known {
		return node{}, fmt.Errorf("%s is not a name of this language: there are metavariables ($X), int, float, str, len, re.match, today, strptime and parse_promql_duration",
			quote(name))
	}
	if !p.take("(") {
		return node{}, p.unexpected()
	}
	arguments, err := p.bracket("call")
	if err != nil {
		return node{}, err
	}
	if !slices.Contains(counts, len(arguments.parts)) {
		return node{}, fmt.Errorf("%s does not take %d arguments", name, len(arguments.parts))
	}
	call := node{do: "call", name: name, parts: arguments.parts}
	if name != "re.match" {
		return call, nil
	}
	// semgrep compiles the expression of re.match once, so that it must be a constant text.
	pattern := call.parts[0]
	if pattern.do != "constant" || pattern.value.kind != KindString {
		return node{}, fmt.Errorf("the first argument of re.match must be a text")
	}
	call.match, err = p.regex(pattern.value.text)
	if err != nil {
		return node{}, fmt.Errorf("the regular expression of re.match: %w", err)
	}
	call.parts = call.parts[1:]
	return call, nil
}

// quote quotes a name of an expression, shortened.
func quote(name string) string {
	if len(name) > 40 {
		name = name[:40] + "..."
	}
	return fmt.Sprintf("%q", name)
}
