package git_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/git"
)

// ladder makes a history of n commits on top of the first. Each adds a line at the end of "f", and leaves "wide/"
// unchanged.
func ladder(tb testing.TB, n int) (c *clone, head string) {
	tb.Helper()
	c = initRepo(tb)
	for i := range 50 {
		c.write(fmt.Sprintf("wide/%03d", i), "x")
	}
	text := ""
	for i := range n + 1 {
		text += fmt.Sprintf("line %d\n", i)
		head = c.write("f", text).commit(strconv.Itoa(i))
	}
	return c, head
}

// Whatever the limits, an answer is either correct or missing.
func TestBlameWithinBounds(t *testing.T) {
	t.Parallel()
	const n = 12
	c, head := ladder(t, n)
	r := c.open()
	var places []git.LinePlace
	for line := 1; line <= n+1; line++ {
		places = append(places, git.LinePlace{Path: "f", Line: line})
	}
	want := c.blamed(head, "f")
	size := len(c.git("show", head+":f")) + 1
	within := func(o git.BlameOptions) int {
		found, err := r.Blame(t.Context(), head, places, o)
		require.NoError(t, err)
		for p, o := range found {
			require.Equal(t, want[p], o)
		}
		return len(found)
	}
	// A line needs the parent of the commit that added it, unless that is the first commit of all.
	answers := func(versions int) int {
		if versions > n {
			return n + 1
		}
		return versions - 1
	}
	bytes := 0
	for versions := 1; versions <= n+1; versions++ {
		require.Equal(t, answers(versions), within(git.BlameOptions{MaxCommits: versions}), "%d commits", versions)
		bytes += len(c.git("show", fmt.Sprintf("HEAD~%d:f", versions-1))) + 1
		require.Equal(t, answers(versions), within(git.BlameOptions{MaxBytes: int64(bytes)}), "%d bytes", bytes)
		require.Equal(t, max(0, answers(versions-1)), within(git.BlameOptions{MaxBytes: int64(bytes) - 1}), "%d bytes", bytes-1)
	}
	found, err := r.Blame(t.Context(), head, places, git.BlameOptions{MaxFileBytes: int64(size) - 1})
	require.NoError(t, err)
	require.Empty(t, found)
	found, err = r.Blame(t.Context(), head, places, git.BlameOptions{MaxFileBytes: int64(size)})
	require.NoError(t, err)
	require.Equal(t, want, found)
}

// countdown is a context that ends after a number of calls of Err.
type countdown struct{ left int }

func (c *countdown) Deadline() (at time.Time, ok bool) { return }
func (c *countdown) Done() <-chan struct{}             { return nil }
func (c *countdown) Value(any) any                     { return nil }
func (c *countdown) Err() error {
	if c.left--; c.left < 0 {
		return context.DeadlineExceeded
	}
	return nil
}

func TestBlameStopWithTheContext(t *testing.T) {
	t.Parallel()
	c, head := ladder(t, 12)
	r := c.open()
	places := []git.LinePlace{{Path: "f", Line: 13}, {Path: "f", Line: 1}}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(fmt.Errorf("enough: %w", context.Canceled))
	found, err := r.Blame(ctx, head, places, git.BlameOptions{})
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorContains(t, err, "enough")
	require.Empty(t, found)

	found, err = r.Blame(&countdown{6}, head, places, git.BlameOptions{})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Len(t, found, 1)
	require.Equal(t, head, found[places[0]].Commit)
}

func TestBlameErrors(t *testing.T) {
	t.Parallel()
	c, head := ladder(t, 1)
	r := c.open()
	places := []git.LinePlace{{Path: "f", Line: 1}}
	_, err := r.Blame(t.Context(), strings.Repeat("ab", 20), places, git.BlameOptions{})
	require.ErrorIs(t, err, git.ErrUnknownRevision)
	_, err = r.Blame(t.Context(), "HEAD", places, git.BlameOptions{})
	require.ErrorContains(t, err, "not a full hash")
	_, err = r.Blame(t.Context(), c.git("rev-parse", "HEAD:f"), places, git.BlameOptions{})
	require.ErrorIs(t, err, git.ErrCorruptObject)
	found, err := r.Blame(t.Context(), head, nil, git.BlameOptions{})
	require.NoError(t, err)
	require.Empty(t, found)
}

// An unreadable object affects only the answers that depend on it.
func TestBlameOfDamage(t *testing.T) {
	t.Parallel()
	for name, lost := range map[string]string{"tree": "HEAD~3:sub", "root": "HEAD~3^{tree}", "blob": "HEAD~3:sub/f", "commit": "HEAD~3"} {
		c := initRepo(t)
		c.write("sub/f", "1\n", "other", "o\n").commit("one")
		c.write("sub/f", "1\n2\n").commit("two")
		c.write("sub/f", "1\n2\n3\n").commit("three")
		c.write("sub/f", "1\n2\n3\n4\n", "other", "o\np\n").commit("four")
		c.write("late", "l\n").commit("five")
		want := c.blamed("HEAD~1", "sub/f")
		removeObjects(t, c, lost)
		r := c.open()
		found := c.blames(r, "HEAD", "sub/f", 1, 4)
		require.Equal(t, map[git.LinePlace]git.Blame{
			{Path: "sub/f", Line: 4}: want[git.LinePlace{Path: "sub/f", Line: 4}],
		}, found, "%s", name)
		require.Len(t, c.blames(r, "HEAD", "late", 1, 1), 1)
		require.Contains(t, c.blames(r, "HEAD", "other", 1, 2), git.LinePlace{Path: "other", Line: 2})
		require.Equal(t, name == "tree" || name == "blob", len(c.blames(r, "HEAD", "other", 1, 1)) == 1, "%s", name)
	}
}

