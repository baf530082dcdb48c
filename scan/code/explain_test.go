package code_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/code"
)

// explained are two rules: a search with each kind of part, and a flow with a sanitizer.
const explained = `
rules:
- id: search
  languages: [python]
  severity: ERROR
  message: m
  patterns:
  - pattern-either: [{pattern: eval($X)}, {pattern: exec($X)}]
  - pattern-inside: "def $F(...): ..."
  - pattern-not: eval("...")
  - pattern-not-inside: "if $C: ..."
  - metavariable-regex: {metavariable: $X, regex: ^user}
  - focus-metavariable: $X
- id: flow
  languages: [python]
  severity: ERROR
  message: m
  mode: taint
  options: {taint_assume_safe_numbers: true}
  pattern-sources: [{pattern: source()}]
  pattern-sanitizers: [{pattern: clean(...)}]
  pattern-sinks: [{pattern: sink(...)}]
`

const explainedFile = `def f(x):
    eval(x)
    eval(user_input)
    eval("user")
    if x:
        exec(user_input)
eval(user)
def g():
    a = source()
    b = clean(a)
    sink(b)
    sink(a)
def h():
    sink(source().length + 1)
    c = source()
    d = c
`

// explain gives the text about one line.
func explain(t *testing.T, rules, path, text string, line int, ids ...string) string {
	t.Helper()
	x, err := code.New(withRules(rules)).Explain(&scan.Content{File: scan.File{Path: path}, Data: []byte(text)}, line, ids)
	require.NoError(t, err)
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", x.LeftOut)
	for _, r := range x.Rules {
		fmt.Fprintf(&b, "%s %t\n", r.ID, r.Found)
		for _, p := range r.Parts {
			fmt.Fprintf(&b, "%s\n", p.Text)
		}
	}
	fmt.Fprintf(&b, "%d quiet, %d absent\n", x.Quiet, x.Absent)
	return b.String()
}

func TestExplainSaysWhichPartOfARuleDoesNotMatch(t *testing.T) {
	t.Parallel()
	for line, want := range map[int][]string{
		1:  {"\n2 quiet, 0 absent\n"},
		2:  {"search false\n", "pattern-either: matches 2:5-2:12\n", "pattern-inside: matches 1:1-6:25\n", "metavariable-regex: does not hold for $X (2:10-2:11)\n", "1 quiet"},
		3:  {"search true\n", "metavariable-regex: holds for $X (3:10-3:20)\n", "pattern-not: so all of them are left\n", "focus-metavariable: so all of them are left\n"},
		4:  {"search false\n", "pattern-not: matches 4:5-4:17\n", "pattern-not: so nothing is left on this line\n"},
		6:  {"search false\n", "pattern-not-inside: so nothing is left on this line\n"},
		7:  {"search false\n", "pattern-inside: matches elsewhere in the file", "the parts above do not match in one another"},
		9:  {"flow false\n", "source: matches on this line\n", "it reaches the sink 12:5-12:12\n"},
		10: {"flow false\n", "is clean by the sanitizer in line 21 of the rules"},
		11: {"flow false\n", "sink: matches on this line\n", "data of the source 9:9-9:17 is in lines 9, 12; "},
		12: {"flow true\n", "sink: matches on this line\n"},
		14: {"14:10-14:25 is clean because of its type; it stops in line 14 and reaches no sink\n"},
		16: {"flow false\n", "data of the source 15:9-15:17 is in lines 15, 16; it stops in line 16 and reaches no sink\n"},
	} {
		got := explain(t, explained, "a.py", explainedFile, line)
		for _, words := range want {
			require.Contains(t, got, words, "line %d", line)
		}
		require.NotContains(t, got, "user_input", "no text of the file")
	}
	_, err := code.New(withRules(explained)).Explain(&scan.Content{File: scan.File{Path: "a.py"}, Data: []byte(explainedFile)}, 99, nil)
	require.ErrorContains(t, err, "a.py has only 17 lines")
}

func TestExplainSaysWhyARuleIsNotTried(t *testing.T) {
	t.Parallel()
	rules := explained + "- {id: elsewhere, languages: [python], severity: INFO, message: m, pattern: eval(...), paths: {include: [src]}}\n"
	for name, c := range map[string]struct {
		path, text, id, want string
	}{
		"another language":      {"a.go", "package a", "search", "no rule is for files in go\nsearch false\nnot tried: the rule is for files in another language\n"},
		"without a front end":   {"a.rb", "x", "search", "this version has no front end for files in ruby\nsearch false\n"},
		"no language":           {"README", "x", "search", "files of this name belong to no language that this version knows\nsearch false\n"},
		"paths":                 {"a.py", "eval(1)", "elsewhere", "\nelsewhere false\nnot tried: the rule's paths leave the file out\n"},
		"a word that is absent": {"a.py", "x", "search", "\nsearch false\nnot tried: the file lacks a word that each match of the rule has\n"},
		"no source in the file": {"a.py", "sink(1)", "flow", "flow: no source of the rule matches in this file\n"},
		"others' code":          {"vendor/a.py", "x", "search", "the file is in vendor, a folder of others' code (CODE_INCLUDE_GENERATED)\nsearch false\n"},
		"generated":             {"a.min.js", "x", "search", "the file is generated or minified (CODE_INCLUDE_GENERATED)\nsearch false\n"},
		"too large":             {"a.py", strings.Repeat("x = 1\n", 1_500_000), "search", "the file is larger than 8 MB\n"},
	} {
		require.Contains(t, explain(t, rules, c.path, c.text, 1, c.id), c.want, name)
	}
}

func TestExplainAgreesWithTheScan(t *testing.T) {
	t.Parallel()
	r := scanTree(t, withRules(explained), tree{"a.py": explainedFile}, 1)
	found := map[string]bool{}
	for _, f := range r.Findings {
		found[fmt.Sprint(f.RuleID, f.StartLine)] = true
	}
	require.NotEmpty(t, found)
	for line := 1; line <= strings.Count(explainedFile, "\n"); line++ {
		for _, id := range []string{"search", "flow"} {
			require.Equal(t, found[fmt.Sprint(id, line)], strings.Contains(explain(t, explained, "a.py", explainedFile, line, id), id+" true\n"), "%s in line %d", id, line)
		}
	}
}
