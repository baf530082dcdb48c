package git_test

import (
	"bytes"
	"context"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/git"
)

func openDir(t *testing.T, dir string) *git.Dir {
	t.Helper()
	d, err := git.OpenDir(dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	return d
}

func paths(t *testing.T, s scan.Source) []string {
	t.Helper()
	var all []string
	for _, f := range files(t, s) {
		all = append(all, f.Path)
	}
	return all
}

func TestDirFiles(t *testing.T) {
	t.Parallel()
	c := &clone{tb: t, dir: t.TempDir()}
	c.write("a-b", "1", "a.b", "2", "a/z", "3", "a0", "4", "empty", "", "run", "#!", "x/.git/config", "inside", "caf\xe9", "5", ".env", "6", "sub/.git", "gitdir: x")
	require.NoError(t, os.Chmod(filepath.Join(c.dir, "run"), 0o755))
	require.NoError(t, os.Symlink("/etc/passwd", filepath.Join(c.dir, "link")))
	require.NoError(t, os.Symlink("a", filepath.Join(c.dir, "loop")))
	require.NoError(t, syscall.Mkfifo(filepath.Join(c.dir, "fifo"), 0o644))
	socket, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", filepath.Join(c.dir, "sock"))
	require.NoError(t, err)
	defer socket.Close()
	d := openDir(t, c.dir)
	all := files(t, d)
	require.Equal(t, []string{".env", "a-b", "a.b", "a/z", "a0", "caf\xe9", "empty", "link", "loop", "run"}, paths(t, d))
	for _, f := range all {
		require.Empty(t, f.Blob)
		text, err := content(f)
		require.NoError(t, err)
		require.Equal(t, f.Size, int64(len(text)), f.Path)
		data, err := d.Read(f, make([]byte, 0, 1))
		require.NoError(t, err)
		require.Equal(t, text, string(data))
	}
	require.Equal(t, "/etc/passwd", contents(t, d)["link"])
	require.Equal(t, scan.ModeExecutable, all[9].Mode)
	require.Equal(t, scan.ModeSymlink, all[7].Mode)
	var skipped []string
	for _, s := range d.Skipped() {
		require.ErrorIs(t, s.Err, git.ErrNotFile)
		skipped = append(skipped, s.Path)
	}
	require.Equal(t, []string{"fifo", "sock"}, skipped)
	require.Zero(t, d.Ignored())
}

// A file is replaced by something else between listing and opening.
func TestDirChangesUnderneath(t *testing.T) {
	t.Parallel()
	c := &clone{tb: t, dir: t.TempDir()}
	outside := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(outside, "f"), []byte("OUTSIDE"), 0o644))
	c.write("fifo", "1", "link", "2", "dir/f", "3", "grown", "4", "gone", "5")
	d := openDir(t, c.dir)
	all := files(t, d)
	at := func(name string) string { return filepath.Join(c.dir, name) }
	for _, name := range []string{"fifo", "link", "dir/f", "dir", "gone"} {
		require.NoError(t, os.Remove(at(name)))
	}
	require.NoError(t, syscall.Mkfifo(at("fifo"), 0o644))
	require.NoError(t, os.Symlink(filepath.Join(outside, "f"), at("link")))
	require.NoError(t, os.Symlink(outside, at("dir")))
	grown := strings.Repeat("grown", 100_000)
	c.write("grown", grown)
	for _, f := range all {
		text, err := content(f)
		data, err2 := d.Read(f, nil)
		if f.Path == "grown" {
			require.NoError(t, err)
			require.Equal(t, grown, text)
			require.NoError(t, err2)
			require.True(t, bytes.Equal([]byte(grown), data))
			continue
		}
		require.Error(t, err, f.Path)
		require.Error(t, err2, f.Path)
		require.NotContains(t, err.Error(), "OUTSIDE")
	}
}

