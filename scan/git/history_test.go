package git_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/git"
)

// told writes a history as "commit's subject: path = text".
func told(t *testing.T, c *clone, h *git.History) []string {
	t.Helper()
	var lines []string
	for _, f := range files(t, h) {
		text, err := content(f)
		require.NoError(t, err)
		require.Equal(t, int64(len(text)), f.Size)
		again, err := h.Read(f, nil)
		require.NoError(t, err)
		require.Equal(t, text, string(again))
		lines = append(lines, c.git("log", "-1", "--format=%s", f.Commit)+": "+f.Path+" = "+strings.TrimSpace(text))
	}
	return lines
}

func TestHistoryAddedAndRemoved(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	c.write("keep", "keep", "old", "old").commit("base")
	base := c.write("main", "main").commit("main")
	c.write("secret.env", "token-1").commit("add")
	c.write("secret.env", "token-2", "sub/b", "b").commit("change")
	c.git("mv", "secret.env", "moved.env")
	c.commit("move")
	require.NoError(t, os.Remove(filepath.Join(c.dir, "moved.env")))
	c.write("sub/copy", "token-1").commit("remove, copy")
	require.NoError(t, os.Remove(filepath.Join(c.dir, "sub", "copy")))
	head := c.write("late", "late").commit("head")
	r := c.open()

	h := r.History(head, git.HistoryOptions{Since: []string{base}})
	require.Equal(t, []string{"add: secret.env = token-1", "change: secret.env = token-2"}, told(t, c, h))
	require.Equal(t, git.HistoryStats{Commits: 5, Blobs: 2}, h.Stats())
	require.Empty(t, h.Skipped())

	require.Empty(t, told(t, c, r.History(base, git.HistoryOptions{})), "what is in the tree is scanned there")
	require.Empty(t, told(t, c, r.History(head, git.HistoryOptions{Since: []string{head}})))

	h = r.History(head, git.HistoryOptions{MaxCommits: 2})
	require.Equal(t, []string{"remove, copy: sub/copy = token-1"}, told(t, c, h))
	require.Equal(t, git.HistoryStats{Commits: 2, Blobs: 1, Truncated: true}, h.Stats())
	h = r.History(head, git.HistoryOptions{MaxCommits: 100})
	require.Len(t, told(t, c, h), 2)
	require.Equal(t, 7, h.Stats().Commits)
	require.False(t, h.Stats().Truncated)
}

// The destination has new commits that changed a file; the old version of that file is not part of the branch's history.
func TestHistoryOfTheBranchOnly(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	c.write("shared", "v1").commit("base")
	c.git("checkout", "-q", "-b", "feature")
	c.write("f", "f1").commit("feature 1")
	c.write("f", "f2", "shared", "v3").commit("feature 2")
	c.git("checkout", "-q", "main")
	main := c.write("shared", "v2").commit("main 1")
	c.git("checkout", "-q", "feature")
	require.Equal(t, []string{"feature 1: f = f1"}, told(t, c, c.open().History(c.git("rev-parse", "HEAD"), git.HistoryOptions{Since: []string{main}})))
}

func TestHistoryMerges(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	base := c.write("file", "base").commit("base")
	for _, side := range []string{"one", "two", "three"} {
		c.git("checkout", "-q", "-b", side, base)
		c.write("only-"+side, side+"-temporary").commit(side + " 1")
		c.write("only-"+side, side).commit(side + " 2")
	}
	c.git("checkout", "-q", "-b", "octopus", "one")
	c.now += 3600
	c.git("merge", "-q", "-m", "octopus", "two", "three")
	c.git("checkout", "-q", "-b", "conflict", base)
	c.write("file", "theirs").commit("theirs")
	c.git("checkout", "-q", "octopus")
	c.write("file", "ours").commit("ours")
	require.Error(t, c.command("merge", "-q", "conflict").Run())
	c.write("file", "resolved with a token").commit("resolution")
	head := c.write("file", "clean").commit("clean")
	h := c.open().History(head, git.HistoryOptions{Since: []string{base}})
	require.Equal(t, []string{
		"theirs: file = theirs", "ours: file = ours", "resolution: file = resolved with a token",
		"one 1: only-one = one-temporary", "three 1: only-three = three-temporary", "two 1: only-two = two-temporary",
	}, told(t, c, h))
	require.Equal(t, 11, h.Stats().Commits)
}

