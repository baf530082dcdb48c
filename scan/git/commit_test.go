package git_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/git"
)

// strange makes a repository with every kind of entry.
func strange(t *testing.T) *clone {
	t.Helper()
	c := initRepo(t)
	c.write(
		"empty", "", "plain.txt", "hello\n", "run.sh", "#!/bin/sh\n", "crlf.txt", "a\r\nb\r\n",
		"big.asset", "version https://git-lfs.github.com/spec/v1\noid sha256:"+strings.Repeat("ab", 32)+"\nsize 12345\n",
		"bin", "\x00\x01\x02", "caf\xe9.txt", "latin1 name\n", "日本語/ファイル", "utf-8 name\n", "tab\tquote\"new\nline", "odd\n",
		// These four are in this order only if a folder sorts as if its name ended in "/".
		"a-b", "1", "a.b", "2", "a/z", "3", "a0", "4",
		"deep/"+strings.Repeat("d/", 40)+"leaf", "deep\n",
		"-rf", "dash", " space ", "space", "back\\slash", "backslash",
	)
	require.NoError(t, os.Chmod(filepath.Join(c.dir, "run.sh"), 0o755))
	require.NoError(t, os.Symlink("plain.txt", filepath.Join(c.dir, "link")))
	require.NoError(t, os.Symlink("/etc/passwd", filepath.Join(c.dir, "outside")))
	module := initRepo(t)
	module.write("m", "in the module\n").commit("module")
	c.git("submodule", "--quiet", "add", "file://"+module.dir, "mod")
	c.commit("strange things")
	return c
}

func TestCommitFilesAreGits(t *testing.T) {
	t.Parallel()
	origin := strange(t)
	packed := origin.cloneTo()
	bare := origin.bare()
	single := origin.cloneTo("--depth=50")
	for name, c := range map[string]*clone{"loose": origin, "packed": packed, "bare": bare, "shallow": single} {
		t.Run(name, func(t *testing.T) {
			commit := c.openCommit("HEAD")
			var got, paths []string
			for _, f := range files(t, commit) {
				got = append(got, asListed(f))
				paths = append(paths, f.Path)
			}
			require.ElementsMatch(t, c.listed("HEAD"), got)
			require.True(t, slices.IsSorted(paths), "%q", paths)
			require.Empty(t, commit.Skipped())
			require.Contains(t, paths, "deep/"+strings.Repeat("d/", 40)+"leaf")

			texts := contents(t, commit)
			for _, f := range files(t, commit) {
				if f.Mode == scan.ModeSubmodule {
					continue
				}
				want, err := c.command("cat-file", "blob", f.Blob).Output()
				require.NoError(t, err)
				require.Equal(t, string(want), texts[f.Path])
				data, err := commit.Read(f, make([]byte, 3))
				require.NoError(t, err)
				require.Equal(t, string(want), string(data))
			}
			require.Equal(t, "/etc/passwd", texts["outside"])
			require.Equal(t, "plain.txt", texts["link"])
		})
	}
}

func TestCommitFields(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	first := c.write("a", "1").commit("first")
	second := c.gitIn("tree "+c.git("rev-parse", "HEAD^{tree}")+"\nparent "+first+"\nauthor Ada <a@example.com> 1600000000 +0200\n"+
		"committer Bo <b> x@example.com> 1700003600 +0100\nencoding latin1\n\nSubject with \xff and more\nparent of all\n\nBody\n",
		"hash-object", "-t", "commit", "-w", "--stdin", "--literally")
	commit := c.openCommit(second)
	require.Equal(t, second, commit.Hash)
	require.Equal(t, []string{first}, commit.Parents)
	require.Equal(t, time.Unix(1_700_003_600, 0).UTC(), commit.Time)
	require.Equal(t, "Subject with \uFFFD and more", commit.Subject)
	require.Equal(t, c.dir, commit.Repository().Root())
}

