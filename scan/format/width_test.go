package format

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

func TestWidth(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]int{"": 0, "abc": 3, "é": 1, "e\u0301": 1, "日本": 4, "🚰": 2, "ｱ": 1, "Ａ": 2, "••": 2} {
		require.Equal(t, want, width(s), s)
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		cut     func(string, int) string
		s       string
		columns int
		want    string
	}{
		"end fits":          {cutEnd, "abcdef", 6, "abcdef"},
		"end":               {cutEnd, "abcdef", 5, "abcd…"},
		"end to one":        {cutEnd, "abcdef", 1, "…"},
		"end to nothing":    {cutEnd, "abcdef", 0, ""},
		"end wide":          {cutEnd, "日本語", 4, "日…"},
		"start":             {cutStart, "abcdef", 4, "…def"},
		"start wide":        {cutStart, "日本語", 4, "…語"},
		"start combining":   {cutStart, "abe\u0301d", 3, "…e\u0301d"},
		"middle fits":       {cutMiddle, "a/b.go", 6, "a/b.go"},
		"middle keeps file": {cutMiddle, "services/payment/internal/handler.go", 20, "servic…al/handler.go"},
		"middle wide":       {cutMiddle, "サービス/暗号化.go", 11, "サ…号化.go"},
		"middle to nothing": {cutMiddle, "abc", -3, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := c.cut(c.s, c.columns)
			require.Equal(t, c.want, got)
			require.LessOrEqual(t, width(got), max(c.columns, 0))
		})
	}
}

func TestWrap(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"one two", "three", "https://", "example.", "com/long", "four"}, wrap(" one  two three https://example.com/long four", 8))
	require.Equal(t, []string{"see", "https://example.com/", "a/page?with=a&query=", "of#more here"}, wrap("see https://example.com/a/page?with=a&query=of#more here", 20))
	require.Equal(t, []string{"abcdefgh", "ijklm no"}, wrap("abcdefghijklm no", 8), "a word without marks breaks at the edge")
	require.Equal(t, []string{"日本語日", "本語"}, wrap("日本語日本語", 8))
	require.Equal(t, []string{"日", "本"}, wrap("日本", 1), "no endless loop where nothing fits")
	require.Empty(t, wrap("  ", 8))
}

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

func TestVisible(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"plain ü 日本": "plain ü 日本", "a\x1b[31mb": `a\x1b[31mb`, "a\nb\r\tc": `a\nb\r\tc`, "\u202egpj.exe": `\u202egpj.exe`, "a\u200bb": `a\u200bb`,
		"\xff\xfea": `\xff\xfea`, "\u0085": `\u0085`, "\x7f": `\x7f`, "\U000e0041": `\U000e0041`, "\u2028": `\u2028`, "\ufffe": `\ufffe`, "\uFFFD": "\uFFFD", "\uFEFF": `\ufeff`,
	} {
		require.Equal(t, want, visible(s))
	}
}

func FuzzExcerpt(f *testing.F) {
	f.Add("\tkey = \"abc\"\x1b[0m", 8, 11, 20)
	f.Add("日本\xff語\u202e", 2, 5, 6)
	f.Add("e\u0301\u0301\u0301", 1, 2, 1)
	f.Add("0檬", -68, 14, 2) // a character of two columns at the end
	f.Fuzz(func(t *testing.T, text string, start, end, columns int) {
		columns = max(min(columns, 500), 1)
		finding := scan.Finding{Excerpt: text, MarkStart: start, MarkEnd: end}
		whole := excerptOf(&finding)
		require.Equal(t, text, whole.String())
		got := whole.each(visibleCode).fit(columns)
		require.LessOrEqual(t, width(got.String()), columns)
		require.True(t, utf8.ValidString(got.String()))
		require.False(t, strings.ContainsFunc(got.String(), hidden))
	})
}