func TestHistoryClockSkew(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	c.write("a", "base").commit("base")
	base := c.write("b", "b").commit("base 2")
	now := c.now
	c.now = now - 40*24*3600
	c.write("a", "secret").commit("from the past")
	c.now = now + 90*24*3600
	c.write("a", "other").commit("from the future")
	c.now = now
	head := c.write("a", "end").commit("head")
	h := c.open().History(head, git.HistoryOptions{Since: []string{base}})
	require.Equal(t, []string{"from the past: a = secret", "from the future: a = other"}, told(t, c, h))
	require.Equal(t, 3, h.Stats().Commits)
}

func TestHistoryShallow(t *testing.T) {
	t.Parallel()
	origin := initRepo(t)
	origin.write("a", "never cloned").commit("1")
	origin.write("a", "in the border's tree").commit("2")
	origin.write("a", "seen").commit("3")
	head := origin.write("a", "head").commit("4")
	c := origin.cloneTo("--depth=3")
	h := c.open().History(head, git.HistoryOptions{})
	require.Equal(t, []string{"2: a = in the border's tree", "3: a = seen"}, told(t, c, h))
	require.Equal(t, git.HistoryStats{Commits: 3, Blobs: 2, Shallow: true}, h.Stats())
}

func TestHistoryLeavesOutLinks(t *testing.T) {
	t.Parallel()
	c := strange(t)
	c.git("rm", "-q", "-r", "--cached", ".")
	for _, name := range []string{"link", "outside", "mod", ".gitmodules", "plain.txt"} {
		require.NoError(t, os.RemoveAll(filepath.Join(c.dir, name)))
	}
	head := c.commit("without")
	var paths []string
	for _, f := range files(t, c.open().History(head, git.HistoryOptions{})) {
		paths = append(paths, f.Path)
	}
	require.Equal(t, []string{".gitmodules", "plain.txt"}, paths)
}

func TestHistoryDamage(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	c.write("lost/a", "1", "b", "gone blob").commit("first")
	c.write("lost/a", "2", "b", "2").commit("second")
	head := c.write("lost/a", "3", "b", "3").commit("third")
	removeObjects(t, c, "HEAD~1:lost", "HEAD~2:b")
	h := c.open().History(head, git.HistoryOptions{})
	var lines []string
	for _, f := range files(t, h) {
		if _, err := f.Open(); err != nil {
			require.ErrorIs(t, err, git.ErrMissingObject)
			lines = append(lines, f.Path+" is missing")
			continue
		}
		lines = append(lines, f.Path)
	}
	require.Equal(t, []string{"b is missing", "b", "lost/a"}, lines)
	require.Len(t, h.Skipped(), 1)
	require.Equal(t, "lost", h.Skipped()[0].Path)
	require.ErrorIs(t, h.Skipped()[0].Err, git.ErrMissingObject)
}

func TestHistoryErrors(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	head := c.write("a", "1").commit("first")
	r := c.open()
	last := func(ctx context.Context, h *git.History) (err error) {
		for _, err = range h.Files(ctx) {
		}
		return err
	}
	require.ErrorIs(t, last(t.Context(), r.History(strings.Repeat("ab", 20), git.HistoryOptions{})), git.ErrUnknownRevision)
	require.ErrorIs(t, last(t.Context(), r.History(head, git.HistoryOptions{Since: []string{strings.Repeat("ab", 20)}})), git.ErrUnknownRevision)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, last(ctx, r.History(head, git.HistoryOptions{})), context.Canceled)
}
