package git

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func TestCheckoutStaysInside(t *testing.T) {
	t.Parallel()
	dir, outside := t.TempDir(), t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "a", "b"), 0o700))
	for _, name := range []string{filepath.Join(dir, "a", "b", "f"), filepath.Join(outside, "f")} {
		require.NoError(t, os.WriteFile(name, []byte("text and more"), 0o600))
	}
	require.NoError(t, os.Symlink(outside, filepath.Join(dir, "out")))
	require.NoError(t, os.Symlink("a", filepath.Join(dir, "in")))
	require.NoError(t, os.Symlink("f", filepath.Join(dir, "a", "b", "g")))
	c := openCheckout(dir)
	if _, ok := c.read("a/b/f", 4, nil); !ok && !c.usable() {
		t.Skip("the system does not have openat2")
	}
	data, ok := c.read("a/b/f", 4, make([]byte, 0, 64))
	require.True(t, ok)
	require.Equal(t, "text", string(data))
	for _, path := range []string{"out/f", "in/b/f", "a/b/g", "a/../a/b/f/", "../f", "a/b", "gone", filepath.Join(outside, "f")} {
		_, ok := c.read(path, 4, nil)
		require.False(t, ok, path)
	}
	_, ok = c.read("a/b/f", 14, nil)
	require.False(t, ok, "the file is shorter")
	require.True(t, c.usable(), "no file is a reason to try no other")
	c.close()
	c.close()
	require.False(t, c.usable())
}

// A FIFO is not consumed.
func TestCheckoutLeavesFIFOs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "fifo")
	require.NoError(t, unix.Mkfifo(name, 0o600))
	writer, err := os.OpenFile(name, os.O_RDWR, 0)
	require.NoError(t, err)
	defer func() { _ = writer.Close() }()
	_, err = writer.WriteString("text")
	require.NoError(t, err)
	c := openCheckout(dir)
	defer c.close()
	_, ok := c.read("fifo", 4, nil)
	require.False(t, ok)
	text := make([]byte, 4)
	_, err = writer.Read(text)
	require.NoError(t, err)
	require.Equal(t, "text", string(text))
}

// In a sandbox that forbids the fast way, the slow way works.
func TestWorkTreeWithoutCheckout(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "a"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a", "f"), []byte("text"), 0o600))
	w, err := openWorkTree(dir)
	require.NoError(t, err)
	defer func() { require.NoError(t, w.close()) }()
	w.quick.refused.Store(true)
	h := plumbing.ComputeHash(plumbing.BlobObject, []byte("text"))
	data, ok := w.blob("a/f", h, 4, nil)
	require.True(t, ok)
	require.Equal(t, "text", string(data))
}
