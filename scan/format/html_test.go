package format_test

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/format"
)

// A wrong hash would leave the page without its style, or allow another one.
func TestHTMLPolicyAllowsExactlyItsOwnParts(t *testing.T) {
	t.Parallel()
	page := written(t, format.HTML, sample(), options())
	policy := html.UnescapeString(regexp.MustCompile(`http-equiv="Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(page)[1])
	require.Contains(t, policy, "default-src 'none'")
	require.NotContains(t, policy, "unsafe")
	for _, tag := range []string{"style", "script"} {
		parts := regexp.MustCompile(`(?s)<`+tag+`>(.*?)</`+tag+`>`).FindAllStringSubmatch(page, -1)
		require.Len(t, parts, 1, tag)
		sum := sha256.Sum256([]byte(parts[0][1]))
		require.Contains(t, policy, tag+"-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	}
}

func TestHTMLAsksForNothing(t *testing.T) {
	t.Parallel()
	page := written(t, format.HTML, sample(), options())
	for _, pattern := range []string{`<link`, `<img`, `<iframe`, `<object`, `\ssrc=`, `\sstyle=`, `\son[a-z]+=`, `@import`, `url\((?:"|'|h)`, `javascript:`, `fetch\(`, `XMLHttp`} {
		require.NotRegexp(t, `(?i)`+pattern, page)
	}
	require.NotContains(t, page, "ZgotmplZ")
}

func TestHTMLEscapes(t *testing.T) {
	t.Parallel()
	const evil = `</title></style></script><script>alert(1)</script><img src=x onerror=alert(1)>"'` + "`\x00\u202e"
	r := sample()
	r.Repository, r.Branch, r.Target, r.Commit, r.PullRequest = evil, evil, evil, evil, evil
	r.Notes = []scan.Note{{Text: evil}}
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Title, f.RuleID, f.Path, f.Message, f.Remediation, f.Related, f.Commit, f.Fingerprint = evil, evil, evil, evil, evil, evil, "", evil
		f.Excerpt, f.MarkStart, f.MarkEnd, f.Context, f.Link, f.StartLine = evil, 3, 20, []scan.Line{{Number: 1, Text: "  " + evil}}, `javascript:`+evil, 1
	}
	o := options()
	o.Version, o.Links.Home = evil, `javascript:alert(1)`
	page := written(t, format.HTML, r, o)
	require.Equal(t, 1, strings.Count(page, "<script"))
	require.Equal(t, 1, strings.Count(page, "<style"))
	require.NotContains(t, page, "<img")
	require.NotContains(t, page, "javascript:")
	require.NotContains(t, page, "\u202e")
	require.NotContains(t, page, "\x00")
	require.Contains(t, page, "<mark>")
}

func TestHTMLStaysSmallWithManyFindings(t *testing.T) {
	t.Parallel()
	r := sample()
	first := r.Findings[0]
	r.Findings = nil
	for i := range 12_000 {
		f := first
		f.Path, f.Title = fmt.Sprintf("dir/%d.py", i), fmt.Sprintf("Finding %d.", i)
		r.Findings = append(r.Findings, f)
	}
	page := written(t, format.HTML, r, options())
	require.Equal(t, 1000, strings.Count(page, "<details "))
	require.Equal(t, 9000, strings.Count(page, "<tr data-sev"))
	require.Equal(t, 10, strings.Count(page, " open data-sev"))
	require.Contains(t, page, "these 9,000 follow without it")
	require.Contains(t, page, "2,000 more findings are not on this page")
	require.Contains(t, page, "Not safe to merge: 12,000 new findings")
	require.Less(t, len(page), 8_000_000)
}

func TestHTMLShowsWhatWasNotScanned(t *testing.T) {
	t.Parallel()
	r := sample()
	r.Engines = []scan.Engine{"secrets"}
	r.Findings = r.Findings[:1]
	page := written(t, format.HTML, r, options())
	require.Contains(t, page, `aria-label="Dependencies: not scanned"`)
	require.Contains(t, page, `aria-label="Secrets: 1 critical, 0 high, 0 medium, 0 low"`)
	require.Contains(t, page, `<dt>Code</dt><dd class="none words">not scanned</dd>`)

	r = clean()
	r.Unread = []scan.Failure{{Path: "a"}}
	page = written(t, format.HTML, r, options())
	require.Contains(t, page, "Nothing found in what could be read.")
	require.Contains(t, page, `class="verdict unknown"`)
}

func BenchmarkHTML(b *testing.B) {
	r := sample()
	for len(r.Findings) < 10_000 {
		r.Findings = append(r.Findings, r.Findings[:9]...)
	}
	b.ReportAllocs()
	for b.Loop() {
		var n counter
		require.NoError(b, format.Write(&n, format.HTML, r, options()))
		b.SetBytes(int64(n))
	}
}

type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
