package preview_test

import (
	"bytes"
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/insights"
	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/fakebitbucket"
	"github.com/sluice-scan/sluice/internal/preview"
	"github.com/sluice-scan/sluice/scan"
)

const (
	commit     = "4f2c9e1a0b3d5c7e9f1a2b3c4d5e6f7a8b9c0d1e"
	baseCommit = "b1e7a90c44d2f1836e5a7c9d0b2f4e6a8c1d3e5f"
)

// The tokens are assembled here, so that no file of the repository contains anything that looks like one.
var (
	newToken = "ghp_" + strings.Repeat("A1b2", 8) + "9xQ2"
	oldToken = "ghp_" + strings.Repeat("Zz90", 8) + "k3Lm"
)

var (
	ref = insights.Ref{Workspace: "acme", Repository: "shop", Commit: commit}
	now = time.Date(2026, 11, 22, 9, 14, 0, 0, time.UTC)
)

// sampleTree returns one side of the sample, "head" or "base", with the tokens filled in.
func sampleTree(tb testing.TB, side string) files {
	tb.Helper()
	archive, err := txtar.ParseFile("testdata/sample.txtar")
	require.NoError(tb, err)
	tree := files{}
	for _, f := range archive.Files {
		if path, ok := strings.CutPrefix(f.Name, side+"/"); ok {
			tree[path] = strings.NewReplacer("@NEW@", newToken, "@OLD@", oldToken).Replace(string(f.Data))
		}
	}
	require.NotEmpty(tb, tree)
	return tree
}

// files is a tree in memory.
type files map[string]string

func (f files) ReadFile(path string) ([]byte, error) {
	data, ok := f[path]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
	return []byte(data), nil
}

// maskTokens hides the sample's tokens by their text.
func maskTokens(_ string, _ int, text string) string {
	return strings.NewReplacer(newToken, scan.Mask(newToken), oldToken, scan.Mask(oldToken)).Replace(text)
}

func meta() preview.Meta {
	return preview.Meta{
		Title: "Checkout: publish releases from the pipeline", PullRequest: "214", Source: "feature/checkout", Destination: "main",
		BaseCommit: baseCommit, Version: "1.0.0", Now: now, Mask: maskTokens,
	}
}

func finding(engine scan.Engine, severity scan.Severity, title, path string, line int) scan.Finding {
	return scan.Finding{
		Engine: engine, RuleID: strings.ToUpper(strings.ReplaceAll(title, " ", "_")), Title: title, Severity: severity, Confidence: scan.ConfidenceHigh,
		Path: path, Position: scan.Position{StartLine: line, EndLine: line}, Fingerprint: fmt.Sprintf("%032x", crc32.ChecksumIEEE([]byte(title+path))), Occurrence: 1,
	}
}

// sample is the scan result of the sample's pull request.
func sample() *scan.Result {
	token := finding("secrets", scan.SeverityCritical, "GitHub personal access token", "deploy/release.py", 14)
	token.Message = "Anyone who can read this repository has it, and removing the line does not take it out of the history."
	token.Remediation = "Revoke it first, then remove it."
	token.Link, token.New, token.Confidence = "https://github.com/settings/tokens", true, scan.ConfidenceCertain
	token.Excerpt = `session.headers["Authorization"] = "token ` + scan.Mask(newToken) + `"`
	hash := finding("code", scan.SeverityMedium, "MD5 as a checksum of a release", "deploy/release.py", 21)
	hash.Message, hash.Remediation, hash.New = "Two archives with the same MD5 are made in seconds.", "Use hashlib.sha256.", true
	lodash := finding("dependencies", scan.SeverityHigh, "lodash 4.17.15: prototype pollution, and 3 more", "web/package.json", 10)
	lodash.Message, lodash.New = "lodash is a direct dependency.", true
	lodash.Remediation, lodash.Link = "Upgrade it to 4.17.21, the smallest version that clears all four, in the same major.", "https://osv.dev/vulnerability/GHSA-p6mc-m468-83gw"
	query := finding("code", scan.SeverityHigh, "SQL built from request data", "api/orders.py", 23)
	query.Message, query.Remediation = "The name comes from the request and ends in the query.", "Give it as a parameter: execute(\"... customer = ?\", (name,))."
	bucket := finding("code", scan.SeverityLow, "Bucket that everybody can read", "terraform/storage.tf", 7)
	bucket.Message, bucket.New = "The exports hold names and addresses.", true
	history := finding("secrets", scan.SeverityHigh, "GitHub personal access token", "old/deploy.env", 3)
	history.Commit, history.Message, history.Remediation = strings.Repeat("c3", 20), "It was removed, and is still in the history.", "Revoke it."
	result := &scan.Result{
		Repository: "acme/shop", Commit: commit, Branch: "feature/checkout", Target: "main", PullRequest: "214",
		Base:     scan.Base{Kind: scan.BaseMerge, Commit: baseCommit},
		Findings: []scan.Finding{token, lodash, query, history, hash, bucket},
		Engines:  []scan.Engine{"secrets", "dependencies", "code"}, Stats: scan.Stats{Files: 14_321, Bytes: 18_400_000, Commits: 12}, Duration: 1800 * time.Millisecond,
	}
	return result
}

