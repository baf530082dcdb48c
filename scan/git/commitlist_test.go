package git_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

// A commit remembers its tree after a complete walk, and nothing after an interrupted one.
func TestCommitFilesAgain(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	for _, name := range []string{"a.txt", "b/c.txt", "b/d/e.txt", "z.txt"} {
		c.write(name, "text of "+name)
	}
	c.commit("files")
	commit := c.openCommit("HEAD")
	list := func() (paths []string) {
		for f, err := range commit.Files(t.Context()) {
			require.NoError(t, err)
			require.EqualValues(t, len("text of "+f.Path), f.Size)
			paths = append(paths, f.Path)
		}
		return paths
	}
	for f, err := range commit.Files(t.Context()) {
		require.NoError(t, err)
		if f.Path == "b/c.txt" {
			break
		}
	}
	want := []string{"a.txt", "b/c.txt", "b/d/e.txt", "z.txt"}
	require.Equal(t, want, list())
	require.Equal(t, want, list())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var err error
	var files []scan.File
	for f, problem := range commit.Files(ctx) {
		files, err = append(files, f), problem
	}
	require.ErrorIs(t, err, context.Canceled)
	require.Len(t, files, 1)
}
