package lex

import "strings"

// Metavariable reads $X, $...X, $_ or $1 at an offset, as a name of patterns:
// https://semgrep.dev/docs/writing-rules/pattern-syntax#metavariables. It returns the end, the name with the dollar and
// without dots, and whether it stands for a sequence. The end is the offset itself when there is none; `$foo` is none.
func Metavariable(source string, at int) (end int, name string, many bool) {
	rest, ok := strings.CutPrefix(source[at:], "$")
	if !ok {
		return at, "", false
	}
	body := strings.TrimPrefix(rest, "...")
	many = len(body) < len(rest)
	n := 0
	for n < len(body) && (body[n] == '_' || body[n] >= 'A' && body[n] <= 'Z' || n > 0 && Digit(body[n])) {
		n++
	}
	if n == 0 && !many {
		for n < len(body) && Digit(body[n]) {
			n++
		}
	}
	if n == 0 || n < len(body) && (Letter(body[n]) || body[n] == '$') {
		return at, "", false
	}
	return len(source) - len(body) + n, "$" + body[:n], many
}
