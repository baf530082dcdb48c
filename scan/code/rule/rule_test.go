package rule

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/code/compare"
)

func TestARuleKeepsWhatItSays(t *testing.T) {
	t.Parallel()
	rules, refused := Parse("r.yaml", []byte(`rules:
- id: lib.some_rule-1
  version: "7"
  min-version: 1.50.0
  max-version: 99.0.0
  languages: [py, python, TypeScript]
  severity: warning
  message: >-
    Do not call $F
    with $...ARGS.
  metadata:
    cwe: ["CWE-89: Improper Neutralization", "cwe-0079", 22, "CWE-89: again", "none"]
    owasp: A03:2021 - Injection
    confidence: HIGH
    likelihood: low
    impact: Medium
    category: security
    technology: [django]
    references: [https://example.com/a]
    anything: {goes: [here]}
  paths:
    include: [src/**/*.py]
    exclude: ["*_test.py"]
  options: {symbolic_propagation: true, ac_matching: false, generic_ellipsis_max_span: 3, timeout: 30, interfile: true}
  pattern: $F($...ARGS)
  fix: |
    safe($...ARGS)
  fix-regex: {regex: a, replacement: b, count: 2}
`))
	require.Empty(t, refused)
	require.Len(t, rules, 1)
	r := rules[0]
	require.Equal(t, "lib.some_rule-1", r.ID)
	require.Equal(t, []Language{"python", "ts"}, r.Languages)
	require.Equal(t, scan.SeverityMedium, r.Severity)
	require.Equal(t, Metadata{
		CWE: []string{"CWE-89", "CWE-79", "CWE-22"}, OWASP: []string{"A03:2021 - Injection"}, References: []string{"https://example.com/a"},
		Technology: []string{"django"}, Category: "security", Confidence: scan.ConfidenceHigh, Likelihood: scan.SeverityLow, Impact: scan.SeverityMedium,
	}, r.Metadata)
	require.Equal(t, []string{"src/**/*.py"}, r.Paths.Include())
	require.Equal(t, []string{"*_test.py"}, r.Paths.Exclude())
	require.Equal(t, "safe($...ARGS)", r.Fix)
	require.Equal(t, 2, r.FixRegex.Count)
	want := defaultOptions()
	want.SymbolicPropagation, want.AssociativeMatching, want.Generic.EllipsisLines, want.Taint.AcrossFiles = true, false, 3, true
	require.Equal(t, want, r.Options)
	require.Nil(t, r.Taint)
}

func TestJSONIsReadWithItsTabs(t *testing.T) {
	t.Parallel()
	rules, refused := Parse("r.json", []byte("\n{\n\t\"rules\": [\n\t\t{\"id\": \"a\",\t\"languages\": [\"go\"], \"severity\": \"LOW\",\n\t\t\t\"message\": \"m\\n\\\"\t\\u0041\\/\", \"pattern\": \"f(\\\"x\\\")\"}\n\t]\n}\n"))
	require.Empty(t, refused)
	require.Equal(t, "m\n\"\tA/", rules[0].Message.String())
	require.Equal(t, `"f(\"x\")"`, draw(rules[0].Match))
	require.Equal(t, Position{Line: 4, Column: 3}, rules[0].At())
}

func TestSeveritiesOfBothScales(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]scan.Severity{
		"CRITICAL": scan.SeverityCritical, "HIGH": scan.SeverityHigh, "ERROR": scan.SeverityHigh, "MEDIUM": scan.SeverityMedium,
		"WARNING": scan.SeverityMedium, "LOW": scan.SeverityLow, "INFO": scan.SeverityLow, "INVENTORY": scan.SeverityLow,
	} {
		rules, refused := Parse("r", []byte("- {id: a, languages: [go], severity: "+word+", message: m, pattern: f()}"))
		require.Empty(t, refused)
		require.Equal(t, want, rules[0].Severity, word)
	}
}

