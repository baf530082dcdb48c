package fakebitbucket_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/fakebitbucket"
	"github.com/sluice-scan/sluice/internal/fakebitbucket/fault"
	"github.com/sluice-scan/sluice/internal/testwait"
)

const kindBulk = fakebitbucket.KindAnnotationBulk

func TestFaultOccurrences(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault   fault.Fault
		want    []int
		pending int
	}{
		"first-once":     {fault.Fault{Kind: kindBulk}, []int{503, 200, 200, 200}, 0},
		"third-once":     {fault.Fault{Kind: kindBulk, Nth: 3}, []int{200, 200, 503, 200}, 0},
		"second-twice":   {fault.Fault{Kind: kindBulk, Nth: 2, Times: 2}, []int{200, 503, 503, 200}, 0},
		"from-third-on":  {fault.Fault{Kind: kindBulk, Nth: 3, Times: fault.Forever}, []int{200, 200, 503, 503}, 0},
		"never-reached":  {fault.Fault{Kind: kindBulk, Nth: 9}, []int{200, 200, 200, 200}, 1},
		"other-kind":     {fault.Fault{Kind: fakebitbucket.KindReportFinal}, []int{200, 200, 200, 200}, 1},
		"covering-kind":  {fault.Fault{Kind: fakebitbucket.KindAnnotation}, []int{503, 200, 200, 200}, 0},
		"other-method":   {fault.Fault{Method: "DELETE"}, []int{200, 200, 200, 200}, 1},
		"other-path":     {fault.Fault{Path: otherCommit}, []int{200, 200, 200, 200}, 1},
		"other-dialect":  {fault.Fault{Dialect: fakebitbucket.DataCenter}, []int{200, 200, 200, 200}, 1},
		"when-says-last": {fault.Fault{When: func(r fakebitbucket.Request) bool { return strings.Contains(string(r.Body), "id-0003") }}, []int{200, 200, 200, 503}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, c := start(t)
			c.want(200, "PUT", report, goodReport)
			test.fault.Effect = fault.Status{Code: 503}
			fault.Inject(server, test.fault)
			var got []int
			for i := range 4 {
				got = append(got, c.do("POST", annots, bulk(i, 1)).status)
			}
			require.Equal(t, test.want, got)
			require.Equal(t, test.pending, fault.Pending(server))
			fault.Heal(server)
			require.Zero(t, fault.Pending(server))
		})
	}
}

func TestFaultsFirstInjectedWins(t *testing.T) {
	t.Parallel()
	server, c := start(t)
	fault.Inject(server,
		fault.Fault{Kind: fakebitbucket.KindReport, Nth: 2, Effect: fault.Status{Code: 500}},
		fault.Fault{Kind: fakebitbucket.KindReportGet, Times: 2, Effect: fault.Status{Code: 502}},
	)
	for _, status := range []int{502, 500, 502, 404} {
		c.want(status, "GET", report, "")
	}
	require.Equal(t, "GET report.get 500 status Internal Server Error", server.Trail()[1])
}

func TestThrottle(t *testing.T) {
	t.Parallel()
	now := newClock()
	for name, test := range map[string]struct {
		effect            fault.Throttle
		status            int
		retry, reset, typ string
	}{
		"seconds":   {fault.Throttle{After: 90 * time.Second}, 429, "90", "", "application/json; charset=utf-8"},
		"zero":      {fault.Throttle{}, 429, "0", "", "application/json; charset=utf-8"},
		"date":      {fault.Throttle{After: time.Minute, Form: fault.RetryDate}, 429, "Sat, 01 Aug 2026 12:01:00 GMT", "", "application/json; charset=utf-8"},
		"none-text": {fault.Throttle{Form: fault.RetryNone, Text: true}, 429, "", "", "text/plain; charset=utf-8"},
		"reset":     {fault.Throttle{Form: fault.RetryNone, Reset: 45 * time.Second}, 429, "", "45", "application/json; charset=utf-8"},
		"forbidden": {fault.Throttle{Form: fault.RetryNone, Forbidden: true, Text: true}, 403, "", "", "text/plain; charset=utf-8"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, c := start(t, fakebitbucket.WithClock(now.read))
			fault.Inject(server, fault.Fault{Effect: test.effect})
			got := c.want(test.status, "PUT", report, goodReport)
			require.Equal(t, test.retry, got.header.Get("Retry-After"))
			require.Equal(t, test.reset, got.header.Get("X-RateLimit-Reset"))
			require.Equal(t, test.typ, got.header.Get("Content-Type"))
			require.Contains(t, got.body, "Rate limit for this resource has been exceeded")
			require.Empty(t, server.Reports(""), "a throttled request is not served")
		})
	}
}

