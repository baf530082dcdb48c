package scan_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/display"
)

// nosy selects every copy of a word.
type nosy struct {
	word string
	ok   bool
}

func (n nosy) Sensitive(_ context.Context, c *scan.Content, _ []scan.Span) (spans []scan.Span, ok bool) {
	for from := 0; ; {
		at := bytes.Index(c.Data[from:], []byte(n.word))
		if at < 0 {
			return spans, n.ok
		}
		spans = append(spans, scan.Span{Start: from + at, End: from + at + len(n.word)})
		from += at + len(n.word)
	}
}

const bullets = "••••••••"

// TestAQuoteShowsNoSecret: not the marked one, not its copies, not those that the redactor knows.
func TestAQuoteShowsNoSecret(t *testing.T) {
	t.Parallel()
	const canary = "canary-7f3a91"
	at := func(line, start, end int) scan.Position {
		return scan.Position{StartLine: line, StartColumn: start, EndLine: line, EndColumn: end}
	}
	many := strings.Repeat("x", 4000)
	for name, c := range map[string]struct {
		text    string
		secrets []scan.Position
		mark    scan.Position
		first   int
		last    int
		want    []string
	}{
		"around":              {"a\nkey = " + canary + "\nb\nc\n", []scan.Position{at(2, 7, 20)}, at(2, 7, 20), -3, 9, []string{"1 a", "2 key = [" + bullets + "]", "3 b", "4 c"}},
		"only some lines":     {"a\nb\nc\nd", nil, at(2, 1, 2), 2, 3, []string{"2 [b]", "3 c"}},
		"a copy elsewhere":    {"key = " + canary + "\nlog(" + canary + ")", []scan.Position{at(1, 7, 20)}, at(1, 7, 20), 1, 2, []string{"1 key = [" + bullets + "]", "2 log(" + bullets + ")"}},
		"another one":         {"token = hush\nquery(x)\n", nil, at(2, 1, 9), 1, 3, []string{"1 token = " + bullets, "2 [query(x)]"}},
		"the mark has one":    {"open(\"" + canary + "\")", []scan.Position{at(1, 7, 20)}, at(1, 1, 22), 1, 1, []string{"1 [open(\"" + bullets + "\")]"}},
		"wide characters":     {"😀ü = " + canary + " 😀\r\nz", []scan.Position{at(1, 7, 20)}, at(1, 7, 20), 1, 2, []string{"1 😀ü = [" + bullets + "] 😀", "2 z"}},
		"several lines":       {"k = '''" + canary + "\nmore-of-it\nend'''\n", []scan.Position{{StartLine: 1, StartColumn: 8, EndLine: 3, EndColumn: 4}}, scan.Position{StartLine: 1, StartColumn: 8, EndLine: 3, EndColumn: 4}, 1, 3, []string{"1 k = '''[" + bullets + "]", "2 [" + bullets + "]", "3 [" + bullets + "]'''"}},
		"a minified line":     {many + " " + canary + " " + many, []scan.Position{at(1, 4002, 4015)}, at(1, 4002, 4015), 1, 1, []string{"1 " + strings.Repeat("x", 79) + " [" + bullets + "] " + strings.Repeat("x", 146)}},
		"no mark":             {"a\nb", nil, scan.Position{}, 1, 2, []string{"1 a", "2 b"}},
		"an empty file":       {"", nil, scan.Position{}, 1, 2, []string{"1 "}},
		"a place beyond":      {"a\n", []scan.Position{at(7, 1, 2)}, at(1, 1, 2), 1, 1, nil},
		"a column beyond":     {"abc\ndef\n", []scan.Position{at(1, 2, 9)}, at(1, 1, 2), 1, 1, nil},
		"within a character":  {"😀\n", []scan.Position{at(1, 2, 3)}, at(1, 1, 3), 1, 1, nil},
		"the mark is beyond":  {"abc", nil, at(2, 1, 2), 1, 1, nil},
		"backwards":           {"abc", []scan.Position{at(1, 3, 1)}, at(1, 1, 2), 1, 1, nil},
		"binary":              {"a\x00b", nil, at(1, 1, 2), 1, 1, nil},
		"first after last":    {"a\nb", nil, scan.Position{}, 2, 1, []string{}},
		"control characters":  {"a\x1b[31m\u202eb\tc", nil, scan.Position{}, 1, 1, []string{"1 a[31mb    c"}},
		"without a last line": {"a\n", nil, scan.Position{}, 1, 5, []string{"1 a"}},
		"the end of the line": {canary + "\nb", []scan.Position{{StartLine: 1, StartColumn: 1, EndLine: 2, EndColumn: 1}}, at(1, 1, 14), 1, 2, []string{"1 [" + bullets + "]", "2 b"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := quoteOne(t.Context(), nosy{"hush", true}, scan.ContentOf(scan.File{Path: "a.txt"}, []byte(c.text)), c.secrets, scan.Passage{Mark: c.mark, First: c.first, Last: c.last})
			if c.want == nil {
				require.Nil(t, got)
				return
			}
			require.Equal(t, c.want, linesOf(got))
		})
	}
	plain := scan.ContentOf(scan.File{Path: "a.txt"}, []byte("key = "+canary))
	require.Nil(t, quoteOne(t.Context(), nil, plain, nil, scan.Passage{Mark: scan.Position{}, First: 1, Last: 1}), "nobody knows what is a secret")
	require.Equal(t, []string{"1 " + bullets}, linesOf(quoteOne(t.Context(), nosy{"hush", false}, plain, nil, scan.Passage{Mark: scan.Position{}, First: 1, Last: 1})), "the redactor could not look at everything")
}

