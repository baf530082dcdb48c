package insights_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/insights"
	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/fakebitbucket"
	"github.com/sluice-scan/sluice/internal/fakebitbucket/fault"
	"github.com/sluice-scan/sluice/scan"
)

func TestPublishCounts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ findings, shown, bulks, omitted int }{
		{0, 0, 0, 0}, {1, 1, 1, 0}, {99, 99, 1, 0}, {100, 100, 1, 0}, {101, 101, 2, 0}, {1000, 1000, 10, 0}, {1250, 1000, 10, 250},
	} {
		server := fakebitbucket.New()
		receipt := publish(t, cloud(t, server), build(result(c.findings), cloud(t, server)))
		require.Equal(t, insights.Receipt{Published: c.shown, Omitted: c.omitted}, receipt)
		require.Len(t, server.Annotations(commit, "sluice-security"), c.shown)
		require.Equal(t, c.bulks, server.Count(fakebitbucket.KindAnnotationBulk))
		require.Len(t, server.Requests(), c.bulks+2, "PENDING, the batches, the final state")
		report, ok := server.Report(commit, "sluice-security")
		require.True(t, ok)
		require.Equal(t, map[bool]string{true: "PASSED", false: "FAILED"}[c.findings == 0], report.Result)
		require.Equal(t, c.omitted > 0, strings.Contains(report.Details, "more findings are not shown"), report.Details)
		require.Equal(t, []string{"PENDING", report.Result}, server.States(commit, "sluice-security"))
		for _, r := range server.Requests() {
			require.False(t, r.Authorized, "the auth proxy adds the header itself")
			require.Equal(t, "http", r.Scheme)
			require.Equal(t, "api.bitbucket.org", r.Host)
		}
	}
}

func TestPublishAgainLeavesTheSameState(t *testing.T) {
	t.Parallel()
	products(t, func(t *testing.T, server *fakebitbucket.Server, c *insights.Client) {
		publish(t, c, build(result(130), c))
		first := string(server.Dump())
		receipt := publish(t, c, build(result(130), c))
		require.Equal(t, first, string(server.Dump()))
		require.Equal(t, 130, receipt.Published)
		require.Zero(t, receipt.Removed)
		require.False(t, server.EverMissing(commit, "sluice-security"))
	})
}

func TestPublishRemovesWhatAFixTookAway(t *testing.T) {
	t.Parallel()
	products(t, func(t *testing.T, server *fakebitbucket.Server, c *insights.Client) {
		publish(t, c, build(result(30), c))
		receipt := publish(t, c, build(result(20), c))
		require.Equal(t, 10, receipt.Removed)
		require.Len(t, server.Annotations(commit, "sluice-security"), 20)
		require.False(t, server.EverMissing(commit, "sluice-security"))

		fresh := fakebitbucket.New()
		only := map[bool]func(testing.TB, *fakebitbucket.Server) *insights.Client{true: cloud, false: dataCenter}[c.Product() == bitbucket.Cloud](t, fresh)
		publish(t, only, build(result(20), only))
		require.Equal(t, string(fresh.Dump()), string(server.Dump()), "a fixed commit looks as if it had never been otherwise")
	})
}

func TestPublishUpdatesAnnotationsWhoseTextChanged(t *testing.T) {
	t.Parallel()
	products(t, func(t *testing.T, server *fakebitbucket.Server, c *insights.Client) {
		publish(t, c, build(result(3), c))
		changed := result(3)
		for i := range changed.Findings {
			changed.Findings[i].StartLine += 100
		}
		publish(t, c, build(changed, c))
		for _, a := range server.Annotations(commit, "sluice-security") {
			require.Greater(t, a.Line, 100)
		}
		require.Len(t, server.Annotations(commit, "sluice-security"), 3)
	})
}

func TestPublishMakesTheReportAgainWhenMuchIsStale(t *testing.T) {
	t.Parallel()
	server := fakebitbucket.New()
	c := cloud(t, server)
	publish(t, c, build(result(600), c))
	server.Forget()
	publish(t, c, build(result(50), c))
	require.Equal(t, 1, server.Count(fakebitbucket.KindReportDelete))
	require.Zero(t, server.Count(fakebitbucket.KindAnnotationDelete))
	require.Len(t, server.Annotations(commit, "sluice-security"), 50)
}

