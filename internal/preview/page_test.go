package preview_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"html"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/insights"
	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/fakebitbucket"
	"github.com/sluice-scan/sluice/internal/preview"
)

// found returns the first group of every match of pattern, unescaped.
func found(page, pattern string) []string {
	var all []string
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(page, -1) {
		all = append(all, html.UnescapeString(m[1]))
	}
	return all
}

// body returns the page without its style and script.
func body(page string) string {
	return page[strings.Index(page, "<body"):strings.LastIndex(page, "<script>")]
}

func TestPageShowsWhatBitbucketStored(t *testing.T) {
	t.Parallel()
	client := annotated(t, at("a.go", 1))
	changed := at("a.go", 1)
	changed.Summary = "Changed behind the publisher's back"
	require.NoError(t, client.PutAnnotation(t.Context(), ref, "sluice-security", &changed))
	page := collect(t, client, files{"a.go": "package a\n"}, nil, preview.Meta{})
	require.Contains(t, page, "Changed behind the publisher&#39;s back")
	require.NotContains(t, page, "Look here")
}

func TestPageReadsDataCenter(t *testing.T) {
	t.Parallel()
	server := newServer(fakebitbucket.WithDataCenter(""))
	api, err := bitbucket.New(bitbucket.Options{
		Product: bitbucket.DataCenter, ServerURL: "https://git.example.com", Auth: bitbucket.Bearer("dc"), Transport: server.Transport(),
	})
	require.NoError(t, err)
	client := insights.NewClient(api)
	note := at("a.go", 1)
	note.Details = "Second part."
	put(t, client, insights.Report{ID: "sluice-security", Title: "Security scan", Result: insights.Passed, Annotations: []insights.Annotation{note}})
	page := collect(t, client, files{"a.go": "package a\n"}, nil, preview.Meta{Now: now})
	require.Contains(t, page, `<p class="details">Second part.</p>`)
	require.Contains(t, page, `<span class="badge result">PASSED</span>`)
	require.Contains(t, page, "2 min ago")
}

// No line of either tree may bypass the mask: added, deleted, unchanged, around an annotation, in a long file.
func TestMaskSeesEveryLine(t *testing.T) {
	t.Parallel()
	const canary = "canary"
	numbered := func(from, to int) string {
		var b strings.Builder
		for i := from; i <= to; i++ {
			fmt.Fprintf(&b, canary+" %d\n", i)
		}
		return b.String()
	}
	head := files{
		"changed.txt": numbered(1, 20) + "added " + canary + "\n" + numbered(25, 80), "new.txt": numbered(1, 9),
		"long.txt": numbered(1, 25_000), "wide.txt": strings.Repeat(canary, 3000), "crlf.txt": canary + "\r\n", "none.txt": canary,
	}
	base := files{"changed.txt": numbered(1, 80), "long.txt": numbered(1, 25_001), "wide.txt": "", "crlf.txt": canary + "\n", "none.txt": canary + "\n"}
	client := annotated(t, at("changed.txt", 21), at("changed.txt", 60), at("new.txt", 3), at("long.txt", 12_000), at("long.txt", 25_000),
		at("wide.txt", 1), at("crlf.txt", 1), at("none.txt", 1))
	type seen struct {
		path, text string
		line       int
	}
	var calls []seen
	m := preview.Meta{Mask: func(path string, line int, text string) string {
		calls = append(calls, seen{path, text, line})
		return "hidden"
	}}
	for name, tree := range map[string]preview.Tree{"with base": base, "without base": nil} {
		calls = nil
		page := collect(t, client, head, tree, m)
		require.NotContains(t, page, canary, name)
		require.Contains(t, page, "Secrets are masked", name)
		require.Len(t, calls, strings.Count(page, ">hidden<"), name)
		require.Contains(t, calls, seen{"changed.txt", "added " + canary, 21}, name)
		require.Contains(t, calls, seen{"wide.txt", strings.Repeat(canary, 3000), 1}, name)
		if tree != nil {
			require.Contains(t, calls, seen{"changed.txt", canary + " 21", 21}, "the removed line has its number in the base")
			require.Contains(t, calls, seen{"changed.txt", canary + " 24", 24})
			require.Contains(t, calls, seen{"changed.txt", canary + " 25", 22}, "the unchanged line has its number in the head")
		}
	}
	require.Contains(t, collect(t, client, head, base, preview.Meta{}), canary, "the test cannot fail otherwise")
}

