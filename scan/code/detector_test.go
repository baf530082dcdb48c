package code_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/code"
)

// tree is a source of files in memory.
type tree map[string]string

// Files implements [scan.Source].
func (t tree) Files(context.Context) iter.Seq2[scan.File, error] {
	return func(yield func(scan.File, error) bool) {
		names := make([]string, 0, len(t))
		for name := range t {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(t[name])), nil }
			if !yield(scan.File{Path: name, Size: int64(len(t[name])), Open: open}, nil) {
				return
			}
		}
	}
}

// rules are two rules for Python and one for JavaScript.
const rules = `
rules:
- id: py-eval
  languages: [python]
  severity: ERROR
  message: $X is evaluated
  metadata: {cwe: "CWE-95: Eval Injection", owasp: A05:2025 - Injection, confidence: HIGH, references: ["https://example.com/eval"]}
  fix: parse($X)
  pattern: eval($X)
- id: py-flow
  languages: [python3]
  severity: CRITICAL
  message: data arrives
  metadata: {cwe: CWE-89}
  mode: taint
  pattern-sources: [{pattern: source(...)}]
  pattern-sinks: [{pattern: sink(...)}]
- id: js-eval
  languages: [js, ts]
  severity: WARNING
  message: eval
  pattern: eval(...)
`

func scanTree(t *testing.T, options code.Options, files tree, jobs int) *scan.Result {
	t.Helper()
	scanner := &scan.Scanner{Detectors: []scan.Detector{code.New(options)}, Jobs: jobs}
	result, err := scanner.Scan(t.Context(), scan.Input{Head: files})
	require.NoError(t, err)
	return result
}

func withRules(text string) code.Options {
	return code.Options{Files: []code.RuleFile{{Name: "rules.yml", Data: []byte(text)}}}
}

// places gives the rule, path, line and severity of each finding, sorted.
func places(r *scan.Result) []string {
	all := []string{}
	for i := range r.Findings {
		f := &r.Findings[i]
		state := ""
		if f.Suppression != nil {
			state = " suppressed: " + f.Suppression.Reason
		}
		all = append(all, fmt.Sprintf("%s %s:%d %s%s", f.RuleID, f.Path, f.StartLine, f.Severity, state))
	}
	slices.Sort(all)
	return all
}

func notes(r *scan.Result) string {
	var b bytes.Buffer
	for _, n := range r.Notes {
		fmt.Fprintln(&b, n.Code, n.Text)
	}
	return b.String()
}

// failures gives what makes a result incomplete, one a line.
func failures(r *scan.Result) string {
	var b strings.Builder
	for _, f := range r.Failures {
		fmt.Fprintln(&b, strings.TrimSpace(f.Path+" "+f.Err.Error()))
	}
	return b.String()
}

func TestFindingsInTheLanguagesOfFiles(t *testing.T) {
	t.Parallel()
	r := scanTree(t, withRules(rules), tree{
		"a.py": "eval(x)\n", "b.jsx": "const a = <p>{eval(x)}</p>\n", "c.tsx": "const a = <p>{eval(x)}</p>\n", "d.ts": "const a = <any>eval(x)\n",
		"run": "#!/usr/bin/env python3.12\neval(y)\n", "tool": "#!/usr/bin/env -S node --no-warnings\neval(1)\n", "text": "eval(x)\n", "a.txt": "eval(x)\n", "a.PY": "eval(z)\n",
		"test/x.py": "eval(x)\n", "src/a_test.py": "eval(x)\n", "src/a.spec.ts": "eval(x)\n", "contest/a.py": "eval(x)\n",
	}, 4)
	require.Equal(t, []string{
		"js-eval b.jsx:1 MEDIUM", "js-eval c.tsx:1 MEDIUM", "js-eval d.ts:1 MEDIUM", "js-eval src/a.spec.ts:1 LOW", "js-eval tool:2 MEDIUM",
		"py-eval a.PY:1 HIGH", "py-eval a.py:1 HIGH", "py-eval contest/a.py:1 HIGH", "py-eval run:2 HIGH", "py-eval src/a_test.py:1 MEDIUM", "py-eval test/x.py:1 MEDIUM",
	}, places(r))
	require.Equal(t, []scan.Engine{code.Engine}, r.Engines)
	require.Empty(t, r.Notes)
}

