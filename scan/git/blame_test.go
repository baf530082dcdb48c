package git_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/git"
)

// blamed returns git's result for every line of a file in a commit. Git also calls the root of a history a boundary.
// Border is set if the commit is a boundary and has parents, which a shallow clone lacks.
func (c *clone) blamed(rev, path string) map[git.LinePlace]git.Blame {
	c.tb.Helper()
	all := map[git.LinePlace]git.Blame{}
	var o git.Blame
	line := 0
	for _, text := range strings.Split(c.git("blame", "--line-porcelain", rev, "--", path), "\n") {
		key, value, _ := strings.Cut(text, " ")
		switch {
		case strings.HasPrefix(text, "\t"):
			all[git.LinePlace{Path: path, Line: line}] = o
			o = git.Blame{}
		case len(key) == 40 && o.Commit == "":
			o.Commit = key
			line, _ = strconv.Atoi(strings.Fields(value)[1])
		case key == "author":
			o.Author = value
		case key == "author-mail":
			o.Email = strings.Trim(value, "<>")
		case key == "committer-time":
			seconds, err := strconv.ParseInt(value, 10, 64)
			require.NoError(c.tb, err)
			o.At = time.Unix(seconds, 0).UTC()
		case key == "boundary":
			parents := c.git("cat-file", "commit", o.Commit)
			o.Border = strings.Contains(parents, "\nparent ")
		}
	}
	return all
}

// blames asks for the lines first to last of a file in a commit.
func (c *clone) blames(r *git.Repository, rev, path string, first, last int) map[git.LinePlace]git.Blame {
	c.tb.Helper()
	var places []git.LinePlace
	for line := first; line <= last; line++ {
		places = append(places, git.LinePlace{Path: path, Line: line})
	}
	found, err := r.Blame(c.tb.Context(), c.git("rev-parse", rev), places, git.BlameOptions{})
	require.NoError(c.tb, err)
	return found
}

// agrees compares all lines of files with git's result, asked for together and one by one. It returns the subjects of
// the commits of all lines.
func (c *clone) agrees(rev string, paths ...string) []string {
	c.tb.Helper()
	r := c.open()
	want := map[git.LinePlace]git.Blame{}
	var places []git.LinePlace
	var subjects []string
	for _, path := range paths {
		lines := c.blamed(rev, path)
		require.NotEmpty(c.tb, lines)
		for line := 1; line <= len(lines); line++ {
			p := git.LinePlace{Path: path, Line: line}
			want[p] = lines[p]
			places = append(places, p)
			subjects = append(subjects, c.git("log", "-1", "--format=%s", lines[p].Commit))
		}
		// Lines past the end have no answer.
		places = append(places, git.LinePlace{Path: path, Line: len(lines) + 1}, git.LinePlace{Path: path})
	}
	head := c.git("rev-parse", rev)
	got, err := r.Blame(c.tb.Context(), head, places, git.BlameOptions{})
	require.NoError(c.tb, err)
	require.Equal(c.tb, want, got)
	for p, o := range want {
		got, err := r.Blame(c.tb.Context(), head, []git.LinePlace{p, p}, git.BlameOptions{})
		require.NoError(c.tb, err)
		require.Equal(c.tb, map[git.LinePlace]git.Blame{p: o}, got)
	}
	return subjects
}

func (c *clone) remove(paths ...string) *clone {
	c.tb.Helper()
	for _, path := range paths {
		require.NoError(c.tb, os.RemoveAll(filepath.Join(c.dir, path)))
	}
	return c
}

func (c *clone) move(from, to string) *clone {
	c.tb.Helper()
	require.NoError(c.tb, os.MkdirAll(filepath.Dir(filepath.Join(c.dir, to)), 0o755))
	require.NoError(c.tb, os.Rename(filepath.Join(c.dir, from), filepath.Join(c.dir, to)))
	return c
}