// TestCommitWorkTreeIsOnlyAShortcut changes the work tree in every possible way; the reads must still return the
// commit's content.
func TestCommitWorkTreeIsOnlyAShortcut(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	c.write("same", "same\n", "modified", "before\n", "gone", "gone\n", "longer", "short\n", "swapped", "swapped\n", "fifo", "fifo\n",
		"folder", "was a file\n", "dir/file", "in dir\n", "outer/file", "in outer\n", "crlf.txt", "one\ntwo\n", ".gitattributes", "crlf.txt eol=crlf\n")
	c.commit("first")
	want := contents(t, c.openCommit("HEAD"))
	require.Equal(t, "before\n", want["modified"])

	at := func(name string) string { return filepath.Join(c.dir, name) }
	require.NoError(t, os.Remove(at("crlf.txt")))
	c.git("checkout", "-q", "crlf.txt")
	text, err := os.ReadFile(at("crlf.txt"))
	require.NoError(t, err)
	require.Equal(t, "one\r\ntwo\r\n", string(text))
	c.write("modified", "after!\n", "longer", "much longer than before\n")
	for _, name := range []string{"gone", "swapped", "fifo", "folder", "dir/file", "dir", "outer/file", "outer"} {
		require.NoError(t, os.Remove(at(name)))
	}
	require.NoError(t, os.Symlink("/etc/passwd", at("swapped")))
	require.NoError(t, syscall.Mkfifo(at("fifo"), 0o644))
	require.NoError(t, os.Mkdir(at("folder"), 0o755))
	outside := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(outside, "file"), []byte("OUTSIDE\n"), 0o644))
	require.NoError(t, os.Symlink(outside, at("dir")))
	require.NoError(t, os.Symlink("/proc/self", at("outer")))
	require.Equal(t, want, contents(t, c.openCommit("HEAD")))
}

// TestCommitReadsWorkTree proves the shortcut: without the object, the bytes can only come from the work tree.
func TestCommitReadsWorkTree(t *testing.T) {
	t.Parallel()
	origin := initRepo(t)
	origin.write("here", "here\n", "changed", "before\n").commit("first")
	c := origin.cloneTo("--filter=blob:none")
	c.git("remote", "set-url", "origin", "file:///nowhere")
	before := contents(t, c.openCommit("HEAD"))
	require.Equal(t, map[string]string{"here": "here\n", "changed": "before\n"}, before)

	blobs := c.git("rev-parse", "HEAD:here")
	removeObjects(t, c, "HEAD:here", "HEAD:changed")
	c.write("changed", "after!\n")
	after := contents(t, c.openCommit("HEAD"))
	require.Equal(t, "here\n", after["here"])
	require.Contains(t, after["changed"], "object is not in the repository")
	require.Contains(t, after["changed"], "clone again without --filter")
	for _, f := range files(t, c.openCommit("HEAD")) {
		require.Equal(t, int64(-1), f.Size, f.Path)
	}
	require.NotEmpty(t, blobs)
}

// removeObjects unpacks all packs and deletes objects.
func removeObjects(t *testing.T, c *clone, revs ...string) {
	t.Helper()
	ids := strings.Fields(c.git(append([]string{"rev-parse"}, revs...)...))
	loosen(t, c)
	for _, id := range ids {
		require.NoError(t, os.Remove(filepath.Join(c.dir, ".git", "objects", id[:2], id[2:])))
	}
}

// loosen turns packs into loose objects.
func loosen(t *testing.T, c *clone) {
	t.Helper()
	packs, err := filepath.Glob(filepath.Join(c.dir, ".git", "objects", "pack", "*.pack"))
	require.NoError(t, err)
	for _, p := range packs {
		data, err := os.ReadFile(p)
		require.NoError(t, err)
		for _, ext := range []string{".pack", ".idx", ".promisor", ".rev"} {
			if err := os.Remove(strings.TrimSuffix(p, ".pack") + ext); err != nil {
				require.ErrorIs(t, err, fs.ErrNotExist)
			}
		}
		c.gitIn(string(data), "unpack-objects", "-q")
	}
}

