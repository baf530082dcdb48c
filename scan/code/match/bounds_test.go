package match

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/code/python"
)

func TestStepsAreBounded(t *testing.T) {
	t.Parallel()
	many := "f(" + strings.Repeat("a, ", 3000) + "b)"
	for _, c := range []struct{ pattern, source string }{
		{"f(..., $A, ..., $B, ..., $C, ..., c)", many},
		{"f(..., a, ..., a, ..., a, ..., a, ..., c)", many},
		{"{..., $A: 1, $B: 2, $C: 3, $D: 4, $E: 6, ...}", "{" + strings.Repeat("a: 5, ", 3000) + "}"},
		{"a()\n...\n$X\n...\n$Y\n...\nc()", strings.Repeat("a()\n", 3000)},
		{"<... <... <... $X == 1 ...> ...> ...>", "f(" + strings.Repeat("g(", 900) + strings.Repeat(")", 900) + ")"},
		{"$A and $B and $C and $D and z", strings.Repeat("a and ", 2000) + "b"},
		{"a. ... . ... . ... . ... .z()", "a" + strings.Repeat(".b()", 2000)},
		{"$X + $Y + $X", strings.Repeat("a + ", 2900) + "b"},
		{"[...]", strings.Repeat("[", 900) + strings.Repeat("]", 900)},
		{"$X = $Y\n...\nf($X)", strings.Repeat("a = b\n", 3000) + "f(c)"},
	} {
		Search(NewFile(python.Parse(c.source)), []*Pattern{compile(t, c.pattern)})
	}
	found := Search(NewFile(python.Parse(many)), []*Pattern{compile(t, "f(..., $A, ..., $B, ..., $C, ..., c)"), compile(t, "f(...)")})
	require.True(t, found[0].Cut, "the pattern that was too expensive is named")
	require.False(t, found[1].Cut, "it takes no steps of others")
	require.Len(t, found[1].Matches, 1)
}

func TestWhatCannotFollowIsNotTried(t *testing.T) {
	t.Parallel()
	file := NewFile(python.Parse("zz(a)\n" + strings.Repeat("a = b\n", 20_000)))
	require.False(t, Search(file, []*Pattern{compile(t, "$X = $Y\n...\nzz($X)")})[0].Cut)
}

func TestInvalidPatternsAreRefused(t *testing.T) {
	t.Parallel()
	parsed, err := python.ParsePattern(`f("=~/(/")`)
	require.NoError(t, err)
	_, err = Compile(parsed, options(t))
	require.ErrorContains(t, err, "not valid")
}
