package connection_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connection"
)

func TestReaderReadsLinesAndFiles(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "PAY", "api")
	git := func(args ...string) string {
		cmd := exec.CommandContext(t.Context(), "git", append([]string{"-C", dir, "-c", "user.name=a", "-c", "user.email=a@example.com"}, args...)...)
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
		return strings.TrimSpace(string(out))
	}
	require.NoError(t, os.MkdirAll(dir, 0o700))
	git("init", "-q", "-b", "main")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.txt"), []byte("one\r\ntwo\nthree"), 0o600))
	git("add", ".")
	git("commit", "-q", "-m", "first")
	first := git("rev-parse", "HEAD")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.txt"), []byte("other\n"), 0o600))
	git("commit", "-q", "-a", "-m", "second")
	d, err := connection.NewDirectory(root)
	require.NoError(t, err)
	list, err := d.List(t.Context())
	require.NoError(t, err)
	location := list.Projects[0].Repositories[0].Location

	r := connection.NewReader(d)
	for n, want := range []string{"one\r", "two", "three"} {
		for range 2 {
			got, err := r.Line(t.Context(), location, first, "a.txt", n+1)
			require.NoError(t, err)
			require.Equal(t, want, got)
		}
	}
	_, err = r.Line(t.Context(), location, first, "a.txt", 4)
	require.ErrorContains(t, err, "fewer lines")
	_, err = r.Line(t.Context(), location, first, "b.txt", 1)
	require.Error(t, err)

	content, err := r.Content(t.Context(), location, first, "a.txt")
	require.NoError(t, err)
	require.Equal(t, "one\r\ntwo\nthree", string(content.Data))

	data, err := r.File(t.Context(), location, "main", "a.txt")
	require.NoError(t, err)
	require.Equal(t, "other\n", string(data))
	for _, missing := range []string{"b.txt", "a.txt/b", "."} {
		data, err = r.File(t.Context(), location, "main", missing)
		require.NoError(t, err, missing)
		require.Nil(t, data)
	}
	data, err = r.File(t.Context(), location, "gone", "a.txt")
	require.NoError(t, err)
	require.Nil(t, data)
	_, err = r.File(t.Context(), "PAY/none", "main", "a.txt")
	require.ErrorIs(t, err, connection.ErrGone)
}

// TestLinesAreThoseThatWereScanned, also in files with a byte order mark and in UTF-16.
func TestLinesAreThoseThatWereScanned(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	dir := filepath.Join(root, "PAY", "api")
	repository(t, dir)
	for name, data := range map[string]string{"marked.txt": "\ufeffkey\nb\n", "wide.txt": "\xff\xfek\x00e\x00y\x00\n\x00b\x00\n\x00"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(data), 0o600))
	}
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-q", "-m", "two")
	d, err := connection.NewDirectory(root)
	require.NoError(t, err)
	r := connection.NewReader(d)
	head := git(t, dir, "rev-parse", "HEAD")
	for _, name := range []string{"marked.txt", "wide.txt"} {
		for n, want := range []string{"key", "b"} {
			got, err := r.Line(t.Context(), "PAY/api", head, name, n+1)
			require.NoError(t, err)
			require.Equal(t, want, got, name)
		}
	}
}