func newServer(options ...fakebitbucket.Option) *fakebitbucket.Server {
	stored := now.Add(-2 * time.Minute)
	return fakebitbucket.New(append([]fakebitbucket.Option{fakebitbucket.WithClock(func() time.Time { return stored })}, options...)...)
}

func clientOf(tb testing.TB, server *fakebitbucket.Server) *insights.Client {
	tb.Helper()
	api, err := bitbucket.New(bitbucket.Options{
		Product: bitbucket.Cloud, Proxy: "http://localhost:29418", Transport: server.ProxyTransport(),
		Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	})
	require.NoError(tb, err)
	return insights.NewClient(api)
}

// published returns a client of a server with the sample on it, published by the publisher that pipelines use.
func published(tb testing.TB) *insights.Client {
	tb.Helper()
	client := clientOf(tb, newServer())
	report := insights.Build(sample(), insights.Options{
		Product: bitbucket.Cloud, Gate: scan.Gate{FailOn: scan.SeverityHigh, Scope: scan.ScopeNew}, Link: "https://ci.example.com/builds/88",
	})
	_, err := insights.Publish(tb.Context(), client, ref, &report, nil)
	require.NoError(tb, err)
	return client
}

// annotated returns a client of a server with one report of these annotations.
func annotated(tb testing.TB, annotations ...insights.Annotation) *insights.Client {
	tb.Helper()
	client := clientOf(tb, newServer())
	put(tb, client, insights.Report{ID: "sluice-security", Title: "Security scan", Details: "Details.", Type: insights.TypeSecurity, Reporter: "Sluice", Annotations: annotations})
	return client
}

func put(tb testing.TB, client *insights.Client, report insights.Report) {
	tb.Helper()
	if report.Data == nil {
		report.Data = []insights.DataItem{{Title: "Safe to merge", Type: insights.DataBoolean, Value: true}}
	}
	_, err := insights.Publish(tb.Context(), client, ref, &report, nil)
	require.NoError(tb, err)
}

func at(path string, line int) insights.Annotation {
	return insights.Annotation{ID: fmt.Sprintf("%08x-%d", crc32.ChecksumIEEE([]byte(path)), line), Type: insights.Bug, Summary: "Look here", Severity: "LOW", Path: path, Line: line}
}

func collect(tb testing.TB, client *insights.Client, head, base preview.Tree, m preview.Meta) string {
	tb.Helper()
	page, err := preview.Collect(tb.Context(), client, ref, head, base, m)
	require.NoError(tb, err)
	return written(tb, page)
}

func written(tb testing.TB, page *preview.Page) string {
	tb.Helper()
	var out strings.Builder
	require.NoError(tb, page.Write(&out))
	return out.String()
}

// samplePage does all steps: publish, read back, show.
func samplePage(tb testing.TB) *preview.Page {
	tb.Helper()
	page, err := preview.Collect(tb.Context(), published(tb), ref, sampleTree(tb, "head"), sampleTree(tb, "base"), meta())
	require.NoError(tb, err)
	return page
}

// tampering changes the responses of a server, which may store values that no publisher sends.
type tampering struct {
	server   *fakebitbucket.Server
	old, new string
}

func (t *tampering) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := t.server.ProxyTransport().RoundTrip(r)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	data = bytes.ReplaceAll(data, []byte(t.old), []byte(t.new))
	response.Body, response.ContentLength = io.NopCloser(bytes.NewReader(data)), int64(len(data))
	response.Header.Del("Content-Length")
	return response, response.Request.Context().Err()
}

func (t *tampering) client(tb testing.TB) *insights.Client {
	tb.Helper()
	api, err := bitbucket.New(bitbucket.Options{Product: bitbucket.Cloud, Proxy: "http://localhost:29418", Transport: t})
	require.NoError(tb, err)
	return insights.NewClient(api)
}
