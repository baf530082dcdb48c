package server_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/server"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/testwait"
	"github.com/sluice-scan/sluice/scan"
)

func TestTheQueue(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1 feature/x=1", "web: main=1")
	s.call("admin", http.MethodPut, "/status/total_rescan")
	j := s.work()
	_, err := s.store.Queue.Beat(t.Context(), j, 42, j.Head)
	require.NoError(t, err)
	queue := s.call("admin", http.MethodGet, "/queue").json(t)
	require.Equal(t, 3.0, queue["size"])
	first := queue["values"].([]any)[0].(map[string]any)
	require.Equal(t, "Project PAY / Repository "+j.Slug+" : "+j.Branch, first["text"])
	require.Equal(t, []any{"RUNNING", 42.0, "node-1", "admin"}, []any{first["state"], first["progress"], first["node"], first["requestedBy"]})
	require.NotNil(t, first["sinceMillis"])
	require.NotNil(t, first["startedDate"])
	require.Contains(t, first["link"], "/analysis?branch="+strings.ReplaceAll(j.Branch, "/", "%2F"))
	second := queue["values"].([]any)[1].(map[string]any)
	require.Equal(t, "QUEUED", second["state"])
	require.Nil(t, second["startedDate"])
	require.Equal(t, 2.0, s.call("reader", http.MethodGet, "/queue").json(t)["size"], "the visible part")
	require.Zero(t, s.call("nobody", http.MethodGet, "/queue").json(t)["size"])
	page := s.call("admin", http.MethodGet, "/queue?limit=2&start=2").json(t)
	require.Equal(t, []any{1.0, true}, []any{page["size"], page["isLastPage"]})
}

// listen opens a stream of events and returns its events.
func (s *service) listen(ctx context.Context, as string) (<-chan map[string]any, http.Header) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/rest/security/latest/events", nil)
	require.NoError(s.t, err)
	request.SetBasicAuth(as, as+"-password")
	response, err := http.DefaultClient.Do(request) //nolint:bodyclose // the goroutine below closes it
	require.NoError(s.t, err)
	events := make(chan map[string]any, 100)
	go func() {
		defer close(events)
		defer func() { _ = response.Body.Close() }()
		lines := bufio.NewScanner(response.Body)
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				var event map[string]any
				if json.Unmarshal([]byte(data), &event) == nil {
					events <- event
				}
			}
		}
	}()
	return events, response.Header
}

func TestEventsOfTheQueue(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1", "web: main=1")
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	all, header := s.listen(ctx, "admin")
	require.Equal(t, "text/event-stream", header.Get("Content-Type"))
	few, _ := s.listen(ctx, "reader")
	next := func(events <-chan map[string]any) string {
		e := testwait.Receive(t, events, "an event")
		return fmt.Sprint(e["queued"], e["running"])
	}
	require.Equal(t, "0 0", next(all))
	require.Equal(t, "0 0", next(few))
	s.call("admin", http.MethodPut, "/status/total_rescan")
	require.Equal(t, "2 0", next(all))
	require.Equal(t, "1 0", next(few), "the visible part")
	s.work()
	require.Equal(t, "1 1", next(all))
	leave()
	testwait.Until(t, func() bool {
		return strings.Count(s.log.String(), "path=/rest/security/latest/events") == 2
	}, "the stream ends with its client")
}

