package cli_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestScanIsTheSameWithAndWithoutACache(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.commit("a.txt", "clean\n", "b.bin", "\x00\x01", "c.env", tokens(0, 2), "gone.env", tokens(5, 6))
	r.commit("gone.env", "", "d.txt", "also clean\n")
	dir := filepath.Join(t.TempDir(), "cache")
	args := []string{"scan", "--history", "full", "--format", "json", r.dir}
	want := inProcess(t, []string{"CACHE_DIR=off"}, args...)
	require.NoDirExists(t, dir)
	for range 3 {
		require.Equal(t, want, inProcess(t, []string{"CACHE_DIR=" + dir}, args...))
	}
	names, err := filepath.Glob(filepath.Join(dir, "clean-*"))
	require.NoError(t, err)
	require.Len(t, names, 1)
	// A disabled rule makes a file clean. The cache must not use that for a scan with the rule.
	policy := filepath.Join(t.TempDir(), "p.yml")
	require.NoError(t, os.WriteFile(policy, []byte("rules:\n  disable: [GITHUB_CLASSIC_PAT, GENERIC_SECRET]\n"), 0o600))
	require.Equal(t, 0, inProcess(t, []string{"CACHE_DIR=" + dir, "CONFIG=" + policy}, args...).code)
	require.Equal(t, want, inProcess(t, []string{"CACHE_DIR=" + dir}, args...))
}

func TestScanUsesTheUsersCacheFolder(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.commit("a.txt", "clean\n")
	home := t.TempDir()
	require.Zero(t, inProcess(t, []string{"HOME=" + home}, "scan", r.dir).code)
	names, err := filepath.Glob(filepath.Join(home, ".cache/sluice/clean-*"))
	require.NoError(t, err)
	require.Len(t, names, 1)
	require.Zero(t, inProcess(t, []string{"HOME=" + filepath.Join(r.dir, "a.txt")}, "scan", r.dir).code, "a cache that cannot be written costs nothing but time")
}
