package secret

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The rule files must not look like leaks.
func TestOwnFilesAreClean(t *testing.T) {
	t.Parallel()
	d := newTestDetector(t)
	entries, err := os.ReadDir("builtin/rules")
	require.NoError(t, err)
	require.NotEmpty(t, entries)
	for _, entry := range entries {
		data, err := os.ReadFile("builtin/rules/" + entry.Name())
		require.NoError(t, err)
		for _, f := range find(t, d, "scan/secret/builtin/rules/"+entry.Name(), string(data)) {
			line := 1 + strings.Count(string(data[:f.Start]), "\n")
			t.Errorf("%s:%d: %s", entry.Name(), line, f.RuleID)
		}
	}
}
