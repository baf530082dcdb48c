package ruletest

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/code/rule"
)

func TestAnnotationsOfAllLanguages(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Annotation{
		"# ruleid: a":                 {Kind: Expected, ID: "a"},
		"    //ruleid:a.b-c_d/e":      {Kind: Expected, ID: "a.b-c_d/e"},
		"<!-- ruleid: a -->":          {Kind: Expected, ID: "a"},
		"(* ok: a *)":                 {Kind: Clean, ID: "a"},
		"/* todoruleid: a */":         {Kind: TodoExpected, ID: "a"},
		"{/* todook: a */}":           {Kind: TodoClean, ID: "a"},
		"{{/* ruleid: a */}}":         {Kind: Expected, ID: "a"},
		"<%# ruleid: a %>":            {Kind: Expected, ID: "a"},
		"{# ruleid: a #}":             {Kind: Expected, ID: "a"},
		"-- ruleid: a":                {Kind: Expected, ID: "a"},
		";; ruleid: a":                {Kind: Expected, ID: "a"},
		"' ruleid: a":                 {Kind: Expected, ID: "a"},
		"% ok : a":                    {Kind: Clean, ID: "a"},
		"#   # ruleid: a":             {Kind: Expected, ID: "a"},
		"/// ruleid: a":               {Kind: Expected, ID: "a"},
		"# ruleid: a because of this": {Kind: Expected, ID: "a"},
		"# proruleid: a":              {Kind: TodoExpected, ID: "a"},
		"# deepok: a":                 {Kind: TodoClean, ID: "a"},
		"# ruleid: deepok: a":         {Kind: TodoExpected, ID: "a"},
		"# ruleid: a\r":               {Kind: Expected, ID: "a"},
	} {
		want.Line, want.Target = 2, 3
		all, problems := Annotations("f", []byte("x\n"+text+"\ncode()\n"))
		require.Empty(t, problems, text)
		require.Equal(t, []Annotation{want}, all, text)
	}
}

func TestWhatIsNoAnnotation(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"return {ok: true}", "v, ok := m[k]", "ok: a", "ruleid: a", "x = 1 # ruleid: a", "# OK: a", "# the ruleid: a", "# rule: a", "# ruleid a", "\"# ruleid: a\"", "# ok:", "'ok': 1,",
		"# book: a", "",
	} {
		all, problems := Annotations("f", []byte(text))
		require.Empty(t, all, text)
		require.Empty(t, problems, text)
	}
	for _, text := range []string{"# ruleid:", "// todoruleid: ", "# ruleid: $$$", "# todook: (a)"} {
		all, problems := Annotations("f", []byte("\n"+text))
		require.Empty(t, all)
		require.Len(t, problems, 1, text)
		require.Equal(t, 2, problems[0].Line)
	}
}

func TestSeveralAnnotationsSpeakOfOneLine(t *testing.T) {
	t.Parallel()
	all, problems := Annotations("f", []byte("# ruleid: a, b ,c\n# ok: d\ncode()\n# ruleid: e"))
	require.Empty(t, problems)
	require.Equal(t, []Annotation{
		{Expected, "a", 1, 3}, {Expected, "b", 1, 3}, {Expected, "c", 1, 3}, {Clean, "d", 2, 3}, {Expected, "e", 4, 5},
	}, all)
}

func TestPairsByTheNameUpToTheFirstDot(t *testing.T) {
	t.Parallel()
	require.Equal(t, []Pair{
		{Rules: "a.yaml", Targets: []string{"a.js", "a.other.py", "a.test.yaml", "a/deep/x.go", "a/y.go"}},
		{Rules: "b.yml"},
		{Rules: "sub/a.yaml", Targets: []string{"sub/a.js"}},
	}, Pairs([]string{
		"sub/a.yaml", "a.yaml", "b.yml", "a.js", "a.other.py", "a.test.yaml", "a.fixed.js", "ab.js", "sub/a.js", "a/y.go", "a/deep/x.go", ".c.yaml", ".hidden/d.yaml", ".hidden/d.py", "README",
	}))
}

func TestFindingsAreComparedByLine(t *testing.T) {
	t.Parallel()
	annotations, _ := Annotations("f", []byte(strings.Join([]string{
		"# ruleid: r", "found", "# ruleid: x.r", "missed", "# ok: r", "clean", "# ok: r", "wrong", "# todoruleid: r", "todo missed", "# todoruleid: r", "todo found",
		"# todook: r", "todo wrong", "# todook: r", "todo clean", "# ruleid: other", "not ours", "plain wrong",
	}, "\n")))
	var findings []Finding
	for _, line := range []int{2, 2, 8, 12, 14, 19} {
		findings = append(findings, Finding{RuleID: "r", Line: line})
	}
	findings = append(findings, Finding{RuleID: "other", Line: 4})
	o := Compare("r", "f", annotations, findings)
	require.Equal(t, Outcome{
		RuleID: "r", Target: "f", Missed: []int{4}, Wrong: []int{8, 19},
		Counts: Counts{TruePositives: 1, TrueNegatives: 1, FalsePositives: 2, FalseNegatives: 1, Todo: 4, TodoDone: 2},
	}, o)
	require.False(t, o.Exact())
	exact := Compare("other", "f", annotations, []Finding{{RuleID: "other", Line: 18}})
	require.True(t, exact.Exact())
}

// expressions runs rules that are one regular expression.
type expressions struct{ fail bool }