// TestAProgramNamedLikeADockerfileIsAProgram: only an extension that no language has says what an image is for.
func TestAProgramNamedLikeADockerfileIsAProgram(t *testing.T) {
	t.Parallel()
	for name, language := range map[string]string{
		"Dockerfile": "dockerfile", "Dockerfile.web": "dockerfile", "dockerfile.dev": "dockerfile", "Containerfile": "dockerfile", "Containerfile.arm": "dockerfile", "web.dockerfile": "dockerfile",
		"dockerfile.go": "go", "Dockerfile.py": "python", "dockerfile.yaml": "yaml", "dockerfile.rb": "ruby", "dockerfiles.web": "", "mydockerfile": "",
	} {
		require.Equal(t, language, string(code.KindOf(name)), name)
	}
}

func TestAFindingSaysWhatItsRuleSays(t *testing.T) {
	t.Parallel()
	r := scanTree(t, withRules(rules), tree{"a.py": "def f(x):\n    eval(g(x, 'hunter2', 4711))\n"}, 1)
	require.Len(t, r.Findings, 1)
	f := r.Findings[0]
	require.Equal(t, "Code injection", f.Title)
	require.Equal(t, "g(x, …, …) is evaluated", f.Message, "a literal may be a secret")
	require.Equal(t, []string{"CWE-95"}, f.Weaknesses)
	require.Equal(t, "Proposed by the rule: parse($X)", f.Remediation)
	require.Equal(t, "https://example.com/eval", f.Link)
	require.Equal(t, scan.ConfidenceHigh, f.Confidence)
	require.Equal(t, scan.Position{StartLine: 2, StartColumn: 5, EndLine: 2, EndColumn: 32}, f.Position)
	require.Nil(t, f.Flow)
	require.Equal(t, []string{"A05:2025 - Injection"}, r.Rules[0].Categories)
}

func TestAFlowHasItsSteps(t *testing.T) {
	t.Parallel()
	r := scanTree(t, withRules(rules), tree{"a.py": "x = source()\ny = x + '1'\n\nsink(y)\n"}, 1)
	require.Len(t, r.Findings, 1)
	f := r.Findings[0]
	require.Equal(t, "Source: a.py:1 -> a.py:4", f.Related)
	require.Equal(t, 4, f.StartLine)
	first, last := f.Flow[0], f.Flow[len(f.Flow)-1]
	require.Equal(t, scan.Step{Path: "a.py", Kind: scan.StepSource, Start: 4, End: 12, Text: "x = source()", Position: scan.Position{StartLine: 1, StartColumn: 5, EndLine: 1, EndColumn: 13}}, first)
	require.Equal(t, scan.StepSink, last.Kind)
	require.Equal(t, 4, last.StartLine)
}

func TestAFingerprintSurvivesWhatDoesNotChangeTheCode(t *testing.T) {
	t.Parallel()
	of := func(path, text string) string {
		r := scanTree(t, withRules(rules), tree{path: text}, 1)
		require.Len(t, r.Findings, 1, text)
		return r.Findings[0].Fingerprint
	}
	const flow = "def f():\n    x = source()\n    sink(x, 'a b')\n"
	same := of("a.py", flow)
	for name, text := range map[string]string{
		"lines above":  "import os\n\n\n" + flow,
		"blanks":       "def f():\n    x = source( )\n    sink( x,'a b' )\n",
		"line breaks":  "def f():\n    x = source()\n    sink(x,\n         'a b')\n",
		"comments":     "def f():\n    x = source()\n    sink(x, # why\n      'a b')\n",
		"a line among": "def f():\n    x = source()\n    log()\n    sink(x, 'a b')\n",
	} {
		require.Equal(t, same, of("a.py", text), name)
	}
	require.Equal(t, same, of("src/b.py", flow), "another path")
	for name, text := range map[string]string{
		"another function": strings.Replace(flow, "def f", "def g", 1),
		"another text":     strings.Replace(flow, "a b", "a  b", 1),
		"another source":   strings.Replace(flow, "source()", "source(1)", 1),
		"in a class":       "class C:\n    def f():\n        x = source()\n        sink(x, 'a b')\n",
	} {
		require.NotEqual(t, same, of("a.py", text), name)
	}
}

