package insights_test

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/insights"
	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/fakebitbucket"
	"github.com/sluice-scan/sluice/scan"
)

// hanging passes requests on to next, except for those that it takes: they hang until the client gives up.
type hanging struct {
	next  http.RoundTripper
	takes func(r *http.Request) bool
}

func (h hanging) RoundTrip(r *http.Request) (*http.Response, error) {
	if h.takes(r) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	return h.next.RoundTrip(r)
}

func TestPublishKeepsToItsTimeLimit(t *testing.T) {
	t.Parallel()
	for name, takes := range map[string]func(r *http.Request) bool{
		"nothing answers":           func(*http.Request) bool { return true },
		"annotations do not":        func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/annotations") },
		"the report itself is slow": func(r *http.Request) bool { return r.Method == http.MethodPut },
	} {
		for _, limit := range []time.Duration{time.Second, 5 * time.Second, 5 * time.Minute} {
			t.Run(name+" "+limit.String(), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					server := fakebitbucket.New()
					api, err := bitbucket.New(bitbucket.Options{Product: bitbucket.Cloud, Proxy: "http://localhost:29418", Transport: hanging{server.ProxyTransport(), takes}, Log: slog.New(slog.DiscardHandler)})
					require.NoError(t, err)
					report := insights.Build(&scan.Result{Findings: []scan.Finding{{Engine: "secrets", RuleID: "R", Title: "t", Fingerprint: "f", Severity: scan.SeverityHigh, New: true}}}, insights.Options{Gate: gate})
					ctx, cancel := context.WithTimeout(t.Context(), limit)
					defer cancel()
					started := time.Now()
					_, err = insights.Publish(ctx, insights.NewClient(api), insights.Ref{Workspace: "acme", Repository: "shop", Commit: strings.Repeat("a", 40)}, &report, nil)
					require.Error(t, err)
					// This test measures real time.
					require.LessOrEqual(t, time.Since(started), limit+time.Second)
					if name == "annotations do not" {
						stored, ok := server.Report(strings.Repeat("a", 40), "sluice-security")
						require.True(t, ok)
						require.Equal(t, "FAILED", stored.Result, "time is kept for the last state")
					}
				})
			})
		}
	}
}
