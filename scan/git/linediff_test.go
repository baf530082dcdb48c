package git

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

func TestSplitLines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		e    scan.Encoding
		want []string
	}{
		{"", scan.EncodingUTF8, []string{}},
		{"\n", scan.EncodingUTF8, []string{"\n"}},
		{"a\r\n\nb", scan.EncodingUTF8, []string{"a\r\n", "\n", "b"}},
		{"a\rb\x0b\u2028c\n", scan.EncodingUTF8, []string{"a\rb\x0b\u2028c\n"}},
		{"a\x00\n\x00b\x00", scan.EncodingUTF16LE, []string{"a\x00\n\x00", "b\x00"}},
		{"a\n\n\x00\n\x00", scan.EncodingUTF16LE, []string{"a\n\n\x00", "\n\x00"}},
		{"\x00\na\n\x00\n", scan.EncodingUTF16LE, []string{"\x00\na\n\x00\n"}},
		{"\x00a\x00\n\x00b", scan.EncodingUTF16BE, []string{"\x00a\x00\n", "\x00b"}},
		{"\n\x00\na\x00\n\n", scan.EncodingUTF16BE, []string{"\n\x00\na\x00\n", "\n"}},
		{"\n", scan.EncodingUTF16LE, []string{"\n"}},
		{"\n", scan.EncodingUTF16BE, []string{"\n"}},
	} {
		lines, ok := splitLines(c.text, c.e)
		require.True(t, ok)
		require.Equal(t, c.want, lines, "%q as %v", c.text, c.e)
	}
	_, ok := splitLines(strings.Repeat("\n", maxTextLines), scan.EncodingUTF8)
	require.True(t, ok)
	_, ok = splitLines(strings.Repeat("\n", maxTextLines)+"x", scan.EncodingUTF8)
	require.False(t, ok)
}

func TestPartners(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		old, text string
		want      []int
	}{
		{"", "", []int{}},
		{"", "a", []int{lineNew}},
		{"a", "", []int{}},
		{"abc", "abc", []int{0, 1, 2}},
		{"abc", "xabyc", []int{lineNew, 0, 1, lineNew, 2}},
		{"abc", "ac", []int{0, 2}},
		{"abc", "xyz", []int{lineNew, lineNew, lineNew}},
		// Of equal lines the first ones count as old, as in git.
		{"a", "aaa", []int{0, lineNew, lineNew}},
		{"axa", "axaxa", []int{0, 1, 2, lineNew, lineNew}},
		// Of two blocks that changed places the longer one stays.
		{"abcdeXY", "XYabcde", []int{lineNew, lineNew, 0, 1, 2, 3, 4}},
		{"XYabcde", "abcdeXY", []int{2, 3, 4, 5, 6, lineNew, lineNew}},
	} {
		d := &lineDiff{left: maxDiffSteps}
		text := strings.Split(c.text, "")
		require.Equal(t, c.want, d.partners(strings.Split(c.old, ""), text, upTo(len(text))), "%s, %s", c.old, c.text)
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
	d := &lineDiff{left: 1 << 40}
	unknown, known := 0, 0
	for range 5000 {
		old, text := text(), text()
		all := slices.Clone(d.partners(old, text, upTo(len(text))))
		common, last := 0, -1
		for j, i := range all {
			if i == lineNew {
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
		for k, i := range d.partners(old, text, some) {
			require.Equal(t, all[some[k]], i)
		}
		poor := &lineDiff{left: random.IntN(20)}
		for j, i := range poor.partners(old, text, upTo(len(text))) {
			switch i {
			case lineUnknown:
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
	d := &lineDiff{left: 3 * maxDiffSteps / 2}
	require.Equal(t, []int{0, lineUnknown, lineNew, n - 1}, d.partners(old, text, []int{0, n / 4, n / 2, n - 1}))
	require.Less(t, d.left, maxDiffSteps*3/4, "it was tried")
	require.Equal(t, []int{0, lineUnknown, lineNew, n - 1}, d.partners(old, text, []int{0, n / 4, n / 2, n - 1}))
	require.Less(t, d.left, n*2, "what is left for all diffs ends one, too")
	// Lines that need no search still have their partners.
	require.Equal(t, []int{0, lineNew, n - 1}, d.partners(old, text, []int{0, n / 2, n - 1}))
}
