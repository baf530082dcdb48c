package insights_test

import (
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/insights"
)

func TestCut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		limit      int
		want       string
	}{
		{"fits", "hello", 5, "hello"},
		{"empty", "", 5, ""},
		{"blanks around", "  hello\n", 10, "hello"},
		{"at a word", "one two three four five six seven eight", 38, "one two three four five six seven…"},
		{"inside a long word", "aaaaaaaaaaaaaaaaaaaa", 10, "aaaaaaaaa…"},
		{"word ends at the limit", "abcdefgh ijkl", 9, "abcdefgh…"},
		{"pair of surrogates does not fit", "aaaa😀😀😀", 8, "aaaa😀…"},
		{"pair of surrogates fits", "aaaa😀😀", 8, "aaaa😀😀"},
		{"two bytes, one unit", "éééééé", 6, "éééééé"},
		{"invalid bytes", "a\xffb", 10, "a\uFFFDb"},
		{"control characters", "a\x00b\x1b[31mc\u0085", 20, "ab[31mc"},
		{"line ends stay", "a\r\nb\rc\n", 20, "a\nb\nc"},
		{"direction characters", "a\u202eb\u2066c", 20, "abc"},
		{"joined emoji", "aaa👩\u200d👩\u200d👧", 7, "aaa👩…"},
		{"no room", "abc", 0, ""},
		{"room for the ellipsis only", "abc", 1, "…"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, insights.Cut(c.text, c.limit))
		})
	}
}

func FuzzCut(f *testing.F) {
	for _, seed := range []string{"", "hello world", strings.Repeat("é😀 ", 200), "a\xff\xfe\x00", strings.Repeat("x", 500), "\u200d\u200d👩\u200d", " \u0085\u2028 x", "\ufeffx\ufeff"} {
		for _, limit := range []int{0, 1, 2, 10, 450} {
			f.Add(seed, limit)
		}
	}
	f.Fuzz(func(t *testing.T, text string, limit int) {
		limit = max(0, min(limit, 3000))
		cut := insights.Cut(text, limit)
		require.True(t, utf8.ValidString(cut))
		require.LessOrEqual(t, len(utf16.Encode([]rune(cut))), limit)
		require.Equal(t, cut, insights.Cut(cut, limit), "cutting twice changes nothing")
		require.NotContains(t, cut, "\x00")
	})
}
