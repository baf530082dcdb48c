package code_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/code"
)

// foreignRules find bad(...) as command injection, in each language.
const foreignRules = "rules:\n- {id: r, languages: [python, go, js, java], severity: ERROR, message: m, metadata: {cwe: CWE-78}, pattern: bad(...)}\n"

func TestCommentsOfOtherToolsAllowFindingsOfTheSameWeakness(t *testing.T) {
	t.Parallel()
	const wrap = "package a\nfunc f() {\n%s\n}\n"
	for name, c := range map[string]struct {
		path, text string
		// allowed are whether the choices default and all allow the finding.
		byDefault, byAll bool
	}{
		"bare nosec":                    {"a.py", "bad(x)  # nosec", true, true},
		"nosec and a check":             {"a.py", "bad(x)  # nosec B602", true, true},
		"nosec with a colon":            {"a.py", "bad(x)  # nosec: B101, B605", true, true},
		"nosec without a blank":         {"a.py", "bad(x)  #nosec", true, true},
		"nosec and another check":       {"a.py", "bad(x)  # nosec B101", false, false},
		"nosec behind another comment":  {"a.py", "bad(x)  # noqa: S602 # nosec B602", true, true},
		"nosec on the last line":        {"a.py", "bad(\n    x,\n)  # nosec", true, true},
		"nosec in a text":               {"a.py", "bad('# nosec')", false, false},
		"nosec in a word":               {"a.py", "bad(x)  # nosecret", false, false},
		"nosec of another tool":         {"a.js", "bad(x)  // nosec", false, false},
		"gosec":                         {"a.go", fmt.Sprintf(wrap, "bad(x) // #nosec G204 -- a constant"), true, true},
		"gosec, bare":                   {"a.go", fmt.Sprintf(wrap, "bad(x) //#nosec"), true, true},
		"gosec, the line above":         {"a.go", fmt.Sprintf(wrap, "// #nosec G204\nbad(x)"), true, true},
		"gosec, another check":          {"a.go", fmt.Sprintf(wrap, "bad(x) // #nosec G304"), false, false},
		"gosec:disable":                 {"a.go", fmt.Sprintf(wrap, "bad(x) //gosec:disable G204 -- why"), true, true},
		"nolint":                        {"a.go", fmt.Sprintf(wrap, "bad(x) //nolint:gosec // a constant"), true, true},
		"nolint of several":             {"a.go", fmt.Sprintf(wrap, "bad(x) //nolint:errcheck,gosec"), true, true},
		"nolint of another linter":      {"a.go", fmt.Sprintf(wrap, "bad(x) //nolint:errcheck // not gosec"), false, false},
		"NOSONAR":                       {"a.js", "bad(x) // NOSONAR", false, true},
		"eslint, the next line":         {"a.js", "// eslint-disable-next-line security/detect-child-process -- why\nbad(x)", false, true},
		"eslint, this line":             {"a.js", "bad(x) // eslint-disable-line", false, true},
		"eslint, another rule":          {"a.js", "// eslint-disable-next-line no-console\nbad(x)", false, false},
		"an annotation":                 {"a.java", "class A {\n@SuppressWarnings(\"java:S2076\")\nvoid f() { bad(x); }\n}", false, true},
		"an annotation of several":      {"a.java", "@SuppressWarnings({\"unused\", \"squid:S2076\"})\nclass A { void f() { bad(x); } }", false, true},
		"an annotation of another rule": {"a.java", "class A {\n@SuppressWarnings(\"java:S2077\")\nvoid f() { bad(x); }\n}", false, false},
		"an annotation elsewhere":       {"a.java", "class A {\n@SuppressWarnings(\"java:S2076\")\nvoid g() { }\nvoid f() { bad(x); }\n}", false, false},
		"the compiler's warnings":       {"a.java", "class A {\n@SuppressWarnings(\"all\")\nvoid f() { bad(x); }\n}", false, false},
	} {
		for choice, want := range map[code.Foreign]bool{"": c.byDefault, code.ForeignDefault: c.byDefault, code.ForeignAll: c.byAll, code.ForeignOff: false} {
			options := withRules(foreignRules)
			options.Foreign = choice
			r := scanTree(t, options, tree{c.path: c.text + "\n"}, 1)
			require.Len(t, r.Findings, 1, name)
			require.Equal(t, want, r.Findings[0].Suppression != nil, "%s, %q", name, choice)
			if s := r.Findings[0].Suppression; s != nil {
				require.Equal(t, scan.SuppressedInline, s.Kind)
				require.Regexp(t, `^a\.\w+:\d+$`, s.Source, name)
				require.Equal(t, strings.Contains(c.text, "constant"), s.Reason == "a constant", name)
			}
		}
	}
}

func TestSemgrepignoreLeavesFilesOut(t *testing.T) {
	t.Parallel()
	options := withRules(rules)
	options.Ignore = []byte("# generated\n:include .gitignore\n/gen/\n*.pb.py\nlib/**\n!lib/own.py\nbad[\n")
	files := tree{"a.py": "eval(x)", "gen/a.py": "eval(x)", "src/gen/a.py": "eval(x)", "x/a.pb.py": "eval(x)", "lib/a.py": "eval(x)", "lib/own.py": "eval(x)"}
	r := scanTree(t, options, files, 2)
	require.Equal(t, []string{"py-eval a.py:1 HIGH", "py-eval lib/own.py:1 HIGH", "py-eval src/gen/a.py:1 HIGH"}, places(r))
	require.Contains(t, notes(r), "code-left-out code: .semgrepignore leaves 3 files out\n")
	require.Equal(t, []string{"bad["}, code.New(options).IgnoreUnread())
	options.Ignore = []byte("*\n")
	r = scanTree(t, options, files, 1)
	require.Equal(t, scan.StateIdle, scan.Gate{}.Verdict(r).State, "nothing is left")
}