func TestBothSyntaxesGiveTheSameFlow(t *testing.T) {
	t.Parallel()
	for _, keys := range []string{`
mode: taint
pattern-sources:
- pattern: source()
- patterns: [{pattern: "def f($X): ..."}, {focus-metavariable: $X}]
  label: INPUT
  requires: A and not B
  exact: true
  control: true
  by-side-effect: only
- {pattern: s2(), by-side-effect: true}
pattern-sinks:
- pattern: sink(...)
- patterns: [{pattern: "g($X)"}, {focus-metavariable: $X}]
  requires: INPUT
  exact: false
  at-exit: true
pattern-sanitizers:
- pattern-either: [{pattern: clean()}, {pattern: c2()}]
  exact: true
  by-side-effect: true
  not_conflicting: true
pattern-propagators:
- {pattern: $A.add($B), from: $B, to: $A}
- {pattern: h($A), from: $A, to: $B, by-side-effect: false, requires: A, label: B, replace-labels: [A, C]}
`, `
taint:
  sources:
  - source()
  - pattern: "def f($X): ..."
    where: [{focus: $X}]
    label: INPUT
    requires: A and not B
    exact: true
    control: true
    by-side-effect: only
  - {pattern: s2(), by-side-effect: true}
  sinks:
  - sink(...)
  - all: ["g($X)"]
    where: [{focus: $X}]
    requires: INPUT
    exact: false
    at-exit: true
  sanitizers:
  - any: [clean(), c2()]
    exact: true
    by-side-effect: true
    not-conflicting: true
  propagators:
  - {pattern: $A.add($B), from: $B, to: $A}
  - {pattern: h($A), from: $A, to: $B, by-side-effect: false, requires: A, label: B, replace-labels: [A, C]}
`} {
		r := one(t, keys)
		require.Nil(t, r.Match)
		s := r.Taint.Sources
		require.Len(t, s, 3)
		require.Equal(t, `"source()"`, draw(s[0].Formula))
		require.Equal(t, DefaultLabel, s[0].Label)
		require.Nil(t, s[0].Requires)
		require.Equal(t, SideEffectNone, s[0].SideEffect)
		require.Equal(t, `and("def f($X): ...") focus[$X]`, draw(s[1].Formula))
		require.Equal(t, "INPUT", s[1].Label)
		require.Equal(t, "A and not B", s[1].Requires.String())
		require.True(t, s[1].Exact && s[1].Control)
		require.Equal(t, SideEffectOnly, s[1].SideEffect)
		require.Equal(t, SideEffectAlso, s[2].SideEffect)

		k := r.Taint.Sinks
		require.True(t, k[0].Exact && !k[0].AtExit && !k[0].Focused)
		require.True(t, k[0].Requires.Hold(func(label string) bool { return label == DefaultLabel }))
		require.False(t, k[0].Requires.Hold(func(label string) bool { return label == "INPUT" }))
		require.True(t, !k[1].Exact && k[1].AtExit && k[1].Focused)
		require.Equal(t, "INPUT", k[1].Requires.String())

		c := r.Taint.Sanitizers
		require.Equal(t, `or("clean()" "c2()")`, draw(c[0].Formula))
		require.True(t, c[0].Exact && c[0].SideEffect && c[0].NotConflicting)

		p := r.Taint.Propagators
		require.Equal(t, "$B", p[0].From)
		require.Equal(t, "$A", p[0].To)
		require.True(t, p[0].SideEffect)
		require.Empty(t, p[0].Label)
		require.False(t, p[1].SideEffect)
		require.Equal(t, "B", p[1].Label)
		require.Equal(t, []string{"A", "C"}, p[1].Replace)
		require.Len(t, r.Leaves, 9)
	}
}

func TestPatternsOfTheLanguageRegexAreExpressions(t *testing.T) {
	t.Parallel()
	rules, refused := Parse("r", []byte("- {id: a, languages: [none], severity: LOW, message: m, patterns: [{pattern: 'a+'}, {metavariable-pattern: {metavariable: $1, language: python, pattern: f()}}]}"))
	require.Empty(t, refused)
	require.Equal(t, `and(/a+/) $1:python{"f()"}`, draw(rules[0].Match))
}

