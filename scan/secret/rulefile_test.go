package secret

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

const ownRules = `rules:
  - id: ACME_KEY
    expression: '\bacme_[a-z0-9]{20}\b'
    match: ["acme_⟦lowerdigit 20⟧"]
  - provider: Widget Works
    revoke: ask the widget desk
    link: https://widgets.example/keys
    rules:
      - id: WIDGET_TOKEN
        title: Widget token
        severity: LOW
        confidence: certain
        keywords: [Widget]
        path: '\.cfg$'
        entropy: 2.5
        blocking: false
        group: 1
        boundary: word
        expression: 'wt=([a-z0-9]+)'
`

func TestParseRulesOfUsers(t *testing.T) {
	t.Parallel()
	rules, err := rule.ParseRules("own.yml", []byte(ownRules))
	require.NoError(t, err)
	require.Len(t, rules, 2)
	a, w := rules[0], rules[1]
	require.Equal(t, "Acme key", a.Title)
	require.Equal(t, scan.SeverityHigh, a.Severity)
	require.Equal(t, scan.ConfidenceHigh, a.Confidence)
	require.Equal(t, rule.BoundaryNone, a.Boundary)
	require.Equal(t, "own.yml:2", a.Custom.Origin)
	require.Len(t, a.Match, 1)
	require.Equal(t, "Widget Works", w.Provider)
	require.Equal(t, "ask the widget desk", w.Revoke)
	require.Equal(t, scan.SeverityLow, w.Severity)
	require.Equal(t, rule.BoundaryWord, w.Boundary)
	require.Equal(t, []string{"widget"}, w.Custom.Keywords)
	require.Equal(t, "own.yml:9", w.Custom.Origin)
	require.True(t, w.Custom.WarnOnly)
	require.False(t, a.Custom.WarnOnly)
	require.Equal(t, "lines", w.Method())
	d := only(t, rules...)
	require.Equal(t, []string{"WIDGET_TOKEN a1b2c3d4e5"}, texts(find(t, d, "x.cfg", "widget wt=a1b2c3d4e5")))
	require.Empty(t, find(t, d, "x.cfg", "wt=a1b2c3d4e5"))
}

func TestParseRulesOfUsersNamesLines(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"key":      {"- id: A\n  expresion: abc\n", "own.yml:2: \"expresion\" is not a key of a rule; known are id title"},
		"type":     {"- id: A\n  expression: abc\n  severity: [x]\n", "own.yml:3: "},
		"severity": {"- id: A\n  expression: abc\n  severity: SEVERE\n", `"SEVERE" is not a severity`},
		"no list":  {"a: b", "own.yml:1: rules are a list"},
		"scalar":   {"- x\n- id: A\n", "own.yml:1: a rule is keys and values"},
		"blocking": {"- id: A\n  expression: abc\n  blocking: maybe\n", "own.yml:3: "},
		"provider": {"- provider: x\n  extra: y\n  rules: []\n", "own.yml:2: \"extra\" is not a key"},
		"twice":    {"- {id: A, expression: abc}\n- {id: A, expression: abd}\n", "own.yml:2: rule A occurs twice, first in own.yml:1"},
		"syntax":   {"- {id: A", "own.yml: line 1: did not find"},
		"bad":      {"- {id: A, expression: 'abc('}\n", "own.yml:1: rule A: expression: it is not valid (missing closing ))"},
		"both":     {"- {id: a, expression: 'abc('}\n", "own.yml:1: rule a: id must be upper-case"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := rule.ParseRules("own.yml", []byte(test.text))
			require.ErrorContains(t, err, test.want)
		})
	}
	for _, empty := range []string{"", "[]", "rules:", "# nothing\n"} {
		rules, err := rule.ParseRules("own.yml", []byte(empty))
		require.NoError(t, err, empty)
		require.Empty(t, rules)
	}
	_, err := rule.ParseRules("own.yml", make([]byte, rule.MaxRuleFile+1))
	require.ErrorContains(t, err, "are more than the 16 MB")
}

func FuzzRuleFile(f *testing.F) {
	f.Add([]byte(ownRules))
	f.Add([]byte("- provider: Acme\n  rules: [{id: ACME_KEY, title: Acme key, keywords: [acme], expression: 'acme_[a-z]{9}'}]\n"))
	f.Add([]byte("- {id: A, expression: '(?=a)(a+)+$'}\n"))
	f.Add([]byte("a: &a [*a]\nrules: *a\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 4<<10 {
			return
		}
		rules, err := rule.ParseRules("own.yml", data)
		if err != nil {
			return
		}
		d, err := New(Options{Rules: rules, WithoutBuiltin: true})
		if err != nil {
			t.Fatalf("what was read is refused: %v", err)
		}
		for i := range d.rules.all {
			if r := &d.rules.all[i]; r.Custom != nil && r.Slow() {
				return
			}
		}
		_, _ = d.file(t.Context(), "x", data)
	})
}
