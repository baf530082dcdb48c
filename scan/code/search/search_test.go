package search

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/code/python"
	"github.com/sluice-scan/sluice/scan/code/rule"
)

var languages = []Language{{Name: "python", Parse: python.Parse, ParsePattern: python.ParsePattern}}

// set compiles a rule whose keys besides id, languages, message and severity are given.
func set(t testing.TB, keys string) *Set {
	t.Helper()
	rules, refused := rule.Parse("rules.yml", []byte("rules:\n- id: a\n  languages: [python]\n  severity: ERROR\n  message: found $X\n  "+strings.ReplaceAll(strings.TrimSpace(keys), "\n", "\n  ")+"\n"))
	require.Empty(t, refused, keys)
	s, refused := NewSet(rules, languages)
	require.Empty(t, refused, keys)
	return s
}

// found are the texts that a rule finds.
func found(t testing.TB, keys, source string) []string {
	t.Helper()
	result := set(t, keys).Search(Input{Source: source, Language: "python", Now: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)})
	require.Empty(t, result.Cut)
	all := []string{}
	for _, f := range result.Findings {
		all = append(all, source[f.Start:f.End])
	}
	return all
}

func TestFormulas(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, keys, source string
		want               []string
	}{
		{"one pattern", "pattern: f($X)", "f(1)\ng(f(2))", []string{"f(1)", "f(2)"}},
		{"the inner of two positives", "patterns:\n- pattern: f(...)\n- pattern: g($X)", "f(g(1))\ng(f(2))\ng(3)", []string{"g(1)", "f(2)"}},
		{"bindings must agree", "patterns:\n- pattern: f($X)\n- pattern-inside: 'with $X: ...'", "with a:\n  f(a)\n  f(b)", []string{"f(a)"}},
		{"inside", "patterns:\n- pattern-inside: 'def $F(...): ...'\n- pattern: f(...)", "f(1)\ndef g(): f(2)", []string{"f(2)"}},
		{"an inside is never the finding of what holds it", "patterns:\n- pattern: f(...)\n- pattern-inside: g(...)", "f(g(1))", []string{}},
		{"not inside", "patterns:\n- pattern: f(...)\n- pattern-not-inside: 'if $X: ...'", "f(1)\nif a: f(2)", []string{"f(1)"}},
		{"not", "patterns:\n- pattern: f(...)\n- pattern-not: f(1)", "f(1)\nf(2)\nf(f(1))", []string{"f(2)", "f(f(1))"}},
		{"not with bindings", "patterns:\n- pattern: f($X, $Y)\n- pattern-not: f($X, $X)", "f(1, 1)\nf(1, 2)", []string{"f(1, 2)"}},
		{"either", "pattern-either:\n- pattern: f(...)\n- pattern: g(...)", "f(1)\ng(2)", []string{"f(1)", "g(2)"}},
		{"an inside of several", "patterns:\n- pattern-either:\n  - pattern-inside: 'if a: ...'\n  - pattern-inside: 'if b: ...'\n- pattern: f(...)", "if a: f(1)\nif b: f(2)\nif c: f(3)", []string{"f(1)", "f(2)"}},
		{"expressions", "pattern-regex: 'f.(\\d)'", "f(1) # f(2)", []string{"f(1", "f(2"}},
		{"expressions in patterns", "patterns:\n- pattern: f(...)\n- pattern-regex: '\\d+'", "f(12)\ng(3)", []string{"12"}},
		{"not an expression", "patterns:\n- pattern: f(...)\n- pattern-not-regex: '2'", "f(1)\nf(2)", []string{"f(1)"}},
		{"a regex of a metavariable", "patterns:\n- pattern: $X(...)\n- metavariable-regex: {metavariable: $X, regex: '^ab?$'}", "a()\nab()\nabc()\nba()", []string{"a()", "ab()"}},
		{"groups of it are bindings", "patterns:\n- patterns:\n  - pattern: f($Y)\n  - metavariable-regex: {metavariable: $Y, regex: '(?<X>a+)b'}\n- focus-metavariable: $X", "f(aab)\nf(b)", []string{"aa"}},
		{"constants of it", "patterns:\n- pattern: f($X)\n- metavariable-regex: {metavariable: $X, regex: '^ab$', constant-propagation: true}", "x = 'a' + 'b'\nf(x)\nf('b')", []string{"f(x)"}},
		{"comparisons", "patterns:\n- pattern: f($X)\n- metavariable-comparison: {metavariable: $X, comparison: '$X > 3 and $X % 2 == 0'}", "f(2)\nf(4)\nf(5)\nx = 0x10\nf(x)\nf('4')\nf(y)", []string{"f(4)", "f(x)"}},
		{"a pattern in a metavariable", "patterns:\n- pattern: f($X)\n- metavariable-pattern: {metavariable: $X, pattern: g(...)}", "f(g(1))\nf(h(g(1)))\nf(2)", []string{"f(g(1))", "f(h(g(1)))"}},
		{"no pattern in a metavariable", "patterns:\n- pattern: f($X)\n- metavariable-pattern:\n    metavariable: $X\n    patterns:\n    - pattern-not: g(...)", "f(g(1))\nf(2)", []string{"f(2)"}},
		{"an expression in the content of a text", "patterns:\n- pattern: f(\"$X\")\n- metavariable-pattern: {metavariable: $X, language: regex, pattern: '^a+$'}", "f('aa')\nf('ab')", []string{"f('aa')"}},
		{"conditions do not see one another's bindings", "patterns:\n- pattern: f($X)\n- metavariable-pattern: {metavariable: $X, pattern: g($Z)}\n- metavariable-pattern: {metavariable: $X, pattern: h($Z)}", "f(g(1), h(2))\nf(k(g(1), h(2)))", []string{"f(k(g(1), h(2)))"}},
		{"types", "patterns:\n- pattern: f($X)\n- metavariable-type: {metavariable: $X, type: int}", "def g(a: int, b: str):\n  f(a)\n  f(b)", []string{"f(a)"}},
		{"modules of names", "patterns:\n- pattern: $X.f()\n- metavariable-name: {metavariable: $X, module: a.b}", "import a.b as c\nfrom a import z\nc.f()\nz.f()", []string{"c.f()"}},
		{"random texts", "patterns:\n- pattern: f(\"$X\")\n- metavariable-analysis: {metavariable: $X, analyzer: entropy}", "f('" + "q7RzLk2v" + "Xw9TbMc4HsPd" + "')\nf('words that say something')", []string{"f('q7RzLk2vXw9TbMc4HsPd')"}},
		{"focus", "patterns:\n- pattern: f($Y, $X)\n- focus-metavariable: $X", "f(1, 2)", []string{"2"}},
		{"focus on several", "patterns:\n- pattern: f($Y, $X)\n- focus-metavariable: [$X, $Y]", "f(1, 2)", []string{"1", "2"}},
		{"focus twice", "patterns:\n- pattern: f($Y)\n- pattern-inside: g($X)\n- focus-metavariable: $X\n- focus-metavariable: $Y", "g(f(2))", []string{"2"}},
		{"focus on a sequence", "patterns:\n- pattern: f($...X)\n- focus-metavariable: $...X", "f(1, 2)", []string{"1, 2"}},
		{"new syntax", "match:\n  all:\n  - pattern: f($X)\n  - inside: 'if a: ...'\n  - not: f(1)\n  where:\n  - metavariable: $X\n    regex: '[12]'", "if a:\n  f(1)\n  f(2)\n  f(3)", []string{"f(2)"}},
		{"anywhere", "match:\n  all:\n  - pattern: f($X)\n  - anywhere: g($X)", "g(1)\nf(1)\nf(2)", []string{"f(1)"}},
		{"a range as a metavariable", "match:\n  all:\n  - pattern: 'def $F(...): ...'\n    as: $X\n  where:\n  - metavariable: $X\n    pattern: f()", "def a(): f()\ndef b(): g()", []string{"def a(): f()"}},
		{"names for their expressions", "options: {symbolic_propagation: true}\npattern: f(g(...))", "x = g(1)\nf(x)\ny = h()\nf(y)", []string{"f(x)"}},
		{"no names for their expressions", "pattern: f(g(...))", "x = g(1)\nf(x)", []string{}},
		{"text in a metavariable", "patterns:\n- pattern: f(\"$X\")\n- metavariable-pattern: {metavariable: $X, language: generic, pattern: a ... b}", "f('a (c) b')\nf('b a')", []string{"f('a (c) b')"}},
		{"a word of a text is the finding", "patterns:\n- pattern: f(\"$X\")\n- metavariable-pattern: {metavariable: $X, language: generic, pattern: a $Y}\n- focus-metavariable: $Y", "f('a b')", []string{"b"}},
		{"no expressions in decorators", "options: {attr_expr: false}\npattern: f(...)", "@f(1)\ndef g(): f(2)", []string{"f(2)"}},
	} {
		require.Equal(t, c.want, found(t, c.keys, c.source), c.name)
	}
}

