package rule

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestARuleThatCannotBeHonouredIsRefusedWithKeyAndLine(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		keys, key string
		line      int
		says      string
	}{
		"an unknown key":                {"pattern: f()\nfoo: 1", "foo", 7, "not known in a rule"},
		"two formulas":                  {"pattern: f()\npattern-regex: g", "pattern-regex", 7, "has both"},
		"no formula":                    {"metadata: {}", "", 2, "has no pattern"},
		"old and new":                   {"match: f()\npattern: g()", "pattern", 7, "not known"},
		"code in a rule":                {"patterns:\n- pattern: f($X)\n- pattern-where-python: x", "pattern-where-python", 8, "not supported"},
		"join":                          {"mode: join\njoin: {}", "mode", 6, "not supported"},
		"extract":                       {"mode: extract\nextract: $X\npattern: f()", "mode", 6, "not supported"},
		"an unknown mode":               {"mode: fast\npattern: f()", "mode", 6, "search or taint"},
		"dependencies":                  {"pattern: f()\nr2c-internal-project-depends-on: {}", "r2c-internal-project-depends-on", 7, "lock files"},
		"validators":                    {"pattern: f()\nvalidators: []", "validators", 7, "call services"},
		"a key in a list of patterns":   {"patterns:\n- pattern: f()\n- pattern-inisde: g()", "pattern-inisde", 8, "not known among patterns"},
		"two keys in one item":          {"patterns:\n- pattern: f()\n  pattern-not: g()", "pattern-not", 8, "one key"},
		"a text in a list of patterns":  {"patterns:\n- f()", "", 7, "write \"pattern"},
		"a condition at the top":        {"pattern: f($X)\nmetavariable-regex: {metavariable: $X, regex: a}", "metavariable-regex", 7, "not known in a rule"},
		"a condition in an alternative": {"pattern-either:\n- pattern: f($X)\n- metavariable-regex: {metavariable: $X, regex: a}", "metavariable-regex", 8, "directly in a list"},
		"a misspelt condition":          {"patterns:\n- pattern: f($X)\n- metavariable-regexp: {metavariable: $X, regex: a}", "metavariable-regexp", 8, "write metavariable-regex"},
		"negations alone":               {"patterns:\n- pattern-not: f()", "patterns", 6, "nothing that it looks for"},
		"conditions alone":              {"patterns:\n- metavariable-regex: {metavariable: $X, regex: a}", "patterns", 6, "nothing that it looks for"},
		"a negated alternative":         {"pattern-either:\n- pattern: f()\n- patterns:\n  - pattern: g()\n- pattern-not: h()", "", 10, "stands alone"},
		"a double negation":             {"match:\n  all:\n  - f()\n  - not:\n      not: g()", "", 10, "stands alone"},
		"a negation at the top":         {"match:\n  not: f()", "", 7, "stands alone"},
		"an empty list":                 {"pattern-either: []", "pattern-either", 6, "nothing that it looks for"},
		"an empty pattern":              {"pattern: ''", "pattern", 6, "is empty"},
		"no pattern":                    {"pattern:", "pattern", 6, "is a text"},
		"a list as pattern":             {"pattern: [f()]", "pattern", 6, "is a text"},
		"a text as list":                {"patterns: f()", "patterns", 6, "is a list"},
		"a broken expression":           {"pattern-regex: '(a'", "pattern-regex", 6, "cannot be run"},
		"a negated POSIX class":         {"pattern-regex: '[[:^digit:]](?=a)'", "pattern-regex", 6, "write the set out"},
		"a broken comparison":           {"patterns:\n- pattern: f($X)\n- metavariable-comparison: {comparison: '$X >'}", "comparison", 8, "ends too early"},
		"an unknown function":           {"patterns:\n- pattern: f($X)\n- metavariable-comparison: {comparison: 'eval($X)'}", "comparison", 8, `"eval"`},
		"a key of a condition":          {"patterns:\n- pattern: f($X)\n- metavariable-regex: {metavariable: $X, regex: a, flags: i}", "flags", 8, "not known in metavariable-regex"},
		"no metavariable":               {"patterns:\n- pattern: f($X)\n- metavariable-regex: {regex: a}", "metavariable", 8, "missing"},
		"no name of a metavariable":     {"patterns:\n- pattern: f($X)\n- metavariable-regex: {metavariable: X, regex: a}", "metavariable", 8, "write it like $X"},
		"a small metavariable":          {"patterns:\n- pattern: f($X)\n- focus-metavariable: $x", "focus-metavariable", 8, "write it like $X"},
		"an unknown analyzer":           {"patterns:\n- pattern: f($X)\n- metavariable-analysis: {metavariable: $X, analyzer: magic}", "analyzer", 8, "entropy"},
		"an unknown mode of entropy":    {"patterns:\n- pattern: f($X)\n- metavariable-analysis: {metavariable: $X, analyzer: {entropy_v2: {mode: odd}}}", "mode", 8, "lax or strict"},
		"a type without type":           {"patterns:\n- pattern: f($X)\n- metavariable-type: {metavariable: $X}", "type", 8, "\"type\" or \"types\""},
		"a kind of name":                {"patterns:\n- pattern: f($X)\n- metavariable-name: {metavariable: $X, kind: django-view}", "kind", 8, "not known"},
		"an unknown language":           {"patterns:\n- pattern: f($X)\n- metavariable-pattern: {metavariable: $X, language: klingon, pattern: a}", "language", 8, "klingon"},
		"an unknown option":             {"pattern: f()\noptions: {go_faster: true}", "go_faster", 7, "changes what a rule finds"},
		"an option of the wrong type":   {"pattern: f()\noptions: {ac_matching: often}", "ac_matching", 7, "true or false"},
		"an option out of its words":    {"pattern: f()\noptions: {generic_engine: grep}", "generic_engine", 7, "spacegrep"},
		"a key of paths":                {"pattern: f()\npaths: {only: [a]}", "only", 7, "not known in paths"},
		"a broken path pattern":         {"pattern: f()\npaths: {include: ['[a']}", "include", 7, "path pattern"},
		"a key of fix-regex":            {"pattern: f()\nfix-regex: {regex: a, replacement: b, flags: i}", "flags", 7, "not known in fix-regex"},
		"a key twice":                   {"pattern: f()\npattern: g()", "pattern", 7, "twice"},
		"a merged mapping":              {"pattern: f()\n<<: {fix: g()}", "<<", 7, "merged"},
		"a later version":               {"pattern: f()\nmin-version: 9.0.0", "min-version", 7, "excludes"},
		"an earlier version":            {"pattern: f()\nmax-version: 1.99.9", "max-version", 7, "excludes"},
		"a strange version":             {"pattern: f()\nmin-version: new", "min-version", 7, "three numbers"},
		"no sinks":                      {"mode: taint\npattern-sources: [{pattern: f()}]", "pattern-sinks", 2, "missing"},
		"empty sources":                 {"mode: taint\npattern-sources: []\npattern-sinks: [{pattern: f()}]", "pattern-sources", 7, "at least one"},
		"a key of a source":             {"mode: taint\npattern-sources: [{pattern: f(), at-exit: true}]\npattern-sinks: [{pattern: f()}]", "at-exit", 7, "not known in a source"},
		"a formula in a taint rule":     {"mode: taint\npattern: g()\npattern-sources: [{pattern: f()}]\npattern-sinks: [{pattern: f()}]", "pattern", 7, "not known in a rule"},
		"no from":                       {"mode: taint\npattern-sources: [{pattern: f()}]\npattern-sinks: [{pattern: f()}]\npattern-propagators: [{pattern: g($X), to: $X}]", "from", 9, "missing"},
		"a broken requires":             {"mode: taint\npattern-sources: [{pattern: f()}]\npattern-sinks: [{pattern: f(), requires: A and}]", "requires", 8, "ends too early"},
		"requires by metavariable":      {"mode: taint\npattern-sources: [{pattern: f()}]\npattern-sinks: [{pattern: f($X), requires: [{$X: A}]}]", "requires", 8, "by metavariable"},
		"a strange label":               {"mode: taint\npattern-sources: [{pattern: f(), label: a b}]\npattern-sinks: [{pattern: f()}]", "label", 7, "letters"},
		"an operand with two keys":      {"patterns:\n- pattern: f()\n- pattern-inside:\n    pattern: g()\n    pattern-not: h()", "pattern-not", 10, "one key"},
		"a strange where":               {"match:\n  pattern: f($X)\n  where:\n  - {metavariable: $X, regex: a, color: red}", "color", 9, "not known in where"},
		"where at a negation":           {"match:\n  all:\n  - f()\n  - {not: g($X), where: [{comparison: $X > 1}]}", "not", 9, "no bindings"},
		"taint in a formula":            {"match:\n  all: [f(), {taint: {}}]", "", 7, "has no pattern"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rules, refused := Parse("rules.yaml", []byte(whole(c.keys)+"- {id: other, languages: [go], severity: LOW, message: m, pattern: f()}\n"))
			require.Len(t, rules, 1, "the other rule is run")
			require.Equal(t, "other", rules[0].ID)
			require.NotEmpty(t, refused)
			first := refused[0]
			require.Equal(t, c.key, first.Key, first.Error())
			require.Equal(t, c.line, first.Line, first.Error())
			require.Contains(t, first.Reason, c.says)
			require.Equal(t, "some-rule", first.RuleID)
			require.True(t, strings.HasPrefix(first.Error(), "rules.yaml:"))
		})
	}
}

