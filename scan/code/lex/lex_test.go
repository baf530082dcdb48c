package lex

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestANumberHasOneNormalForm(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"16": "16", "0x10": "16", "0X1_0": "16", "0o20": "16", "020": "16", "0b1_0000": "16", "16L": "16", "16n": "16", "1_6": "16", "0": "0", "00": "0", "09": "9",
		"1.50": "1.5", "1.5e0": "1.5", "15e-1": "1.5", "1.5f": "1.5", "1e3": "1000", "1.": "1", ".5": "0.5", "0x1p4": "16", "2j": "2j", "0xffffffffffffffffff": "4722366482869645213695",
		"1e9999": "1e9999", "7": "7", "0xzz": "0xzz",
	} {
		require.Equal(t, want, Number(text), text)
	}
}

func TestANumberEndsBeforeNamesAndRanges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, rest string }{
		{"1", ""}, {"1..2", "..2"}, {"1.5.x", ".x"}, {"1.times", ".times"}, {"1.e5+2", "+2"}, {"1e-5-2", "-2"}, {"0xE+1", "+1"}, {"1.f;", ";"}, {".5)", ")"}, {"1.", ""}, {"1.}", "}"}, {"10L]", "]"},
		{"1.e", ".e"}, {"1...", "..."},
	} {
		require.Equal(t, c.rest, c.text[NumberEnd(c.text, 0):], c.text)
	}
}

func TestMetavariables(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, name string
		end        int
		many       bool
	}{
		{"$X", "$X", 2, false}, {"$X_1(", "$X_1", 4, false}, {"$...ARGS)", "$ARGS", 8, true}, {"$_", "$_", 2, false}, {"$1", "$1", 2, false}, {"$12x", "", 0, false},
		{"$x", "", 0, false}, {"$Xy", "", 0, false}, {"$X$Y", "", 0, false}, {"$", "", 0, false}, {"$...", "", 0, false}, {"$...1", "", 0, false}, {"X", "", 0, false}, {"$Xé", "", 0, false},
	} {
		end, name, many := Metavariable(c.text, 0)
		require.Equal(t, c.name, name, c.text)
		require.Equal(t, c.end, end, c.text)
		require.Equal(t, c.many && name != "", many && name != "", c.text)
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text   string
		dollar bool
		end    int
	}{
		{"abc1+", false, 4}, {"1a", false, 0}, {"_x", false, 2}, {"été(", false, 5}, {"a$b", false, 1}, {"a$b", true, 3}, {"x\xff", false, 1}, {"", false, 0}, {"名前 ", false, 6}, {"a\u0301.", false, 3}, {"\u0301", false, 0},
	} {
		require.Equal(t, c.end, Name(c.text, 0, c.dollar), "%q", c.text)
	}
}

func TestEscapes(t *testing.T) {
	t.Parallel()
	all := Octal | Braces | Long
	for text, want := range map[string]string{
		`plain`: "plain", `a\nb`: "a\nb", `\x41\u0042\U00000043`: "ABC", `\u{1F600}`: "\U0001F600", `\uD83D\uDE00`: "\U0001F600", `\101\60`: "A0", `\\n`: `\n`, "a\\\nb": "ab", "a\\\r\nb": "ab",
		`\q`: "q", `\`: `\`, `\x4`: "x4", `\'`: "'", `\0`: "\x00", `\é`: "é",
	} {
		require.Equal(t, want, Unescape(text, all), text)
	}
	require.Equal(t, `\d\.`, Unescape(`\d\.`, KeepUnknown))
	require.Equal(t, "\x008", Unescape(`\08`, 0))
}