func TestAFindingHasItsMessageAndBindings(t *testing.T) {
	t.Parallel()
	result := set(t, "pattern: f($X, ..., $Y, ...)").Search(Input{Source: "f(a, 'b', c)", Language: "python"})
	require.Len(t, result.Findings, 1, "the same place with the same message is one finding, whatever $Y is")
	require.Equal(t, "found a", result.Findings[0].Message)
	var names []string
	for _, b := range result.Findings[0].Bindings {
		names = append(names, fmt.Sprint(b.Name, b.Start, b.End))
	}
	require.Equal(t, []string{"$X2 3", "$Y5 8"}, names)
}

func TestRulesThatCannotBeRunAreRefusedAsAWhole(t *testing.T) {
	t.Parallel()
	for keys, want := range map[string]string{
		"languages: [python]\n  pattern: 'f('":       "byte 2",
		"languages: [cobol, python]\n  pattern: 'f'": "",
		"languages: [ruby]\n  pattern: f":            "no front end for ruby",
		"languages: [python]\n  patterns:\n  - pattern: f($X)\n  - metavariable-pattern: {metavariable: $X, language: ruby, pattern: g}": "no front end for ruby",
		`languages: [python]
  pattern: 'f("=~/(/")'`: "not valid",
	} {
		rules, refused := rule.Parse("rules.yml", []byte("rules:\n- id: a\n  severity: ERROR\n  message: m\n  "+keys+"\n"))
		if len(refused) > 0 {
			continue
		}
		s, refused := NewSet(rules, languages)
		require.Len(t, refused, 1, keys)
		require.Contains(t, refused[0].Error(), want, keys)
		require.Equal(t, "a", refused[0].RuleID)
		require.Empty(t, s.Search(Input{Source: "f(1)", Language: "python"}).Findings)
	}
}