func TestCommitMissingAndCorrupt(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	c.write("good", "good\n", "missing", "missing\n", "flipped", strings.Repeat("flipped\n", 100), "cut", strings.Repeat("cut\n", 100),
		"other", "other content\n", "lost/x", "x", "void", "void\n").commit("first")
	object := func(rev string) string {
		id := c.git("rev-parse", rev)
		path := filepath.Join(c.dir, ".git", "objects", id[:2], id[2:])
		require.NoError(t, os.Chmod(path, 0o644))
		return path
	}
	swap := func(rev string, change func([]byte) []byte) {
		path := object(rev)
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, change(data), 0o644))
	}
	swap("HEAD:flipped", func(b []byte) []byte { b[len(b)/2] ^= 0x40; return b })
	swap("HEAD:cut", func(b []byte) []byte { return b[:len(b)/2] })
	swap("HEAD:void", func([]byte) []byte { return nil })
	good, err := os.ReadFile(object("HEAD:good"))
	require.NoError(t, err)
	swap("HEAD:other", func([]byte) []byte { return good })
	require.NoError(t, os.Remove(object("HEAD:missing")))
	require.NoError(t, os.Remove(object("HEAD:lost")))

	// Open it as a bare repository: otherwise the work tree would supply the missing content.
	commit := c.at(filepath.Join(c.dir, ".git")).openCommit("HEAD")
	var paths []string
	for _, f := range files(t, commit) {
		paths = append(paths, f.Path)
		_, err := f.Open()
		_, err2 := commit.Read(f, nil)
		switch f.Path {
		case "good":
			require.NoError(t, err)
			require.NoError(t, err2)
		case "missing", "lost":
			require.ErrorIs(t, err, git.ErrMissingObject)
			require.ErrorIs(t, err2, git.ErrMissingObject)
			require.Equal(t, int64(-1), f.Size)
		default:
			require.ErrorIs(t, err, git.ErrCorruptObject, f.Path)
			require.ErrorIs(t, err2, git.ErrCorruptObject, f.Path)
		}
	}
	require.Equal(t, []string{"cut", "flipped", "good", "lost", "missing", "other", "void"}, paths)
	texts := contents(t, c.openCommit("HEAD"))
	require.Equal(t, "missing\n", texts["missing"], "the work tree still has it")
}

func TestCommitEveryFlippedByteOfAPack(t *testing.T) {
	t.Parallel()
	origin := initRepo(t)
	text := strings.Repeat("the quick brown fox jumps over the lazy dog\n", 30)
	origin.write("a", text, "b", text+"more\n", "c", "extra\n"+text).commit("first")
	c := origin.bare()
	c.git("repack", "-adfq", "--depth=10", "--window=10")
	require.Contains(t, c.git("verify-pack", "-v", onePack(t, c)), "chain length")
	want := contents(t, c.openCommit("HEAD"))
	path := onePack(t, c)
	pack, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.Chmod(path, 0o644))
	for i := range pack {
		damaged := bytes.Clone(pack)
		damaged[i] ^= 0x15
		require.NoError(t, os.WriteFile(path, damaged, 0o644))
		commit, err := git.OpenCommit(t.Context(), c.dir, "main")
		if err != nil {
			continue
		}
		for f, err := range commit.Files(t.Context()) {
			if err != nil {
				break
			}
			if text, err := content(f); err == nil {
				require.Equal(t, want[f.Path], text, "byte %d", i)
			}
		}
		require.NoError(t, commit.Close())
	}
}

func onePack(t *testing.T, c *clone) string {
	t.Helper()
	packs, err := filepath.Glob(filepath.Join(c.git("rev-parse", "--absolute-git-dir"), "objects", "pack", "*.pack"))
	require.NoError(t, err)
	require.Len(t, packs, 1)
	return packs[0]
}