func (e expressions) Run(_ context.Context, rules []*rule.Rule, target Target) ([]Finding, error) {
	if e.fail {
		return nil, errors.New("broken")
	}
	var all []Finding
	for _, r := range rules {
		pattern, ok := r.Match.(*rule.RegexPattern)
		if !ok {
			continue
		}
		found, err := pattern.Regex.Find(string(target.Data))
		if err != nil {
			return nil, err
		}
		for _, at := range found {
			all = append(all, Finding{RuleID: r.ID, Line: 1 + bytes.Count(target.Data[:at[0]], []byte("\n"))})
		}
	}
	return all, nil
}

const rules = `rules:
- {id: eval, languages: [regex], severity: HIGH, message: m, pattern-regex: '^eval'}
- {id: exec, languages: [regex], severity: HIGH, message: m, pattern-regex: '^exec'}
- {id: never, languages: [regex], severity: HIGH, message: m, pattern-regex: '^never'}
`

func TestAFolderOfRulesIsTested(t *testing.T) {
	t.Parallel()
	folder := fstest.MapFS{
		"good.yaml":   {Data: []byte(rules)},
		"good.py":     {Data: []byte("# ruleid: eval\neval(x)\n# ok: eval\nevil(x)\n# ruleid: exec\nexec(x)\n")},
		"good/two.js": {Data: []byte("// ruleid: eval\neval(x)\n")},
		"bad.yaml":    {Data: []byte(rules + "- {id: odd, languages: [regex], severity: HIGH, message: m, pattern-regex: a, foo: 1}\n")},
		"bad.py":      {Data: []byte("eval(x)\n# ruleid: eval\nevil(x)\n# ruleid: unknown\nx\n# ruleid: odd\n# ok: nobody\n")},
		"alone.yml":   {Data: []byte(rules)},
	}
	result, err := Test(t.Context(), folder, expressions{})
	require.NoError(t, err)
	require.Len(t, result.Files, 3)
	require.False(t, result.Exact())

	alone, bad, good := result.Files[0], result.Files[1], result.Files[2]
	require.Equal(t, "alone.yml", alone.Rules)
	require.Empty(t, alone.Targets)
	require.Equal(t, []string{"eval", "exec", "never"}, alone.Untested)
	require.True(t, alone.Exact(), "a file without a test did nothing wrong")

	require.True(t, good.Exact())
	require.Equal(t, Counts{TruePositives: 3, TrueNegatives: 1}, good.Counts)
	require.Equal(t, []string{"never"}, good.Untested)

	require.False(t, bad.Exact())
	require.Len(t, bad.Refused, 1)
	require.Equal(t, []Problem{{Path: "bad.py", Line: 4, Text: "the annotation names a rule that is not in bad.yaml: unknown"}}, bad.Problems)
	require.Len(t, bad.Outcomes, 1)
	require.Equal(t, []int{1}, bad.Outcomes[0].Wrong)
	require.Equal(t, []int{3}, bad.Outcomes[0].Missed)
	require.Equal(t, Counts{TruePositives: 3, TrueNegatives: 1, FalsePositives: 1, FalseNegatives: 1}, result.Total)
}

func TestOneTestFileOfTwoRuleFiles(t *testing.T) {
	t.Parallel()
	second := strings.ReplaceAll(rules, "eval", "spawn")
	result, err := Test(t.Context(), fstest.MapFS{
		"a.yaml": {Data: []byte(rules)}, "a.yml": {Data: []byte(second)}, "a.py": {Data: []byte("# ruleid: eval\neval(x)\n# ruleid: spawn\nspawn(x)\n")},
	}, expressions{})
	require.NoError(t, err)
	require.True(t, result.Exact())
	require.Equal(t, 2, result.Total.TruePositives)
}

func TestABrokenRunnerEndsTheTest(t *testing.T) {
	t.Parallel()
	folder := fstest.MapFS{"a.yaml": {Data: []byte(rules)}, "a.py": {Data: []byte("eval")}}
	_, err := Test(t.Context(), folder, expressions{fail: true})
	require.ErrorContains(t, err, "run a.yaml on a.py: broken")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = Test(ctx, folder, expressions{})
	require.ErrorIs(t, err, context.Canceled)
}

func TestALargeTestFileIsNamed(t *testing.T) {
	t.Parallel()
	result, err := Test(t.Context(), fstest.MapFS{"a.yaml": {Data: []byte(rules)}, "a.py": {Data: make([]byte, maxTarget+1)}}, expressions{})
	require.NoError(t, err)
	require.Len(t, result.Files[0].Problems, 1)
	require.False(t, result.Exact())
}

func FuzzAnnotations(f *testing.F) {
	for _, seed := range []string{
		"# ruleid: a, b\ncode\n", "// ok: a\n// ruleid: b\nx", "<!-- todoruleid: x -->\n", "{/* ruleid: deepok: a */}", "#ruleid:\n", "# ruleid: ,,\n# ok", "'ok': 1\r\n", "(*(*(* ok: a *)*)",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		all, problems := Annotations("f", data)
		last := 0
		for _, a := range all {
			require.NotEmpty(t, a.ID)
			require.Greater(t, a.Target, a.Line)
			require.GreaterOrEqual(t, a.Line, last)
			last = a.Line
		}
		lines := bytes.Count(data, []byte("\n")) + 1
		require.LessOrEqual(t, last, lines)
		for _, p := range problems {
			require.LessOrEqual(t, p.Line, lines)
		}
	})
}