func TestRulesOfTheLanguageRegexLookAtEveryFile(t *testing.T) {
	t.Parallel()
	rules, refused := rule.Parse("rules.yml", []byte("rules:\n- {id: a, languages: [regex], severity: ERROR, message: m, pattern-regex: 'b+'}\n"))
	require.Empty(t, refused)
	s, refused := NewSet(rules, nil)
	require.Empty(t, refused)
	for _, language := range []rule.Language{"python", "ruby", ""} {
		require.Len(t, s.Search(Input{Source: "abba b", Language: language}).Findings, 2)
	}
}

func TestRulesOfTheLanguageGenericReadWords(t *testing.T) {
	t.Parallel()
	rules, refused := rule.Parse("rules.yml", []byte("rules:\n- id: a\n  languages: [generic]\n  severity: ERROR\n  message: $X\n  patterns:\n  - pattern-inside: <a ...>$...X</a>\n  - pattern: b $Y\n  - metavariable-regex: {metavariable: $Y, regex: c}\n  - metavariable-pattern: {metavariable: $...X, language: python, pattern: 'b = $Z'}\n"))
	require.Empty(t, refused)
	s, refused := NewSet(rules, languages)
	require.Empty(t, refused)
	require.Empty(t, s.Search(Input{Source: "<a x>b d</a> <a>b c</a>"}).Findings)
	rules[0].Match.(*rule.And).Where = rules[0].Match.(*rule.And).Where[:1]
	s, _ = NewSet(rules, languages)
	result := s.Search(Input{Source: "<a x>b d</a> <a>b c</a>"})
	require.Len(t, result.Findings, 1)
	require.Equal(t, "b c", result.Findings[0].Message)
}

