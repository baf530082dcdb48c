package preview

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/insights"
)

func TestDatum(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 9, 14, 0, 0, time.UTC)
	ago := func(d time.Duration) float64 { return float64(now.Add(-d).UnixMilli()) }
	const day = 24 * time.Hour
	for _, c := range []struct {
		name              string
		kind              insights.DataType
		value             any
		want, exact, href string
	}{
		{"yes", insights.DataBoolean, true, "Yes", "", ""},
		{"no", insights.DataBoolean, false, "No", "", ""},
		{"bool without a type", "", true, "Yes", "", ""},
		{"bool that is text", insights.DataBoolean, "maybe", "maybe", "", ""},
		{"just now", insights.DataDate, ago(59 * time.Second), "just now", "22 Nov 2026, 09:13:01 UTC", ""},
		{"minutes", insights.DataDate, ago(12 * time.Minute), "12 min ago", "22 Nov 2026, 09:02:00 UTC", ""},
		{"one hour", insights.DataDate, ago(119 * time.Minute), "1 hour ago", "22 Nov 2026, 07:15:00 UTC", ""},
		{"six days", insights.DataDate, ago(7*day - time.Second), "6 days ago", "15 Nov 2026, 09:14:01 UTC", ""},
		{"a week", insights.DataDate, ago(7 * day), "15 Nov 2026, 09:14 UTC", "15 Nov 2026, 09:14:00 UTC", ""},
		{"to come", insights.DataDate, ago(-time.Hour), "22 Nov 2026, 10:14 UTC", "22 Nov 2026, 10:14:00 UTC", ""},
		{"beyond all dates", insights.DataDate, 1e300, "not known", "", ""},
		{"date as text", insights.DataDate, "2026-11-22", "2026-11-22", "", ""},
		{"no time at all", insights.DataDuration, 0.0, "0 ms", "0 ms", ""},
		{"milliseconds", insights.DataDuration, 14.0, "14 ms", "14 ms", ""},
		{"seconds", insights.DataDuration, 1800.0, "1.8 s", "1800 ms", ""},
		{"whole seconds", insights.DataDuration, 12_000.0, "12 s", "12000 ms", ""},
		{"nearly a minute", insights.DataDuration, 59_960.0, "1 min", "59960 ms", ""},
		{"minutes and seconds", insights.DataDuration, 65_000.0, "1 min 5 s", "65000 ms", ""},
		{"nearly an hour", insights.DataDuration, 3_599_600.0, "1 h", "3599600 ms", ""},
		{"hours", insights.DataDuration, 7_500_000.0, "2 h 5 min", "7500000 ms", ""},
		{"days", insights.DataDuration, 183_600_000.0, "2 d 3 h", "183600000 ms", ""},
		{"negative", insights.DataDuration, -5.0, "-5 ms", "-5 ms", ""},
		{"link", insights.DataLink, insights.Link{Text: "Open", Href: "https://example.com/a"}, "Open", "", "https://example.com/a"},
		{"link without text", insights.DataLink, insights.Link{Href: "https://example.com/a"}, "https://example.com/a", "", "https://example.com/a"},
		{"link to a script", insights.DataLink, insights.Link{Text: "Open", Href: "javascript:x"}, "Open", "", ""},
		{"zero", insights.DataNumber, 0.0, "0", "", ""},
		{"small", insights.DataNumber, 999.0, "999", "", ""},
		{"int of a caller", insights.DataNumber, 7, "7", "", ""},
		{"thousand", insights.DataNumber, 1000.0, "1k", "1000", ""},
		{"the documentation's", insights.DataNumber, 14_321.0, "14.3k", "14321", ""},
		{"below a million", insights.DataNumber, 999_949.0, "999.9k", "999949", ""},
		{"rounded to a million", insights.DataNumber, 999_950.0, "1M", "999950", ""},
		{"millions", insights.DataNumber, 2_345_678.0, "2.3M", "2345678", ""},
		{"billions", insights.DataNumber, 7.25e9, "7.2B", "7250000000", ""},
		{"below zero", insights.DataNumber, -14_300.0, "-14.3k", "-14300", ""},
		{"fraction", insights.DataNumber, 0.126, "0.13", "0.126", ""},
		{"percentage", insights.DataPercentage, 87.456, "87.46%", "", ""},
		{"hundred per cent", insights.DataPercentage, 100.0, "100%", "", ""},
		{"text", insights.DataText, "as it is <b>", "as it is <b>", "", ""},
		{"text with a trick", insights.DataText, "a\u202eb", `a\u202eb`, "", ""},
		{"number without a type", "", 14_321.0, "14321", "", ""},
		{"number as text", insights.DataText, 5.0, "5", "", ""},
		{"huge number", "", 1e300, "1e+300", "", ""},
		{"nothing", insights.DataNumber, nil, "not known", "", ""},
		{"object", insights.DataNumber, map[string]any{"a": 1}, "not known", "", ""},
		{"not a number", insights.DataNumber, math.NaN(), "not known", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := datumOf(insights.DataItem{Title: "T", Type: c.kind, Value: c.value}, now)
			require.Equal(t, []string{c.want, c.exact, c.href}, []string{got.Value, got.Exact, got.Href})
		})
	}
	without := datumOf(insights.DataItem{Type: insights.DataDate, Value: ago(time.Minute)}, time.Time{})
	require.Equal(t, "22 Nov 2026, 09:13 UTC", without.Value, "without a clock nothing is relative")
}

func TestStoredTime(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"2026-11-22T09:12:46.986111559Z": "2026-11-22T09:12:46Z", "1795338766986": "2026-11-22T09:12:46Z"} {
		got, ok := storedTime(text)
		require.True(t, ok, text)
		require.Equal(t, want, got.UTC().Format(time.RFC3339))
	}
	for _, text := range []string{"", "yesterday"} {
		_, ok := storedTime(text)
		require.False(t, ok, text)
	}
}

func TestVisible(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"plain\ttab": "plain\ttab", "a\x1b[31m": `a\x1b[31m`, "a\r\nb": `a\r\nb`, "\xff": `\xff`, "\u202e": `\u202e`, "\U000e0041": `\U000e0041`, "é日🚰": "é日🚰",
	} {
		require.Equal(t, want, visible(text))
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text  string
		limit int
		want  string
	}{{"abc", 3, "abc"}, {"abcd", 3, "abc… 1 more character"}, {"ééé", 3, "ééé"}, {"éééé日", 3, "ééé… 2 more characters"}} {
		require.Equal(t, c.want, cut(c.text, c.limit))
	}
}

func TestParagraphs(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"a\n  b", "c"}, paragraphs("\n\na  \r\n  b\n \n\nc\n"))
	require.Empty(t, paragraphs(" \n"))
}

func TestCommas(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000", -100: "-100"} {
		require.Equal(t, want, commas(n))
	}
}

func FuzzText(f *testing.F) {
	f.Add("a\x00b\u202e\xff\r\n\n日")
	f.Add("\t<script>\u2028")
	f.Fuzz(func(t *testing.T, s string) {
		require.NotContains(t, visible(s), "\x00")
		require.Equal(t, visible(s), visible(visible(s)))
		for _, p := range paragraphs(s) {
			require.NotEmpty(t, p)
		}
		require.LessOrEqual(t, len([]rune(cut(visible(s), 10))), 10+len("…  more characters")+20)
	})
}
