package git_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/git"
)

// merge merges branches without merging their content, and commits the work tree as fill leaves it.
func (c *clone) merge(message string, fill func(), branches ...string) string {
	c.tb.Helper()
	c.now += 3600
	c.git(append([]string{"merge", "-q", "--no-commit", "-s", "ours"}, branches...)...)
	fill()
	c.now -= 3600
	return c.commit(message)
}

func TestBlameFollowWholeFiles(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	text := "one of them\nand the other\n"
	c.write("a", text, "b/x", "twin\n", "k/f", "folder\n").commit("root")
	c.write("c/y", "twin\n").commit("second twin")
	c.write("d/same", "twin\n").commit("third twin")
	c.move("a", "deep/er/a").commit("moved")
	c.write("deep/er/a", text+"more\n").commit("edited")
	c.move("deep/er/a", "A").commit("moved back")
	// Of two equal files, the one with the same name is followed, else the first.
	c.move("b/x", "e/z").move("c/y", "e/y").commit("twins")
	c.move("d/same", "e/same").move("e/z", "f/unlike").commit("twins again")
	// A copy is not a move, and neither is a file whose old path has other content now.
	c.write("copy", text+"more\n").commit("copied")
	c.move("copy", "swapped").write("copy", "other\n").commit("swapped")
	// A file replaces a folder, and a folder replaces a file.
	c.move("k/f", "tmp").remove("k").move("tmp", "k").commit("no folder")
	c.move("k", "tmp").move("tmp", "k/k").commit("a folder again")
	require.Equal(t, []string{"root", "root", "edited", "second twin", "third twin", "third twin", "swapped", "swapped", "swapped", "swapped", "root"},
		c.agrees("HEAD", "A", "e/y", "e/same", "f/unlike", "copy", "swapped", "k/k"))
}

// This is the only thing that git follows by default and Blame does not.
func TestBlameDoNotFollowMovedAndEdited(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	text := strings.Repeat("a line of some length\n", 20)
	root := c.write("a", text+"1\n").commit("root")
	head := c.move("a", "b").write("b", text+"2\n").commit("moved and edited")
	require.Equal(t, root, c.blamed("HEAD", "b")[git.LinePlace{Path: "b", Line: 1}].Commit)
	found := c.blames(c.open(), "HEAD", "b", 1, 21)
	require.Len(t, found, 21)
	for _, o := range found {
		require.Equal(t, head, o.Commit)
	}
}

func TestBlameOfMerges(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	c.write("f", "a\nb\nc\nd\ne\n", "both", "1\n2\n3\n").commit("root")
	for _, side := range []string{"one", "two", "three"} {
		c.git("checkout", "-q", "-b", side, "main")
	}
	c.git("checkout", "-q", "one")
	c.write("f", "a1\nb\nc\nd\ne\n", "both", "1\nsame\n3\n", "only-one", "1\n").commit("one 1")
	c.git("checkout", "-q", "two")
	c.write("f", "a\nb\nc\nd\ne2\n", "both", "1\nsame\n3\n", "only-two", "2\n").commit("two 1")
	c.git("checkout", "-q", "three")
	c.write("f", "a\nb\nc3\nd\ne\n", "moved-three", "3\n").commit("three 1")
	c.move("moved-three", "only-three").commit("three 2")

	c.git("checkout", "-q", "-b", "second", "one")
	c.merge("from the second", func() { c.write("f", "a1\nb\nc\nd\ne2\n", "only-two", "2\n") }, "two")
	require.Equal(t, []string{"one 1", "root", "root", "root", "two 1", "root", "one 1", "root", "one 1", "two 1"},
		c.agrees("HEAD", "f", "both", "only-one", "only-two"))

	c.git("checkout", "-q", "-b", "theirs", "one")
	c.merge("all theirs", func() { c.write("f", "a\nb\nc\nd\ne2\n").remove("only-one") }, "two")
	require.Equal(t, []string{"root", "root", "root", "root", "two 1"}, c.agrees("HEAD", "f"))

	c.git("checkout", "-q", "-b", "evil", "one")
	c.merge("evil", func() { c.write("f", "a1\nb\nevil\nd\ne2\n", "only-two", "2\nevil\n", "more", "evil\n") }, "two")
	require.Equal(t, []string{"one 1", "root", "evil", "root", "two 1", "two 1", "evil", "evil"}, c.agrees("HEAD", "f", "only-two", "more"))

	c.git("checkout", "-q", "-b", "octopus", "one")
	c.merge("octopus", func() {
		c.write("f", "a1\nb\nc3\neight\ne2\n", "only-three", "3\n", "only-two", "2\n")
	}, "two", "three")
	require.Len(t, strings.Fields(c.git("log", "-1", "--format=%P")), 3)
	c.write("f", "a1\nb\nc3\neight\ne2\nlast\n").commit("last")
	require.Equal(t, []string{"one 1", "root", "three 1", "octopus", "two 1", "last", "three 1", "two 1"}, c.agrees("HEAD", "f", "only-three", "only-two"))
}

// A commit that is read before its children is read again.
func TestBlameOfSkewedClocks(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	c.write("f", "a\nb\nc\nd\n").commit("root")
	late := c.now + 1_000_000
	c.now = late
	c.write("f", "a\nB\nc\nd\n").commit("from the future")
	c.git("branch", "side")
	c.now = late - 2_000_000
	c.write("f", "a\nB\nC\nd\n").commit("from the past")
	c.git("checkout", "-q", "side")
	c.now = late + 10
	c.write("f", "A\nB\nc\nd\n").commit("side")
	c.merge("merge", func() { c.write("f", "A\nB\nC\nd\n") }, "main")
	require.Equal(t, []string{"side", "from the future", "from the past", "root"}, c.agrees("HEAD", "f"))
}

func TestBlameOfShallowClones(t *testing.T) {
	t.Parallel()
	origin := initRepo(t)
	origin.write("f", "1\n").commit("one")
	origin.write("f", "1\n2\n", "g", "2\n").commit("two")
	origin.write("f", "1\n2\n3\n").commit("three")
	origin.write("f", "1\n2\n3\n4\n").commit("four")
	c := origin.cloneTo("--depth=3")
	require.Equal(t, []string{"two", "two", "three", "four", "two"}, c.agrees("HEAD", "f", "g"))
	found := c.blames(c.open(), "HEAD", "f", 1, 4)
	for line, border := range []bool{true, true, false, false} {
		require.Equal(t, border, found[git.LinePlace{Path: "f", Line: line + 1}].Border)
	}
	require.Equal(t, []string{"one", "two", "three", "four"}, origin.agrees("HEAD", "f"))
	require.False(t, origin.blames(origin.open(), "HEAD", "f", 1, 1)[git.LinePlace{Path: "f", Line: 1}].Border, "the root of a history is not a border")
}