func TestWhatIsCutIsNamed(t *testing.T) {
	t.Parallel()
	source := "f(" + strings.Repeat("a, ", 3000) + "b)"
	result := set(t, "pattern: f(..., $A, ..., $B, ..., $C, ..., c)").Search(Input{Source: source, Language: "python"})
	require.Len(t, result.Cut, 1)
	result = set(t, "patterns:\n- pattern: $X\n- pattern-not-inside: $Y == $Z").Search(Input{Source: strings.Repeat("a == b\n", 5000), Language: "python"})
	require.Len(t, result.Cut, 1)
}

func TestTheResultDoesNotDependOnOtherRules(t *testing.T) {
	t.Parallel()
	text := "rules:\n"
	for i, pattern := range []string{"f($X)", "g(...)", "$X == $X", "f(g($X))", "f(1)"} {
		text += fmt.Sprintf("- {id: r%d, languages: [python], severity: ERROR, message: m, pattern: '%s'}\n", i, pattern)
	}
	rules, refused := rule.Parse("rules.yml", []byte(text))
	require.Empty(t, refused)
	const source = "f(g(1))\nf(1)\nx = a == a\n"
	all, _ := NewSet(rules, languages)
	together := all.Search(Input{Source: source, Language: "python"})
	apart := 0
	for _, r := range rules {
		one, _ := NewSet([]*rule.Rule{r}, languages)
		apart += len(one.Search(Input{Source: source, Language: "python"}).Findings)
	}
	require.Len(t, together.Findings, apart)
	skipped := all.Search(Input{Source: source, Language: "python", Skip: func(r *rule.Rule) bool { return r.ID == "r4" }})
	require.Len(t, skipped.Findings, apart-1)
}

func TestTheFormulasOfATaintRuleGiveRanges(t *testing.T) {
	t.Parallel()
	s := set(t, "mode: taint\npattern-sources: [{pattern: source(...)}]\npattern-sinks:\n- patterns:\n  - pattern: sink($X, ...)\n  - focus-metavariable: $X\npattern-sanitizers: [{pattern: clean(...)}]\npattern-propagators: [{pattern: $A.add($B), from: $B, to: $A}]")
	const source = "a = source(1)\nx.add(a)\nsink(clean(x), 2)\n"
	in := Input{Source: source, Language: "python"}
	require.Empty(t, s.Search(in).Findings)
	runs := s.Examine(in)
	require.Len(t, runs, 1)
	taint := runs[0].Rule().Taint
	for _, c := range []struct {
		formula rule.Formula
		want    string
	}{{taint.Sources[0].Formula, "source(1)"}, {taint.Sinks[0].Formula, "clean(x)"}, {taint.Sanitizers[0].Formula, "clean(x)"}, {taint.Propagators[0].Formula, "x.add(a)"}} {
		ranges := runs[0].Ranges(c.formula)
		require.Len(t, ranges, 1)
		require.Equal(t, c.want, source[ranges[0].Start:ranges[0].End])
	}
	require.False(t, runs[0].Cut())
	require.Empty(t, s.Examine(Input{Source: "sink(x)", Language: "python"}), "a file without a source is not in play")
	require.Empty(t, s.Examine(Input{Source: "source()", Language: "python"}), "nor one without a sink")
	require.Empty(t, set(t, "mode: taint\npattern-sources: [{pattern: abc.source()}]\npattern-sinks: [{pattern: abc.sink()}]").Examine(Input{Source: "sink(source())", Language: "python"}))
}