func TestSampleHoldsNoToken(t *testing.T) {
	t.Parallel()
	page := written(t, samplePage(t))
	for _, token := range []string{newToken, oldToken} {
		require.NotContains(t, page, token)
		require.NotContains(t, page, token[8:20])
	}
	require.Contains(t, page, `<tr class="del"><td class="old">12</td><td class="new"></td><td class="s">−</td><td class="t">    session.headers[&#34;Authorization&#34;] = &#34;token ••••••••&#34;</td>`, "the removed line is there, masked")
}

// The result of the mask is foreign text too.
func TestMaskedTextIsCleanedAndCut(t *testing.T) {
	t.Parallel()
	page := collect(t, annotated(t, at("a", 1)), files{"a": "x"}, nil, preview.Meta{Mask: func(string, int, string) string {
		return "<b>\x00\n\u202e" + strings.Repeat("é", 1000)
	}})
	require.Equal(t, []string{`<b>\x00\n\u202e` + strings.Repeat("é", 385) + "… 615 more characters"}, found(page, `<td class="t">([^<]*)<`))
}

func TestPageEscapes(t *testing.T) {
	t.Parallel()
	const evil = `</title></style></script></td><script>alert(1)</script><img src=x onerror=alert(1)>"'` + "`{{.}}"
	note := at("dir/"+evil, 1)
	note.Summary, note.Details = evil, "first\n"+evil+"\n\n\u202ethird"
	client := clientOf(t, newServer())
	put(t, client, insights.Report{
		ID: "sluice-security", Title: evil, Details: evil + "\n" + evil, Reporter: evil, Type: insights.TypeSecurity, Annotations: []insights.Annotation{note},
		Data: []insights.DataItem{{Title: evil, Type: insights.DataText, Value: evil}, {Title: "L", Type: insights.DataLink, Value: insights.Link{Text: evil, Href: "https://example.com/?" + "a=%22%3E"}}},
	})
	tree := files{"dir/" + evil: "one " + evil + "\n"}
	page := collect(t, client, tree, files{}, preview.Meta{Title: evil, PullRequest: evil, Source: evil + "\u202e", Destination: evil, BaseCommit: evil, Version: evil})
	require.Equal(t, 1, strings.Count(page, "<script"))
	require.Equal(t, 1, strings.Count(page, "<style"))
	for _, part := range []string{"<img", "\u202e", "\x00", "ZgotmplZ"} {
		require.NotContains(t, page, part)
	}
	require.Equal(t, []string{"one " + evil}, found(page, `<td class="t">([^<]*)<`))
	require.Contains(t, found(page, `<span class="what">([^<]*)<`), evil)
}

// A server may store values that the publisher would never send.
func TestHostileLinksAreNotFollowed(t *testing.T) {
	t.Parallel()
	for name, link := range map[string]string{
		"script": "javascript:alert(1)", "data": "data:text/html,x", "relative": "//evil.example", "user": "https://user:" + "pass@example.com/", "no host": "https:/x",
		"control": "https://example.com/\u202e", "empty": "",
	} {
		server := newServer()
		client := clientOf(t, server)
		put(t, client, insights.Report{ID: "sluice-security", Title: "Security scan", Details: "Details.", Type: insights.TypeSecurity, Annotations: []insights.Annotation{at("a", 1)}})
		tampered := &tampering{server: server, old: `"path":"a"`, new: fmt.Sprintf(`"path":"a","link":%q`, link)}
		page := collect(t, tampered.client(t), files{"a": "x\n"}, nil, preview.Meta{})
		require.Empty(t, found(body(page), `href="([^#"][^"]*)"`), name)
	}
}

func TestPageIsDeterministic(t *testing.T) {
	t.Parallel()
	notes := []insights.Annotation{at("b", 1), at("a", 3), at("a", 1), at("a", 2), at("", 0)}
	for i := range 5 {
		same := at("a", 2)
		same.ID = fmt.Sprint("same-", i)
		same.Severity = []string{"LOW", "HIGH", "", "CRITICAL", "MEDIUM"}[i]
		notes = append(notes, same)
	}
	tree := files{"a": "1\n2\n3\n", "b": "1\n"}
	want := collect(t, annotated(t, notes...), tree, files{"a": "1\n"}, meta())
	slices.Reverse(notes)
	require.Equal(t, want, collect(t, annotated(t, notes...), tree, files{"a": "1\n"}, meta()))
	require.Equal(t, []string{"Low", "Low", "Critical", "High", "Medium", "Low", "Low", "No severity", "Low", "Low"},
		found(body(want), `<details class="note[^>]*>\s*<summary><span class="sev .">([^<]*)<`))
	require.Equal(t, []string{"a", "b"}, found(want, `<span class="path" title="([^"]*)"`))
}