// quoteOne quotes a single passage; nil if nothing may be quoted.
func quoteOne(ctx context.Context, r scan.Redactor, c *scan.Content, secrets []scan.Position, p scan.Passage) []scan.Quoted {
	all := scan.Quote(ctx, r, c, secrets, p)
	if all == nil {
		return nil
	}
	return append([]scan.Quoted{}, all[0]...)
}

// TestPassagesOfAFile are quoted in their order, each with its own mark, and none shows a secret of another one.
func TestPassagesOfAFile(t *testing.T) {
	t.Parallel()
	const canary = "canary-7f3a91"
	text := "key = " + canary + "\nname = read()\nq = name + hush\nrun(q)\nlog(" + canary + ")\n"
	c := scan.ContentOf(scan.File{Path: "a.py"}, []byte(text))
	at := func(line, start, end int) scan.Position {
		return scan.Position{StartLine: line, StartColumn: start, EndLine: line, EndColumn: end}
	}
	secrets := []scan.Position{at(1, 7, 20)}
	sink, source := scan.Passage{Mark: at(4, 1, 7), First: 3, Last: 5}, scan.Passage{Mark: at(2, 8, 14), First: 1, Last: 3}
	all := scan.Quote(t.Context(), nosy{"hush", true}, c, secrets, sink, source, sink)
	require.Len(t, all, 3)
	require.Equal(t, []string{"3 q = name + " + bullets, "4 [run(q)]", "5 log(" + bullets + ")"}, linesOf(all[0]))
	require.Equal(t, []string{"1 key = " + bullets, "2 name = [read()]", "3 q = name + " + bullets}, linesOf(all[1]))
	require.Equal(t, all[0], all[2])
	require.Nil(t, scan.Quote(t.Context(), nosy{"hush", true}, c, secrets, sink, scan.Passage{Mark: at(9, 1, 2), First: 9, Last: 9}), "one is of another file")
	require.Empty(t, scan.Quote(t.Context(), nosy{"hush", true}, c, secrets))
}

// linesOf writes lines with their numbers, and the mark in brackets.
func linesOf(list []scan.Quoted) []string {
	lines := []string{}
	for _, q := range list {
		text := q.Text
		if q.MarkEnd > q.MarkStart {
			text = text[:q.MarkStart] + "[" + text[q.MarkStart:q.MarkEnd] + "]" + text[q.MarkEnd:]
		}
		lines = append(lines, string(rune('0'+q.Number))+" "+text)
	}
	return lines
}

// TestContentIsAsDetectorsSeeIt: positions of findings fit it.
func TestContentIsAsDetectorsSeeIt(t *testing.T) {
	t.Parallel()
	var wide []byte
	for _, u := range utf16.Encode([]rune("\ufeffkey = hush\nb\n")) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	for name, data := range map[string][]byte{"UTF-16": wide, "a byte order mark": []byte("\ufeffkey = hush\nb\n"), "plain": []byte("key = hush\nb\n")} {
		c := scan.ContentOf(scan.File{Path: "a.txt"}, data)
		require.Equal(t, "key = hush\nb\n", string(c.Data), name)
		require.Equal(t, []string{"1 key = [" + bullets + "]", "2 b"}, linesOf(quoteOne(t.Context(), nosy{"hush", true}, c, nil, scan.Passage{Mark: scan.Position{StartLine: 1, StartColumn: 7, EndLine: 1, EndColumn: 11}, First: 1, Last: 9})), name)
	}
	require.True(t, scan.ContentOf(scan.File{}, []byte("a\x00b")).Binary)
}

// FuzzQuote: no secret at a position leaves a quote, whatever the file and the position are.
func FuzzQuote(f *testing.F) {
	f.Add("a\nkey = canary-7f3a91\nb", 2, 7, 2, 20, 1, 3)
	f.Add("😀\r\n\r\nx", 1, 1, 3, 2, 0, 9)
	f.Add("\xff\xfek\x00e\x00y\x00", 1, 1, 1, 4, 1, 1)
	f.Fuzz(func(t *testing.T, text string, line, column, endLine, endColumn, first, last int) {
		p := scan.Position{StartLine: line, StartColumn: column, EndLine: endLine, EndColumn: endColumn}
		got := quoteOne(t.Context(), nosy{"canary", true}, scan.ContentOf(scan.File{}, []byte(text)), []scan.Position{p}, scan.Passage{Mark: p, First: first, Last: last})
		// A character that is not shown may stand within the word.
		clear := !strings.ContainsFunc(text, display.Hidden)
		for _, q := range got {
			require.False(t, clear && strings.Contains(q.Text, "canary"), q.Text)
			require.LessOrEqual(t, q.MarkStart, q.MarkEnd)
			require.LessOrEqual(t, q.MarkEnd, len(q.Text))
		}
	})
}