func TestWhatEveryRuleNeeds(t *testing.T) {
	t.Parallel()
	const good = "id: a\nlanguages: [python]\nseverity: LOW\nmessage: m\npattern: f()\n"
	rules, refused := Parse("r", []byte("- "+strings.ReplaceAll(strings.TrimSpace(good), "\n", "\n  ")))
	require.Empty(t, refused, "the list alone is a file too")
	require.Len(t, rules, 1)
	for _, key := range []string{"id", "languages", "severity", "message"} {
		var lines []string
		for _, line := range strings.Split(strings.TrimSpace(good), "\n") {
			if !strings.HasPrefix(line, key) {
				lines = append(lines, line)
			}
		}
		_, refused := Parse("r", []byte("- "+strings.Join(lines, "\n  ")))
		require.Len(t, refused, 1)
		require.Equal(t, key, refused[0].Key)
	}
	for from, to := range map[string]string{
		"id: a": "id: 'a b'", "[python]": "[cobol]", "python]": "python, generic]", "[python": "[", "LOW": "MINOR", "message: m": "message: [m]",
	} {
		_, refused := Parse("r", []byte("- "+strings.ReplaceAll(strings.Replace(strings.TrimSpace(good), from, to, 1), "\n", "\n  ")))
		require.Len(t, refused, 1, to)
	}
}

