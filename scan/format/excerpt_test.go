package format

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/display"
)

func TestExcerptFit(t *testing.T) {
	t.Parallel()
	line := strings.Repeat("a", 40) + "MARK" + strings.Repeat("b", 40)
	cases := map[string]struct {
		excerpt excerpt
		columns int
		want    string
	}{
		"fits":           {excerpt{"a", "M", "b"}, 3, "a[M]b"},
		"middle":         {excerpt{line[:40], "MARK", line[44:]}, 20, "…aaaaaaaaa[MARK]bbbbb…"},
		"at the start":   {excerpt{"", "MARK", line[44:]}, 12, "[MARK]bbbbbbb…"},
		"at the end":     {excerpt{line[:40], "MARK", ""}, 12, "…aaaaaaa[MARK]"},
		"mark too long":  {excerpt{"a", strings.Repeat("M", 30), "b"}, 9, "[MM…MMMMMM]"},
		"no mark":        {excerpt{line, "", ""}, 10, "…" + strings.Repeat("b", 9) + "[]"},
		"wide":           {excerpt{"日本語日本語", "印", "日本語"}, 9, "…語[印]日…"},
		"nothing at all": {excerpt{}, 10, "[]"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := c.excerpt.fit(c.columns)
			require.Equal(t, c.want, got.before+"["+got.mark+"]"+got.after)
		})
	}
}

func FuzzExcerpt(f *testing.F) {
	f.Add("\tkey = \"abc\"\x1b[0m", 8, 11, 20)
	f.Add("日本\xff語\u202e", 2, 5, 6)
	f.Add("e\u0301\u0301\u0301", 1, 2, 1)
	f.Add("0檬", -68, 14, 2) // a character of two columns that is the end
	f.Fuzz(func(t *testing.T, text string, start, end, columns int) {
		columns = max(min(columns, 500), 1)
		finding := scan.Finding{Excerpt: text, MarkStart: start, MarkEnd: end}
		whole := excerptOf(&finding)
		require.Equal(t, text, whole.String())
		got := whole.each(visibleCode).fit(columns)
		require.LessOrEqual(t, display.Width(got.String()), columns)
		require.True(t, utf8.ValidString(got.String()))
		require.False(t, strings.ContainsFunc(got.String(), display.Hidden))
	})
}
