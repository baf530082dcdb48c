package secret

import (
	"context"
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/match"
)

// githubToken is a made-up token with the right checksum; assembled, so that no scanner takes this file for a leak.
var githubToken = "ghp_" + "R7mQ2xVb9KpLw4TzNc8YdHs3FgJu" + "6E2dzGej"

func TestFindingCarriesEverything(t *testing.T) {
	t.Parallel()
	d := newTestDetector(t)
	text := "# deploy\nexport GH=" + githubToken + "\n"
	found := find(t, d, "deploy/env.sh", text)
	require.Len(t, found, 1)
	f := found[0]
	require.EqualValues(t, "secrets", f.Engine)
	require.Equal(t, "GITHUB_CLASSIC_PAT", f.RuleID)
	require.Equal(t, "secret", f.Family)
	require.Equal(t, scan.SeverityCritical, f.Severity)
	require.Equal(t, scan.ConfidenceCertain, f.Confidence)
	require.Equal(t, 19, f.Start)
	require.Equal(t, 59, f.End)
	require.Equal(t, githubToken, f.Secret.Reveal())
	require.Equal(t, "GitHub personal access token (classic) in plain text. Its checksum fits, so it is a real one.", f.Message)
	require.True(t, strings.HasPrefix(f.Remediation, "Revoke it first: delete the token under Settings, Developer settings. Then remove it"))
	require.True(t, strings.HasPrefix(f.Link, "https://docs.github.com/"))
}

func TestChecksumThatDoesNotFitLowersTheSeverity(t *testing.T) {
	t.Parallel()
	broken := githubToken[:len(githubToken)-1] + "y"
	found := find(t, newTestDetector(t), "deploy/env.sh", "GITHUB_TOKEN="+broken+"\n")
	require.Equal(t, []string{"GITHUB_CLASSIC_PAT"}, ids(found), "no guess takes its place")
	require.Equal(t, scan.SeverityLow, found[0].Severity)
	require.Contains(t, found[0].Message, "checksum does not fit")
}

func TestOnePlaceOneFinding(t *testing.T) {
	t.Parallel()
	d := newTestDetector(t)
	tests := map[string]struct {
		text string
		want []string
	}{
		"provider over assignment": {"api_token = \"" + githubToken + "\"", []string{"GITHUB_CLASSIC_PAT"}},
		"provider over URL":        {"https://ann:" + githubToken + "@github.com/a/b", []string{"GITHUB_CLASSIC_PAT"}},
		"two on one line":          {githubToken + " " + githubToken, []string{"GITHUB_CLASSIC_PAT", "GITHUB_CLASSIC_PAT"}},
		"URL over assignment":      {"password_url = \"ftp://ann:Gr3enh0use@files.acme.io\"", []string{"URL_CREDENTIALS"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, ids(find(t, d, "deploy/settings", test.text)))
		})
	}
}

func TestBinaryAndLFSAreNotRead(t *testing.T) {
	t.Parallel()
	p := newTestDetector(t).Begin()
	for _, content := range []scan.Content{{Data: []byte(githubToken), Binary: true}, {Data: []byte(githubToken), LFS: true}} {
		found, err := p.File(t.Context(), &content)
		require.NoError(t, err)
		require.Nil(t, found)
	}
	found, err := p.End(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, found)
}

func TestOptions(t *testing.T) {
	t.Parallel()
	d, err := New(Options{Disable: []string{"GITHUB_CLASSIC_PAT"}, Severity: map[string]scan.Severity{"NPM_TOKEN": scan.SeverityLow}})
	require.NoError(t, err)
	require.NotContains(t, ids(find(t, d, "x", githubToken)), "GITHUB_CLASSIC_PAT")
	npm := "npm_" + "T5vNq8RkX2bWm7ZcLp4YhJd9GfSu" + "3A2E3RcI"
	found := find(t, d, "x", npm)
	require.Equal(t, []string{"NPM_TOKEN"}, ids(found))
	require.Equal(t, scan.SeverityLow, found[0].Severity)
	for _, r := range d.Rules() {
		require.NotEqual(t, "GITHUB_CLASSIC_PAT", r.ID)
	}

	_, err = New(Options{Disable: []string{"NO_SUCH", "NOR_THIS"}})
	require.EqualError(t, err, "there is no rule \"NOR_THIS\": `sluice rules list` shows them all\n"+
		"there is no rule \"NO_SUCH\": `sluice rules list` shows them all")

	// The options of a detector do not leak into the next one.
	require.Equal(t, []string{"GITHUB_CLASSIC_PAT"}, ids(find(t, newTestDetector(t), "x", githubToken)))
}

func TestRulesAreOrderedAndComplete(t *testing.T) {
	t.Parallel()
	rules := newTestDetector(t).Rules()
	for i, r := range rules {
		require.EqualValues(t, "secrets", r.Engine)
		require.Equal(t, "secret", r.Family)
		require.NotEmpty(t, r.Title)
		require.NotEmpty(t, r.Description)
		require.NotEqual(t, scan.SeverityNone, r.Severity)
		require.True(t, strings.HasPrefix(r.Link, "https://"), r.ID)
		if i > 0 {
			require.Less(t, rules[i-1].ID, r.ID)
		}
	}
}