func TestFilesThatAreNoRules(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"rules: [":                 "not valid YAML",
		"a: b: c":                  "not valid YAML",
		"rules: 1":                 "is a list",
		"other: []":                "not known in a rule file",
		"{}":                       "has the key \"rules\"",
		"just text":                "is a list",
		"rules: []\nextra: 1":      "not known in a rule file",
		"rules: []\n---\nrules: 1": "several",
		"rules: []\nrules: []":     "twice",
	} {
		rules, refused := Parse("r.yaml", []byte(text))
		require.Empty(t, rules)
		require.Len(t, refused, 1, text)
		require.Contains(t, refused[0].Error(), says)
		require.Empty(t, refused[0].RuleID)
	}
	for _, text := range []string{"", "# nothing\n", "rules: []", "rules:", "[]"} {
		rules, refused := Parse("r.yaml", []byte(text))
		require.Empty(t, rules)
		require.Empty(t, refused, text)
	}
}

func TestARefusalQuotesNoTextOfTheFile(t *testing.T) {
	t.Parallel()
	hidden := "hunter2 is the word"
	for _, keys := range []string{
		"pattern: f()\n'" + hidden + "': 1", "pattern: f()\noptions: {'" + hidden + "': true}", "mode: " + hidden + "\npattern: f()", "pattern-regex: '(" + hidden + "'",
		"patterns:\n- pattern: f($X)\n- metavariable-comparison: {comparison: '$X == ''" + hidden + "'}", "patterns: " + hidden, "pattern: f()\nseverity: " + hidden,
		"pattern: f()\npaths: {include: ['[" + hidden + "']}", "pattern: f()\nmin-version: " + hidden, "'" + hidden,
	} {
		_, refused := Parse("r.yaml", []byte(whole(keys)))
		require.NotEmpty(t, refused)
		for _, r := range refused {
			require.NotContains(t, r.Error(), "hunter2")
		}
	}
}

