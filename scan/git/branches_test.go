package git_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHeadsAndDistance(t *testing.T) {
	t.Parallel()
	r := initRepo(t)
	first := r.write("a.txt", "1").commit("one")
	second := r.write("a.txt", "2").commit("two")
	r.git("branch", "feature/x")
	r.git("pack-refs", "--all")
	third := r.write("a.txt", "3").commit("three")
	r.git("tag", "v1")
	repo := r.open()
	heads, err := repo.Heads(t.Context())
	require.NoError(t, err)
	require.Len(t, heads, 2)
	require.Equal(t, []string{"feature/x", second}, []string{heads[0].Name, heads[0].Hash})
	require.Equal(t, third, heads[1].Hash)
	require.False(t, heads[1].Time.IsZero())

	distance := func(head, base string) (int, bool) {
		n, rewritten, err := repo.Distance(t.Context(), head, base, 0)
		require.NoError(t, err)
		return n, rewritten
	}
	n, rewritten := distance(third, first)
	require.Equal(t, 2, n)
	require.False(t, rewritten)
	n, rewritten = distance(third, third)
	require.Zero(t, n)
	require.False(t, rewritten)
	n, rewritten = distance(first, third)
	require.Zero(t, n)
	require.True(t, rewritten, "what was scanned is ahead of what is there now")
	r.git("checkout", "-q", "-b", "other", first)
	other := r.write("b.txt", "1").commit("other")
	n, rewritten = distance(other, third)
	require.Equal(t, 1, n)
	require.True(t, rewritten)
	n, rewritten = distance(third, "0123456789012345678901234567890123456789")
	require.Equal(t, -1, n)
	require.True(t, rewritten)

	// A branch that points to nothing does not hide the others.
	require.NoError(t, os.WriteFile(filepath.Join(r.dir, ".git", "refs", "heads", "broken"), []byte("0123456789012345678901234567890123456789\n"), 0o600))
	heads, err = repo.Heads(t.Context())
	require.ErrorContains(t, err, "broken")
	require.Len(t, heads, 3)
}