func TestPolicyAllowsExactlyThePagesOwnParts(t *testing.T) {
	t.Parallel()
	page := written(t, samplePage(t))
	policy := found(page, `http-equiv="Content-Security-Policy" content="([^"]*)"`)[0]
	require.Contains(t, policy, "default-src 'none'")
	require.NotContains(t, policy, "unsafe")
	for _, tag := range []string{"style", "script"} {
		parts := regexp.MustCompile(`(?s)<`+tag+`>(.*?)</`+tag+`>`).FindAllStringSubmatch(page, -1)
		require.Len(t, parts, 1, tag)
		sum := sha256.Sum256([]byte(parts[0][1]))
		require.Contains(t, policy, tag+"-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	}
	for _, pattern := range []string{`<link`, `<img`, `<iframe`, `<object`, `\ssrc=`, `\sstyle=`, `\son[a-z]+=`, `@import`, `url\(`, `fetch\(`, `XMLHttp`} {
		require.NotRegexp(t, `(?i)`+pattern, page)
	}
}

// Every link of the sidebar leads to an annotation, and every annotation has one.
func TestSidebarLeadsToEveryAnnotation(t *testing.T) {
	t.Parallel()
	page := written(t, samplePage(t))
	links, notes := found(page, `<a href="#(a[0-9]+)"`), found(page, `<details class="note[^>]* id="(a[0-9]+)"`)
	require.Len(t, notes, 6)
	require.ElementsMatch(t, notes, links)
	require.NotEqual(t, notes, links, "the sidebar goes by severity, the diff by place")
}

func TestThisPullRequestIsTheChangedLines(t *testing.T) {
	t.Parallel()
	head := files{"a": "1\n2\nnew\n4\n5\n6\n7\n8\n9\n10\n11\n12\n", "same": "1\n", "added": "1\n"}
	base := files{"a": "1\n2\nold\n4\n5\n6\n7\n8\n9\n10\n11\n12\n", "same": "1\n"}
	client := annotated(t, at("a", 0), at("a", 3), at("a", 4), at("a", 12), at("same", 0), at("same", 1), at("added", 1), at("", 0))
	page := collect(t, client, head, base, preview.Meta{})
	require.Equal(t, []string{"1", "1", "1", "", "", "1", "", ""}, found(page, `data-note [^>]*data-inside="([^"]*)"`),
		"the report's own, a:0, a:3; not a:4, a:12; added:1; not same:0, same:1")
	require.Equal(t, []string{"1", "1", "1", ""}, found(page, ` data-file data-inside="([^"]*)"`), "overview, a, added, same by path")
	require.Equal(t, []string{"@@ -1,6 +1,6 @@", "Lines 9 to 12, not changed", "@@ -0,0 +1 @@", "Line 1, not changed"}, found(page, `<tr class="hunk"><td colspan="4">([^<]*)<`))
	require.Equal(t, []string{"4", "8"}, found(page, `data-filter="scope"[^<]*<i>([0-9]+)<`))

	page = collect(t, client, head, nil, preview.Meta{})
	require.NotContains(t, page, `data-filter="scope"`, "without a base nothing is known about the pull request")
	require.Contains(t, page, "not compared with a base")
}

func TestFilesThatHaveNoLines(t *testing.T) {
	t.Parallel()
	head := broken{files{"binary": "a\x00b", "short": "one\n", "empty": ""}}
	for name, c := range map[string]struct {
		path, want string
		line       int
	}{
		"binary":     {"binary", "It is a binary file", 1},
		"beyond":     {"short", "The file has only 1 line, so this annotation has no line.", 9},
		"empty":      {"empty", "The file has only 0 lines", 1},
		"not there":  {"gone", "The commit has no file of this name", 3},
		"unreadable": {"broken", "The file could not be read, so its lines are not shown: object &lt;7f&gt; is damaged.", 3},
		"not a path": {"a//b", "a file in a repository cannot have this path", 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, base := range []preview.Tree{nil, head} {
				page := collect(t, annotated(t, at(c.path, c.line)), head, base, preview.Meta{})
				require.Contains(t, page, c.want)
				require.Contains(t, page, "Look here")
				require.NotContains(t, page, `<table class="diff"`)
			}
		})
	}
}

// A Tree is never asked for a path outside of it.
func TestPathsLeadNowhereElse(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"../secret", "a/../../secret", "/etc/passwd", "./a", "."} {
		server := newServer()
		client := clientOf(t, server)
		put(t, client, insights.Report{ID: "sluice-security", Title: "Security scan", Details: "Details.", Type: insights.TypeSecurity, Annotations: []insights.Annotation{at("a", 1)}})
		tampered := &tampering{server: server, old: `"path":"a"`, new: fmt.Sprintf(`"path":%q`, path)}
		page := collect(t, tampered.client(t), forbidden{t}, forbidden{t}, preview.Meta{})
		require.Contains(t, page, "a file in a repository cannot have this path", path)
	}
}