func TestPublishMakesRoomBeforeItPosts(t *testing.T) {
	t.Parallel()
	server := fakebitbucket.New()
	c := cloud(t, server)
	// The limit has no room for 60 old and 1000 new annotations together.
	old := result(60)
	for i := range old.Findings {
		old.Findings[i].Fingerprint = "f" + old.Findings[i].Fingerprint[1:]
	}
	publish(t, c, build(old, c))
	receipt := publish(t, c, build(result(1000), c))
	require.Equal(t, insights.Receipt{Published: 1000, Removed: 60}, receipt)
	require.LessOrEqual(t, server.MostAnnotations(commit, "sluice-security"), 1000)
}

func TestPublishSurvivesEachOpenQuestion(t *testing.T) {
	t.Parallel()
	for _, v := range fakebitbucket.Variants() {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			products(t, func(t *testing.T, server *fakebitbucket.Server, c *insights.Client) {
				server.Set(fakebitbucket.WithBehaviour(v.Behaviour))
				odd := result(150)
				odd.Findings[0].Path = "/./src//a.go"
				odd.Findings[1].Path = "bad\xff\x00path.go"
				odd.Findings[2].StartLine = 0
				odd.Findings[3].Link = "http://localhost:8080/x"
				odd.Findings[4].Title, odd.Findings[4].Message = "", strings.Repeat("é😀 long ", 400)
				odd.Findings[5].Title = "control \x1b[31m \u202e reversed"
				publish(t, c, build(odd, c))
				receipt := publish(t, c, build(odd, c))
				require.Empty(t, receipt.Dropped)
				require.Len(t, server.Annotations(commit, "sluice-security"), 150)
			})
		})
	}
}

func TestPublishIsolatesTheAnnotationThatIsRefused(t *testing.T) {
	t.Parallel()
	products(t, func(t *testing.T, server *fakebitbucket.Server, c *insights.Client) {
		bad := map[string]bool{"Test token 42": true, "Test token 77": true}
		fault.Inject(server, fault.Fault{Kind: fakebitbucket.KindAnnotationBulk, Times: fault.Forever, Effect: fault.RejectAnnotations{
			Match: func(a fakebitbucket.Annotation) bool {
				return strings.Contains(a.Summary, "Test token 42") || strings.Contains(a.Summary, "Test token 77")
			},
		}})
		receipt := publish(t, c, build(result(250), c))
		require.Equal(t, 248, receipt.Published)
		require.Len(t, receipt.Dropped, 2)
		for _, d := range receipt.Dropped {
			require.True(t, bad[strings.TrimPrefix(d.Summary, "New: ")], d.Summary)
			require.NotEmpty(t, d.Reason)
		}
		require.Len(t, server.Annotations(commit, "sluice-security"), 248)
		report, _ := server.Report(commit, "sluice-security")
		require.Contains(t, report.Details, "2 annotations were refused by Bitbucket")
		require.Contains(t, report.Details, "Test token 42")
	})
}

func TestPublishThatIsRefusedWholesaleEndsSoon(t *testing.T) {
	t.Parallel()
	server := fakebitbucket.New()
	fault.Inject(server, fault.Fault{Kind: fakebitbucket.KindAnnotationBulk, Times: fault.Forever, Effect: fault.RejectAnnotations{
		Match: func(fakebitbucket.Annotation) bool { return true },
	}})
	c := cloud(t, server)
	_, err := insights.Publish(t.Context(), c, ref, build(result(1000), c), nil)
	require.ErrorIs(t, err, bitbucket.ErrInvalid)
	require.Less(t, len(server.Requests()), 250)
	report, _ := server.Report(commit, "sluice-security")
	require.Equal(t, "FAILED", report.Result, "the report has its final state all the same")
	require.Contains(t, report.Details, "Only 0 of 1000 annotations could be published")
}

func TestPublishStopsWhereTheServerIsFull(t *testing.T) {
	t.Parallel()
	server := fakebitbucket.New(fakebitbucket.WithDataCenterLimit(230))
	c := dataCenter(t, server)
	receipt := publish(t, c, build(result(400), c))
	require.Equal(t, 230, receipt.Published)
	require.Equal(t, 170, receipt.Omitted)
	report, _ := server.Report(commit, "sluice-security")
	require.Contains(t, report.Details, "170 annotations are missing because the server's limit was reached")
}

