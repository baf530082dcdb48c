package scan_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

func TestInlineSuppressionForms(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, line string
		want       bool
		reason     string
	}{
		{"hash", "k = TOKEN_a # pragma: allowlist-secret", true, ""},
		{"hash with blank form", "k = TOKEN_a # pragma: allowlist secret", true, ""},
		{"slashes", "k = TOKEN_a // pragma: allowlist-secret because it is revoked", true, "because it is revoked"},
		{"block comment", "k = TOKEN_a /* pragma: allowlist-secret */", true, ""},
		{"block comment in front", "/* sluice:allow test key */ k = TOKEN_a", true, "test key"},
		{"quote", "k = TOKEN_a ' pragma: allowlist-secret", true, ""},
		{"markup", "<b>TOKEN_a</b> <!-- pragma: allowlist-secret sample -->", true, "sample"},
		{"gitleaks", "k = TOKEN_a # gitleaks:allow", true, ""},
		{"ours", "k = TOKEN_a #sluice:allow", true, ""},
		{"ours for this rule", "k = TOKEN_a # sluice:allow[OTHER, TEST_TOKEN] old", true, "old"},
		{"ours for another rule", "k = TOKEN_a # sluice:allow[OTHER]", false, ""},
		{"ours, bracket not closed", "k = TOKEN_a # sluice:allow[TEST_TOKEN", false, ""},
		{"sql", "SELECT 'TOKEN_a' -- sluice:allow", true, ""},
		{"text before the word in the comment", "k = TOKEN_a # noqa sluice:allow", true, ""},
		{"no comment", "k = TOKEN_a sluice:allow", false, ""},
		{"in a string", `k = "TOKEN_a sluice:allow"`, false, ""},
		{"a URL is not a comment", "http://TOKEN_a/ sluice:allow", false, ""},
		{"apostrophe in a string", "k = 'it TOKEN_a' + 'x sluice:allow'", false, ""},
		{"part of a word", "k = TOKEN_a # sluice:allowed", false, ""},
		{"part of a word in front", "k = TOKEN_a # xsluice:allow", false, ""},
		{"line above", "# pragma: allowlist nextline secret\nk = TOKEN_a", true, ""},
		{"our line above", "# sluice:allow-next-line a test\nk = TOKEN_a", true, "a test"},
		{"for the next line", "k = TOKEN_a # sluice:allow-next-line", false, ""},
		{"part of a word above", "# sluice:allow-next-lines\nk = TOKEN_a", false, ""},
		{"two lines above", "# pragma: allowlist nextline secret\n\nk = TOKEN_a", false, ""},
		{"other line", "# sluice:allow\nk = TOKEN_a", false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			result, err := scanner().Scan(t.Context(), scan.Input{Head: tree{"f": "first\n" + c.line + "\nlast\n"}})
			require.NoError(t, err)
			require.Len(t, result.Findings, 1)
			if !c.want {
				require.Nil(t, result.Findings[0].Suppression)
				return
			}
			require.NotNil(t, result.Findings[0].Suppression)
			require.Equal(t, c.reason, result.Findings[0].Suppression.Reason)
		})
	}
}

func FuzzInlineSuppression(f *testing.F) {
	for _, seed := range []string{"TOKEN_a # sluice:allow", "/* gitleaks:allow */ TOKEN_a", "TOKEN_a # sluice:allow[", "' pragma: allowlist secret TOKEN_a\r", "TOKEN_a//\xff sluice:allow"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		result, err := scanner().Scan(t.Context(), scan.Input{Head: tree{"f": text}})
		require.NoError(t, err)
		for i := range result.Findings {
			x := &result.Findings[i]
			require.GreaterOrEqual(t, x.StartLine, 1)
			require.GreaterOrEqual(t, x.StartColumn, 1)
			require.LessOrEqual(t, x.MarkStart, x.MarkEnd)
			require.LessOrEqual(t, x.MarkEnd, len(x.Excerpt))
		}
	})
}