type forbidden struct{ t *testing.T }

func (f forbidden) ReadFile(path string) ([]byte, error) {
	f.t.Errorf("the tree was asked for %q", path)
	return nil, fs.ErrNotExist
}

// broken has a damaged file.
type broken struct{ files }

func (b broken) ReadFile(path string) ([]byte, error) {
	if path == "broken" {
		return nil, errors.New("object <7f> is damaged")
	}
	return b.files.ReadFile(path)
}

func TestPageWithoutReport(t *testing.T) {
	t.Parallel()
	page := collect(t, clientOf(t, newServer()), files{}, nil, preview.Meta{})
	require.Contains(t, page, "No report on this commit.")
	require.Contains(t, page, "No annotations: there is no report.")
	require.Contains(t, page, "<h1>Commit 4f2c9e1a0b3d</h1>")
}

func TestPageOfCleanAndPendingReports(t *testing.T) {
	t.Parallel()
	client := clientOf(t, newServer())
	put(t, client, insights.Report{ID: "b-clean", Title: "Clean", Details: "Nothing found.", Type: insights.TypeSecurity, Result: insights.Passed})
	put(t, client, insights.Report{ID: "a-running", Title: "Running", Details: "Running.", Type: insights.TypeTest, Result: insights.Pending})
	put(t, client, insights.Report{ID: "c-none", Title: "Mute", Details: "No verdict.", Type: insights.TypeBug})
	page := collect(t, client, files{}, nil, preview.Meta{})
	require.Equal(t, []string{"PENDING", "PASSED", "No result"}, found(page, `<span class="badge result">([^<]*)<`), "by id")
	require.Contains(t, page, "nothing is known about this commit yet")
	require.Contains(t, page, "the report found nothing to point at")
	require.NotContains(t, page, `id="filters"`)
}

func TestAnnotationsNameTheirReportWhenThereAreSeveral(t *testing.T) {
	t.Parallel()
	client := clientOf(t, newServer())
	for _, name := range []string{"alpha", "beta"} {
		put(t, client, insights.Report{ID: name, Title: name, Details: "Details.", Reporter: "Tool " + name, Type: insights.TypeBug, Annotations: []insights.Annotation{at("a", 1)}})
	}
	page := collect(t, client, files{"a": "x\n"}, nil, preview.Meta{})
	require.Contains(t, page, "<span>Bug</span><span>Tool alpha</span>")
	require.Contains(t, page, "<span>Bug</span><span>Tool beta</span>")
}

func TestPageKeepsTheMostSevere(t *testing.T) {
	t.Parallel()
	client := clientOf(t, newServer())
	for r, severity := range []string{"LOW", "CRITICAL"} {
		var notes []insights.Annotation
		for i := range 700 {
			note := at(fmt.Sprintf("dir/%d", i), 1)
			note.Severity = severity
			notes = append(notes, note)
		}
		put(t, client, insights.Report{ID: fmt.Sprint("r", r), Title: severity, Details: "Details.", Type: insights.TypeBug, Annotations: notes})
	}
	page := collect(t, client, files{}, nil, preview.Meta{})
	require.Equal(t, 1000, strings.Count(page, `<details class="note`))
	require.Equal(t, 700, strings.Count(page, `<details class="note c"`))
	require.Contains(t, page, "400 less severe annotations are not on this page.")
	require.Less(t, len(page), 2_000_000)
}

