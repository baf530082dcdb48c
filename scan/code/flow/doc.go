// Package flow follows data through the functions of one file, from where rules say that it is dangerous to where they say that it must not
// arrive. Start with [Run].
//
// It walks the tree as the program would run: statements in order, both branches of a condition and their join, loops until nothing changes.
// What a variable holds is known by field and constant key. Each function is analysed once, for any arguments: what its parameters reach, what
// it returns, and what of that comes from its parameters make a [summary], which stands for its calls. Steps are counted, never time, so that
// the result does not depend on the machine.
//
// The terms are those of https://semgrep.dev/docs/writing-rules/data-flow/taint-mode/overview.
package flow
