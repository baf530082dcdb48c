package format_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/format"
)

// A place inside an archive is shown like any other, and a link leads to the archive.
func TestArchives(t *testing.T) {
	t.Parallel()
	r := clean()
	r.Stats.Archives, r.Stats.Archived = 3, 1500
	r.Findings = []scan.Finding{{
		Engine: "secrets", RuleID: "TOKEN", Title: "Token", Severity: scan.SeverityHigh, Confidence: scan.ConfidenceHigh, Message: "A token.",
		Archive: "libs/a.jar", Path: "libs/a.jar!/conf/app.properties", Position: scan.Position{StartLine: 12, StartColumn: 7, EndLine: 12, EndColumn: 15},
		Excerpt: "key = ••••••••", Fingerprint: "0a", Occurrence: 1, New: true,
	}}
	o := options()
	o.Links.File = func(path string, line int) string {
		require.Equal(t, "libs/a.jar", path)
		require.Zero(t, line)
		return "https://example.com/src/libs/a.jar"
	}
	for name, want := range map[format.Name][]string{
		format.Text:  {"libs/a.jar!/conf/app.properties:12:7", "12 files, 34.6 kB, 3 archives"},
		format.JSON:  {`"path":"libs/a.jar!/conf/app.properties","archive":"libs/a.jar","start_line":12`, `"archives": 3,`, `"archived": 1500`},
		format.CSV:   {",libs/a.jar!/conf/app.properties,12,7,12,"},
		format.JUnit: {`classname="libs/a.jar!/conf/app.properties" name="TOKEN:12"`},
		format.HTML:  {"libs/a.jar!/conf/", "app.properties:12", `href="https://example.com/src/libs/a.jar"`},
	} {
		got := written(t, name, r, o)
		for _, text := range want {
			require.Contains(t, got, text, string(name))
		}
	}
}