func TestEffectsOnAnswers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		effect fault.Effect
		status int
		typ    string
		body   string
		served bool
	}{
		"conflict":       {fault.Status{Code: 409}, 409, "application/json; charset=utf-8", `{"type":"error","error":{"message":"Conflict"}}`, false},
		"own-body":       {fault.Status{Code: 503, Body: "busy", ContentType: "text/plain"}, 503, "text/plain", "busy", false},
		"own-json":       {fault.Status{Code: 500, Body: "{}", Header: http.Header{"x-request-id": {"1"}}}, 500, "application/json", "{}", false},
		"portal":         {fault.HTML{}, 200, "text/html; charset=utf-8", "", false},
		"gateway":        {fault.HTML{Code: 502}, 502, "text/html; charset=utf-8", "", false},
		"empty":          {fault.EmptyBody{}, 200, "", "", true},
		"empty-202":      {fault.EmptyBody{Code: 202}, 202, "", "", true},
		"missing-scopes": {fault.MissingScopes{Required: []string{"repository:write"}}, 403, "application/json; charset=utf-8", `{"type":"error","error":{"message":"Your credentials lack one or more required privilege scopes.","detail":{"granted":[],"required":["repository:write"]}}}`, false},
		"late-504":       {fault.Late{Effect: fault.Status{Code: 504}}, 504, "application/json; charset=utf-8", `{"type":"error","error":{"message":"Gateway Timeout"}}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, c := start(t)
			fault.Inject(server, fault.Fault{Effect: test.effect})
			got := c.want(test.status, "PUT", report, goodReport)
			require.Equal(t, test.typ, got.header.Get("Content-Type"))
			if test.body != "" {
				require.Equal(t, test.body, got.body)
			}
			require.Equal(t, test.served, len(server.Reports("")) == 1)
		})
	}
}

func TestRedirect(t *testing.T) {
	t.Parallel()
	server := fakebitbucket.New()
	fault.Inject(server,
		fault.Fault{Effect: fault.Redirect{}},
		fault.Fault{Effect: fault.Redirect{To: "https://login.example.com/"}},
	)
	c := startProxy(t, server)
	require.Equal(t, "https://api.bitbucket.org"+report+"?a=b", c.want(301, "GET", report+"?a=b", "").header.Get("Location"))
	require.Equal(t, "https://login.example.com/", c.want(301, "GET", report, "").header.Get("Location"))
}

func TestBrokenConnections(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		effect fault.Effect
		want   error
		served bool
	}{
		"reset":      {fault.Reset{}, syscall.ECONNRESET, false},
		"late-reset": {fault.Late{Effect: fault.Reset{}}, syscall.ECONNRESET, true},
		"cut-body":   {fault.CutBody{}, io.ErrUnexpectedEOF, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			over := func(t *testing.T, server *fakebitbucket.Server, c client) {
				fault.Inject(server, fault.Fault{Kind: fakebitbucket.KindReportPut, Effect: test.effect})
				c.t = t
				_, err := c.try("PUT", report, goodReport)
				require.ErrorIs(t, err, test.want)
				require.Equal(t, test.served, len(server.Reports("")) == 1)
				require.NotEmpty(t, server.Requests()[0].Fault)
				c.want(200, "PUT", report, goodReport)
			}
			t.Run("listener", func(t *testing.T) {
				t.Parallel()
				server, c := start(t)
				over(t, server, c)
			})
			t.Run("transport", func(t *testing.T) {
				t.Parallel()
				server := fakebitbucket.New()
				over(t, server, client{t, "https://api.bitbucket.org", httpClient(server.Transport())})
			})
		})
	}
}

func TestCutBodyOfAnEmptyAnswerResets(t *testing.T) {
	t.Parallel()
	server, c := start(t)
	fault.Inject(server, fault.Fault{Effect: fault.CutBody{}})
	_, err := c.try("DELETE", report, "")
	require.ErrorIs(t, err, syscall.ECONNRESET)
}

func TestSlow(t *testing.T) {
	t.Parallel()
	server, c := start(t)
	gate := make(chan struct{})
	fault.Inject(server,
		fault.Fault{Effect: fault.Slow{Delay: time.Nanosecond}},
		fault.Fault{Effect: fault.Slow{Until: gate}},
		fault.Fault{Kind: fakebitbucket.KindReportDelete, Effect: fault.Slow{}},
	)
	c.want(200, "PUT", report, goodReport)
	done := make(chan error)
	go func() {
		_, err := c.try("PUT", report, doneReport)
		done <- err
	}()
	testwait.Until(t, func() bool { return server.Count(fakebitbucket.KindReportFinal) == 1 })
	require.Equal(t, []string{"PENDING"}, server.States(commit, "sluice-security"), "a slow request is served when it is over")
	close(gate)
	require.NoError(t, <-done)
	require.Equal(t, []string{"PENDING", "FAILED"}, server.States(commit, "sluice-security"))

	impatient := c
	impatient.http = &http.Client{Transport: c.http.Transport, Timeout: 20 * time.Millisecond}
	_, err := impatient.try("DELETE", report, "")
	var timeout interface{ Timeout() bool }
	require.True(t, errors.As(err, &timeout) && timeout.Timeout(), "%v", err)
	require.Len(t, server.Reports(commit), 1)
}

func TestVanish(t *testing.T) {
	t.Parallel()
	server, c := start(t)
	c.want(200, "PUT", report, goodReport)
	fault.Inject(server, fault.Fault{Kind: kindBulk, Nth: 2, Effect: fault.Vanish{}})
	c.want(200, "POST", annots, bulk(0, 5))
	require.Equal(t, "report-service.report.not-found", c.want(404, "POST", annots, bulk(5, 5)).json(t)["key"])
	c.want(200, "PUT", report, goodReport)
	c.want(200, "POST", annots, bulk(5, 5))
	require.True(t, server.EverMissing(commit, "sluice-security"))
	require.Len(t, server.Annotations(commit, "sluice-security"), 5)

	require.True(t, server.Remove(commit, "sluice-security"))
	require.False(t, server.Remove(commit, "sluice-security"))
	require.Equal(t, fakebitbucket.EventVanish, server.History(commit, "sluice-security")[0].Event, "a removal has request number 0")
}

func TestRejectAnnotations(t *testing.T) {
	t.Parallel()
	server, c := startDC(t)
	fault.Inject(server, fault.Fault{Times: fault.Forever, Effect: fault.RejectAnnotations{
		Match: func(a fakebitbucket.Annotation) bool {
			return strings.HasPrefix(a.Path, "bad/") || a.ExternalID == "id-0007"
		},
	}})
	c.want(200, "PUT", report, goodReport)
	c.want(200, "POST", annots, bulk(0, 7))
	require.Equal(t, "report-service.general.bad-request", c.want(400, "POST", annots, bulk(5, 3)).json(t)["key"])
	c.want(400, "POST", annots, "["+annotation("x", `"path":"bad/a.go"`)+"]")
	c.want(400, "PUT", annots+"/x", annotation("x", `"path":"bad/a.go"`))
	c.want(200, "PUT", annots+"/x", annotation("x", `"path":"good/a.go","line":3`))
	c.want(200, "PUT", dcReport, goodDC)
	dcMessage(t, c.want(400, "POST", dcAnnots, dcBulk(7, 1)))
	c.want(204, "PUT", dcAnnots+"/x", `{"message":"m","severity":"LOW","line":1}`)
	require.Len(t, server.Annotations(commit, "sluice-security"), 8)
}

func TestHook(t *testing.T) {
	t.Parallel()
	server, c := start(t)
	fault.Inject(server, fault.Fault{Kind: fakebitbucket.KindReportFinal, Effect: fault.Hook{Func: func() {
		// A second run that is faster than the first one.
		c.want(200, "PUT", reports+"/second", goodReport)
	}}})
	c.want(200, "PUT", report, doneReport)
	require.Equal(t, []string{"PUT report.put.final 200 hook", "PUT report.put.pending 200"}, server.Trail())
	require.Equal(t, 2, server.PeakConcurrency())
}

// weather publishes with a client that retries after any error, and returns what the server saw.
func weather(t *testing.T, seed uint64) ([]string, []byte) {
	t.Helper()
	server := fakebitbucket.New()
	fault.Inject(server, fault.Fault{Times: fault.Forever, Effect: fault.NewStorm(seed)})
	c := client{t, "https://api.bitbucket.org", httpClient(server.Transport())}
	insist := func(method, path, body string) {
		for try := range 4 {
			r, err := c.try(method, path, body)
			if err == nil && r.status == 200 {
				return
			}
			require.Less(t, try, 3, "a request gets through after two hits")
		}
	}
	insist("PUT", report, goodReport)
	for from := 0; from < 1000; from += 100 {
		insist("POST", annots, bulk(from, 100))
	}
	insist("PUT", report, doneReport)
	return server.Trail(), server.Dump()
}

func TestStorm(t *testing.T) {
	t.Parallel()
	trail, dump := weather(t, 1)
	again, dumpAgain := weather(t, 1)
	require.Equal(t, trail, again, "the same seed is the same weather")
	other, dumpOther := weather(t, 2)
	require.NotEqual(t, trail, other)
	require.Equal(t, dump, dumpAgain)
	require.Equal(t, dump, dumpOther, "whatever the weather, the same state")
	require.Greater(t, len(trail), 12)

	kinds := map[string]bool{}
	for seed := range uint64(20) {
		lines, _ := weather(t, seed)
		for _, line := range lines {
			if fields := strings.SplitN(line, " ", 4); len(fields) == 4 {
				kinds[fields[3]] = true
			}
		}
	}
	for _, kind := range []string{"throttle", "status Internal Server Error", "html", "reset", "late reset", "cutbody"} {
		require.Contains(t, kinds, kind)
	}
}

func TestParallelClients(t *testing.T) {
	t.Parallel()
	server, c := start(t)
	c.want(200, "PUT", report, goodReport)
	var group sync.WaitGroup
	statuses := make([]int, 16)
	for i := range statuses {
		group.Go(func() {
			r, err := c.try("POST", annots, bulk(50*(i%8), 50))
			if err == nil {
				statuses[i] = r.status
			}
			server.Annotations(commit, "sluice-security")
			server.Trail()
			server.Dump()
		})
	}
	group.Wait()
	require.Equal(t, slices.Repeat([]int{200}, 16), statuses)
	require.Len(t, server.Annotations(commit, "sluice-security"), 400)
	require.Equal(t, 16, server.Count(kindBulk))
}

func TestRequestsAndDump(t *testing.T) {
	t.Parallel()
	server, c := start(t)
	c.want(200, "PUT", report, `{"title":"t","details":"a < b","report_type":"BUG","data":[{"title":"Duration","type":"DURATION","value":7},{"title":"High","type":"NUMBER","value":1}]}`,
		"User-Agent", "sluice/1", "Authorization", "Bearer abc")
	c.want(200, "POST", annots, "["+annotation("b", "")+","+annotation("a", `"line":2`)+"]")
	c.want(201, "POST", cloudBase+"/statuses/build", `{"key":"k","state":"FAILED","url":"https://example.com"}`)
	c.want(201, "POST", "/2.0/repositories/acme/shop/pullrequests/1/comments", `{"content":{"raw":"hello"}}`)

	got := server.Requests()[0]
	require.Equal(t, 1, got.Number)
	require.Equal(t, fakebitbucket.KindReportPending, got.Kind)
	require.Equal(t, "sluice/1", got.UserAgent)
	require.Equal(t, "Bearer", got.AuthScheme)
	require.True(t, got.Authorized)
	require.False(t, got.Absolute)
	require.Contains(t, got.HeaderNames, "Authorization")
	require.Equal(t, len(got.Body), got.BodySize)
	var body struct{ Title string }
	require.NoError(t, got.Decode(&body))
	require.Equal(t, "t", body.Title)

	dump := string(server.Dump("Duration"))
	require.Contains(t, dump, `"a < b"`)
	require.NotContains(t, dump, "Duration")
	require.NotContains(t, dump, "202", "no times")
	require.Less(t, strings.Index(dump, `"ExternalID": "a"`), strings.Index(dump, `"ExternalID": "b"`))
	require.True(t, json.Valid([]byte(dump)))
	for _, part := range []string{`"Key": "k"`, `"Text": "hello"`, `"High"`} {
		require.Contains(t, dump, part)
	}

	server.Forget()
	require.Zero(t, server.Count(""))
	c.want(200, "GET", report, "")
	require.Equal(t, 5, server.Requests()[0].Number)
	require.Equal(t, []fakebitbucket.Moment{
		{Request: 1, Event: fakebitbucket.EventPut, Exists: true},
		{Request: 2, Event: fakebitbucket.EventAnnotate, Exists: true, Annotations: 2},
	}, server.History(commit, "sluice-security"))
	_, ok := server.Report(commit, "none")
	require.False(t, ok)
	require.Nil(t, server.Annotations(commit, "none"))
}
