package hook

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/display"
	"github.com/sluice-scan/sluice/scan/git"
)

func commitOf(digit, subject string) Commit {
	return Commit{
		PushedCommit: git.PushedCommit{Hash: strings.Repeat(digit, 40), Author: "Ann <ann@example.com>", Committer: "Ann <ann@example.com>", Subject: subject},
		Ref:          "refs/heads/main",
	}
}

func findingOf(commit int, path string, severity scan.Severity, blocks bool) Finding {
	return Finding{Commit: commit, Blocks: blocks, Revoke: "at the desk", Finding: scan.Finding{
		RuleID: "ACME_KEY", Title: "Acme key", Severity: severity, Path: path, Position: scan.Position{StartLine: 3}, Excerpt: "key = ••••••••",
	}}
}

func reportOf(findings ...Finding) *Report {
	return &Report{
		Mode: ModeBlock, Bypass: true, Commits: 4, Findings: findings, WithFindings: []Commit{commitOf("a", "First"), commitOf("b", "Second")},
		mask: func(text string) string { return text },
	}
}

func TestMessage(t *testing.T) {
	t.Parallel()
	r := reportOf(findingOf(0, "a.txt", scan.SeverityLow, false), findingOf(1, "b.txt", scan.SeverityHigh, true))
	r.Bypassed = []Commit{commitOf("c", "Third")}
	r.Notes = []string{"not scanned: big.bin"}
	require.Equal(t, `Sluice refused this push: 2 secrets in 2 of its 4 commits, 1 of them only a warning.

 1. Acme key (HIGH)
    commit bbbbbbbbbbbb  Second
    file   b.txt:3
    line   key = ••••••••
    revoke at the desk

 2. Acme key (LOW), only a warning
    commit aaaaaaaaaaaa  First
    file   a.txt:3
    line   key = ••••••••
    revoke at the desk

What to do:
  1. Revoke each secret first, where it was issued: others may have seen it already.
  2. Remove it from the commit that adds it; a new commit on top does not help:
       git rebase -i bbbbbbbbbbbb^
       write "edit" before each commit named above; git stops there; edit the file, then:
       git commit -a --amend && git rebase --continue
  3. Push again.
No secret? Put the comment "sluice:allow" on its line, in the commit that adds it.
To push a commit as it is, put **skip-sluice-check** into its message; this is recorded.

WARNING: not checked, because the commit's message says so (recorded): cccccccccccc  Third
note: not scanned: big.bin
`, Message(r))
	require.Empty(t, Message(&Report{Mode: ModeBlock, Commits: 3}))
}

// The findings that block must not hide behind twenty warnings.
func TestMessageShowsWhatBlocksFirst(t *testing.T) {
	t.Parallel()
	var findings []Finding
	for i := range 30 {
		findings = append(findings, findingOf(0, fmt.Sprintf("w%d", i), scan.SeverityLow, false))
	}
	text := Message(reportOf(append(findings, findingOf(1, "the-one", scan.SeverityCritical, true))...))
	require.Contains(t, text, " 1. Acme key (CRITICAL)\n    commit bbbbbbbbbbbb  Second\n    file   the-one:3\n")
	require.Contains(t, text, "... and 11 more secrets.\n")
	require.Contains(t, text, "\n20. ")
	require.NotContains(t, text, "\n21. ")
}

func TestMessageUnread(t *testing.T) {
	t.Parallel()
	r := reportOf()
	r.WithFindings = nil
	for i := range 7 {
		r.Unread = append(r.Unread, scan.Failure{Path: fmt.Sprintf("f%d", i), Err: errors.New("is\x1b[0m damaged")})
	}
	text := Message(r)
	require.True(t, r.Refused())
	require.True(t, strings.HasPrefix(text, "Sluice refused this push: some of it could not be read"), text)
	require.Contains(t, text, "  f4: is[0m damaged\n  ... and 2 more\n")
	r.Mode = ModeWarn
	require.False(t, r.Refused())
	require.True(t, strings.HasPrefix(Message(r), "WARNING: Sluice accepted this push, but could not read all of it."))
	entries := Entries(r, Caller{Repository: "a/b", Pusher: "ann", Time: time.Unix(0, 0)})
	require.Equal(t, []Entry{{Time: time.Unix(0, 0).UTC(), Event: "pre-receive", Decision: DecisionError, Repository: "a/b", Pusher: "ann", Error: "7 files could not be read"}}, entries)
}

func TestMessageFitsItsColumns(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("世界 word ", 60)
	f := findingOf(0, strings.Repeat("folder/", 40)+"file", scan.SeverityHigh, true)
	f.Title, f.Revoke, f.Excerpt, f.MarkStart = long, long, strings.Repeat("x", 150)+"••••"+strings.Repeat("y", 150), 150
	r := reportOf(f)
	r.WithFindings[0].Subject = long
	r.Bypassed = []Commit{commitOf("c", long)}
	r.BypassDenied = r.Bypassed
	r.Notes = []string{long, strings.Repeat("z", 400)}
	r.Unread = []scan.Failure{{Path: long, Err: errors.New(strings.Repeat("e", 250))}}
	text := Message(r) + FailureMessage(ModeBlock, errors.New(long+"\n"+strings.Repeat("e", 250)))
	for line := range strings.Lines(text) {
		require.LessOrEqual(t, display.Width(strings.TrimSuffix(line, "\n")), columns, line)
	}
	require.Contains(t, text, "••••", "the mark is shown")
	require.Contains(t, text, "folder/file:3", "the end of the path is shown")
}

func TestEntriesNameTheDecision(t *testing.T) {
	t.Parallel()
	r := reportOf(findingOf(0, "a", scan.SeverityLow, false), findingOf(1, "b", scan.SeverityHigh, true), findingOf(1, "c", scan.SeverityHigh, true))
	r.Bypassed = []Commit{commitOf("c", "Third")}
	decisions := func() (list []Decision) {
		for _, e := range Entries(r, Caller{}) {
			list = append(list, e.Decision)
		}
		return list
	}
	require.Equal(t, []Decision{DecisionWarn, DecisionBlock, DecisionBypass}, decisions())
	require.Equal(t, 2, Entries(r, Caller{})[1].Findings)
	r.Mode = ModeWarn
	require.Equal(t, []Decision{DecisionWarn, DecisionWarn, DecisionBypass}, decisions())
}

// Lines after the first one have a deeper indent and hold less text.
func TestNoWordIsLostAtTheEndOfALine(t *testing.T) {
	t.Parallel()
	for n := range 60 {
		text := strings.Repeat("x", n+1) + strings.Repeat(" of or", 60)
		require.Equal(t, text, strings.Join(strings.Fields(strings.Split(strings.Split(FailureMessage(ModeBlock, errors.New(text)), "checked:\n")[1], "This says")[0]), " "))
		require.Equal(t, "WARNING: "+text, strings.Join(strings.Fields(Notice(text)), " "))
	}
}
