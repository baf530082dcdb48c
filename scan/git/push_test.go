package git_test

import (
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/git"
)

// pushed is a clone that shares the objects of its origin, so that its own folder contains only the content of a push.
type pushed struct {
	*clone
	origin *clone
}

func newPushed(t testing.TB, origin *clone) *pushed {
	dir := filepath.Join(t.TempDir(), "work")
	origin.git("clone", "-q", "--shared", origin.dir, dir)
	return &pushed{&clone{tb: t, dir: dir, now: origin.now}, origin}
}

// open opens the origin with the objects of the clone in quarantine.
func (p *pushed) open() *git.Repository {
	p.tb.Helper()
	gitDir := filepath.Join(p.origin.dir, ".git")
	if _, err := os.Stat(gitDir); err != nil {
		gitDir = p.origin.dir
	}
	r, err := git.OpenQuarantine(gitDir, git.Quarantine{
		Incoming: filepath.Join(p.dir, ".git", "objects"), Others: []string{filepath.Join(gitDir, "objects"), "/gone"},
	})
	require.NoError(p.tb, err)
	p.tb.Cleanup(func() { require.NoError(p.tb, r.Close()) })
	return r
}

// brings returns the content of a push of heads: "SUBJECT: +PATH ... -PATH ..." for each commit, + for files that it
// adds or changes and - for files that it changes or deletes.
func brings(t testing.TB, r *git.Repository, heads ...string) []string {
	t.Helper()
	push, err := r.Push(t.Context(), heads)
	require.NoError(t, err)
	var list []string
	for _, hash := range push.Commits() {
		c, err := push.Describe(hash)
		require.NoError(t, err)
		line := c.Subject + ":"
		added := push.Added([]string{hash})
		for _, f := range files(t, added) {
			require.Equal(t, hash, f.Commit)
			line += " +" + f.Path
		}
		require.Empty(t, added.Skipped())
		for _, f := range files(t, push.Before([]string{hash})) {
			line += " -" + f.Path
		}
		list = append(list, line)
	}
	return list
}

func TestPushBringsOnlyWhatIsNew(t *testing.T) {
	t.Parallel()
	origin := initRepo(t)
	origin.write("a", "one\n", "deep/b", "two\n", "deep/c", "three\n", "d/e/f", "four\n").commit("old")
	p := newPushed(t, origin)
	p.write("deep/b", "changed\n", "new/x", "x\n").commit("first")
	p.git("mv", "deep/c", "deep/renamed")
	p.git("rm", "-q", "d/e/f")
	head := p.commit("second")
	require.Equal(t, []string{"first: +deep/b +new/x -deep/b", "second: +deep/renamed -d/e/f -deep/c"}, brings(t, p.open(), head))
	require.Empty(t, brings(t, p.open(), origin.git("rev-parse", "HEAD")))
}

func TestPushOfMerges(t *testing.T) {
	t.Parallel()
	origin := initRepo(t)
	origin.write("a", "1\n2\n3\n", "b", "b\n", "c", "c\n").commit("old")
	p := newPushed(t, origin)
	p.git("checkout", "-q", "-b", "side")
	p.write("a", "side\n2\n3\n", "s", "s\n", "b", "side\n").commit("side")
	p.git("checkout", "-q", "main")
	p.write("a", "1\n2\nmain\n", "m", "m\n", "c", "main\n").commit("main")
	p.git("merge", "-q", "--no-commit", "side")
	// Content that only the merge has counts for it; content on which both sides agree does not.
	head := p.write("evil", "evil\n").commit("merge")
	got := brings(t, p.open(), head)
	require.Len(t, got, 3)
	require.Contains(t, got, "merge: +a +evil -a -a")
	require.Contains(t, got, "side: +a +b +s -a -b")
	require.Contains(t, got, "main: +a +c +m -a -c")
}

