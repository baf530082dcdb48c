package git_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/git"
)

// longHistory makes a bare repository of n commits, packed by git, with 200 files in 20 folders. Each commit changes
// three lines of a file of 200 lines.
func longHistory(tb testing.TB, n int) *clone {
	tb.Helper()
	c := initRepo(tb, "--bare")
	var stream strings.Builder
	files := make([][]string, 200)
	for i := range n {
		fmt.Fprintf(&stream, "commit refs/heads/main\ncommitter Ada <ada@example.com> %d +0000\ndata 1\nx\n", 1_700_000_000+i*600)
		for k := range files {
			switch {
			case i == 0:
				for line := range 200 {
					files[k] = append(files[k], fmt.Sprintf("line %d of file %d in its first form\n", line, k))
				}
			case k == i*7%len(files):
				for line := range 3 {
					files[k][(i+line*61)%200] = fmt.Sprintf("line %d of commit %d\n", line, i)
				}
			default:
				continue
			}
			text := strings.Join(files[k], "")
			fmt.Fprintf(&stream, "M 100644 inline dir-%02d/sub/file-%03d.txt\ndata %d\n%s\n", k%20, k, len(text), text)
		}
	}
	c.gitIn(stream.String(), "fast-import", "--quiet")
	c.git("repack", "-qadf")
	return c
}

// somePlaces returns one line in each of n text files of the branch main.
func (c *clone) somePlaces(n int) []git.LinePlace {
	c.tb.Helper()
	paths := slices.DeleteFunc(strings.Split(c.git("grep", "-I", "--name-only", "-e", "", "HEAD"), "\n"), func(path string) bool {
		return strings.ContainsAny(path, "\"")
	})
	var places []git.LinePlace
	for i := range n {
		path := strings.TrimPrefix(paths[i*len(paths)/n], "HEAD:")
		lines := strings.Count(c.git("show", "HEAD:"+path), "\n") + 1
		places = append(places, git.LinePlace{Path: path, Line: 1 + lines*i/n})
	}
	return places
}

// BenchmarkBlame asks for 20 lines of 20 files, and reports how long git takes for the same with a process for
// each. The repository has 5,000 commits, or is the one in SLUICE_BENCH_CLONE.
func BenchmarkBlame(b *testing.B) {
	c := &clone{tb: b, dir: os.Getenv("SLUICE_BENCH_CLONE")}
	if c.dir == "" {
		c = longHistory(b, 5000)
	}
	places := c.somePlaces(20)
	head := c.git("rev-parse", "HEAD")
	start := time.Now()
	for _, p := range places {
		c.git("blame", "--porcelain", fmt.Sprintf("-L%d,%d", p.Line, p.Line), head, "--", p.Path)
	}
	processes := time.Since(start)
	b.ReportAllocs()
	for b.Loop() {
		// Open it each time, as a scan does: no object is cached.
		r, err := git.Open(c.dir)
		require.NoError(b, err)
		found, err := r.Blame(b.Context(), head, places, git.BlameOptions{})
		require.NoError(b, err)
		require.Len(b, found, len(places))
		require.NoError(b, r.Close())
	}
	b.ReportMetric(float64(processes)/(float64(b.Elapsed())/float64(b.N)), "times-git")
}

// A commit that leaves the file alone costs one read of the commit, however wide its trees are.
func TestBlameAllocations(t *testing.T) {
	c := initRepo(t)
	for i := range 400 {
		c.write(fmt.Sprintf("dir/%03d", i), "x", fmt.Sprintf("%03d", i), "x")
	}
	c.write("dir/f", "line\n").commit("root")
	const n = 60
	for i := range n {
		c.write("dir/000", fmt.Sprint(i)).commit("change")
	}
	c.git("repack", "-qad")
	r := c.open()
	head := c.git("rev-parse", "HEAD")
	places := []git.LinePlace{{Path: "dir/f", Line: 1}}
	allocations := testing.AllocsPerRun(5, func() {
		found, err := r.Blame(t.Context(), head, places, git.BlameOptions{})
		require.NoError(t, err)
		require.Len(t, found, 1)
	})
	require.Less(t, allocations/n, 60.0)
}
