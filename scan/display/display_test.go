package display_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/display"
)

func TestWidth(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]int{
		"": 0, "abc": 3, "é": 1, "e\u0301": 1, "日本": 4, "🚰": 2, "ｱ": 1, "Ａ": 2, "••": 2, "…": 1, "👩‍👩‍👧": 2, "🇩🇪": 2, "a\u0301\u0302b": 2, "한글": 4, "नमस्ते": 4, "❤️": 2,
	} {
		require.Equal(t, want, display.Width(s), s)
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
		"end fits":          {display.CutEnd, "abcdef", 6, "abcdef"},
		"end":               {display.CutEnd, "abcdef", 5, "abcd…"},
		"end to one":        {display.CutEnd, "abcdef", 1, "…"},
		"end to nothing":    {display.CutEnd, "abcdef", 0, ""},
		"end wide":          {display.CutEnd, "日本語", 4, "日…"},
		"end of a family":   {display.CutEnd, "ab👩‍👩‍👧", 3, "ab…"},
		"start":             {display.CutStart, "abcdef", 4, "…def"},
		"start wide":        {display.CutStart, "日本語", 4, "…語"},
		"start combining":   {display.CutStart, "abe\u0301d", 3, "…e\u0301d"},
		"start of a flag":   {display.CutStart, "a🇩🇪🇫🇷", 4, "…🇫🇷"},
		"middle fits":       {display.CutMiddle, "a/b.go", 6, "a/b.go"},
		"middle keeps file": {display.CutMiddle, "services/payment/internal/handler.go", 20, "servic…al/handler.go"},
		"middle wide":       {display.CutMiddle, "サービス/暗号化.go", 11, "サ…号化.go"},
		"middle to nothing": {display.CutMiddle, "abc", -3, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := c.cut(c.s, c.columns)
			require.Equal(t, c.want, got)
			require.LessOrEqual(t, display.Width(got), max(c.columns, 0))
		})
	}
}

func TestWrap(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"one two", "three", "https://", "example.", "com/long", "four"}, display.Wrap(" one  two three https://example.com/long four", 8))
	require.Equal(t, []string{"see", "https://example.com/", "a/page?with=a&query=", "of#more here"}, display.Wrap("see https://example.com/a/page?with=a&query=of#more here", 20))
	require.Equal(t, []string{"abcdefgh", "ijklm no"}, display.Wrap("abcdefghijklm no", 8), "a word without marks breaks at the edge")
	require.Equal(t, []string{"日本語日", "本語"}, display.Wrap("日本語日本語", 8))
	require.Equal(t, []string{"日", "本"}, display.Wrap("日本", 1), "no endless loop where nothing fits")
	require.Equal(t, []string{"a", "b"}, display.Wrap("a b", 0))
	require.Equal(t, []string{"\u0301 a"}, display.Wrap("\u0301 a", 8), "a word without width is kept")
	require.Empty(t, display.Wrap("  ", 8))
}

func TestEscape(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"plain ü 日本": "plain ü 日本", "a\x1b[31mb": `a\x1b[31mb`, "a\nb\r\tc": `a\nb\r\tc`, "\u202egpj.exe": `\u202egpj.exe`, "a\u200bb": `a\u200bb`,
		"\xff\xfea": `\xff\xfea`, "\u0085": `\u0085`, "\x7f": `\x7f`, "\U000e0041": `\U000e0041`, "\u2028": `\u2028`, "\ufffe": `\ufffe`, "\uFFFD": "\uFFFD", "\uFEFF": `\ufeff`,
		"pass\u200dword": `pass\u200dword`,
	} {
		require.Equal(t, want, display.Escape(s))
	}
	require.Equal(t, "a\tb\\n", display.EscapeBut("a\tb\n", "\t"))
}

// hostile is text that moves the cursor, changes the direction and hides characters.
const hostile = " a\tb\x1b[31mc\xffd\u202e\u200b\r\n\x07e\u00ad\ufeff\U000e0041\u2066f\r\u2028g👩\u200d👧 "

func TestClean(t *testing.T) {
	t.Parallel()
	require.Equal(t, " a b[31mc\uFFFDd ef  g👩\u200d👧 ", display.Line(hostile))
	require.Equal(t, "a b[31mc\uFFFDd ef g👩\u200d👧", display.Words(hostile))
	require.Equal(t, "a b[31mc\uFFFDd\nef\n\ng👩\u200d👧", display.Text(hostile))
	require.Equal(t, " a    b[31mc\uFFFDd\u200be\u00ad\ufeff\U000e0041fg👩\u200d👧 ", display.Code([]byte(hostile)))
	for _, same := range []string{"", "plain", "Grüße, 世界 …", "e\u0301"} {
		require.Equal(t, same, display.Line(same))
		require.Equal(t, same, display.Text(same))
		require.Equal(t, same, display.Code([]byte(same)))
	}
}

// FuzzDisplay checks the properties that all functions guarantee.
func FuzzDisplay(f *testing.F) {
	for _, seed := range []string{hostile, "日本\xff語\u202e", "e\u0301\u0301\u0301 x", "🇩🇪🇫🇷🇩", "\u0600\u0600a", "a\u200d\u200db ᄀ각ᆨ", strings.Repeat("x", 300)} {
		f.Add(seed, 7)
	}
	f.Fuzz(func(t *testing.T, text string, columns int) {
		columns = max(min(columns, 300), 0)
		lines := []string{display.Escape(text), display.Line(text), display.Words(text)}
		for i, line := range lines {
			require.True(t, utf8.ValidString(line))
			require.False(t, strings.ContainsFunc(line, func(r rune) bool { return display.Hidden(r) && (i == 0 || r != '\u200d') }), "%q", line)
			for _, cut := range []func(string, int) string{display.CutEnd, display.CutStart, display.CutMiddle} {
				got := cut(line, columns)
				require.LessOrEqual(t, display.Width(got), columns, "%q of %q", got, line)
			}
			wrapped := display.Wrap(line, columns+2)
			require.Equal(t, strings.Join(strings.Fields(line), ""), strings.ReplaceAll(strings.Join(wrapped, ""), " ", ""), "no character is lost")
			for _, part := range wrapped {
				require.LessOrEqual(t, display.Width(part), columns+2, "%q", part)
			}
		}
		whole := display.Text(text)
		require.True(t, utf8.ValidString(whole))
		require.Equal(t, whole, display.Text(whole), "twice changes nothing")
		require.False(t, strings.ContainsFunc(display.Code([]byte(text)), unicode.IsControl))
	})
}

// The time for each byte of a word of a megabyte is no longer than for a short one.
func BenchmarkWrapLongWord(b *testing.B) {
	word := strings.Repeat("0123456789", 100_000)
	b.SetBytes(int64(len(word)))
	for b.Loop() {
		display.Wrap(word, 100)
	}
}
