package git_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/git"
)

// graph makes commits of empty trees: "name: parents @date", oldest first. It returns their hashes by name.
func graph(tb testing.TB, c *clone, lines ...string) map[string]string {
	tb.Helper()
	tree := c.git("write-tree")
	hashes := map[string]string{}
	for i, line := range lines {
		name, rest, _ := strings.Cut(line, ":")
		rest, date, dated := strings.Cut(rest, "@")
		now := c.now
		c.now += int64(i) * 60
		if dated {
			_, err := fmt.Sscan(date, &c.now)
			require.NoError(tb, err)
		}
		args := []string{"commit-tree", "-m", name, tree}
		for _, parent := range strings.Fields(rest) {
			args = append(args, "-p", hashes[parent])
		}
		hashes[name] = c.git(args...)
		c.git("update-ref", "refs/heads/"+name, hashes[name])
		c.now = now
	}
	return hashes
}

func TestMergeBase(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		graph []string
		a, b  string
		want  string
	}{
		"same commit":       {[]string{"a:"}, "a", "a", "a"},
		"ancestor":          {[]string{"a:", "b: a", "c: b"}, "a", "c", "a"},
		"fork":              {[]string{"a:", "b: a", "c: b", "d: b"}, "c", "d", "b"},
		"fork, then merge":  {[]string{"a:", "b: a", "c: a", "m: b c", "d: m", "e: b"}, "d", "e", "b"},
		"main merged in":    {[]string{"r:", "m1: r", "f1: r", "m2: m1", "f2: f1 m2", "m3: m2"}, "f2", "m3", "m2"},
		"criss-cross":       {[]string{"r:", "a: r", "b: r", "x: a b", "y: b a"}, "x", "y", "b"},
		"octopus":           {[]string{"r:", "a: r", "b: a", "c: a", "d: a", "o: b c d", "e: d"}, "o", "e", "d"},
		"unrelated":         {[]string{"a:", "b:"}, "a", "b", ""},
		"two roots, joined": {[]string{"a:", "b:", "m: a b", "n: b"}, "m", "n", "b"},
		// The clock of c's author was a year slow, the one of r's author a year fast.
		"skewed clock": {[]string{"r: @1731536000", "b: r @1700000000", "c: b @1668464000", "d: c @1700007200", "e: b @1700010800"}, "d", "e", "b"},
		// By date alone the walk meets the old root before the newer ancestor that hides it.
		"skewed root": {[]string{"r: @1800000000", "a: r @1600000000", "b: a @1700000000", "c: a @1700000001", "d: c r @1700000002"}, "b", "d", "a"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := initRepo(t)
			hashes := graph(t, c, test.graph...)
			r := c.open()
			for _, pair := range [][2]string{{test.a, test.b}, {test.b, test.a}} {
				got, err := r.MergeBase(t.Context(), hashes[pair[0]], hashes[pair[1]])
				if test.want == "" {
					require.ErrorIs(t, err, git.ErrNoMergeBase)
					continue
				}
				require.NoError(t, err)
				require.Equal(t, hashes[test.want], got)
			}
		})
	}
}

// TestMergeBaseIsOneOfGits compares random graphs, with dates in any order, with git's own result.
func TestMergeBaseIsOneOfGits(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 4 {
		c := initRepo(t)
		var lines, names []string
		for i := range 25 {
			name := fmt.Sprint("c", i)
			var parents []string
			for range min(i, 1+random.IntN(2)) {
				if p := names[max(0, i-1-random.IntN(6))]; !slices.Contains(parents, p) {
					parents = append(parents, p)
				}
			}
			names = append(names, name)
			lines = append(lines, fmt.Sprintf("%s: %s @%d", name, strings.Join(parents, " "), 1_700_000_000+random.IntN(1000)))
		}
		hashes := graph(t, c, lines...)
		r := c.open()
		for range 25 {
			a, b := hashes[names[random.IntN(len(names))]], hashes[names[random.IntN(len(names))]]
			got, err := r.MergeBase(t.Context(), a, b)
			if err != nil {
				require.ErrorIs(t, err, git.ErrNoMergeBase)
				require.Error(t, c.command("merge-base", a, b).Run())
				continue
			}
			require.Contains(t, strings.Fields(c.git("merge-base", "--all", a, b)), got, strings.Join(lines, "\n"))
		}
	}
}

func TestMergeBaseShallow(t *testing.T) {
	t.Parallel()
	origin, base, main, feature := pullRequest(t)
	enough := origin.cloneTo("--depth=4", "--no-single-branch").open()
	got, err := enough.MergeBase(t.Context(), feature, main)
	require.NoError(t, err)
	require.Equal(t, base, got)
	short := origin.cloneTo("--depth=2", "--no-single-branch").open()
	_, err = short.MergeBase(t.Context(), feature, main)
	require.ErrorIs(t, err, git.ErrNoMergeBase)
	require.ErrorContains(t, err, "clone: depth: full")
}

func TestMergeBaseErrors(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	head := c.write("a", "1").commit("first")
	r := c.open()
	_, err := r.MergeBase(t.Context(), head, strings.Repeat("ab", 20))
	require.ErrorIs(t, err, git.ErrUnknownRevision)
	_, err = r.MergeBase(t.Context(), head, "main")
	require.ErrorContains(t, err, "not a full hash")
	_, err = r.MergeBase(t.Context(), head, c.git("rev-parse", "HEAD:a"))
	require.ErrorIs(t, err, git.ErrCorruptObject)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = r.MergeBase(ctx, head, head)
	require.ErrorIs(t, err, context.Canceled)
}
