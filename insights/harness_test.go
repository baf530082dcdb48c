package insights_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/insights"
	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/fakebitbucket"
	"github.com/sluice-scan/sluice/scan"
)

const commit = "4f2c9e1a0b3d5c7e9f1a2b3c4d5e6f7a8b9c0d1e"

var ref = insights.Ref{Workspace: "acme", Repository: "shop", Commit: commit}

// instant does not wait, but returns the context's error as a real wait does.
func instant(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// cloud returns a client that talks to the fake server through its proxy.
func cloud(t testing.TB, server *fakebitbucket.Server) *insights.Client {
	return client(t, bitbucket.Options{Product: bitbucket.Cloud, Proxy: "http://localhost:29418", Transport: server.ProxyTransport(), Wait: instant})
}

// dataCenter returns a client of a Data Center server under a sub path.
func dataCenter(t testing.TB, server *fakebitbucket.Server) *insights.Client {
	server.Set(fakebitbucket.WithDataCenter("/bitbucket"))
	return client(t, bitbucket.Options{
		Product: bitbucket.DataCenter, ServerURL: "https://git.example.com/bitbucket", Auth: bitbucket.Bearer("dc-token"), Transport: server.Transport(), Wait: instant,
	})
}

func client(t testing.TB, o bitbucket.Options) *insights.Client {
	api, err := bitbucket.New(o)
	require.NoError(t, err)
	return insights.NewClient(api)
}

// products runs a test against both products.
func products(t *testing.T, test func(t *testing.T, server *fakebitbucket.Server, c *insights.Client)) {
	for name, connect := range map[string]func(testing.TB, *fakebitbucket.Server) *insights.Client{"cloud": cloud, "datacenter": dataCenter} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := fakebitbucket.New()
			test(t, server, connect(t, server))
		})
	}
}

// result makes n different findings, with the severities critical, high, medium and low in turn.
func result(n int) *scan.Result {
	r := &scan.Result{Commit: commit, Base: scan.Base{Kind: scan.BaseMerge, Commit: strings.Repeat("ab", 20)}, PullRequest: "7", Engines: []scan.Engine{"secrets"}, Duration: 1800 * time.Millisecond}
	for i := range n {
		f := scan.Finding{
			Engine: "secrets", RuleID: "TEST_TOKEN", Title: fmt.Sprintf("Test token %d", i), Severity: scan.SeverityLow + scan.Severity(i%3), Confidence: scan.ConfidenceHigh,
			Message: "A token of the test service.", Remediation: "Revoke it first, then remove it.", Path: fmt.Sprintf("src/file%d.go", i%50), Position: scan.Position{StartLine: i + 1, EndLine: i + 1},
			Excerpt: "token = ••••••••", Fingerprint: fmt.Sprintf("%032x", i), Occurrence: 1, New: i%2 == 0,
		}
		if i == 0 {
			f.Severity = scan.SeverityCritical
		}
		r.Findings = append(r.Findings, f)
	}
	sortFindings(r)
	return r
}

func sortFindings(r *scan.Result) {
	for i := range r.Findings {
		for j := i; j > 0 && scan.Compare(&r.Findings[j], &r.Findings[j-1]) < 0; j-- {
			r.Findings[j], r.Findings[j-1] = r.Findings[j-1], r.Findings[j]
		}
	}
}

func build(r *scan.Result, c *insights.Client) *insights.Report {
	report := insights.Build(r, insights.Options{Product: c.Product(), Gate: scan.Gate{FailOn: scan.SeverityHigh, Scope: scan.ScopeNew}})
	return &report
}

func publish(t testing.TB, c *insights.Client, report *insights.Report) insights.Receipt {
	receipt, err := insights.Publish(t.Context(), c, ref, report, nil)
	require.NoError(t, err)
	return receipt
}

var _ http.RoundTripper = fakebitbucket.New().Transport()