// rawTree writes a tree object without validation.
func rawTree(t *testing.T, c *clone, entries ...string) string {
	t.Helper()
	return c.gitIn(strings.Join(entries, ""), "hash-object", "-t", "tree", "--literally", "-w", "--stdin")
}

func rawEntry(mode, name, id string) string {
	var raw [20]byte
	for i := range raw {
		_, _ = fmt.Sscanf(id[2*i:2*i+2], "%02x", &raw[i])
	}
	return mode + " " + name + "\x00" + string(raw[:])
}

func TestCommitHostileTrees(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	c.write("seed", "seed").commit("seed")
	blob := c.gitIn("content\n", "hash-object", "-w", "--stdin")
	other := c.gitIn("other\n", "hash-object", "-w", "--stdin")
	sub := rawTree(t, c, rawEntry("100644", "inner", blob))
	for name, test := range map[string]struct {
		entries []string
		want    map[string]string
		skipped []string
	}{
		"dot dot": {
			[]string{rawEntry("40000", "..", sub), rawEntry("100644", "ok", blob)},
			map[string]string{"ok": "content\n"}, []string{".."},
		},
		"dot": {[]string{rawEntry("40000", ".", sub), rawEntry("100644", "ok", blob)}, map[string]string{"ok": "content\n"}, []string{"."}},
		"git folder in any case": {
			[]string{rawEntry("40000", ".GIT", sub), rawEntry("40000", ".git", sub), rawEntry("100644", "ok", blob)},
			map[string]string{"ok": "content\n"}, []string{".GIT", ".git"},
		},
		"slash in a name": {
			[]string{rawEntry("100644", "../../etc/passwd", blob), rawEntry("100644", "/etc/shadow", blob), rawEntry("100644", "a/b", blob)},
			map[string]string{}, []string{"../../etc/passwd", "/etc/shadow", "a/b"},
		},
		"empty name":      {[]string{rawEntry("100644", "", blob), rawEntry("100644", "ok", blob)}, map[string]string{"ok": "content\n"}, []string{""}},
		"same file twice": {[]string{rawEntry("100644", "x", blob), rawEntry("100644", "x", other)}, map[string]string{"x": "content\n"}, []string{"x"}},
		"file and folder of one name": {
			[]string{rawEntry("100644", "x", other), rawEntry("100644", "x-y", blob), rawEntry("40000", "x", sub)},
			map[string]string{"x": "other\n", "x-y": "content\n"}, []string{"x"},
		},
		"out of order": {
			[]string{rawEntry("100644", "z", other), rawEntry("40000", "m", sub), rawEntry("100644", "a", blob), rawEntry("100644", "m.x", blob)},
			map[string]string{"a": "content\n", "m.x": "content\n", "m/inner": "content\n", "z": "other\n"}, nil,
		},
		"odd modes": {
			[]string{rawEntry("100664", "group", blob), rawEntry("0", "none", blob), rawEntry("100755", "run", blob), rawEntry("777", "wide", blob), rawEntry("040000", "zero", sub)},
			map[string]string{"group": "content\n", "none": "content\n", "run": "content\n", "wide": "content\n", "zero/inner": "content\n"}, nil,
		},
		"a tree named as a file": {
			[]string{rawEntry("100644", "tree", sub)},
			map[string]string{"tree": "error: read object " + sub + ": object is corrupt: it is a tree, not a file"}, nil,
		},
		"a file named as a tree": {
			[]string{rawEntry("40000", "file", blob)},
			map[string]string{"file": "error: read object " + blob + ": object is corrupt: it is a blob, not a tree"}, nil,
		},
		"a subtree that is cut": {
			[]string{rawEntry("40000", "cut", rawTree(t, c, "100644 x\x00short")), rawEntry("100644", "ok", blob)},
			map[string]string{"cut": "error: read tree " + rawTree(t, c, "100644 x\x00short") + ": object is corrupt: a tree ends within an entry", "ok": "content\n"}, nil,
		},
		"an invalid mode": {
			[]string{rawEntry("40000", "sub", rawTree(t, c, rawEntry("10x644", "f", blob)))},
			map[string]string{"sub": "error: read tree " + rawTree(t, c, rawEntry("10x644", "f", blob)) + ": object is corrupt: malformed mode in a tree"}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			id := c.git("commit-tree", "-m", name, rawTree(t, c, test.entries...))
			commit := c.openCommit(id)
			require.Equal(t, test.want, contents(t, commit))
			var skipped []string
			for _, s := range commit.Skipped() {
				require.ErrorIs(t, s.Err, git.ErrInvalidEntry)
				skipped = append(skipped, s.Path)
			}
			require.Equal(t, test.skipped, skipped)
			var paths []string
			for _, f := range files(t, commit) {
				paths = append(paths, f.Path)
			}
			require.True(t, slices.IsSorted(paths))
			contents(t, commit.Repository().History(id, git.HistoryOptions{}))
		})
	}
}

