package flow_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParametersOfFunctionsThatNobodyCalls(t *testing.T) {
	const rules = `
rules:
- id: r
  languages: [js]
  severity: HIGH
  message: m
  mode: taint
  pattern-sources:
  - patterns: [{pattern: 'function $F(..., $P, ...) {...}'}, {focus-metavariable: $P}]
    uncalled: true
  pattern-sinks:
  - {patterns: [{pattern: sink($X)}, {focus-metavariable: $X}], text: true}
`
	const source = `
function outer(a) {
  inner(a);
  inner("constant");
}
function inner(b) {
  sink(b); // BAD
}
function helper(c) {
  sink(c);
}
function user() {
  helper("constant");
}
function alone(d) {
  sink("a" + d); // BAD
  sink({ d });
}
class Box {
  constructor(e) { sink(e); }
}
function boxes() { return new Box("constant"); }
alone("shown");
`
	list, _ := findings(newSet(t, rules), "js", source)
	require.Equal(t, marked(source), linesOf(source, list))
}

func TestACheckOfATextIsOneOfTheSameText(t *testing.T) {
	requireMarked(t, "js", guarded+`  pattern-guards:
  - {pattern: $SET.has($X), cleans: $X}
  - {pattern: '$X.includes("..")', cleans: $X, when: false}
`, `
function f(set, other) {
  if (!set.has(source().a)) return;
  sink(source().a);
  sink(source().b); // BAD
}
function g(set) {
  if (source().a.includes("..")) { sink(source().a); } // BAD
  sink(source().a); // BAD
}
function h(set) {
  if (source().a.includes("..")) throw new Error();
  sink(source().a);
}
function i() {
  if (source().a !== "x" && source().a !== "y") return;
  sink(source().a);
}
`)
}

func TestASanitizerOfAParameter(t *testing.T) {
	requireMarked(t, "js", `  pattern-sanitizers:
  - patterns: [{pattern: 'db.query(..., function ($E, $ROWS) {...})'}, {focus-metavariable: $ROWS}]
`, `
function f() {
  db.query(source(), (error, rows) => sink(rows));
  other.query(source(), (error, rows) => sink(rows)); // BAD
}
`)
}