func TestDirIgnoresWhatGitIgnores(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	c.write(".gitignore", strings.Join([]string{
		"# comment", "", "*.log", "!keep.log", "/rooted", "build/", "node_modules", "docs/*.tmp", "**/deep/x", "a/**/z", "all/**",
		"br{a,c}e", "que?tion", "[abc]lass", "[!abc]not", "trailing   ", `space\ `, `\!bang`, `\#hash`, "nope/", "!nope/inside", "win\r",
		"only/*", "!only/this", "*.keep/", "back\\\\slash", "foo**bar", "/*.rootext", "sub/dironly/",
	}, "\n")+"\n",
		"src/.gitignore", "local\n!special.log\n/here\n", "build/tracked", "t", "build/.gitignore", "!never\n").commit("rules")
	c.git("add", "-f", ".")
	c.commit("all")
	for _, name := range []string{
		"x.log", "keep.log", "src/x.log", "src/special.log", "src/local", "src/more/local", "src/here", "src/more/here", "local", "here",
		"rooted", "src/rooted", "build/out", "build/never", "src/build/out", "node_modules/m/index.js", "docs/a.tmp", "docs/b/c.tmp",
		"p/deep/x", "deep/x", "p/deep/y", "a/z", "a/b/z", "a/b/c/z", "b/a/z", "all/one/two", "brae", "br{a,c}e", "question", "que/tion",
		"alass", "dlass", "anot", "dnot", "trailing", "space ", "!bang", "#hash", "nope/inside", "win", "only/this", "only/that",
		"x.keep/f", "f.keep", "back\\slash", "fooxbar", "foo/bar", "x.rootext", "src/x.rootext", "sub/dironly/f", "sub2/dironly/f", ".env",
	} {
		c.write(name, "x")
	}
	require.NoError(t, os.WriteFile(filepath.Join(c.dir, ".git", "info", "exclude"), []byte(".env\n"), 0o644))
	want := strings.Split(strings.TrimSuffix(c.git("ls-files", "-z", "--cached", "--others", "--exclude-standard"), "\x00"), "\x00")
	slices.Sort(want)
	require.Contains(t, want, "build/tracked")
	require.NotContains(t, want, "build/never")
	d := openDir(t, c.dir)
	require.Equal(t, want, paths(t, d))
	require.Positive(t, d.Ignored())

	var below []string
	for _, p := range want {
		if rest, ok := strings.CutPrefix(p, "src/"); ok {
			below = append(below, rest)
		}
	}
	require.Equal(t, below, paths(t, openDir(t, filepath.Join(c.dir, "src"))))
}

// An ignored folder counts once.
func TestDirIgnoredCount(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	c.write(".gitignore", "node_modules\n*.log\n").commit("rules")
	c.write("node_modules/a", "1", "node_modules/b", "2", "x.log", "3", "y.txt", "4")
	d := openDir(t, c.dir)
	require.Equal(t, []string{".gitignore", "y.txt"}, paths(t, d))
	require.Equal(t, 2, d.Ignored())
}

// Outside a repository, a .gitignore does not show that a file is uncommitted.
func TestDirOutsideOfARepository(t *testing.T) {
	t.Parallel()
	c := &clone{tb: t, dir: t.TempDir()}
	c.write(".gitignore", "*\n", "a", "1")
	require.Equal(t, []string{".gitignore", "a"}, paths(t, openDir(t, c.dir)))
}

func TestDirBrokenIndexIgnoresNothing(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	c.write(".gitignore", "*.log\n", "a.log", "1")
	require.NoError(t, os.WriteFile(filepath.Join(c.dir, ".git", "index"), []byte("DIRC garbage"), 0o644))
	require.Equal(t, []string{".gitignore", "a.log"}, paths(t, openDir(t, c.dir)))
}

func TestDirStops(t *testing.T) {
	t.Parallel()
	c := &clone{tb: t, dir: t.TempDir()}
	c.write("a", "1", "b/c", "2")
	d := openDir(t, c.dir)
	for f := range d.Files(t.Context()) {
		require.Equal(t, "a", f.Path)
		break
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range d.Files(ctx) {
		require.ErrorIs(t, err, context.Canceled)
	}
	_, err := git.OpenDir(filepath.Join(c.dir, "gone"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = git.OpenDir(filepath.Join(c.dir, "a"))
	require.Error(t, err)
}