// faults returns each fault that a publication must survive, one at a time.
func faults() map[string]fault.Fault {
	at := func(kind fakebitbucket.Kind, nth, times int, effect fault.Effect) fault.Fault {
		return fault.Fault{Kind: kind, Nth: nth, Times: times, Effect: effect}
	}
	return map[string]fault.Fault{
		"429 in seconds":            at(fakebitbucket.KindAnnotationBulk, 2, 2, fault.Throttle{After: 3e9}),
		"429 as date":               at(fakebitbucket.KindReportPending, 1, 1, fault.Throttle{After: 3e9, Form: fault.RetryDate}),
		"429 without a time":        at(fakebitbucket.KindReportFinal, 1, 2, fault.Throttle{Form: fault.RetryNone, Text: true}),
		"429 with a reset":          at(fakebitbucket.KindAnnotationBulk, 1, 1, fault.Throttle{Form: fault.RetryNone, Reset: 5e9}),
		"403 that means 429":        at(fakebitbucket.KindAnnotationBulk, 1, 1, fault.Throttle{Forbidden: true, Text: true}),
		"500 then well":             at(fakebitbucket.KindAnnotationBulk, 1, 3, fault.Status{Code: 500}),
		"503 on the final state":    at(fakebitbucket.KindReportFinal, 1, 3, fault.Status{Code: 503}),
		"502 as a page":             at(fakebitbucket.KindReportPending, 1, 1, fault.HTML{Code: 502}),
		"409 once":                  at(fakebitbucket.KindAnnotationBulk, 2, 1, fault.Status{Code: 409}),
		"connection reset":          at(fakebitbucket.KindAnnotationBulk, 1, 2, fault.Reset{}),
		"answer cut":                at(fakebitbucket.KindAnnotationBulk, 1, 1, fault.CutBody{}),
		"answer lost":               at(fakebitbucket.KindAnnotationBulk, 2, 1, fault.Late{Effect: fault.Reset{}}),
		"answer lost, 504":          at(fakebitbucket.KindAnnotationBulk, 1, 1, fault.Late{Effect: fault.Status{Code: 504}}),
		"empty answers":             at(fakebitbucket.KindReportPut, 1, 2, fault.EmptyBody{}),
		"report vanishes":           at(fakebitbucket.KindAnnotationBulk, 2, 1, fault.Vanish{}),
		"final state lost its word": at(fakebitbucket.KindReportFinal, 1, 1, fault.Late{Effect: fault.Reset{}}),
	}
}

func TestPublishSurvivesEachFault(t *testing.T) {
	t.Parallel()
	for name, met := range faults() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			products(t, func(t *testing.T, server *fakebitbucket.Server, c *insights.Client) {
				fault.Inject(server, met)
				receipt := publish(t, c, build(result(250), c))
				require.Zero(t, fault.Pending(server), "the fault was met")
				require.Equal(t, 250, receipt.Published)
				requireSameAsCalm(t, server, c, 250)
			})
		})
	}
}

func TestPublishSurvivesStorms(t *testing.T) {
	t.Parallel()
	for seed := range uint64(12) {
		products(t, func(t *testing.T, server *fakebitbucket.Server, c *insights.Client) {
			fault.Inject(server, fault.Fault{Times: fault.Forever, Effect: fault.NewStorm(seed)})
			publish(t, c, build(result(350), c))
			publish(t, c, build(result(250), c))
			fault.Heal(server)
			requireSameAsCalm(t, server, c, 250)
		})
	}
}

// requireSameAsCalm compares the state with the state after one undisturbed publication.
func requireSameAsCalm(t *testing.T, server *fakebitbucket.Server, c *insights.Client, n int) {
	t.Helper()
	calm := fakebitbucket.New()
	other := cloud(t, calm)
	if c.Product() == bitbucket.DataCenter {
		other = dataCenter(t, calm)
	}
	publish(t, other, build(result(n), other))
	require.Equal(t, string(calm.Dump()), string(server.Dump()))
}

func TestPublishTwiceAtOnceConverges(t *testing.T) {
	t.Parallel()
	products(t, func(t *testing.T, server *fakebitbucket.Server, c *insights.Client) {
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() {
				_, err := insights.Publish(t.Context(), c, ref, build(result(250), c), nil)
				if err != nil {
					t.Errorf("publish: %v", err)
				}
			})
		}
		wait.Wait()
		publish(t, c, build(result(250), c))
		requireSameAsCalm(t, server, c, 250)
	})
}

func TestPublishEndsWithItsBudget(t *testing.T) {
	t.Parallel()
	server := fakebitbucket.New()
	fault.Inject(server, fault.Fault{Kind: fakebitbucket.KindAnnotationBulk, Times: fault.Forever, Effect: fault.Throttle{After: 60e9}})
	c := client(t, bitbucket.Options{Product: bitbucket.Cloud, Proxy: "http://localhost:29418", Transport: server.ProxyTransport()})
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 5e9)
		defer cancel()
		_, err := insights.Publish(ctx, c, ref, build(result(10), c), nil)
		require.ErrorIs(t, err, bitbucket.ErrRateLimited)
		require.ErrorContains(t, err, "time limit")
		require.Equal(t, []string{"PENDING", "FAILED"}, server.States(commit, "sluice-security"), "never an eternal PENDING")
	})
}