func TestBlameOfEdits(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	c.write("f", "a\nb\nc\n", "other", "x\n").commit("root")
	c.write("f", "new\na\nb\nc\n").commit("above")
	c.write("other", "y\n").commit("elsewhere")
	c.write("f", "new\na\nB\nc\nend\n").commit("change")
	c.write("f", "new\nB\nc\nend\n").commit("removal")
	require.Equal(t, []string{"above", "change", "root", "change", "elsewhere"}, c.agrees("HEAD", "f", "other"))
	require.Equal(t, []string{"above", "root", "root", "root"}, c.agrees("HEAD~2", "f"))
	require.Equal(t, []string{"root", "root", "root"}, c.agrees("HEAD~4", "f"))
}

func TestBlameOfLineEnds(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	c.write(".gitattributes", "* -text\n", "f", "a\r\nb\nc", "g", "a\nb", "h", "a\n\n\nb\n").commit("root")
	c.write("f", "a\nb\nc\n", "g", "a\nb\n", "h", "a\n\n\nb\n\n").commit("ends")
	c.write("f", "a\nb\r\nc\nd", "g", "\xef\xbb\xbfa\nb\n").commit("marks")
	c.write("f", "a\nb\r\nc\nd\ne").commit("no end")
	require.Equal(t, []string{"ends", "marks", "ends", "no end", "no end", "marks", "ends", "root", "root", "root", "root", "ends"}, c.agrees("HEAD", "f", "g", "h"))
}

// Git counts the lines of such a file by the byte 0x0A, which can be part of a character, and calls the file binary.
func TestBlameUTF16(t *testing.T) {
	t.Parallel()
	for _, order := range []string{"le", "be"} {
		c := initRepo(t)
		encode := func(text string) string {
			out := map[string]string{"le": "\xff\xfe", "be": "\xfe\xff"}[order]
			for _, r := range text {
				unit := []byte{byte(r), byte(r >> 8)}
				if order == "be" {
					unit[0], unit[1] = unit[1], unit[0]
				}
				out += string(unit)
			}
			return out
		}
		// U+0A0B and U+0B0A contain the byte of a line feed, U+0A0A and U+0A00 next to another one.
		c.write("f", encode("one\n\u0a0b\u0b0a\u0a0a\u0a00\nthree\nfour")).commit("root")
		head := c.write("f", encode("one\n\u0a0b\u0b0a\u0a0a\u0a00\nTHREE\nfour")).commit("change")
		root := c.git("rev-parse", "HEAD~1")
		found := c.blames(c.open(), "HEAD", "f", 1, 5)
		require.Len(t, found, 4, "%s", order)
		for line, want := range []string{root, root, head, root} {
			require.Equal(t, want, found[git.LinePlace{Path: "f", Line: line + 1}].Commit, "%s: line %d", order, line+1)
		}
	}
}

func TestBlameOfFilesThatComeAndGo(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	c.write("gone", "g\n", "stays", "s\n").commit("root")
	c.remove("gone").commit("deletion")
	c.write("gone", "g\n", "late", "1\n2\n").commit("again")
	c.write("late", "1\n2\n3\n").commit("third")
	require.NoError(t, os.Chmod(filepath.Join(c.dir, "late"), 0o755))
	c.commit("mode")
	c.remove("late")
	require.NoError(t, os.Symlink("1", filepath.Join(c.dir, "late")))
	c.commit("a link")
	c.remove("late").write("late", "1\n2\n").commit("a file again")
	require.Equal(t, []string{"again", "root", "a file again", "a file again"}, c.agrees("HEAD", "gone", "stays", "late"))
	require.Equal(t, []string{"again", "again", "third"}, c.agrees("HEAD~2", "late"))
}