// The bytes are the same, but no scan has read them before.
func TestPushOfALinkThatBecomesAFile(t *testing.T) {
	t.Parallel()
	origin := initRepo(t)
	require.NoError(t, os.Symlink("target", filepath.Join(origin.dir, "a")))
	origin.commit("link")
	p := newPushed(t, origin)
	require.NoError(t, os.Remove(filepath.Join(p.dir, "a")))
	head := p.write("a", "target").commit("file")
	require.Equal(t, []string{"file: +a"}, brings(t, p.open(), head))
}

func TestOpenQuarantineOfSeveralFolders(t *testing.T) {
	t.Parallel()
	elsewhere := initRepo(t)
	commit := elsewhere.write("a", "one\n").commit("one")
	empty := initRepo(t, "--bare")
	objects := filepath.Join(elsewhere.dir, ".git", "objects")
	for name, q := range map[string]git.Quarantine{
		"alternate": {Others: []string{objects}}, "incoming": {Incoming: objects}, "both": {Incoming: objects, Others: []string{objects, objects}},
	} {
		r, err := git.OpenQuarantine(empty.dir, q)
		require.NoError(t, err, name)
		require.True(t, r.HasCommit(commit), name)
		require.NoError(t, r.Close())
	}
}

func TestPushOfARootCommit(t *testing.T) {
	t.Parallel()
	origin := initRepo(t, "--bare")
	p := newPushed(t, origin)
	p.git("symbolic-ref", "HEAD", "refs/heads/main")
	head := p.write("a", "one\n", "b/c", "two\n").commit("root")
	require.Equal(t, []string{"root: +a +b/c"}, brings(t, p.open(), head))
	c, err := func() (git.PushedCommit, error) {
		push, err := p.open().Push(t.Context(), []string{head})
		require.NoError(t, err)
		return push.Describe(head)
	}()
	require.NoError(t, err)
	require.True(t, c.Root)
	require.Equal(t, "Ada <ada@example.com>", c.Author)
	require.Equal(t, "root\n", c.Message)
}

// The repository has the objects, but no reference reaches them (any more).
func TestPushOfCommitsThatLieThere(t *testing.T) {
	t.Parallel()
	for name, pack := range map[string]bool{"loose references": false, "packed references": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			origin := initRepo(t)
			base := origin.write("a", "one\n").commit("base")
			origin.git("checkout", "-q", "-b", "gone")
			middle := origin.write("b", "two\n").commit("middle")
			head := origin.write("c", "three\n").commit("head")
			origin.git("tag", "-a", "-m", "tag", "annotated", base)
			if pack {
				// A packed value no longer counts once a loose one replaces it.
				origin.git("pack-refs", "--all")
				origin.git("checkout", "-q", "main")
				origin.git("update-ref", "refs/heads/gone", base)
			} else {
				origin.git("checkout", "-q", "main")
				origin.git("branch", "-q", "-D", "gone")
			}
			require.Equal(t, []string{"middle: +b", "head: +c"}, brings(t, origin.open(), head))
			origin.git("update-ref", "refs/notes/x", middle)
			require.Equal(t, []string{"head: +c"}, brings(t, origin.open(), head))
			origin.git("checkout", "-q", "--detach", head)
			require.Empty(t, brings(t, origin.open(), head), "a detached HEAD is a reference too")
		})
	}
}

// A branch starts at a commit to which no reference points directly.
func TestPushFromTheMiddle(t *testing.T) {
	t.Parallel()
	origin := initRepo(t)
	origin.write("a", "one\n").commit("one")
	middle := origin.write("a", "two\n").commit("two")
	origin.write("a", "three\n").commit("three")
	p := newPushed(t, origin)
	p.git("checkout", "-q", "-b", "side", middle)
	head := p.write("b", "new\n").commit("side")
	require.Equal(t, []string{"side: +b"}, brings(t, p.open(), head))
}

