package git_test

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/git"
)

// listCached lists HEAD with a cache.
func (c *clone) listCached(m *git.TreeCache) ([]string, error) {
	c.tb.Helper()
	repository := c.open()
	repository.UseTreeCache(m)
	hash, err := repository.Resolve("HEAD")
	require.NoError(c.tb, err)
	commit, err := repository.Commit(c.tb.Context(), hash)
	require.NoError(c.tb, err)
	var list []string
	for f, err := range commit.Files(c.tb.Context()) {
		if err != nil {
			return nil, err
		}
		list = append(list, fmt.Sprint(f.Path, f.Mode, f.Size, f.Blob))
	}
	return list, nil
}

// withoutTree deletes the root tree of HEAD.
func (c *clone) withoutTree() {
	c.tb.Helper()
	tree := c.git("rev-parse", "HEAD^{tree}")
	require.NoError(c.tb, os.Remove(filepath.Join(c.dir, ".git/objects", tree[:2], tree[2:])))
}

// A list from the cache is the same, needs no objects, and serves no other repository.
func TestTreeCache(t *testing.T) {
	t.Parallel()
	c, m := strange(t), &git.TreeCache{}
	want, err := c.listCached(nil)
	require.NoError(t, err)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			if got, err := c.listCached(m); err != nil || len(got) != len(want) {
				t.Error(err, got)
			}
		})
	}
	wait.Wait()
	twin := c.at(filepath.Join(t.TempDir(), "twin"))
	require.NoError(t, os.CopyFS(filepath.Join(twin.dir, ".git"), os.DirFS(filepath.Join(c.dir, ".git"))))
	c.withoutTree()
	twin.withoutTree()
	got, err := c.listCached(m)
	require.NoError(t, err)
	require.Equal(t, want, got)
	_, err = c.listCached(nil)
	require.ErrorIs(t, err, git.ErrMissingObject)
	_, err = twin.listCached(m)
	require.ErrorIs(t, err, git.ErrMissingObject)
}

// The cache drops folders that were not used lately.
func TestTreeCacheIsBounded(t *testing.T) {
	t.Parallel()
	m := &git.TreeCache{MaxBytes: 4_000}
	var clones []*clone
	for i := range 40 {
		c := initRepo(t)
		c.write(fmt.Sprintf("file %d", i), "text\n").commit("one")
		_, err := c.listCached(m)
		require.NoError(t, err)
		c.withoutTree()
		clones = append(clones, c)
		_, err = clones[0].listCached(m)
		require.NoError(t, err, "it is asked for all the time")
	}
	known := 0
	for _, c := range clones {
		if _, err := c.listCached(m); err == nil {
			known++
		}
	}
	require.Greater(t, known, 5)
	require.Less(t, known, 39)
}

// A folder with a missing file is not cached, and its error stays the same.
func TestTreeCacheOfAPartialClone(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	c.write("a", "1", "b/c", "2").commit("one")
	blob := c.git("rev-parse", "HEAD:b/c")
	object := filepath.Join(c.dir, ".git/objects", blob[:2], blob[2:])
	data, err := os.ReadFile(object)
	require.NoError(t, err)
	require.NoError(t, os.Remove(object))
	want, err := c.listCached(nil)
	require.NoError(t, err)
	require.Contains(t, want[1], "-1")
	m := &git.TreeCache{}
	for range 2 {
		got, err := c.listCached(m)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	require.NoError(t, os.WriteFile(object, data, 0o600))
	got, err := c.listCached(m)
	require.NoError(t, err)
	require.NotEqual(t, want, got, "it is there again")
}