func TestConditionsKeepTheirParts(t *testing.T) {
	t.Parallel()
	r := one(t, `
patterns:
- pattern: f($X)
- metavariable-regex: {metavariable: $X, regex: '(?i)b.*', constant-propagation: true}
- metavariable-regex: {metavariable: $X, regex: '^a$'}
- metavariable-comparison: {metavariable: $X, comparison: $X == 420, strip: true, base: 8}
- metavariable-analysis: {metavariable: $X, analyzer: {entropy_v2: {mode: strict}}}
- metavariable-analysis: {metavariable: $X, analyzer: entropy_v2, options: {mode: lax}}
- metavariable-name: {metavariable: $X, modules: ["@angular/core", rxjs]}
- focus-metavariable: [$X, $...Y]
- focus-metavariable: $Z`)
	and, ok := r.Match.(*And)
	require.True(t, ok)
	first, ok := and.Where[0].(*RegexCondition)
	require.True(t, ok)
	require.True(t, first.Constant)
	require.True(t, first.Regex.MatchStart("Bar") && !first.Regex.MatchStart("a b"))
	second, ok := and.Where[1].(*RegexCondition)
	require.True(t, ok)
	require.False(t, second.Constant)
	require.False(t, second.Regex.MatchStart("b\na"), "lines mean nothing in a metavariable")
	comparison, ok := and.Where[2].(*Comparison)
	require.True(t, ok)
	require.True(t, comparison.Expression.Holds(func(string) (compare.Value, bool) { return compare.String("0644"), true }, time.Time{}))
	require.Equal(t, EntropyStrict, and.Where[3].(*AnalysisCondition).Analysis)
	require.Equal(t, EntropyLax, and.Where[4].(*AnalysisCondition).Analysis)
	require.Equal(t, []string{"@angular/core", "rxjs"}, and.Where[5].(*NameCondition).Modules)
	require.Equal(t, []string{"$X", "$...Y"}, and.Focus[0].Names)
	require.Equal(t, []string{"$Z"}, and.Focus[1].Names)
}

func TestAnalysesOfATextHold(t *testing.T) {
	t.Parallel()
	require.True(t, ReDoS.Holds(`(a+)+$`))
	require.False(t, ReDoS.Holds(`a+$`))
	random := "q7RzLk2v" + "Xw9T"
	require.True(t, EntropyLax.Holds(random))
	require.False(t, EntropyStrict.Holds(random))
	for _, a := range []Analysis{Entropy, EntropyDefault} {
		require.True(t, a.Holds(random+"bMc4HsPd"))
		require.False(t, a.Holds("a text of words that says something"))
	}
}

func TestWalkVisitsEachFormula(t *testing.T) {
	t.Parallel()
	r := one(t, "patterns:\n- pattern: a\n- pattern-not-inside: b\n- pattern-either: [{pattern: c}, {pattern-regex: d}]\n- metavariable-pattern: {metavariable: $X, pattern: e}\n- semgrep-internal-pattern-anywhere: g")
	var leaves []Leaf
	Walk(r.Match, func(f Formula) {
		if l, ok := f.(Leaf); ok {
			leaves = append(leaves, l)
		}
	})
	require.ElementsMatch(t, r.Leaves, leaves)
	require.Len(t, leaves, 6)
}

func TestOptionsAreDescribedAndSorted(t *testing.T) {
	t.Parallel()
	table := OptionTable()
	for i, o := range table {
		require.NotEmpty(t, o.Meaning)
		require.True(t, i == 0 || table[i-1].Name < o.Name, o.Name)
		if o.Default == "" {
			continue
		}
		r := one(t, fmt.Sprintf("pattern: f()\noptions: {%s: %s}", o.Name, o.Default))
		require.Equal(t, defaultOptions(), r.Options, o.Name)
		if o.Default == "true" || o.Default == "false" {
			other := map[string]string{"true": "false", "false": "true"}[o.Default]
			r = one(t, fmt.Sprintf("pattern: f()\noptions: {%s: '%s'}", o.Name, other))
			require.NotEqual(t, defaultOptions(), r.Options, o.Name)
		}
	}
	r := one(t, "pattern: f()\noptions:\n  generic_braces: [['<', '>'], ['(', ')']]\n  generic_extra_word_characters: ['-', .]\n  generic_comment_style: shell\n  taint_focus_on: source\n  max_match_per_file: 3\n  taint_interfile_depth: -1")
	require.Equal(t, []string{"<>", "()"}, r.Options.Generic.Braces)
	require.Equal(t, "-.", r.Options.Generic.ExtraWordBytes)
	require.Equal(t, "shell", r.Options.Generic.Comments)
	require.True(t, r.Options.Taint.ReportSource)
	require.Equal(t, 3, r.Options.MaxMatches)
	require.Equal(t, -1, r.Options.Taint.Depth)
}
