package secret

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// Guesses, hashes and logins in tests are reported and block nothing. Tokens of providers keep their severity.
func TestSeverityAmongTests(t *testing.T) {
	t.Parallel()
	d := newTestDetector(t)
	hash, err := rule.Sample("$2y$12$⟦alnum 53⟧").Text()
	require.NoError(t, err)
	require.Equal(t, scan.SeverityLow, find(t, d, "deploy/users.sql", hash)[0].Severity)
	require.Equal(t, scan.SeverityLow, find(t, d, "pkg/users_test.go", hash)[0].Severity)
	url := "https://build:" + "Gr3enHouse9@git.acme.io/x"
	require.Equal(t, scan.SeverityHigh, find(t, d, "deploy/run.sh", url)[0].Severity)
	require.Equal(t, scan.SeverityLow, find(t, d, "testdata/run.sh", url)[0].Severity)
	require.Equal(t, scan.SeverityCritical, find(t, d, "testdata/run.sh", githubToken)[0].Severity)
}
