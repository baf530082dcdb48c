package preview_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares line by line, because a whole page in a failure's message helps nobody.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	wanted, lines := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for i := range min(len(wanted), len(lines)) {
		require.Equal(t, wanted[i], lines[i], "%s:%d; -update writes it anew", path, i+1)
	}
	require.Len(t, lines, len(wanted), path)
}

func TestGoldenPage(t *testing.T) {
	t.Parallel()
	golden(t, "pullrequest.html", written(t, samplePage(t)))
}

func TestGoldenWithoutBase(t *testing.T) {
	t.Parallel()
	golden(t, "commit.html", collect(t, published(t), sampleTree(t, "head"), nil, meta()))
}
