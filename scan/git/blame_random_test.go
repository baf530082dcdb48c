package git_test

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/git"
)

// saga writes a random history for git fast-import. Every line has a unique text and a rank, and lines are always in the
// order of their ranks. So two versions have exactly one longest common sequence, and a diff has no choice. No commit
// adds a file similar to one that it deletes, unless they are equal, because git would follow that move too.
type saga struct {
	*rand.Rand
	stream strings.Builder
	// commits are the files of every commit, by path; now is its date and next the number of lines so far.
	commits []map[string][]sagaLine
	now     int64
	next    int
}

type sagaLine struct {
	rank float64
	text string
}

func (s *saga) line(low, high float64) sagaLine {
	s.next++
	return sagaLine{low + (high-low)*(0.1+0.8*s.Float64()), fmt.Sprintf("line %d of %x\n", s.next, s.Uint64())}
}

func (s *saga) path() string {
	return fmt.Sprintf("%s%c", []string{"", "a/", "b/", "a/b/", "c/d/e/"}[s.IntN(5)], 'p'+rune(s.IntN(8)))
}

// free reports whether path can hold a new file.
func free(files map[string][]sagaLine, path string) bool {
	for other := range files {
		if other == path || strings.HasPrefix(other, path+"/") || strings.HasPrefix(path, other+"/") {
			return false
		}
	}
	return true
}

// pick returns the path of a random file.
func (s *saga) pick(files map[string][]sagaLine) string {
	paths := slices.Sorted(maps.Keys(files))
	return paths[s.IntN(len(paths))]
}

func (s *saga) insert(lines []sagaLine, n int) []sagaLine {
	for range n {
		at := s.IntN(len(lines) + 1)
		low, high := 0.0, 1.0
		if at > 0 {
			low = lines[at-1].rank
		}
		if at < len(lines) {
			high = lines[at].rank
		}
		lines = slices.Insert(slices.Clone(lines), at, s.line(low, high))
	}
	return lines
}

// change makes one commit's changes.
func (s *saga) change(files map[string][]sagaLine) {
	switch kind := s.IntN(20); {
	case kind == 0 || len(files) == 0:
		if path := s.path(); free(files, path) {
			files[path] = s.insert(nil, 1+s.IntN(12))
		}
	case kind == 1:
		if path := s.path(); free(files, path) {
			files[path] = files[s.pick(files)]
		}
	case kind == 2 && len(files) > 2:
		delete(files, s.pick(files))
	case kind == 3:
		// A file of an earlier commit comes back, or a file gets that content again.
		earlier := s.commits[s.IntN(len(s.commits))]
		if len(earlier) == 0 {
			return
		}
		if path := s.pick(earlier); files[path] != nil || free(files, path) {
			files[path] = earlier[path]
		}
	case kind < 7:
		before := maps.Clone(files)
		for range 1 + s.IntN(3) {
			if from, to := s.pick(files), s.path(); free(files, to) && free(before, to) {
				files[to] = files[from]
				delete(files, from)
			}
		}
	default:
		for range 1 + s.IntN(2) {
			path := s.pick(files)
			lines := slices.Clone(files[path])
			for range s.IntN(3) {
				if len(lines) > 1 {
					at := s.IntN(len(lines))
					lines = slices.Delete(lines, at, at+1)
				}
			}
			files[path] = s.insert(lines, s.IntN(3))
		}
	}
}

// merged makes the files of a merge: each comes from one parent, or mixes lines of the parents and new ones.
func (s *saga) merged(parents []int) map[string][]sagaLine {
	files := map[string][]sagaLine{}
	for _, p := range parents {
		for _, path := range slices.Sorted(maps.Keys(s.commits[p])) {
			if !free(files, path) {
				continue
			}
			var versions [][]sagaLine
			for _, p := range parents {
				if lines := s.commits[p][path]; lines != nil {
					versions = append(versions, lines)
				}
			}
			files[path] = versions[s.IntN(len(versions))]
			if len(versions) < len(parents) || s.IntN(3) == 0 {
				continue
			}
			kept := map[string]sagaLine{}
			for _, lines := range versions {
				for _, line := range lines {
					if s.IntN(8) > 0 {
						kept[line.text] = line
					}
				}
			}
			lines := slices.SortedFunc(maps.Values(kept), func(a, b sagaLine) int { return cmp.Compare(a.rank, b.rank) })
			if len(lines) == 0 || s.IntN(3) == 0 {
				lines = s.insert(lines, 1)
			}
			files[path] = lines
		}
	}
	return files
}

