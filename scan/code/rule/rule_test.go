package rule

import (
	"fmt"
	"math"
	"strings"
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

func TestPathsMatchAtAnyDepth(t *testing.T) {
	t.Parallel()
	paths := one(t, "pattern: f()\npaths:\n  include: [app/*.py, '*.js', /lib, ./a/**/b.go]\n  exclude: [vendor, '*.min.js', src/gen/]").Paths
	for path, want := range map[string]bool{
		"app/a.py": true, "src/app/a.py": true, "app/x/a.py": false, "a.js": true, "x/y/a.js": true, "a.min.js": false, "vendor/a.js": false,
		"x/vendor/y/a.js": false, "vendored/a.js": true, "lib/x.c": true, "x/lib/y/z.c": true, "libx/a.c": false, "a/x/y/b.go": true, "a/b.go": true,
		"src/gen/a.js": false, ".hidden/a.js": true, "readme": false,
	} {
		require.Equal(t, want, paths.Match(path), path)
	}
	require.True(t, Paths{}.Match("anything"))
	only := one(t, "pattern: f()\npaths: {exclude: [tests]}").Paths
	require.True(t, only.Match("a.py"))
	require.False(t, only.Match("tests/a.py"))
}

func TestMessagesPutInWhatIsBound(t *testing.T) {
	t.Parallel()
	bound := func(name string, value bool) (string, bool) {
		text, ok := map[string]string{"$X": "x", "$FUNC": "run", "$...ARGS": "1, 2", "$1": "one", "$Y": "$X"}[name]
		if value {
			return "value of " + text, ok
		}
		return text, ok
	}
	for text, want := range map[string]string{
		"plain": "plain", "$X": "x", "a $X b": "a x b", "$X$X": "xx", "$FUNCs are": "runs are", "$FUNC($...ARGS)": "run(1, 2)", "$1 and $2": "one and $2",
		"costs $5": "costs $5", "$x $": "$x $", "$NONE": "$NONE", "$Y": "$X", "value($X)": "value of x", "value($NONE)": "value($NONE)", "value($X": "value(x",
		"evalue($X)": "evalue of x", "": "", "value($X) value($X)": "value of x value of x", "`$X`.": "`x`.", "$$X": "$x", "$...": "$...",
	} {
		m := newMessage(text)
		require.Equal(t, want, m.Text(bound), text)
		require.Equal(t, text, m.String())
	}
}

func TestVersionsOfSemgrep(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want int
	}{{"1.2.3", "1.2.3", 0}, {"1.10.0", "1.9.9", 1}, {"0.99.0", "1.0.0", -1}, {"1.2.3-rc1", "1.2.3", 0}} {
		order, ok := compareVersions(c.a, c.b)
		require.True(t, ok)
		require.Equal(t, c.want, order)
	}
	for _, text := range []string{"", "1", "1.2", "1.2.x", "1.2.-3", "a.b.c"} {
		_, ok := compareVersions(text, "1.0.0")
		require.False(t, ok, text)
	}
}

func TestFormsOfPCREAreReadByBothEngines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		expression, text string
		want             bool
	}{
		{`(?P<a>x)(?P=a)`, "xx", true}, {`(?P<a>x)(?P=a)`, "xy", false}, {`(?P<n>a)b`, "ab", true}, {`a\hb`, "a\tb", true}, {`a[\hx]b`, "a b", true},
		{`\\h`, `\h`, true}, {`[[:alpha:]]+(?=1)`, "ab1", true}, {`[[:alpha:]]+(?=1)`, ":]1", false}, {`[^[:space:]]+(?=1)`, " 1", false}, {`[[:digit:]_]+$`, "1_2", true},
		{`[]a]+(?=b)`, "]ab", true}, {`(?>a+)b`, "aab", true}, {`a++b`, "aab", true}, {`(?<!x)a`, "a", true}, {`[[](?=a)`, "[a", true}, {`[[:]+(?=a)`, ":[a", true}, {`[[:^digit:]]+`, "a1", true}, {`[[:^digit:]]+`, "1", false},
	} {
		r, err := newRegex(c.expression, false)
		require.NoError(t, err, c.expression)
		require.Equal(t, c.want, r.MatchStart(c.text), c.expression)
		require.Equal(t, c.expression, r.String())
	}
	lines, err := newRegex(`^(?<word>b)$`, true)
	require.NoError(t, err)
	found, err := lines.Find("a\nb\nb")
	require.NoError(t, err)
	require.Equal(t, [][]int{{2, 3, 2, 3}, {4, 5, 4, 5}}, found)
	require.Equal(t, []string{"", "word"}, lines.Names())
	require.False(t, lines.Slow())
}