func TestAbortLeavesNoPendingReport(t *testing.T) {
	t.Parallel()
	products(t, func(t *testing.T, server *fakebitbucket.Server, c *insights.Client) {
		ctx, cancel := context.WithCancel(t.Context())
		running := insights.Begin(ctx, c, ref, build(result(0), c), nil)
		require.NoError(t, running.Err())
		cancel()
		require.NoError(t, running.Abort(ctx, "the step was stopped."))
		report, _ := server.Report(commit, "sluice-security")
		require.Contains(t, []string{"FAILED", "FAIL"}, report.Result)
		require.Contains(t, report.Details, "Scan error: the step was stopped.")
	})
}

func TestPublishAfterABeginThatFailed(t *testing.T) {
	t.Parallel()
	server := fakebitbucket.New()
	fault.Inject(server, fault.Fault{Kind: fakebitbucket.KindReportPending, Effect: fault.Status{Code: http.StatusForbidden}})
	c := cloud(t, server)
	running := insights.Begin(t.Context(), c, ref, build(result(0), c), nil)
	require.ErrorIs(t, running.Err(), bitbucket.ErrForbidden)
	receipt, err := running.Finish(t.Context(), build(result(5), c))
	require.NoError(t, err)
	require.Equal(t, 5, receipt.Published)
}

func TestClientCoversTheReportsAPI(t *testing.T) {
	t.Parallel()
	products(t, func(t *testing.T, _ *fakebitbucket.Server, c *insights.Client) {
		ctx := t.Context()
		_, err := c.Report(ctx, ref, "other")
		require.ErrorIs(t, err, bitbucket.ErrNotFound)
		none, err := c.Reports(ctx, ref)
		require.NoError(t, err)
		require.Empty(t, none)

		report := build(result(3), c)
		stored, err := c.PutReport(ctx, ref, report)
		require.NoError(t, err)
		require.Equal(t, report.Title, stored.Title)
		require.NoError(t, c.PostAnnotations(ctx, ref, report.ID, report.Annotations))
		extra := report.Annotations[0]
		extra.ID = "sluice-extra"
		require.NoError(t, c.PutAnnotation(ctx, ref, report.ID, &extra))
		list, err := c.Annotations(ctx, ref, report.ID)
		require.NoError(t, err)
		require.Len(t, list, 4)
		one, err := c.Annotation(ctx, ref, report.ID, "sluice-extra")
		require.NoError(t, err)
		require.Equal(t, extra.Summary, one.Summary)
		require.NoError(t, c.DeleteAnnotations(ctx, ref, report.ID, "sluice-extra", "sluice-unknown"))
		_, err = c.Annotation(ctx, ref, report.ID, "sluice-extra")
		require.ErrorIs(t, err, bitbucket.ErrNotFound)
		require.Error(t, c.PostAnnotations(ctx, ref, report.ID, make([]insights.Annotation, insights.MaxBulk+1)))

		again, err := c.Report(ctx, ref, report.ID)
		require.NoError(t, err)
		require.Equal(t, report.Result, again.Result)
		require.Len(t, again.Data, len(report.Data))
		if c.Product() == bitbucket.Cloud {
			byUUID, err := c.Report(ctx, ref, again.UUID)
			require.NoError(t, err)
			require.Equal(t, report.ID, byUUID.ID)
		}
		reports, err := c.Reports(ctx, ref)
		require.NoError(t, err)
		require.Len(t, reports, 1)
		require.NoError(t, c.DeleteReport(ctx, ref, report.ID))
		require.NoError(t, c.DeleteReport(ctx, ref, report.ID))
	})
}

func TestNoRawSecretInAnyPayload(t *testing.T) {
	t.Parallel()
	products(t, func(t *testing.T, server *fakebitbucket.Server, c *insights.Client) {
		canary := strings.Repeat("canary", 8)
		r := result(2)
		for i := range r.Findings {
			r.Findings[i].Secret = scan.NewSecret(canary)
		}
		r.Unread = []scan.Failure{{Path: "x", Err: errors.New("broken")}}
		publish(t, c, build(r, c))
		for _, request := range server.Requests() {
			require.NotContains(t, string(request.Body), canary)
		}
	})
}
