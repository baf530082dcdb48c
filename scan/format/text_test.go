package format_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/format"
)

// Every text of a result ultimately comes from outside: a file, its name, a branch, another tool.
func TestTextKeepsControlFromTerminal(t *testing.T) {
	t.Parallel()
	const evil = "\x1b]0;owned\x07\x1b[2J\r\b\u202e\u009b31m\xff"
	r := sample()
	r.Repository, r.Branch, r.Target, r.Commit = evil, evil, evil, evil
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Title, f.RuleID, f.Path, f.Message, f.Remediation, f.Related, f.Commit = evil, evil, evil+f.Path, evil, evil+"\n"+evil, evil, evil
		f.Link = "https://example.com/" + evil
		f.Excerpt, f.MarkStart, f.MarkEnd = evil+evil, 3, 9
		if f.Suppression != nil {
			f.Suppression = &scan.Suppression{Kind: evil, Reason: evil, Source: evil}
		}
	}
	r.Notes = []scan.Note{{Code: evil}, {Text: evil}}
	r.Unread[0].Path, r.Unread[0].Err = evil, fmt.Errorf("%s", evil)
	o := options()
	o.ShowSuppressed, o.More = true, evil
	got := written(t, format.Text, r, o)
	require.True(t, utf8.ValidString(got))
	for _, c := range got {
		require.False(t, c != '\n' && (unicode.IsControl(c) || unicode.Is(unicode.Cf, c)), "%q", c)
	}
}

func TestTextFitsEightyColumns(t *testing.T) {
	t.Parallel()
	lines := strings.Split(strings.TrimSpace(written(t, format.Text, sample(), options())), "\n")
	for _, line := range lines[:len(lines)-1] {
		columns := 0
		for _, r := range line {
			if columns++; r >= 0x3000 {
				columns++
			}
		}
		require.LessOrEqual(t, columns, 80, line)
	}
	require.Equal(t, options().Gate.Verdict(sample()).String(), lines[len(lines)-1], "the last line is the verdict")
}

func TestTextColorOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	o := options()
	require.NotContains(t, written(t, format.Text, sample(), o), "\x1b")
	o.Color = true
	require.Contains(t, written(t, format.Text, sample(), o), "\x1b[1;31m  HIGH")
}

func TestTextLimit(t *testing.T) {
	t.Parallel()
	r := clean()
	for i := range 1300 {
		r.Findings = append(r.Findings, scan.Finding{Engine: "code", RuleID: "R", Title: fmt.Sprintf("Finding %d.", i), Severity: scan.SeverityLow, New: true})
	}
	for limit, want := range map[int]struct {
		shown int
		says  string
	}{0: {50, "... and 1,250 more findings"}, 7: {7, "... and 1,293 more findings"}, 1299: {1299, "... and 1 more finding,"}, -1: {1300, ""}, 5000: {1300, ""}} {
		o := options()
		o.Limit = limit
		got := written(t, format.Text, r, o)
		require.Equal(t, want.shown, strings.Count(got, "Finding "))
		require.Contains(t, got, want.says)
		require.Equal(t, want.says == "", !strings.Contains(got, "... and"))
	}
}

func TestTextSuppressedOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	o := options()
	got := written(t, format.Text, sample(), o)
	require.NotContains(t, got, "the table name is a constant")
	require.Contains(t, got, "2 suppressed")
	o.ShowSuppressed = true
	require.Contains(t, strings.Join(strings.Fields(written(t, format.Text, sample(), o)), " "), "the table name is a constant")
}

func TestTextSaysTheAdviceOfARuleOnceAndNeverCutsALink(t *testing.T) {
	t.Parallel()
	link := "https://docs.example.com/" + strings.Repeat("a-long-path/", 9) + "page.html?lang=en"
	finding := func(rule, path, advice, link string) scan.Finding {
		return scan.Finding{Engine: "import", RuleID: rule, Title: "Title of " + rule, Path: path, Message: "Message at " + path, Remediation: advice, Link: link, Severity: scan.SeverityHigh}
	}
	r := &scan.Result{Engines: []scan.Engine{"import"}, Findings: []scan.Finding{
		finding("R1", "a.go", "Take it out.", link), finding("R1", "b.go", "Take it out.", link), finding("R1", "c.go", "Upgrade to 2.", link),
		finding("R2", "d.go", "Take it out.", link), finding("R3", "e.go", strings.Repeat("Many words of advice. ", 40), link),
	}}
	for _, columns := range []int{60, 80, 120} {
		got := written(t, format.Text, r, format.Options{Width: columns})
		require.Equal(t, 2, strings.Count(got, "Take it out"), "once for each rule:\n"+got)
		require.Equal(t, 1, strings.Count(got, "Upgrade to 2"), "another advice of the rule is said")
		require.Equal(t, 5, strings.Count(got, "Message at "))
		joined := strings.Join(strings.Fields(got), "")
		require.Equal(t, 4, strings.Count(joined, link), "the link is whole")
		for line := range strings.Lines(got) {
			require.LessOrEqual(t, len([]rune(strings.TrimRight(line, "\n"))), columns, line)
			if strings.Contains(line, "path/") {
				require.True(t, strings.HasPrefix(line, strings.Repeat(" ", 12)), "a link stays in its column: "+line)
			}
		}
	}
}