// many makes a file of n rules of the length that published ones have.
func many(n int) []byte {
	var b strings.Builder
	b.WriteString("rules:\n")
	for i := range n {
		fmt.Fprintf(&b, `- id: python.framework.security.rule-%d
  message: >-
    The call of $FUNC takes data of the request and builds a command of it. A caller can run commands on
    the server. Use a list of arguments and do not start a shell, or check the data against a list of known values.
  metadata:
    cwe:
    - "CWE-78: Improper Neutralization of Special Elements used in an OS Command ('OS Command Injection')"
    owasp:
    - A01:2017 - Injection
    - A03:2021 - Injection
    references:
    - https://cwe.mitre.org/data/definitions/78.html
    category: security
    technology: [python, flask]
    confidence: MEDIUM
    likelihood: HIGH
    impact: HIGH
  languages: [python]
  severity: ERROR
  patterns:
  - pattern-either:
    - pattern: subprocess.$FUNC(..., shell=True, ...)
    - pattern: os.system%d($CMD, ...)
    - patterns:
      - pattern: |
          $P = popen.Popen%d($CMD, ...)
          ...
          $P.wait()
      - pattern-not: |
          $P = popen.Popen%d("...", ...)
  - pattern-inside: |
      def $VIEW(..., $REQ, ...):
        ...
  - pattern-not-inside: |
      if __name__ == "__main__":
        ...
  - metavariable-regex:
      metavariable: $FUNC
      regex: ^(call|run|Popen|check_output%d)$
  - metavariable-comparison:
      comparison: len($CMD) > %d
  - focus-metavariable: $CMD
`, i, i, i, i, i%500, i)
	}
	return []byte(b.String())
}

func BenchmarkParse(b *testing.B) {
	data := many(10_000)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		rules, refused := Parse("rules.yaml", data)
		if len(rules) != 10_000 || len(refused) != 0 {
			b.Fatal(len(rules), refused[:min(3, len(refused))])
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, keys := range []string{
		"pattern: f($X)", "patterns:\n- pattern: f($X)\n- pattern-not-inside: {patterns: [{pattern: g()}]}\n- metavariable-regex: {metavariable: $X, regex: '[[:alpha:]]\\h(?=a)'}",
		"match:\n  all: [f($X), {not: {inside: g()}}]\n  where: [{focus: [$X]}, {comparison: int($X) > 1, strip: true}, {metavariable: $X, any: [a, b]}]",
		"mode: taint\npattern-sources: [{pattern: a, label: A, by-side-effect: only}]\npattern-sinks: [{pattern: b, requires: A and not B}]\npattern-propagators: [{pattern: a, from: $A, to: $B}]",
		"taint: {sources: [a], sinks: [b], sanitizers: [{pattern: c, exact: true}]}", "options: {generic_braces: [['(', ')']], timeout: 1}\npaths: {include: ['**/*.py']}\npattern: |\n  a\n  ...",
		"pattern: &a f()\nfix: *a\nmetadata: {cwe: [CWE-79], confidence: LOW}\nmin-version: 1.2.3", "mode: join\njoin: {}", "patterns: &b [{patterns: *b}]", "\x00", "pattern: \"\\xff\"", "? [a]\n: b",
	} {
		f.Add([]byte(whole(keys)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		rules, refused := Parse("r.yaml", data)
		again, refusedAgain := Parse("r.yaml", data)
		require.Equal(t, refused, refusedAgain)
		require.Len(t, again, len(rules))
		for i, r := range rules {
			require.NotEmpty(t, r.ID)
			require.NotEmpty(t, r.Languages)
			require.NotEqual(t, r.Match == nil, r.Taint == nil)
			formulas := []Formula{r.Match}
			if r.Taint != nil {
				formulas = nil
				for _, s := range r.Taint.Sources {
					formulas = append(formulas, s.Formula)
				}
				for _, s := range r.Taint.Sinks {
					require.NotNil(t, s.Requires)
					formulas = append(formulas, s.Formula)
				}
				for _, s := range r.Taint.Sanitizers {
					formulas = append(formulas, s.Formula)
				}
				for _, s := range r.Taint.Propagators {
					formulas = append(formulas, s.Formula)
				}
			}
			leaves := 0
			for _, formula := range formulas {
				require.NotNil(t, formula)
				require.False(t, negative(formula))
				Walk(formula, func(f Formula) { leaves += sound(t, f) })
			}
			require.Equal(t, len(r.Leaves), leaves)
			require.Equal(t, r.Message.String(), again[i].Message.Text(func(string, bool) (string, bool) { return "", false }))
			r.Paths.Match("a/b.py")
		}
		for _, each := range refused {
			require.Less(t, len(each.Error()), 1000+len(each.RuleID))
			require.LessOrEqual(t, each.Line, math.MaxInt32)
		}
	})
}

// sound holds a node to the contract of its type. It gives 1 for a leaf.
func sound(t *testing.T, f Formula) int {
	switch f := f.(type) {
	case *Pattern:
		require.NotEmpty(t, f.Text)
		return 1
	case *RegexPattern:
		require.NotNil(t, f.Regex)
		return 1
	case *Not:
		require.False(t, negative(f.Formula))
	case *Inside:
		require.False(t, negative(f.Formula))
	case *Or:
		require.GreaterOrEqual(t, len(f.Members), 2)
		for _, member := range f.Members {
			require.False(t, negative(member))
		}
	case *And:
		for _, c := range f.Where {
			require.NotNil(t, c)
			require.Positive(t, c.At().Line)
		}
		for _, focus := range f.Focus {
			require.NotEmpty(t, focus.Names)
		}
	}
	return 0
}
