package hook

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCut(t *testing.T) {
	t.Parallel()
	require.Equal(t, "abc", cut("abc", 3))
	require.Equal(t, "ab…", cut("abcd", 3))
	require.Equal(t, "…cd", cutStart("abcd", 3))
	require.Equal(t, "abc", cutStart("abc", 3))
	require.Equal(t, "世…", cut("世界世界", 4))
	require.Equal(t, "…界", cutStart("世界世界", 4))
}

func TestWrap(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"one two", "three"}, wrap("one two\n three", 8))
	require.Equal(t, []string{"12345678", "9 x"}, wrap("123456789 x", 8))
	require.Equal(t, []string{"世界世界", "世"}, wrap("世界世界世", 8))
	require.Empty(t, wrap("  ", 8))
}

func TestPrintable(t *testing.T) {
	t.Parallel()
	require.Equal(t, "a b[31mc\uFFFDd", printable("a\tb\x1b[31mc\xffd\u202e\u200b\r\x07"))
}

func FuzzWords(f *testing.F) {
	f.Add("some words and a\x1b[0m \u202e 世界 word\xff", 8)
	f.Add(strings.Repeat("x", 300), 100)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		limit = 2 + max(limit, -limit, 0)%120
		text = printable(text)
		require.LessOrEqual(t, width(cut(text, limit)), limit)
		require.LessOrEqual(t, width(cutStart(text, limit)), limit)
		for _, line := range wrap(text, limit) {
			require.LessOrEqual(t, width(line), limit)
		}
	})
}
