package linediff

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPartners(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		old, text string
		want      []int
	}{
		{"", "", []int{}},
		{"", "a", []int{New}},
		{"a", "", []int{}},
		{"abc", "abc", []int{0, 1, 2}},
		{"abc", "xabyc", []int{New, 0, 1, New, 2}},
		{"abc", "ac", []int{0, 2}},
		{"abc", "xyz", []int{New, New, New}},
		// Of equal lines the first ones count as old, as in git.
		{"a", "aaa", []int{0, New, New}},
		{"axa", "axaxa", []int{0, 1, 2, New, New}},
		// Of two blocks that changed places the longer one stays.
		{"abcdeXY", "XYabcde", []int{New, New, 0, 1, 2, 3, 4}},
		{"XYabcde", "abcdeXY", []int{2, 3, 4, 5, 6, New, New}},
	} {
		d := &Diff{Left: maxSteps}
		text := strings.Split(c.text, "")
		require.Equal(t, c.want, d.Partners(strings.Split(c.old, ""), text, upTo(len(text))), "%s, %s", c.old, c.text)
	}
}

// upTo returns 0, 1, ... n-1.
func upTo(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// longest is the length of the longest common subsequence.
func longest(a, b []string) int {
	row := make([]int, len(b)+1)
	for i := range a {
		diagonal := 0
		for j := range b {
			next := row[j+1]
			if a[i] == b[j] {
				row[j+1] = diagonal + 1
			} else {
				row[j+1] = max(row[j+1], row[j])
			}
			diagonal = next
		}
	}
	return row[len(b)]
}

// The result is a longest common subsequence, the same whichever lines are wanted. With few steps some partners are
// unknown, and the others are still correct.
func TestPartnersAreOfAShortestDiff(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	text := func() []string {
		lines := make([]string, random.IntN(40))
		letters := 1 + random.IntN(12)
		for i := range lines {
			lines[i] = string(rune('a' + random.IntN(letters)))
		}
		return lines
	}
	d := &Diff{Left: 1 << 40}
	unknown, known := 0, 0
	for range 5000 {
		old, text := text(), text()
		all := slices.Clone(d.Partners(old, text, upTo(len(text))))
		common, last := 0, -1
		for j, i := range all {
			if i == New {
				continue
			}
			require.Equal(t, old[i], text[j])
			require.Greater(t, i, last)
			last = i
			common++
		}
		require.Equal(t, longest(old, text), common, "%v, %v", old, text)

		var some []int
		for j := range text {
			for range random.IntN(3) {
				some = append(some, j)
			}
		}
		for k, i := range d.Partners(old, text, some) {
			require.Equal(t, all[some[k]], i)
		}
		poor := &Diff{Left: random.IntN(20)}
		for j, i := range poor.Partners(old, text, upTo(len(text))) {
			switch i {
			case Unknown:
				unknown++
			case all[j]:
				known++
			default:
				require.Failf(t, "wrong", "%v, %v: line %d is %d, not %d", old, text, j, i, all[j])
			}
		}
	}
	require.Greater(t, unknown, 1000)
	require.Greater(t, known, 1000)
}

// Two texts with the same lines in different orders exhaust the search, but only for the part between their common
// beginning and end.
func TestPartnersOfShuffledLines(t *testing.T) {
	t.Parallel()
	const n = 40_000
	old := make([]string, n)
	for i := range old {
		old[i] = fmt.Sprint(i)
	}
	text := slices.Clone(old)
	random := rand.New(rand.NewPCG(3, 4))
	random.Shuffle(n-2, func(i, j int) { text[i+1], text[j+1] = text[j+1], text[i+1] })
	text[n/2] = "new"
	d := &Diff{Left: 3 * maxSteps / 2}
	require.Equal(t, []int{0, Unknown, New, n - 1}, d.Partners(old, text, []int{0, n / 4, n / 2, n - 1}))
	require.Less(t, d.Left, maxSteps*3/4, "it was tried")
	require.Equal(t, []int{0, Unknown, New, n - 1}, d.Partners(old, text, []int{0, n / 4, n / 2, n - 1}))
	require.Less(t, d.Left, n*2, "what is left for all diffs ends one, too")
	// Lines that need no search still have their partners.
	require.Equal(t, []int{0, New, n - 1}, d.Partners(old, text, []int{0, n / 2, n - 1}))
}
