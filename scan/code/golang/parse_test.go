package golang_test

import (
	"flag"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"

	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/code/golang"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

var update = flag.Bool("update", false, "write the golden trees again")

// TestGoldenTrees holds the tree of each construct. Look at the difference after -update.
func TestGoldenTrees(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.go.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, name := range files {
		source, err := os.ReadFile(name)
		require.NoError(t, err)
		made := golang.Parse(string(source))
		require.NoError(t, tree.Check(made))
		golden := strings.TrimSuffix(name, ".go.txt") + ".tree"
		if *update {
			require.NoError(t, os.WriteFile(golden, []byte(made.String()), 0o600))
		}
		want, err := os.ReadFile(golden)
		require.NoError(t, err)
		require.Equal(t, string(want), made.String(), name)
	}
}

// TestWhatGoAcceptsHasNoErrors compares with go/parser on a part of the standard library: each file that it accepts is read as a whole.
func TestWhatGoAcceptsHasNoErrors(t *testing.T) {
	t.Parallel()
	read := 0
	for _, dir := range []string{"go/parser", "go/types", "net/http", "encoding", "runtime", "cmd/compile/internal/types2", "slices", "iter"} {
		err := filepath.WalkDir(filepath.Join(build.Default.GOROOT, "src", dir), func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(name, ".go") {
				return err
			}
			source, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			if _, err := parser.ParseFile(token.NewFileSet(), name, source, parser.SkipObjectResolution); err != nil {
				return nil //nolint:nilerr // a file that is wrong on purpose
			}
			read++
			made := golang.Parse(string(source))
			require.NoError(t, tree.Check(made), name)
			require.Zero(t, made.ErrorBytes, "%s: %s", name, firstError(made))
			return nil
		})
		require.NoError(t, err)
	}
	require.Greater(t, read, 300)
}

func firstError(t *tree.Tree) string {
	for id := range t.Nodes {
		if t.Nodes[id].Kind == tree.Error {
			text := t.At(tree.ID(id))
			return text[:min(len(text), 200)]
		}
	}
	return ""
}