func TestCommitRootTreeMissing(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	head := c.write("a", "1").commit("first")
	removeObjects(t, c, head+"^{tree}")
	commit := c.openCommit(head)
	n := 0
	for _, err := range commit.Files(t.Context()) {
		require.ErrorIs(t, err, git.ErrMissingObject)
		n++
	}
	require.Equal(t, 1, n)
}

// Ten trees, each with ten entries that name the next one, unfold to ten billion files.
func TestCommitBomb(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	id := c.gitIn("boom", "hash-object", "-w", "--stdin")
	mode := "100644"
	for range 10 {
		var entries []string
		for i := range 10 {
			entries = append(entries, rawEntry(mode, fmt.Sprint("d", i), id))
		}
		id, mode = rawTree(t, c, entries...), "40000"
	}
	commit := c.openCommit(c.git("commit-tree", "-m", "bomb", id))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	for _, err := range commit.Files(ctx) {
		if n++; n == 1000 {
			cancel()
		}
		if err != nil {
			require.ErrorIs(t, err, context.Canceled)
		}
	}
	require.Equal(t, 1001, n)
	// The history of the same tree costs only ten trees.
	require.Empty(t, files(t, commit.Repository().History(commit.Hash, git.HistoryOptions{})))
}

func TestCommitLongPaths(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	long := strings.TrimSuffix(strings.Repeat(strings.Repeat("n", 254)+"/", 16), "/") + "123456789012345"
	require.Len(t, long, 4094)
	endless := strings.Repeat("x/", 20_000) + "f"
	c.gitIn("commit refs/heads/main\ncommitter A <a@example.com> 1700000000 +0000\ndata 0\n"+
		"M 100644 inline "+long+"zz\ndata 5\nlong\n\nM 100644 inline "+endless+"\ndata 2\nx\n\n", "fast-import", "--quiet")
	commit := c.openCommit("main")
	all := files(t, commit)
	require.Len(t, all, 1)
	require.Len(t, all[0].Path, 4096)
	text, err := content(all[0])
	require.NoError(t, err)
	require.Equal(t, "long\n", text)
	require.Len(t, commit.Skipped(), 1)
}