func TestCommentsThatAllow(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"eval(x)  # nosem\n":                                      " suppressed: ",
		"eval(x)  # nosemgrep: py-eval -- it is ours\n":           " suppressed: it is ours",
		"eval(x)  # nosemgrep: other, rules.py-eval\n":            " suppressed: ",
		"eval(x)  # NOSEMGREP\n":                                  " suppressed: ",
		"eval(x)  # sluice:allow it is ours\n":                    " suppressed: it is ours",
		"eval(x)  # sluice:allow[py-eval] reviewed\n":             " suppressed: reviewed",
		"# nosemgrep: py-eval\neval(x)\n":                         " suppressed: ",
		"# sluice:allow\neval(x)\n":                               " suppressed: ",
		"eval(\n  x,\n)  # nosem\n":                               "",
		"y = [\n  eval(x),\n  1,\n]  # nosem\n":                   " suppressed: ",
		"eval(x)  # nosemgrep: other\n":                           "",
		"eval(x)  # sluice:allow[OTHER]\n":                        "",
		"eval('# nosem')\n":                                       "",
		"eval('# sluice:allow')\n":                                "",
		"eval(nosem)\n":                                           "",
		"y = 1  # nosem\neval(x)\n":                               "",
		"eval(x)  # nosemantics\n":                                "",
		"eval(x)\n# nosem\n":                                      "",
		"\"\"\"\n# nosem\n\"\"\"\neval(x)\n":                      "",
		"eval(x)  # see https://example.com/nosem-is-an-option\n": "",
	} {
		r := scanTree(t, withRules(rules), tree{"a.py": text}, 1)
		got := places(r)
		if text == "eval(\n  x,\n)  # nosem\n" {
			require.Empty(t, strings.TrimSpace(want))
			require.Len(t, got, 1)
			require.Contains(t, got[0], "suppressed", "the last line of the statement counts")
			continue
		}
		require.Len(t, got, 1, text)
		_, state, _ := strings.Cut(got[0], "HIGH")
		require.Equal(t, want, state, text)
	}
	r := scanTree(t, withRules(rules), tree{"a.py": "x = source()  # nosemgrep\nsink(x)\n"}, 1)
	require.Equal(t, []string{"py-flow a.py:2 CRITICAL suppressed: "}, places(r), "the line of the source counts")
}

func TestFilesThatAreLeftOutAreNamed(t *testing.T) {
	t.Parallel()
	files := tree{
		"vendor/a/a.py": "eval(x)", "web/node_modules/m/a.js": "eval(x)", "third_party/a.py": "eval(x)", "a.min.js": "eval(x)",
		"one.js": "eval(x);" + strings.Repeat("a();", 4000), "made.py": "# @generated by a tool\neval(x)\n", "gen.py": "# Code generated by x. DO NOT EDIT.\neval(x)\n",
		"says.py": "s = 'DO NOT EDIT'\neval(x)\n", "a.rb": "eval(x)", "b.rb": "eval(x)", "c.php": "eval(x)", "vendor/d.rb": "eval(x)", "broken.py": "eval(x)\ndef (((:\n",
	}
	r := scanTree(t, withRules(rules), files, 2)
	require.Equal(t, []string{"py-eval broken.py:1 HIGH", "py-eval says.py:2 HIGH"}, places(r))
	require.Equal(t, "code-language code: no rule looked at files in these languages: PHP (1 file), Ruby (2 files)\n"+
		"code-left-out code: files in folders of others' code were left out (CODE_INCLUDE_GENERATED): node_modules (1 file), third_party (1 file), vendor (1 file)\n"+
		"code-left-out code: generated or minified files were left out (CODE_INCLUDE_GENERATED): a.min.js, gen.py, made.py, one.js\n", notes(r))
	require.Equal(t, "broken.py 8 of 17 bytes could not be understood as code of its language; findings may be missing\n", failures(r))
	options := withRules(rules)
	options.IncludeGenerated = true
	require.Len(t, scanTree(t, options, files, 2).Findings, 9)
}