func TestPushOfTags(t *testing.T) {
	t.Parallel()
	origin := initRepo(t)
	base := origin.write("a", "one\n", "t/x", "x\n").commit("base")
	p := newPushed(t, origin)
	commit := p.write("a", "two\n").commit("two")
	p.git("tag", "-a", "-m", "inner", "inner")
	p.git("tag", "-a", "-m", "outer", "outer", "inner")
	blob := p.gitIn("loose text\n", "hash-object", "-w", "--stdin")
	folder := p.git("rev-parse", "HEAD:t")
	p.git("tag", "-a", "-m", "file", "file", blob)
	r := p.open()
	require.Equal(t, []string{"two: +a -a"}, brings(t, r, p.git("rev-parse", "outer")))
	require.Equal(t, []string{": +(tagged file)"}, brings(t, r, p.git("rev-parse", "file")))
	require.Equal(t, []string{": +x"}, brings(t, r, folder))
	require.Empty(t, brings(t, r, base))
	push, err := r.Push(t.Context(), []string{base, p.git("rev-parse", "outer"), commit})
	require.NoError(t, err)
	require.Equal(t, 1, push.Head(commit), "the first head that reaches it")
}

func TestPushOfSeveralHeads(t *testing.T) {
	t.Parallel()
	origin := initRepo(t)
	origin.write("a", "one\n").commit("base")
	p := newPushed(t, origin)
	shared := p.write("b", "b\n").commit("shared")
	p.git("checkout", "-q", "-b", "one")
	one := p.write("c", "c\n").commit("one")
	p.git("checkout", "-q", "-b", "two", shared)
	two := p.write("d", "d\n").commit("two")
	require.Equal(t, []string{"shared: +b", "one: +c", "two: +d"}, brings(t, p.open(), two, one))
	push, err := p.open().Push(t.Context(), []string{two, one})
	require.NoError(t, err)
	require.Equal(t, []int{0, 1, 0}, []int{push.Head(shared), push.Head(one), push.Head(two)})
}

// Entries that git never checks out are still part of the push.
func TestPushOfHostileTrees(t *testing.T) {
	t.Parallel()
	origin := initRepo(t)
	origin.write("a", "one\n").commit("base")
	p := newPushed(t, origin)
	blob := p.gitIn("text\n", "hash-object", "-w", "--stdin")
	raw := ""
	for _, name := range []string{"..", ".git", "dup", "dup", "with/slash"} {
		raw += "100644 " + name + "\x00" + string(unhex(t, blob))
	}
	raw += "120000 link\x00" + string(unhex(t, blob)) + "160000 module\x00" + strings.Repeat("\x01", 20)
	tree := p.gitIn(raw, "hash-object", "-w", "-t", "tree", "--literally", "--stdin")
	commit := p.git("commit-tree", "-p", "HEAD", "-m", "hostile", tree)
	require.Equal(t, []string{"hostile: +.. +.git +dup +dup +with/slash -a"}, brings(t, p.open(), commit))
}

// A few small trees that name each other many times must end in an error, not exhaust the memory.
func TestPushOfATreeThatUnfolds(t *testing.T) {
	t.Parallel()
	p := newPushed(t, initRepo(t, "--bare"))
	id := p.gitIn("text\n", "hash-object", "-w", "--stdin")
	mode := "100644 blob "
	for range 9 {
		var lines strings.Builder
		for i := range 10 {
			fmt.Fprintf(&lines, "%s%s\tf%d\n", mode, id, i)
		}
		id, mode = p.gitIn(lines.String(), "mktree"), "040000 tree "
	}
	commit := p.git("commit-tree", "-m", "bomb", id)
	push, err := p.open().Push(t.Context(), []string{commit})
	require.NoError(t, err)
	git.LimitPushEntries(t, push, 100_000)
	for _, err := range push.Added([]string{commit}).Files(t.Context()) {
		require.ErrorContains(t, err, "push it in parts")
		return
	}
	t.Fatal("it came to an end")
}

