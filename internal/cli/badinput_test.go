package cli_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

func TestFileOfTwoGigabytesIsNamedAndNotScanned(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "huge.img"))
	require.NoError(t, err)
	require.NoError(t, f.Truncate(2<<30)) // a sparse file, which takes no space on the disk
	require.NoError(t, f.Close())
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.txt"), []byte(tokens(0, 1)), 0o600))
	got := inProcess(t, nil, "scan", dir)
	require.Equal(t, scan.ExitFindings, got.code, got.stderr)
	require.Contains(t, got.stdout, "huge.img")
	require.Contains(t, got.stdout, "larger than 32 MB")
	require.Contains(t, got.stdout, "a.txt:1")
}

func TestLineOfAHundredMegabytes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	half := bytes.Repeat([]byte("var a=1; "), 50<<20/9)
	line := append(append(append([]byte{}, half...), []byte(` "`+token(1)+`" `)...), half...)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "bundle.js"), line, 0o600))
	got := inProcess(t, nil, "scan", "--max-file-size", "200MB", dir)
	require.Equal(t, scan.ExitFindings, got.code, got.stderr)
	require.Contains(t, got.stdout, fmt.Sprintf("bundle.js:1:%d", len(half)+3))
	require.Less(t, len(got.stdout), 4000, "the line is cut around the finding")
	require.NotContains(t, got.stdout, token(1)[8:])
}

func TestTwoHundredThousandFiles(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	var stream strings.Builder
	stream.WriteString("blob\nmark :1\ndata 6\nclean\n\n")
	content := tokens(0, 1)
	fmt.Fprintf(&stream, "blob\nmark :2\ndata %d\n%s\n", len(content), content)
	stream.WriteString("commit refs/heads/main\nmark :3\ncommitter A <a@example.com> 1 +0000\ndata 1\nx\n")
	for i := range 200_000 {
		fmt.Fprintf(&stream, "M 100644 :1 d%d/e%d/f%d.txt\n", i%200, i/200%100, i)
	}
	stream.WriteString("M 100644 :2 z.env\n")
	cmd := exec.CommandContext(t.Context(), "git", "fast-import", "--quiet")
	cmd.Dir, cmd.Stdin = r.dir, strings.NewReader(stream.String())
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	got := inProcess(t, nil, "scan", r.dir)
	require.Equal(t, scan.ExitFindings, got.code, got.stderr)
	require.Contains(t, got.stdout, "200,001 files")
	require.Contains(t, got.stdout, "z.env:1")
}

func TestPathOf4096Bytes(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	long := strings.Repeat(strings.Repeat("d", 200)+"/", 20) + strings.Repeat("f", 76)
	require.Len(t, long, 4096)
	content := tokens(0, 1)
	stream := fmt.Sprintf("blob\nmark :1\ndata %d\n%s\ncommit refs/heads/main\ncommitter A <a@example.com> 1 +0000\ndata 1\nx\nM 100644 :1 %s\n", len(content), content, long)
	cmd := exec.CommandContext(t.Context(), "git", "fast-import", "--quiet")
	cmd.Dir, cmd.Stdin = r.dir, strings.NewReader(stream)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	got := inProcess(t, nil, "scan", "--format", "json", r.dir)
	require.Equal(t, scan.ExitFindings, got.code, got.stderr)
	require.Contains(t, got.stdout, long)
	text := inProcess(t, nil, "scan", r.dir)
	for line := range strings.SplitSeq(text.stdout, "\n") {
		require.Less(t, len(line), 300, "a long path is cut in the middle")
	}
}

func TestUnreadableFileIsNamedAndNotClean(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.txt"), []byte("clean\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "secret.txt"), []byte("x\n"), 0o600))
	require.NoError(t, os.Chmod(filepath.Join(dir, "secret.txt"), 0))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "closed"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "closed", "inside.txt"), []byte("x\n"), 0o600))
	if os.Geteuid() != 0 {
		require.NoError(t, os.Chmod(filepath.Join(dir, "closed"), 0))
		t.Cleanup(func() { _ = os.Chmod(filepath.Join(dir, "closed"), 0o700) })
		requireUnreadable(t, inProcess(t, nil, "scan", dir))
		return
	}
	// Root can read everything. Another user cannot.
	require.NoError(t, os.Chmod(filepath.Join(dir, "a.txt"), 0o644))
	require.NoError(t, os.Chmod(dir, 0o755))
	requireUnreadable(t, asNobody(t, "scan", dir))
}

func requireUnreadable(t *testing.T, got ran) {
	t.Helper()
	require.Equal(t, scan.ExitError, got.code, got.stdout+got.stderr)
	require.Contains(t, got.stdout, "secret.txt")
	require.Contains(t, got.stdout, "closed")
	require.Contains(t, got.stdout, "Not known: 2 files could not be read")
}

func TestCorruptObjectIsNamedAndNotClean(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.commit("a.txt", "clean\n", "b.txt", tokens(0, 1))
	hash := r.git("rev-parse", "HEAD:a.txt")
	object := filepath.Join(r.dir, ".git/objects", hash[:2], hash[2:])
	require.NoError(t, os.Chmod(object, 0o600))
	data, err := os.ReadFile(object)
	require.NoError(t, err)
	data[len(data)/2] ^= 0xff
	require.NoError(t, os.WriteFile(object, data, 0o600))
	require.NoError(t, os.Remove(filepath.Join(r.dir, "a.txt")))
	got := inProcess(t, nil, "scan", r.dir)
	require.Equal(t, scan.ExitFindings, got.code)
	require.Contains(t, got.stdout, "a.txt")
	require.Contains(t, got.stdout, "1 file could not be read")
}
