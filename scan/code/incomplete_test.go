package code_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/code"
)

// skipped are rules that cannot be run: two with a part that cannot be honoured, one for another version, one for Ruby, and
// one for Python and PHP that runs for Python.
const skipped = `
rules:
- {id: torn, languages: [python], severity: INFO, message: m, pattern: 'eval('}
- {id: joined, mode: join, severity: INFO, message: m, languages: [java]}
- {id: old, max-version: 1.0.0, languages: [python], severity: INFO, message: m, pattern: eval(...)}
- {id: rb, languages: [ruby], severity: INFO, message: m, pattern: eval(...)}
- {id: both, languages: [python, php], severity: INFO, message: m, pattern: eval(...)}
`

func TestRulesThatAreNotRunMakeAScanIncompleteWhereTheyAreMissed(t *testing.T) {
	t.Parallel()
	const torn = "1 rule is not run, because this version cannot honour all that is written in it: torn; `sluice rules check` says why; leave rules out by CODE_DISABLE, or accept this by CODE_ACCEPT_SKIPPED\n"
	both := strings.NewReplacer("torn", "joined, torn", "1 rule is", "2 rules are", "in it", "in them").Replace(torn)
	const ruby = "1 rule is not run on the files in ruby, because this version has no front end for it; leave rules out by CODE_DISABLE, or accept this by CODE_ACCEPT_SKIPPED\n"
	for name, c := range map[string]struct {
		files tree
		want  string
	}{
		"a part that cannot be honoured":  {tree{"a.py": "x"}, torn},
		"another one":                     {tree{"a.java": "class A {}"}, strings.Replace(torn, "torn", "joined", 1)},
		"both":                            {tree{"a.java": "class A {}", "a.py": ""}, both},
		"a language without a front end":  {tree{"a.rb": "x", "b.go": "package b"}, ruby},
		"one of two languages":            {tree{"a.php": "x"}, strings.Replace(ruby, "ruby", "php", 1)},
		"languages that the tree has not": {tree{"a.go": "package a", "README.md": "x", "a.kt": "x"}, ""},
		"only in the code of others":      {tree{"a.go": "package a", "vendor/a.rb": "x"}, ""},
		"only a minified file":            {tree{"a.go": "package a", "a.min.py": "x"}, ""},
		"a script without an extension":   {tree{"run": "#!/usr/bin/python3\nx"}, both},
		"an empty tree":                   {tree{}, ""},
	} {
		options := withRules(skipped)
		require.Equal(t, c.want, failures(scanTree(t, options, c.files, 1)), name)
		options.AcceptSkipped = true
		require.Empty(t, failures(scanTree(t, options, c.files, 1)), name)
		options = withRules(skipped)
		options.Disable = []string{"torn", "joined", "rb", "both"}
		r := scanTree(t, options, c.files, 1)
		require.Empty(t, failures(r), name)
	}
	require.Empty(t, code.New(code.Options{Files: withRules(skipped).Files, Disable: []string{"torn"}}).Unknown(), "a rule that is refused has an id all the same")
	for name, rules := range map[string]string{
		"no YAML":                 "rules: [",
		"a rule of unknown words": "rules:\n- {id: a, languages: [cobol], severity: INFO, message: m, pattern: a}\n",
		"text of any kind":        "rules:\n- {id: a, languages: [generic], severity: INFO, message: m, patern: a}\n",
	} {
		require.Contains(t, failures(scanTree(t, withRules(rules), tree{"a.txt": "x"}, 1)), "1 rule is not run", name)
	}
}

func TestAFileOfWhichATenthIsNotUnderstoodIsIncomplete(t *testing.T) {
	t.Parallel()
	good := strings.Repeat("eval(x)\n", 40)
	for name, c := range map[string]struct {
		path, text string
		part, note bool
	}{
		"whole":                {"a.py", good, false, false},
		"a line":               {"a.py", good + "def (\n", false, true},
		"half":                 {"a.py", good + strings.Repeat("def ((( :\n", 40), true, false},
		"another language":     {"a.java", "def eval(x):\n  return [y for y in eval(x)]\n", true, false},
		"a template":           {"a.js", strings.Repeat("{% if eval %} {{ x }} <% y %>\n", 20), true, false},
		"no rule looks at it":  {"a.py", strings.Repeat("def ((( :\n", 40), false, false},
		"translations of Qt":   {"a.ts", "<?xml version=\"1.0\"?>\n<!DOCTYPE TS><TS><message>eval</message></TS>", false, false},
		"no language of rules": {"a.txt", "eval ((( def", false, false},
	} {
		rules := rules + "- {id: java-eval, languages: [java], severity: INFO, message: m, pattern: eval(...)}\n- {id: js-any, languages: [js], severity: INFO, message: m, pattern: 'if ($X) {...}'}\n"
		r := scanTree(t, withRules(rules), tree{c.path: c.text, "b.go": "package b"}, 1)
		require.Equal(t, c.part, strings.Contains(failures(r), c.path+" "), "%s: %s", name, failures(r))
		require.Equal(t, c.note, strings.Contains(notes(r), "code-parsed-in-part"), name)
	}
}

func TestATreeWithoutAnyFileToLookAtIsNotScanned(t *testing.T) {
	t.Parallel()
	any := "rules:\n- {id: a, languages: [regex], severity: INFO, message: m, pattern-regex: 'eval.*'}\n"
	for name, c := range map[string]struct {
		rules string
		files tree
		idle  bool
	}{
		"no code":                        {rules, tree{"README.md": "x"}, true},
		"a language without a front end": {rules, tree{"a.rb": "eval(x)"}, true},
		"a language without a rule":      {rules, tree{"a.go": "package a"}, true},
		"code":                           {rules, tree{"a.go": "package a", "a.py": "1"}, false},
		"only code of others":            {rules, tree{"vendor/a.py": "eval(x)", "node_modules/a/b.js": "eval(x)"}, true},
		"only minified":                  {rules, tree{"a.min.js": "eval(x)"}, true},
		"only generated":                 {rules, tree{"a.py": "# @generated\neval(x)"}, true},
		"generated and minified by name": {rules, tree{"a.min.js": "// @generated\neval(x)", "b.py": "eval(1)"}, false},
		"only binary":                    {rules, tree{"a.ts": "\x00\x01\x02"}, true},
		"only translations":              {rules, tree{"a.ts": "<?xml?>"}, true},
		"only too large":                 {rules, tree{"a.py": strings.Repeat("x = 1\n", 1_500_000)}, true},
		"a script":                       {rules, tree{"run": "#!/usr/bin/python\nx"}, false},
		"a script without a rule":        {"rules:\n- {id: a, languages: [go], severity: INFO, message: m, pattern: a}\n", tree{"run": "#!/usr/bin/python\nx"}, true},
		"text, with a rule for any":      {any, tree{"README.md": "x"}, false},
		"no file, with a rule for any":   {any, tree{}, true},
		"no rule":                        {"rules: []", tree{"a.py": "eval(x)"}, true},
	} {
		r := scanTree(t, withRules(c.rules), c.files, 1)
		if c.idle {
			require.Equal(t, []scan.Engine{code.Engine}, r.Idle, name)
			require.Empty(t, r.Engines, name)
			require.Equal(t, scan.StateIdle, scan.Gate{}.Verdict(r).State, name)
		} else {
			require.Equal(t, []scan.Engine{code.Engine}, r.Engines, name)
			require.Empty(t, r.Idle, name)
		}
	}
}
