package cache_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/cache"
)

func file(t *testing.T, dir string) string {
	names, err := filepath.Glob(filepath.Join(dir, "clean-*"))
	require.NoError(t, err)
	require.Len(t, names, 1)
	return names[0]
}

func saved(t *testing.T, dir, key string, paths ...string) {
	c := cache.Open(dir, key)
	for _, p := range paths {
		c.Add("blob", p, scan.Clean{})
	}
	require.NoError(t, c.Save())
}

func known(c *cache.Cache, blob, path string) bool {
	_, ok := c.Clean(blob, path)
	return ok
}

func TestCacheRemembersByBlobPathAndKey(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new")
	c := cache.Open(dir, "rules 1")
	require.False(t, known(c, "blob", "a"))
	saved(t, dir, "rules 1", "a")
	c = cache.Open(dir, "rules 1")
	require.True(t, known(c, "blob", "a"))
	require.False(t, known(c, "blob", "b"))
	require.False(t, known(c, "other", "a"))
	require.False(t, known(c, "", "a"), "a file without a blob is never known")
	require.False(t, known(cache.Open(dir, "rules 2"), "blob", "a"))
	saved(t, dir, "rules 1", "c")
	require.True(t, known(cache.Open(dir, "rules 1"), "blob", "a"), "an entry of another branch stays")
}

// The cache remembers the result of each file over several scans.
func TestCacheRemembersWhatAResultSays(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	random := rand.New(rand.NewPCG(1, 2))
	want := map[string]scan.Clean{}
	for range 20 {
		c := cache.Open(dir, "k")
		for path, clean := range want {
			got, ok := c.Clean("blob", path)
			require.True(t, ok, path)
			require.Equal(t, clean, got, path)
		}
		_, ok := c.Clean("blob", "none")
		require.False(t, ok)
		for range 50 {
			clean := scan.Clean{Binary: random.IntN(2) == 0}
			if random.IntN(3) == 0 {
				clean.Archives, clean.Files, clean.Bytes = 1+random.IntN(9), random.IntN(1000), random.Int64N(1<<40)
			}
			// Some entries exist already, as when another scan saved its cache meanwhile.
			path := fmt.Sprint(random.IntN(1500))
			if _, ok := want[path]; !ok {
				want[path] = clean
			}
			c.Add("blob", path, want[path])
		}
		require.NoError(t, c.Save())
	}
}

func TestCacheIsNeverTrusted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	saved(t, dir, "k", "a", "b", "c")
	name := file(t, dir)
	good, err := os.ReadFile(name)
	require.NoError(t, err)
	for i := range good {
		bad := append([]byte{}, good...)
		bad[i] ^= 1
		require.NoError(t, os.WriteFile(name, bad, 0o600))
		require.False(t, known(cache.Open(dir, "k"), "blob", "a"), "byte %d", i)
		require.NoError(t, os.WriteFile(name, good[:i], 0o600))
		require.False(t, known(cache.Open(dir, "k"), "blob", "a"), "cut at %d", i)
	}
	require.NoError(t, os.WriteFile(name, append(good, 0), 0o600))
	require.False(t, known(cache.Open(dir, "k"), "blob", "a"))
	require.NoError(t, os.WriteFile(name, good, 0o600))
	require.True(t, known(cache.Open(dir, "k"), "blob", "a"))
}

func TestCacheFolderThatCannotBeMade(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(name, nil, 0o600))
	c := cache.Open(filepath.Join(name, "sub"), "k")
	require.NoError(t, c.Save(), "nothing to save")
	c.Add("blob", "a", scan.Clean{})
	require.Error(t, c.Save())
}

func TestCacheKeepsAFewKeys(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i := range 9 {
		saved(t, dir, fmt.Sprint(i), "a")
	}
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(t, err)
	require.Len(t, names, 4)
	require.True(t, known(cache.Open(dir, "8"), "blob", "a"))
}

func TestNoCache(t *testing.T) {
	t.Parallel()
	var c *cache.Cache
	c.Add("blob", "a", scan.Clean{})
	require.False(t, known(c, "blob", "a"))
	require.NoError(t, c.Save())
}

func TestCacheFromManyGoroutines(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	saved(t, dir, "k", "0", "1", "2", "3")
	c := cache.Open(dir, "k")
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			known(c, "blob", fmt.Sprint(i%4))
			c.Add("blob", fmt.Sprint(i), scan.Clean{})
		})
	}
	wait.Wait()
	require.NoError(t, c.Save())
	require.True(t, known(cache.Open(dir, "k"), "blob", "7"))
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte("sluice clean blobs 2\n"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		saved(t, dir, "k", "a")
		require.NoError(t, os.WriteFile(file(t, dir), data, 0o600))
		require.False(t, known(cache.Open(dir, "k"), "blob", "b"))
	})
}