func TestFindingsAreListedAndTriaged(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1 x=1", "web: main=1")
	found := []scan.Finding{at("PASSWORD", "a.env", 1, plainLine, canary), at("PASSWORD", "b.env", 2, plainLine, canary), at("AWS_SECRET", "c.env", 3, plainLine, canary)}
	found[2].Severity = scan.SeverityCritical
	s.scanAll(found...)
	list := func(as, query string) []map[string]any {
		a := s.call(as, http.MethodGet, "/findings"+query)
		require.Equal(t, http.StatusOK, a.status, a.text)
		require.NotContains(t, a.text, canary)
		var values []map[string]any
		for _, v := range a.json(t)["values"].([]any) {
			values = append(values, v.(map[string]any))
		}
		return values
	}
	require.Len(t, list("admin", ""), 6)
	require.Len(t, list("reader", ""), 3)
	require.Empty(t, list("nobody", ""))
	for query, want := range map[string]int{
		"?severity=critical": 2, "?severity=critical&severity=high": 6, "?rule=PASSWORD": 4, "?repo=PAY/api": 3, "?project=PAY": 6, "?engine=code": 0, "?engine=secrets": 6, "?state=accepted": 0,
		"?state=all": 6, "?repo=PAY/api&rule=AWS_SECRET": 1,
	} {
		require.Len(t, list("admin", query), want, query)
	}
	for query, want := range map[string]int{"?repo=PAY/web": 404, "?project=OPS": 404, "?engine=x": 400, "?severity=x": 400, "?state=x": 400, "?cursor=!": 400, "?limit=0": 400} {
		require.Equal(t, want, s.call("reader", http.MethodGet, "/findings"+query).status, query)
	}
	seen, cursor := map[any]bool{}, ""
	for range 3 {
		body := s.call("admin", http.MethodGet, "/findings?limit=2"+cursor).json(t)
		for _, v := range body["values"].([]any) {
			seen[v.(map[string]any)["id"]] = true
		}
		if body["isLastPage"] == true {
			require.Nil(t, body["nextCursor"])
			break
		}
		cursor = "&cursor=" + body["nextCursor"].(string)
	}
	require.Len(t, seen, 6, "no gap and nothing twice")

	one := list("writer", "?rule=AWS_SECRET")[0]
	path := "/findings/" + one["id"].(string)
	require.Equal(t, []any{2.0, "main", true}, []any{one["branchCount"], one["branch"], one["counts"]})
	require.Equal(t, http.StatusForbidden, s.call("reader", http.MethodPatch, path, `{"state":"ACCEPTED"}`).status)
	require.Equal(t, http.StatusForbidden, s.call("grantee", http.MethodPatch, path, `{"state":"ACCEPTED"}`).status)
	require.Equal(t, http.StatusNotFound, s.call("nobody", http.MethodPatch, path, `{"state":"ACCEPTED"}`).status)
	for body, want := range map[string]int{
		`{"state":"FIXED"}`: 400, `{"state":"odd"}`: 400, `{"state":7}`: 400, `{`: 400, `{"assignee":"none"}`: 400, `{"expiresDate":"2124-01-01"}`: 400, `{"state":"ACCEPTED","expiresDate":"2020-01-01"}`: 400,
		`{"state":"ACCEPTED","expiresDate":7}`: 400, `{"reason":"` + strings.Repeat("x", 201) + `"}`: 400, `{"comment":"` + strings.Repeat("x", 2<<20) + `"}`: 413,
	} {
		require.Equal(t, want, s.call("writer", http.MethodPatch, path, body).status, body[:min(len(body), 60)])
	}
	a := s.call("writer", http.MethodPatch, path, `{"state":"ACCEPTED","reason":"risk","comment":"until we move","assignee":"Padmin","expiresDate":"2124-01-31T00:00:00Z"}`)
	require.Equal(t, http.StatusOK, a.status, a.text)
	body := a.json(t)
	require.Equal(t, []any{"ACCEPTED", "risk", "until we move", "padmin", "2124-01-31T00:00:00.000Z", "writer", false},
		[]any{body["state"], body["reason"], body["comment"], body["assignee"], body["expiresDate"], body["changedBy"], body["counts"]})
	critical := func() any {
		return s.call("writer", http.MethodGet, "/status/projects/PAY/repos/api").json(t)["openFindings"].(map[string]any)["critical"]
	}
	require.Equal(t, 0.0, critical(), "the counters at once")
	s.scanAll(found...)
	require.Equal(t, 0.0, critical(), "and after a rescan")
	require.Len(t, list("writer", "?assignee=padmin&state=accepted"), 1)
	require.Equal(t, http.StatusOK, s.call("writer", http.MethodPatch, path, `{"expiresDate":null}`).status)
	require.Nil(t, s.call("reader", http.MethodGet, path).json(t)["expiresDate"])
	require.Equal(t, "until we move", s.call("reader", http.MethodGet, path).json(t)["comment"], "a missing field stays")
	require.Equal(t, http.StatusOK, s.call("writer", http.MethodPatch, path, `{"state":"OPEN"}`).status)
	require.Equal(t, 1.0, critical())
	events, err := s.store.Audit.List(t.Context(), audit.Filter{}, db.Page{Limit: 1})
	require.NoError(t, err)
	require.Equal(t, "finding.triaged", events[0].Action)
	require.Contains(t, events[0].Detail, "ACCEPTED to OPEN")
}

// TestTwoNodes: both give the same answers.
func TestTwoNodes(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1")
	st, err := store.Open(t.Context(), s.path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	listener := httptest.NewServer(mustServe(t, st, server.Options{Log: slog.New(slog.DiscardHandler), Version: "test"}).Handler())
	t.Cleanup(listener.Close)
	other := *s
	other.url = listener.URL
	s.call("writer", http.MethodPost, "/scan/PAY/repos/api")
	s.end(s.work(), at("PASSWORD", "a.env", 1, plainLine, canary))
	for _, path := range []string{"/scan/PAY/repos/api", "/status/projects/PAY", "/status/projects/PAY/repos/api/branches", "/findings", "/queue"} {
		require.Equal(t, s.call("writer", http.MethodGet, path).text, other.call("writer", http.MethodGet, path).text, path)
	}
}
