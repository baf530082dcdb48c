package code_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/code"
)

func TestOfTwoFindingsOfAPackTheMoreSevereStays(t *testing.T) {
	t.Parallel()
	rules := []byte(`
rules:
- {id: strong, languages: [python], severity: HIGH, message: m, pattern: f($X), metadata: {cwe: CWE-89}}
- {id: weak, languages: [python], severity: LOW, message: m, pattern: f(...), metadata: {cwe: CWE-89}}
- {id: other, languages: [python], severity: LOW, message: m, pattern: f(...), metadata: {cwe: CWE-79}}
`)
	ids := func(pack bool) (list []string) {
		d := code.New(code.Options{Files: []code.RuleFile{{Name: "r.yaml", Data: rules, Pack: pack}}})
		content := &scan.Content{File: scan.File{Path: "a.py"}, Data: []byte("f(1)\n")}
		findings, err := d.Begin().File(t.Context(), content)
		require.NoError(t, err)
		for _, f := range findings {
			list = append(list, f.RuleID)
		}
		return list
	}
	require.Equal(t, []string{"other", "strong"}, ids(true))
	require.Equal(t, []string{"other", "strong", "weak"}, ids(false))
}