func TestPushErrors(t *testing.T) {
	t.Parallel()
	origin := initRepo(t)
	origin.write("a", "one\n").commit("base")
	p := newPushed(t, origin)
	child := p.write("b", "b\n").commit("child")
	head := p.write("c", "c\n").commit("head")
	_, err := p.open().Push(t.Context(), []string{"nonsense"})
	require.ErrorContains(t, err, "not a full hash")
	_, err = p.open().Push(t.Context(), []string{strings.Repeat("1", 40)})
	require.ErrorIs(t, err, git.ErrMissingObject)
	_, err = git.OpenQuarantine(filepath.Join(origin.dir, ".git"), git.Quarantine{Incoming: filepath.Join(origin.dir, "gone")})
	require.ErrorIs(t, err, os.ErrNotExist)

	require.NoError(t, os.Remove(filepath.Join(p.dir, ".git/objects", child[:2], child[2:])))
	_, err = p.open().Push(t.Context(), []string{head})
	require.ErrorIs(t, err, git.ErrMissingObject, "a parent that is missing does not end the history")

	p2 := newPushed(t, origin)
	head = p2.write("c", "c\n").commit("head")
	tree := p2.git("rev-parse", head+"^{tree}")
	require.NoError(t, os.Remove(filepath.Join(p2.dir, ".git/objects", tree[:2], tree[2:])))
	push, err := p2.open().Push(t.Context(), []string{head})
	require.NoError(t, err)
	added := push.Added([]string{head})
	require.Empty(t, files(t, added))
	require.Len(t, added.Skipped(), 1)
	require.ErrorIs(t, added.Skipped()[0].Err, git.ErrMissingObject)
}

// Another process is writing references, and the folder contains files that are not references.
func TestPushBesideAnotherOne(t *testing.T) {
	t.Parallel()
	origin := initRepo(t)
	origin.write("a", "one\n").commit("base")
	p := newPushed(t, origin)
	head := p.write("b", "b\n").commit("new")
	refs := filepath.Join(origin.dir, ".git", "refs")
	require.NoError(t, os.WriteFile(filepath.Join(refs, "heads", "main.lock"), nil, 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(refs, "heads", "broken"), []byte("garbage"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(refs, "heads", "zero"), []byte(strings.Repeat("0", 40)+"\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(refs, "heads", "missing"), []byte(strings.Repeat("1", 40)+"\n"), 0o644))
	require.NoError(t, os.MkdirAll(filepath.Join(refs, "heads", "ünïcode", "-x"), 0o755))
	require.NoError(t, os.Symlink("/dev/zero", filepath.Join(refs, "heads", "device")))
	require.NoError(t, os.Symlink("nowhere", filepath.Join(refs, "heads", "dangling")))
	require.Equal(t, []string{"new: +b"}, brings(t, p.open(), head))
}

func TestParseAlternates(t *testing.T) {
	t.Parallel()
	for value, want := range map[string][]string{
		"":                         nil,
		"/a":                       {"/a"},
		"/a:/b c:":                 {"/a", "/b c"},
		":/a::/b":                  {"/a", "/b"},
		`"/with:colon":/b`:         {"/with:colon", "/b"},
		`"/quote\"d\tx":"/second"`: {"/quote\"d\tx", "/second"},
		`"/open:/b`:                {`"/open`, "/b"},
		"#/comment:/b":             {"/b"},
	} {
		require.Equal(t, want, git.ParseAlternates(value), value)
	}
}

func FuzzParseAlternates(f *testing.F) {
	for _, seed := range []string{"/a:/b", `"/a:b":/c`, `"`, `"\`, ":::", `"a"b:c`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		for _, path := range git.ParseAlternates(value) {
			require.LessOrEqual(t, len(path), 4*len(value))
		}
	})
}

// unhex returns the bytes of an object name.
func unhex(t *testing.T, name string) []byte {
	t.Helper()
	data, err := hex.DecodeString(name)
	require.NoError(t, err)
	return data
}