func TestATreeWithoutAFrontEndIsNotScanned(t *testing.T) {
	t.Parallel()
	r := scanTree(t, withRules(rules), tree{"a.rb": "eval(x)", "README": "words"}, 1)
	require.Empty(t, r.Engines)
	require.Contains(t, notes(r), "Ruby (1 file)")
	r = scanTree(t, withRules(rules), tree{"run": "#!/usr/bin/python\neval(x)\n"}, 1)
	require.Equal(t, []scan.Engine{code.Engine}, r.Engines)
	text := withRules("rules:\n- {id: a, languages: [regex], severity: INFO, message: m, pattern-regex: 'eval.*'}\n")
	r = scanTree(t, text, tree{"a.rb": "x\neval(x)\n"}, 1)
	require.Equal(t, []scan.Engine{code.Engine}, r.Engines, "a rule for any text looks at every file")
	require.Equal(t, []string{"a a.rb:2 LOW"}, places(r))
	require.Empty(t, scanTree(t, code.Options{}, tree{"a.py": "eval(x)"}, 1).Engines, "without rules nothing was looked at")
}

func TestRulesThatAreNotRunAreNamed(t *testing.T) {
	t.Parallel()
	d := code.New(code.Options{Disable: []string{"js-eval", "no-such"}, Files: []code.RuleFile{{Name: "a.yml", Data: []byte(rules)}, {Name: "b.yml", Data: []byte(`
rules:
- {id: rb, languages: [ruby], severity: INFO, message: m, pattern: eval(...)}
- {id: joined, mode: join, severity: INFO, message: m, languages: [python]}
- {id: torn, languages: [python], severity: INFO, message: m, pattern: 'eval('}
`)}}})
	require.Equal(t, []string{"ruby (1 rule)"}, d.Skipped())
	require.Equal(t, []string{"no-such"}, d.Unknown())
	var active, refused []string
	for _, r := range d.Active() {
		active = append(active, r.ID+" "+r.Source)
	}
	for _, r := range d.Refused() {
		refused = append(refused, r.RuleID)
		require.Equal(t, "b.yml", r.Source)
	}
	require.Equal(t, []string{"py-eval a.yml", "py-flow a.yml"}, active)
	require.Equal(t, []string{"joined", "torn"}, slices.Compact(refused))
}

func TestTheResultDoesNotDependOnParallelism(t *testing.T) {
	t.Parallel()
	files := tree{}
	for i := range 60 {
		files[fmt.Sprintf("d%d/a.py", i)] = fmt.Sprintf("import os\ndef f%d():\n    x = source()\n    sink(x)\n    eval(x)\n", i)
	}
	one, four := scanTree(t, withRules(rules), files, 1), scanTree(t, withRules(rules), files, 4)
	require.Len(t, one.Findings, 120)
	require.Equal(t, one.Findings, four.Findings)
	require.Equal(t, one.Notes, four.Notes)
}

func TestAnEndedContextEndsTheScan(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	scanner := &scan.Scanner{Detectors: []scan.Detector{code.New(withRules(rules))}}
	_, err := scanner.Scan(ctx, scan.Input{Head: tree{"a.py": "eval(x)"}})
	require.ErrorIs(t, err, context.Canceled)
}

func TestHostileFilesAndRulesAreBoundedAndNamed(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("f(\n", 100_000) + strings.Repeat(")\n", 100_000)
	r := scanTree(t, withRules(rules), tree{"deep.py": "eval(x)\n" + strings.Repeat("\n", 30_000) + deep, "large.py": "eval(x)\n" + strings.Repeat("x = 1\n", 1_500_000)}, 2)
	require.Equal(t, []string{"py-eval deep.py:1 HIGH"}, places(r))
	require.Contains(t, notes(r), "files above 8 MB were left out: large.py")
	require.Contains(t, failures(r), "deep.py ")
	many := withRules("rules:\n- {id: a, languages: [python], severity: INFO, message: m, patterns: [{pattern: '$A($...B, $C, $...D, $E, $...F, $C, $...G, $E, $...H, $C)'}]}\n")
	r = scanTree(t, many, tree{"a.py": "f(" + strings.Repeat("x,\ny, ", 3000) + "z)\n"}, 1)
	require.Equal(t, "a.py 1 rule ran out of steps: a; findings may be missing\n", failures(r))
}
