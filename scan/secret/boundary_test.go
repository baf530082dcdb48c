package secret

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

func TestBoundaries(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		name, text string
		want       bool
	}{
		"alone":                   {"word", "[TOKEN]", true},
		"behind a quote":          {"word", `"[TOKEN]"`, true},
		"behind an underscore":    {"word", "MY_[TOKEN]", true},
		"behind a letter":         {"word", "x[TOKEN]", false},
		"behind a digit":          {"word", "1[TOKEN]", false},
		"behind an escape":        {"word", `\n[TOKEN]`, true},
		"behind a percent escape": {"word", "%3D[TOKEN]", true},
		"before a letter":         {"word", "[TOKEN]x", false},
		"before an underscore":    {"word", "[TOKEN]_x", false},
		"before a hyphen":         {"word", "[TOKEN]-x", true},
		"URL before a hyphen":     {"url", "[TOKEN]-x", false},
		"base64 behind a plus":    {"base64", "+[TOKEN]", false},
		"base64 behind a slash":   {"base64", "/[TOKEN]", false},
		"base64 behind =":         {"base64", "=[TOKEN]", true},
		"base64 before =":         {"base64", "[TOKEN]=", false},
		"base64 before a hyphen":  {"base64", "[TOKEN]-", true},
		"open before a letter":    {"open", "[TOKEN]x", true},
		"open behind a letter":    {"open", "x[TOKEN]", false},
		"none":                    {"none", "x[TOKEN]x", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b boundary
			require.NoError(t, b.UnmarshalText([]byte(test.name)))
			start, end := strings.Index(test.text, "["), strings.Index(test.text, "]")-1
			data := []byte(strings.NewReplacer("[", "", "]", "").Replace(test.text))
			require.Equal(t, test.want, b.fits(data, start, end))
		})
	}
	var b boundary
	require.EqualError(t, b.UnmarshalText([]byte("nope")), `"nope" is not a boundary: use word, url, base64, open or none`)
}

// Guesses, hashes and logins among tests are reported, and block nothing; tokens of providers keep their severity.
func TestSeverityAmongTests(t *testing.T) {
	t.Parallel()
	d := newTestDetector(t)
	hash, err := Sample("$2y$12$⟦alnum 53⟧").Text()
	require.NoError(t, err)
	require.Equal(t, scan.SeverityMedium, find(t, d, "deploy/users.sql", hash)[0].Severity)
	require.Equal(t, scan.SeverityLow, find(t, d, "pkg/users_test.go", hash)[0].Severity)
	url := "https://build:" + "Gr3enHouse9@git.acme.io/x"
	require.Equal(t, scan.SeverityHigh, find(t, d, "deploy/run.sh", url)[0].Severity)
	require.Equal(t, scan.SeverityLow, find(t, d, "testdata/run.sh", url)[0].Severity)
	require.Equal(t, scan.SeverityCritical, find(t, d, "testdata/run.sh", githubToken)[0].Severity)
}
