package golang_test

import (
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"

	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/testtree"
	"github.com/sluice-scan/sluice/scan/code/golang"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// TestGoldenTrees holds the tree of each construct. Look at the difference after -update.
func TestGoldenTrees(t *testing.T) {
	t.Parallel()
	testtree.Golden(t, ".go.txt", func(_, source string) *tree.Tree {
		return golang.Parse(source)
	})
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