func TestLongFilesShowOnlyTheLinesAroundAnnotations(t *testing.T) {
	t.Parallel()
	numbered := func(n int, change int) string {
		var b strings.Builder
		for i := 1; i <= n; i++ {
			if i == change {
				fmt.Fprintf(&b, "changed\n")
			}
			fmt.Fprintf(&b, "line %d\n", i)
		}
		return b.String()
	}
	for name, c := range map[string]struct {
		head, base string
		rows       int
		want       string
	}{
		"too many lines":      {numbered(20_001, 500), numbered(20_001, 0), 14, "It differs from the base somewhere in lines 500 to 500"},
		"too many bytes":      {strings.Repeat("x", 2<<20) + "\n" + numbered(600, 500), strings.Repeat("x", 2<<20) + "\n" + numbered(600, 0), 14, "too long for its diff (602 lines)"},
		"as long as may be":   {numbered(19_999, 500), numbered(19_999, 0), 7 + 7, "@@ -497,6 &#43;497,7 @@"},
		"too much of it new":  {numbered(3_001, 0), "", 14, "The diff has 3,001 lines: only the lines around annotations are shown."},
		"long new file":       {numbered(20_001, 0), "", 14, "too long for its diff (20,001 lines)"},
		"too much of it gone": {numbered(600, 0), strings.Repeat("old\n", 3_000) + numbered(600, 0), 14, "The diff has 3,003 lines"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base := files{"a": c.base}
			page := collect(t, annotated(t, at("a", 100), at("a", 500)), files{"a": c.head}, base, preview.Meta{})
			require.Contains(t, page, c.want)
			require.Equal(t, c.rows, strings.Count(page, `<td class="t">`))
			require.Contains(t, page, ">100</td>")
		})
	}
}

// Line 500 was added, so the line numbers of the base are one lower from there on.
func TestExcerptsHaveBothNumbers(t *testing.T) {
	t.Parallel()
	same := strings.Repeat("same\n", 10)
	page := collect(t, annotated(t, at("a", 20)), files{"a": "new 1\nnew 2\n" + same + same}, files{"a": same + same}, preview.Meta{})
	require.Contains(t, page, `<td class="old">18</td><td class="new">20</td>`)
	page = collect(t, annotated(t, at("a", 20)), files{"a": "new 1\nnew 2\n" + same + same}, nil, preview.Meta{})
	require.Contains(t, page, `<td class="old"></td><td class="new">20</td>`)
}

func TestThePageHasRoomForSoManyLines(t *testing.T) {
	t.Parallel()
	head := files{}
	var notes []insights.Annotation
	for i := range 20 {
		path := fmt.Sprintf("f%02d", i)
		head[path] = strings.Repeat("x\n", 2_900)
		notes = append(notes, at(path, 5))
	}
	page := collect(t, annotated(t, notes...), head, files{}, preview.Meta{})
	require.Equal(t, 13*2_900+7*7, strings.Count(page, `<td class="t">`), "13 files fit into 40,000 lines")
	require.Equal(t, 7, strings.Count(page, "The diff has 2,900 lines"))
}

func TestLineEnds(t *testing.T) {
	t.Parallel()
	page := collect(t, annotated(t, at("a", 1)), files{"a": "x\r\ny"}, files{"a": "x\ny\n"}, preview.Meta{})
	require.Contains(t, page, "The line ends changed between LF and CRLF.")
	require.Equal(t, 1, strings.Count(body(page), "No newline at the end of the file"))
}

func TestCollectErrors(t *testing.T) {
	t.Parallel()
	_, err := preview.Collect(t.Context(), clientOf(t, newServer(fakebitbucket.WithKnownCommits(baseCommit))), ref, files{}, nil, preview.Meta{})
	require.ErrorIs(t, err, bitbucket.ErrNotFound)
	require.ErrorContains(t, err, "read the reports of commit 4f2c9e1a0b3d: ")

	client := annotated(t, at("a", 1))
	ctx, cancel := context.WithCancel(t.Context())
	_, err = preview.Collect(ctx, client, ref, cancels{cancel}, nil, preview.Meta{})
	require.NoError(t, err, "the last file was read already")
	_, err = preview.Collect(ctx, client, ref, files{}, nil, preview.Meta{})
	require.ErrorIs(t, err, context.Canceled)
	ctx, cancel = context.WithCancel(t.Context())
	_, err = preview.Collect(ctx, annotated(t, at("a", 1), at("b", 1)), ref, cancels{cancel}, nil, preview.Meta{})
	require.ErrorIs(t, err, context.Canceled)
}

// cancels ends the context when it is read.
type cancels struct{ cancel context.CancelFunc }

func (c cancels) ReadFile(string) ([]byte, error) {
	c.cancel()
	return nil, fs.ErrNotExist
}