func TestLongestIsProven(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		expression string
		want       int
		ok         bool
	}{
		"literal":        {`ghp_`, 4, true},
		"class":          {`[a-z]{3,9}`, 9, true},
		"optional":       {`a(?:bc)?d`, 4, true},
		"alternatives":   {`a|bcd|ef`, 3, true},
		"multibyte":      {`[a-é]`, 2, true},
		"folded kelvin":  {`(?i)k`, 3, true},
		"any":            {`.{2}`, 8, true},
		"star":           {`a*`, 0, false},
		"plus":           {`a+`, 0, false},
		"open repeat":    {`a{2,}`, 0, false},
		"word boundary":  {`\ba`, 0, false},
		"line beginning": {`^a`, 0, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			parsed, err := syntax.Parse(test.expression, syntax.Perl)
			require.NoError(t, err)
			got, ok := match.LongestMatch(parsed)
			require.Equal(t, test.ok, ok)
			if ok {
				require.Equal(t, test.want, got)
			}
		})
	}
}

// A rule is only tried where one of its literals is.
func TestLiteralsStandInEveryMatch(t *testing.T) {
	t.Parallel()
	d := newTestDetector(t)
	for i := range d.rules.all {
		r := &d.rules.all[i]
		literals := slices.Concat(r.Literals, r.Context)
		for _, sample := range r.Match {
			text, err := sample.Text()
			require.NoError(t, err)
			held := len(literals) == 0
			for _, literal := range literals {
				held = held || strings.Contains(strings.ToLower(text), literal)
			}
			// Connection strings and service accounts come from a matcher that other literals wake.
			require.True(t, held || r.Matcher == "connection", "%s: %q", r.ID, text)
		}
	}
}

// requireNoAllocation scans a content without a finding several times with the same buffers.
func requireNoAllocation(t *testing.T, d *Detector, content *scan.Content) {
	t.Helper()
	buffers := d.exams.Get().(*exam)
	ctx := t.Context()
	look := func() {
		if found, err := d.look(ctx, buffers, content, nil, nil); err != nil || found != nil {
			t.Fatalf("found %v, %v", ids(found), err)
		}
	}
	look()
	if allocations := testing.AllocsPerRun(50, look); !underRace {
		require.Zero(t, allocations)
	}
}

func TestNoAllocationWhenNothingIsFound(t *testing.T) {
	d := newTestDetector(t)
	data := []byte(strings.Repeat("func (t *token) key() string { return t.secret.name } // the key: see auth.go\n"+
		"password := request.FormValue(\"password\")\nurl := \"https://example.com/path?x=1\"\n", 200))
	requireNoAllocation(t, d, &scan.Content{File: scan.File{Path: "src/main.go"}, Data: data})
}

func TestTooManyFindingsIsSaid(t *testing.T) {
	t.Parallel()
	d := newTestDetector(t)
	content := &scan.Content{File: scan.File{Path: "dump.txt"}, Data: []byte(strings.Repeat(githubToken+"\n", 10_000+100))}
	found, err := d.Begin().File(t.Context(), content)
	require.ErrorIs(t, err, ErrTooMany)
	require.Len(t, found, 10_000)
}

func TestCancelledContextEndsTheScan(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := newTestDetector(t).Begin().File(ctx, &scan.Content{Data: []byte(githubToken)})
	require.ErrorIs(t, err, context.Canceled)
}

func TestConcurrentFilesGiveTheSameFindings(t *testing.T) {
	t.Parallel()
	d := newTestDetector(t)
	p := d.Begin()
	text := strings.Join(allSamples(t, d), "\n")
	want := fmt.Sprintf("%#v", find(t, d, "deploy/settings", text))
	require.NotContains(t, want, githubToken)
	var group sync.WaitGroup
	got := make([]string, 8)
	for i := range got {
		group.Go(func() {
			found, err := p.File(t.Context(), &scan.Content{File: scan.File{Path: "deploy/settings"}, Data: []byte(text)})
			if err == nil {
				got[i] = fmt.Sprintf("%#v", found)
			}
		})
	}
	group.Wait()
	for _, each := range got {
		require.Equal(t, want, each)
	}
}

// A token on the border of two chunks is found whole, also on a very long line.
func TestChunkBorders(t *testing.T) {
	t.Parallel()
	d := newTestDetector(t)
	for _, before := range []int{chunkSize - 1, chunkSize - 3, chunkSize - 40, chunkSize, chunkSize/4 - 2, chunkSize/2 - 1} {
		found := find(t, d, "x", strings.Repeat(" ", before)+githubToken)
		require.Equal(t, []string{"GITHUB_CLASSIC_PAT"}, ids(found), "after %d bytes", before)
		require.Equal(t, before, found[0].Start)
	}
}

// The examples of RFCs are reported and block nothing.
func TestExamplesOfRFCs(t *testing.T) {
	t.Parallel()
	d := newTestDetector(t)
	for _, text := range []string{"Authorization: Bea" + "rer mF_9.B5f-4.1JqM\n", "Authorization: Ba" + "sic czZCaGRSa3F0MzpnWDFmQmF0M2JW\n"} {
		found, err := d.file(t.Context(), "docs/api.txt", []byte(text))
		require.NoError(t, err)
		require.Len(t, found, 1, text)
		require.Equal(t, scan.SeverityLow, found[0].Severity, text)
	}
}
