// Package testtree holds the trees of front ends against golden files in their tests.
package testtree

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/code/tree"
)

var update = flag.Bool("update", false, "write the golden trees again")

// Golden compares the tree of each file of testdata whose name ends with suffix with the file beside it that ends with
// ".tree" instead. With -update it writes those files again: look at the difference.
func Golden(t *testing.T, suffix string, parse func(name, source string) *tree.Tree) {
	t.Helper()
	files, err := filepath.Glob("testdata/*" + suffix)
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, name := range files {
		source, err := os.ReadFile(name)
		require.NoError(t, err)
		made := parse(name, string(source))
		require.NoError(t, tree.Check(made))
		golden := strings.TrimSuffix(name, suffix) + ".tree"
		if *update {
			require.NoError(t, os.WriteFile(golden, []byte(made.String()), 0o600))
		}
		want, err := os.ReadFile(golden)
		require.NoError(t, err)
		require.Equal(t, string(want), made.String(), name)
	}
}