// write puts a commit into the stream.
func (s *saga) write(files map[string][]sagaLine, parents []int) {
	s.commits = append(s.commits, files)
	n := len(s.commits)
	s.now += int64(s.IntN(4)) * 100
	at := s.now
	if s.IntN(10) == 0 {
		at += int64(s.IntN(2000) - 1000)
	}
	fmt.Fprintf(&s.stream, "commit refs/heads/main\nmark :%d\n", n)
	fmt.Fprintf(&s.stream, "author Author %d <a%d@example.com> %d +0100\ncommitter Other <c@example.com> %d +0000\ndata 1\n%c\n", n, n%3, at-50, at, 'a'+n%26)
	for i, p := range parents {
		fmt.Fprintf(&s.stream, "%s :%d\n", []string{"from", "merge"}[min(i, 1)], p+1)
	}
	s.stream.WriteString("deleteall\n")
	for _, path := range slices.Sorted(maps.Keys(files)) {
		var text strings.Builder
		for _, line := range files[path] {
			text.WriteString(line.text)
		}
		fmt.Fprintf(&s.stream, "M 100644 inline %s\ndata %d\n%s\n", path, text.Len(), text.String())
	}
	s.stream.WriteString("\n")
}

// Every line of every file in the last commit has the origin that git finds.
func TestBlameOfRandomHistories(t *testing.T) {
	t.Parallel()
	const histories, commits = 30, 40
	origins, moves, merges := map[string]bool{}, 0, 0
	for seed := range uint64(histories) {
		s := &saga{Rand: rand.New(rand.NewPCG(seed, 7)), now: 1_700_000_000}
		files := map[string][]sagaLine{}
		for range 4 {
			if path := s.path(); free(files, path) {
				files[path] = s.insert(nil, 15)
			}
		}
		s.write(files, nil)
		heads := []int{0}
		for len(s.commits) < commits {
			at := s.IntN(len(heads))
			if len(heads) > 1 && s.IntN(4) == 0 {
				parents := slices.Clone(heads)
				s.Shuffle(len(parents), func(i, j int) { parents[i], parents[j] = parents[j], parents[i] })
				parents = parents[:2+s.IntN(min(2, len(parents)-1))]
				s.write(s.merged(parents), parents)
				merges++
				kept := s.IntN(2) // Sometimes a branch goes on after the merge.
				heads = slices.DeleteFunc(heads, func(h int) bool { return slices.Contains(parents[kept:], h) })
				heads = append(heads, len(s.commits)-1)
				continue
			}
			files := maps.Clone(s.commits[heads[at]])
			s.change(files)
			s.write(files, heads[at:at+1])
			if len(heads) < 4 && s.IntN(4) == 0 {
				heads = append(heads, len(s.commits)-1)
			} else {
				heads[at] = len(s.commits) - 1
			}
		}
		// The last commit merges all branches.
		slices.Sort(heads)
		heads = slices.Compact(heads)
		if len(heads) > 1 {
			s.write(s.merged(heads), heads)
		}
		c := initRepo(t, "--bare")
		c.gitIn(s.stream.String(), "fast-import", "--quiet")
		want := map[git.LinePlace]git.Blame{}
		var places []git.LinePlace
		last := s.commits[len(s.commits)-1]
		for path := range last {
			lines := c.blamed("main", path)
			require.Len(t, lines, len(last[path]))
			maps.Copy(want, lines)
		}
		for p, o := range want {
			places = append(places, p)
			origins[fmt.Sprint(seed, o.Commit)] = true
		}
		got, err := c.open().Blame(t.Context(), c.git("rev-parse", "main"), places, git.BlameOptions{})
		require.NoError(t, err)
		for p, o := range want {
			require.Equal(t, o, got[p], "history %d, %s:%d", seed, p.Path, p.Line)
		}
		require.Len(t, got, len(want))
		moves += strings.Count(c.git("log", "-M100%", "--diff-filter=R", "--name-status", "--format=", "main"), "R100")
	}
	// The histories contain the cases that they are for.
	require.Greater(t, len(origins), histories*8)
	require.Greater(t, moves, histories)
	require.Greater(t, merges, histories*2)
}