func TestCommitStopsEarly(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	c.write("a", "1", "b/c", "2", "d", "3").commit("first")
	commit := c.openCommit("HEAD")
	for f := range commit.Files(t.Context()) {
		require.Equal(t, "a", f.Path)
		break
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cancel()
	for _, err := range commit.Files(ctx) {
		require.ErrorIs(t, err, context.Canceled)
	}
	_, err := commit.Repository().Commit(ctx, commit.Hash)
	require.ErrorIs(t, err, context.Canceled)
}

func TestCommitReadFile(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	c.write(".sluice.yml", "a: 1\n", "dir/x.yml", "x\n", "dir.txt", "t\n")
	require.NoError(t, os.Symlink("/etc/passwd", filepath.Join(c.dir, "link")))
	c.commit("first")
	c.write(".sluice.yml", "changed in the work tree\n")
	commit := c.openCommit("HEAD")
	for path, want := range map[string]string{".sluice.yml": "a: 1\n", "dir/x.yml": "x\n", "dir.txt": "t\n"} {
		data, err := commit.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, want, string(data))
	}
	for path, is := range map[string]error{
		"gone": fs.ErrNotExist, "dir/gone": fs.ErrNotExist, "gone/x": fs.ErrNotExist, "dir.txt/x": fs.ErrNotExist,
		"dir": fs.ErrInvalid, "link": fs.ErrInvalid, "": fs.ErrInvalid, "../x": fs.ErrInvalid, "/etc/passwd": fs.ErrInvalid, ".": fs.ErrInvalid,
	} {
		_, err := commit.ReadFile(path)
		require.ErrorIs(t, err, is, path)
	}
}

// The work tree is a temporary merge, and the commit is named by twelve digits.
func TestCommitPullRequestMerge(t *testing.T) {
	t.Parallel()
	origin, _, _, feature := pullRequest(t)
	origin.git("checkout", "-q", "--detach", "main")
	origin.git("merge", "-q", "--no-ff", "-m", "temporary", "feature")
	origin.write("f.txt", "changed by the build\n")
	texts := contents(t, origin.openCommit(feature[:12]))
	require.Equal(t, "feature 3\n", texts["f.txt"])
	require.NotContains(t, texts, "m.txt")
	require.Equal(t, "old\n", texts["old.txt"])
}

func TestCommitConcurrentReads(t *testing.T) {
	t.Parallel()
	origin := initRepo(t)
	text := strings.Repeat("a line that is shared by all of them\n", 200)
	for i := range 40 {
		origin.write(fmt.Sprintf("f%02d", i), text+fmt.Sprint(i)+"\n"+text)
	}
	origin.commit("first")
	c := origin.bare()
	c.git("repack", "-adfq", "--depth=40", "--window=40")
	commit := c.openCommit("HEAD")
	all := files(t, commit)
	var wg sync.WaitGroup
	failures := make(chan string, 1000)
	for worker := range 8 {
		wg.Go(func() {
			var buf []byte
			for i := range all {
				f := all[(i*7+worker*5)%len(all)]
				data, err := commit.Read(f, buf)
				if err != nil || string(data) != text+fmt.Sprintf("%d\n", atoi(f.Path[1:]))+text {
					failures <- fmt.Sprint(f.Path, err)
				}
				buf = data
			}
		})
	}
	wg.Wait()
	close(failures)
	for f := range failures {
		t.Error(f)
	}
}

func atoi(s string) (n int) {
	for _, c := range s {
		n = 10*n + int(c-'0')
	}
	return n
}

func TestCommitManyFiles(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("writes 200,000 files")
	}
	c := manyFiles(t, 200_000)
	n, last := 0, ""
	for f, err := range c.openCommit("main").Files(t.Context()) {
		require.NoError(t, err)
		if f.Path <= last || f.Size < 1 {
			t.Fatalf("%q of %d bytes behind %q", f.Path, f.Size, last)
		}
		n, last = n+1, f.Path
	}
	require.Equal(t, 200_000, n)
}

// manyFiles makes a commit of n small files in folders of a hundred.
func manyFiles(tb testing.TB, n int) *clone {
	tb.Helper()
	c := initRepo(tb, "--bare")
	var stream bytes.Buffer
	stream.WriteString("commit refs/heads/main\ncommitter A <a@example.com> 1700000000 +0000\ndata 0\n")
	for i := range n {
		text := fmt.Sprintf("file number %d\n", i)
		fmt.Fprintf(&stream, "M 100644 inline d%d/e%d/f%d.txt\ndata %d\n%s\n", i/10_000, i/100, i, len(text), text)
	}
	c.gitIn(stream.String(), "fast-import", "--quiet")
	return c
}