func TestHostileFilesAreBounded(t *testing.T) {
	t.Parallel()
	deep := func(n int) string {
		return strings.Repeat("{pattern-either: [{patterns: [", n) + "{pattern: f()}" + strings.Repeat("]}]}", n)
	}
	bomb := "rules:\n- &a {id: a, languages: [go], severity: LOW, message: m, patterns: [&p {pattern: f()}" + strings.Repeat(", *p", 20000) + "]}\n" + strings.Repeat("- *a\n", 3000)
	words := "rules:\n- id: a\n  languages: [go]\n  severity: LOW\n  message: m\n  pattern: f()\n  metadata:\n    x: &x [" + strings.Repeat("a, ", 20_000) + "a]\n" + strings.Repeat("    cwe: *x\n", 20_000) + "- {id: b}\n"
	for name, c := range map[string]struct{ text, says string }{
		"deep":           {whole("patterns: [" + deep(100) + "]"), "deep"},
		"very deep":      {whole("patterns: [" + deep(20000) + "]"), "not valid YAML"},
		"brackets":       {strings.Repeat("[", 1<<20), "not valid YAML"},
		"large":          {strings.Repeat(" ", MaxFile+1), "more than the 32 MB"},
		"aliases":        {bomb, "by aliases"},
		"a loop":         {"rules:\n- &a {id: a, languages: [go], severity: LOW, message: m, pattern-either: [*a]}", "one key"},
		"a loop of ends": {"rules:\n- {id: a, languages: [go], severity: LOW, message: m, patterns: &b [{patterns: *b}]}", "deep"},
		"words":          {words, "by aliases"},
		"lists":          {"rules:\n- {id: a, languages: [go], severity: LOW, message: m, patterns: [{pattern-either: &x [" + strings.Repeat("{pattern: f()}, ", 5_000) + "]}" + strings.Repeat(", {pattern-either: *x}", 5_000) + "]}", "by aliases"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, refused := Parse("r.yaml", []byte(c.text))
			require.NotEmpty(t, refused)
			require.LessOrEqual(t, len(refused), 100)
			require.Contains(t, refused[len(refused)-1].Reason, c.says)
		})
	}
	var nested strings.Builder
	nested.WriteString("rules:\n- id: a\n  languages: [go]\n  severity: LOW\n  message: m\n  metadata:\n    x0: &x0 [a, a]\n")
	for i := 1; i < 40; i++ {
		n := strings.Repeat("i", i)
		nested.WriteString("    x" + n + ": &x" + n + " [*x" + strings.Repeat("i", i-1) + zero(i) + ", *x" + strings.Repeat("i", i-1) + zero(i) + "]\n")
	}
	nested.WriteString("  pattern: f()\n")
	rules, refused := Parse("r.yaml", []byte(nested.String()))
	require.Empty(t, refused, "metadata that is not read costs nothing")
	require.Len(t, rules, 1)
}

// zero names the first of a chain of anchors.
func zero(i int) string {
	if i == 1 {
		return "0"
	}
	return ""
}
