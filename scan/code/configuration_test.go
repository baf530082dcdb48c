package code_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/code"
	"github.com/sluice-scan/sluice/scan/code/match"
)

// configurationRule finds a pair in data, in any order of the keys.
const configurationRule = `rules:
- id: r
  languages: [yaml, json]
  severity: WARNING
  message: m
  pattern: '{..., "kind": "job", ..., "privileged": true, ...}'
`

// TestConfigurationThatIsBrokenIsReadAsFarAsItGoes: it is told, and the scan is whole.
func TestConfigurationThatIsBrokenIsReadAsFarAsItGoes(t *testing.T) {
	t.Parallel()
	d := code.New(code.Options{Files: []code.RuleFile{{Name: "r.yaml", Data: []byte(configurationRule)}}})
	pass := d.Begin()
	tree := scan.NewTree(nil, []scan.File{{Path: "a.yaml", Mode: scan.ModeRegular}, {Path: "b.json", Mode: scan.ModeRegular}, {Path: "package-lock.json", Mode: scan.ModeRegular}, {Path: "large.json", Mode: scan.ModeRegular}}, 1<<20)
	total := 0
	for path, text := range map[string]string{
		"a.yaml":            "privileged: yes\n}} what {{\n\"open\nkind: job\n",
		"b.json":            `{"privileged": true, broken broken, "k\u0069nd": "job"}`,
		"package-lock.json": `{"privileged": true, "kind": "job"}`,
		"large.json":        `{"privileged": true, "kind": "job", "text": "` + strings.Repeat("a", 3<<20) + `"}`,
	} {
		found, err := pass.File(t.Context(), &scan.Content{File: scan.File{Path: path}, Data: []byte(text)})
		require.NoError(t, err)
		total += len(found)
	}
	require.Equal(t, 2, total)
	ending, err := pass.End(t.Context(), tree)
	require.NoError(t, err)
	require.Empty(t, ending.Failures)
	var codes []string
	for _, note := range ending.Notes {
		codes = append(codes, note.Code)
	}
	require.Contains(t, codes, "code-parsed-in-part")
	require.Contains(t, codes, "code-data")
}

func TestWordsThatAreWrittenAsEscapes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{`"a"`: false, `\u003cb\u003e`: false, `\n\x0a`: false, `\\u0041`: false, `\u0041`: true, `\\\u0061`: true, `\x6b`: true, `\U00000061`: true, `\`: false, `\u00`: false} {
		require.Equal(t, want, match.EscapesWords(text), text)
	}
}