func TestBlameOfOddPaths(t *testing.T) {
	t.Parallel()
	c := strange(t)
	texts := []string{"plain.txt", "caf\xe9.txt", "日本語/ファイル", "tab\tquote\"new\nline", "a-b", "a.b", "a/z", "a0",
		"deep/" + strings.Repeat("d/", 40) + "leaf", "-rf", " space ", "back\\slash", "run.sh", "crlf.txt"}
	c.write("a/z", "3\nthree\n", "-rf", "dash\nmore").commit("more")
	c.agrees("HEAD", texts...)
	var none []git.LinePlace
	for _, path := range []string{"link", "outside", "mod", "mod/m", "bin", "empty", "a", "deep", "", ".", "..", "/", "/plain.txt", "./plain.txt",
		"plain.txt/", "plain.txt/x", "a//z", "a/../plain.txt", ".git", ".git/config", "missing", "a/missing", "\x00", strings.Repeat("d/", 40_000) + "x"} {
		none = append(none, git.LinePlace{Path: path, Line: 1}, git.LinePlace{Path: path, Line: -1})
	}
	none = append(none, git.LinePlace{Path: "plain.txt", Line: 1 << 40}, git.LinePlace{Path: "plain.txt", Line: -1 << 40})
	found, err := c.open().Blame(t.Context(), c.git("rev-parse", "HEAD"), none, git.BlameOptions{})
	require.NoError(t, err)
	require.Empty(t, found)
}

func TestBlameNamesAndDates(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	c.write("f", "a\n").commit("ada")
	add := func(line string, args ...string) {
		before, err := os.ReadFile(filepath.Join(c.dir, "f"))
		require.NoError(t, err)
		c.write("f", string(before)+line+"\n")
		c.now += 3600
		c.git("add", "-A")
		c.git(append(args, "-m", line)...)
	}
	add("grace", "commit", "-q", "--author=Grace Hopper <grace@example.com>", "--date=2001-02-03T04:05:06+0700")
	add("latin", "-c", "i18n.commitEncoding=ISO-8859-1", "commit", "-q", "--author=Bj\xf6rn <b@example.com>")
	add("utf-8", "commit", "-q", "--author=Björn 日本 \"x\" <b+tag@example.com>")
	c.agrees("HEAD", "f")
	grace := c.blames(c.open(), "HEAD", "f", 2, 2)[git.LinePlace{Path: "f", Line: 2}]
	require.Equal(t, git.Blame{Commit: c.git("rev-parse", "HEAD~2"), Author: "Grace Hopper", Email: "grace@example.com", At: time.Unix(1_700_007_200, 0).UTC()}, grace)

	head := c.write(".mailmap", "Other <other@example.com> <grace@example.com>\n").commit("mailmap")
	require.Equal(t, "Other", c.blamed("HEAD", "f")[git.LinePlace{Path: "f", Line: 2}].Author)
	require.Equal(t, grace, c.blames(c.open(), head, "f", 2, 2)[git.LinePlace{Path: "f", Line: 2}])
}

// A bare repository has some objects as deltas in packs, and others as loose files.
func TestBlameOfPacks(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	lines := strings.Split(strings.TrimSuffix(strings.Repeat("0123456789 0123456789 0123456789\n", 200), "\n"), "\n")
	for i := range 30 {
		lines[i*6] = "line " + strconv.Itoa(i)
		c.write("sub/f", strings.Join(lines, "\n"), "other", strconv.Itoa(i)).commit(strconv.Itoa(i))
	}
	c.git("repack", "-qadf", "--depth=20")
	bare := c.bare()
	packs, err := filepath.Glob(filepath.Join(bare.dir, "objects", "pack", "*.idx"))
	require.NoError(t, err)
	require.Len(t, packs, 1)
	require.Contains(t, bare.git("verify-pack", "-v", packs[0]), "chain length = 1")
	lines[3] = "loose"
	c.write("sub/f", strings.Join(lines, "\n")).commit("loose")
	c.git("push", "-q", bare.dir, "main")
	require.Contains(t, bare.git("count-objects", "-v"), "count: 4\n")
	require.Equal(t, []string{"0", "0", "0", "loose"}, bare.agrees("main", "sub/f")[:4])
}
