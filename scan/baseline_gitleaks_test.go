package scan

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGitleaksReportAsBaseline(t *testing.T) {
	t.Parallel()
	const report = `[
	 {"RuleID": "generic-api-key", "File": "a.env", "StartLine": 3, "Secret": "plain-text-one", "Match": "key=plain-text-one", "Fingerprint": "a.env:generic-api-key:3"},
	 {"RuleID": "github-pat", "File": "dir\\b.go", "StartLine": 7, "Secret": "REDACTED", "Match": "REDACTED"},
	 {"RuleID": "github-pat", "File": "c.go", "StartLine": 1, "Secret": "gh...", "Match": "x"}]`
	b, err := ReadBaseline("old.json", strings.NewReader(report))
	require.NoError(t, err)
	require.Equal(t, 4, b.Len())
	require.Len(t, b.Warnings, 1)
	require.Contains(t, b.Warnings[0], "3 entries, of which 2 have no secret in plain text")
	require.NotContains(t, b.Warnings[0], "plain-text-one")
	finding := func(path string, line int, secret string) Finding {
		f := Finding{Engine: "secrets", Family: "secret", Path: path, Position: Position{StartLine: line}, Secret: NewSecret(secret), New: true}
		f.Fingerprint = Fingerprint(&f)
		return f
	}
	list := []Finding{
		finding("moved.env", 90, "plain-text-one"), finding("dir/b.go", 7, "x"), finding("c.go", 1, "y"),
		finding("a.env", 3, "another"), finding("c.go", 2, "z"),
	}
	b.apply(list)
	for i, live := range []bool{false, false, false, true, true} {
		require.Equal(t, live, list[i].Live(), "finding %d", i)
		require.Equal(t, live, list[i].New, "finding %d", i)
	}
}

func TestGitleaksReportErrorsQuoteNothing(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"type":     {`[{"RuleID": "a", "File": "b", "StartLine": "canary-text"}]`, "the field StartLine at byte"},
		"syntax":   {`[{"Secret": canary-text}]`, "it is not JSON (at byte"},
		"no rule":  {`[{"File": "canary-text"}]`, "finding 1 has no RuleID or no File"},
		"no array": {`["canary-text"]`, "does not have the type of a gitleaks report"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := ReadBaseline("old.json", strings.NewReader(test.text))
			require.ErrorContains(t, err, test.want)
			require.NotContains(t, err.Error(), "canary-text")
		})
	}
	b, err := ReadBaseline("old.json", strings.NewReader("[]"))
	require.NoError(t, err)
	require.Zero(t, b.Len())
}

func FuzzBaseline(f *testing.F) {
	f.Add([]byte(`[{"RuleID":"a","File":"b","StartLine":1,"Secret":"c"}]`))
	f.Add([]byte(`{"version":1,"findings":[{"fingerprint":"a"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if b, err := ReadBaseline("x", strings.NewReader(string(data))); err == nil {
			b.apply([]Finding{{Path: "b", Position: Position{StartLine: 1}, Fingerprint: "a"}})
		}
	})
}