// If it is unknown which files were moved, a file does not seem to begin there.
func TestBlameOfDamageBehindAMove(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	c.write("old/f", "1\n", "other/g", "g\n").commit("one")
	head := c.move("old/f", "new").write("other/g", "h\n").commit("two")
	require.Equal(t, []string{"one"}, c.agrees("HEAD", "new"))
	removeObjects(t, c, "HEAD~1:other")
	require.Empty(t, c.blames(c.open(), head, "new", 1, 1))
}

func TestBlameBinaryVersions(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	c.write("f", "one\ntwo\n").commit("text")
	c.write("f", "one\ntwo\x00\n").commit("binary")
	require.Empty(t, c.blames(c.open(), "HEAD", "f", 1, 2))
	c.write("f", "one\n2\n").commit("text again")
	require.Empty(t, c.blames(c.open(), "HEAD", "f", 1, 2))
	c.write("f", "one\n2\nthree\n").commit("three")
	require.Len(t, c.blames(c.open(), "HEAD", "f", 1, 3), 1)
}

// If a diff takes too long, the origin of a line that both versions moved is unknown.
func TestBlameOfShuffledLines(t *testing.T) {
	t.Parallel()
	const n = 30_000
	c := initRepo(t)
	lines := make([]string, n)
	for i := range lines {
		lines[i] = fmt.Sprintf("%d\n", i)
	}
	root := c.write("f", strings.Join(lines, "")).commit("root")
	random := rand.New(rand.NewPCG(5, 6))
	random.Shuffle(n-2, func(i, j int) { lines[i+1], lines[j+1] = lines[j+1], lines[i+1] })
	lines[n/2] = "new\n"
	head := c.write("f", strings.Join(lines, "")).commit("shuffled")
	found, err := c.open().Blame(t.Context(), head, []git.LinePlace{{"f", 1}, {"f", n / 3}, {"f", n/2 + 1}, {"f", n}}, git.BlameOptions{})
	require.NoError(t, err)
	require.Len(t, found, 3)
	require.Equal(t, root, found[git.LinePlace{Path: "f", Line: 1}].Commit)
	require.Equal(t, head, found[git.LinePlace{Path: "f", Line: n/2 + 1}].Commit)
	require.Equal(t, root, found[git.LinePlace{Path: "f", Line: n}].Commit)
}

// A commit may name one parent any number of times.
func TestBlameOfManyParents(t *testing.T) {
	t.Parallel()
	c, parent := ladder(t, 1)
	tree := c.write("f", "line 0\nline 1\nlast\n").commit("last") + "^{tree}"
	text := "tree " + c.git("rev-parse", tree) + "\n" + strings.Repeat("parent "+parent+"\n", 500) + "author A <a> 1700000000 +0000\ncommitter A <a> 1700000000 +0000\n\nmany\n"
	head := c.gitIn(text, "hash-object", "-t", "commit", "-w", "--stdin", "--literally")
	require.Len(t, c.blames(c.open(), head, "f", 1, 3), 3)
	found, err := c.open().Blame(t.Context(), head, []git.LinePlace{{Path: "f", Line: 1}}, git.BlameOptions{MaxCommits: 500})
	require.NoError(t, err)
	require.Empty(t, found)
}

// A move of many files at once needs one pass over the trees, and each file finds its source.
func TestBlameOfManyEqualFiles(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	for i := range 300 {
		c.write(fmt.Sprintf("from/%03d/licence", i), "the same\n")
	}
	root := c.commit("root")
	require.NoError(t, os.Rename(filepath.Join(c.dir, "from"), filepath.Join(c.dir, "to")))
	head := c.commit("moved")
	var places []git.LinePlace
	for i := range 300 {
		places = append(places, git.LinePlace{Path: fmt.Sprintf("to/%03d/licence", i), Line: 1})
	}
	found, err := c.open().Blame(t.Context(), head, places, git.BlameOptions{})
	require.NoError(t, err)
	require.Len(t, found, 300)
	for _, o := range found {
		require.Equal(t, root, o.Commit)
	}
}

// Several goroutines may use one repository.
func TestBlameAtOnce(t *testing.T) {
	t.Parallel()
	c, head := ladder(t, 12)
	want := c.blamed(head, "f")
	c.git("repack", "-qad")
	r := c.open()
	var group sync.WaitGroup
	for p, o := range want {
		group.Go(func() {
			found, err := r.Blame(context.Background(), head, []git.LinePlace{p}, git.BlameOptions{})
			if err != nil || found[p] != o {
				t.Errorf("line %d: %v, %v", p.Line, found, err)
			}
		})
	}
	group.Wait()
}
