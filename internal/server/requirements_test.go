package server_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/server"
)

// TestHowFreshTheListIs: the statuses are as fresh as the last listing of the connection, and the answer has its time.
func TestHowFreshTheListIs(t *testing.T) {
	t.Parallel()
	s := newService(t, func(o *server.Options) {
		o.Connections = &folders{list: []connection.Live{{ID: "directory", Synced: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}}}
	})
	values := s.call("admin", http.MethodGet, "/connections").json(t)["values"].([]any)
	require.Equal(t, "2026-01-02T03:04:05.000Z", values[0].(map[string]any)["lastSyncDate"])
}

// TestPersonalProjects are rows like others; the type tells them apart.
func TestPersonalProjects(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1")
	s.list("OPS", "tools: main=1")
	s.list("~jdoe", "notes: main=1")
	for query, count := range map[string]int{"": 3, "?type=normal": 2, "?type=personal": 1, "?type=all": 3} {
		require.Len(t, keys(t, s.call("admin", http.MethodGet, "/status/projects"+query), "key"), count, query)
	}
	require.Equal(t, []string{"notes"}, keys(t, s.call("admin", http.MethodGet, "/status/projects/~jdoe/repos"), "slug"))
	require.Equal(t, [3]float64{1, 0, 0}, sums(t, s.call("admin", http.MethodPut, "/status/projects/~jdoe")))
	require.Equal(t, http.StatusBadRequest, s.call("admin", http.MethodGet, "/status/projects?type=none").status)
}

// TestBatches: each level scans what is below it, outdated branches or all, for callers with the right. The batch shows
// the progress.
func TestBatches(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: a=1 b=1 c=1", "web: a=1 b=1 c=1")
	s.list("OPS", "tools: a=1")
	require.Equal(t, http.StatusForbidden, s.call("reader", http.MethodPut, "/status/projects/PAY/repos/api").status)
	require.Equal(t, [3]float64{3, 0, 0}, sums(t, s.call("admin", http.MethodPut, "/status/projects/PAY/repos/api")))
	a := s.call("admin", http.MethodPut, "/status/projects/PAY")
	require.Equal(t, [3]float64{3, 3, 0}, sums(t, a))
	progress := func() []any {
		t.Helper()
		b := s.call("admin", http.MethodGet, "/batches/"+a.json(t)["batchId"].(string)).json(t)
		return []any{b["done"], b["total"], b["percent"]}
	}
	require.Equal(t, []any{0.0, 6.0, 0.0}, progress())
	for range 3 {
		s.end(s.work())
	}
	require.Equal(t, []any{3.0, 6.0, 50.0}, progress())
	for range 3 {
		s.end(s.work())
	}
	require.Equal(t, []any{6.0, 6.0, 100.0}, progress())
	require.Equal(t, [3]float64{7, 0, 0}, sums(t, s.call("admin", http.MethodPut, "/status/total_rescan")))
	for range 7 {
		s.end(s.work())
	}
	s.list("PAY", "api: a=2 b=2 c=1 d=1", "web: a=1 b=1 c=1")
	require.Equal(t, [3]float64{3, 0, 4}, sums(t, s.call("admin", http.MethodPut, "/status/projects/PAY?mode=outdated")), "two have moved, one is new")
	require.Equal(t, [3]float64{4, 3, 0}, sums(t, s.call("admin", http.MethodPut, "/status/projects/PAY")))
}

// TestTheWholeQueue: everything that a batch queued is listed, and two calls cancel it.
func TestTheWholeQueue(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: a=1 b=1 c=1")
	a := s.call("admin", http.MethodPut, "/status/total_rescan")
	require.Equal(t, http.StatusOK, s.call("admin", http.MethodGet, "/batches/"+a.json(t)["batchId"].(string)).status)
	j := s.work()
	queue := func() int { return len(s.call("admin", http.MethodGet, "/queue").json(t)["values"].([]any)) }
	require.Equal(t, 3, queue())
	project := s.call("admin", http.MethodGet, "/status/projects/PAY").json(t)
	require.Equal(t, []any{2.0, 1.0}, []any{project["queued"], project["running"]})
	require.Equal(t, 1.0, s.call("reader", http.MethodGet, "/status/projects/PAY").json(t)["running"])
	require.Equal(t, map[string]any{"displayId": "a", "status": "NOT_SCANNED"}, s.call("reader", http.MethodGet, "/status/projects/PAY/repos/api").json(t)["defaultBranch"])
	require.Equal(t, 2.0, s.call("admin", http.MethodDelete, "/status/scheduled").json(t)["cancelled"])
	require.Equal(t, 1.0, s.call("admin", http.MethodDelete, "/status/running").json(t)["cancelled"])
	stop, err := s.store.Queue.Beat(t.Context(), j, 1, "")
	require.NoError(t, err)
	require.True(t, stop)
}

// TestTheBodyIsJSON, however the client's shell quoted it.
func TestTheBodyIsJSON(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1")
	for _, body := range []string{`{"warnOnVulnerabilities":false}`, "{ \"warnOnVulnerabilities\" : false }\r\n", "{\"warnOnVuln\\u0065rabilities\":false}"} {
		a := s.call("padmin", http.MethodPut, "/rest/api/latest/projects/PAY/repos/api"+hookPath+"/enabled", body)
		require.Equal(t, []any{http.StatusOK, true}, []any{a.status, a.json(t)["enabled"]}, body)
	}
}

// TestDatesAndNamesOfReports: the older path takes the same dates, and every report has a file name.
func TestDatesAndNamesOfReports(t *testing.T) {
	t.Parallel()
	s := forReports(t)
	var at int64
	s.sqlRow("select scanned_at from branch where name = 'x'", &at)
	scanned := time.UnixMilli(at).UTC()
	const path = "/rest/security/1.0/export-report/PAY/repos/api?branch=x"
	when := func(from, to time.Time) int {
		t.Helper()
		return len(s.report("writer", fmt.Sprintf("%s&startDate=%s&endDate=%s", path, from.Format("2006-01-02T15:04:05.000Z"), to.Format("2006-01-02T15:04:05.000Z"))))
	}
	require.Equal(t, 2, when(scanned, scanned.Add(time.Millisecond)), "at the first date")
	require.Zero(t, when(scanned.Add(-time.Hour), scanned), "before the last one")
	require.Equal(t, http.StatusBadRequest, s.call("writer", http.MethodGet, path+"&startDate=tomorrow").status)
	for _, path := range []string{"/export-report?confirmExpensiveOperation=true", "/export-report/projects/PAY", "/export-report/projects/PAY/repos/api", path, "/export/reviewed", "/sbom/projects/PAY/repos/api"} {
		require.Regexp(t, `^attachment; filename="[\w.%~-]+\.(csv|zip|json)"$`, s.call("admin", http.MethodGet, path).header.Get("Content-Disposition"), path)
	}
}

// TestRulesOfOneRepository: no route switches a rule for one repository; its own file does.
func TestRulesOfOneRepository(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for _, r := range s.server.TestRoutes() {
		if r.Method != http.MethodGet && strings.Contains(r.Pattern, "{repoSlug}") {
			require.NotRegexp(t, `rules|hardcoded`, r.Pattern)
		}
	}
	s.list("PAY", "api: main=1")
	s.call("admin", http.MethodPut, "/settings", `{"repositoryRules":true}`)
	s.files["PAY/api soteri-security.yml"] = "custom_rules: {ours: 'ours_[0-9]{8}'}\n"
	require.Contains(t, s.call("reader", http.MethodGet, "/rest/security/1.0/scan/PAY/rule_types/api").text, `"ours"`)
}

// TestWithoutAQuery: parameters in braces in the documents are optional.
func TestWithoutAQuery(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1")
	for _, path := range []string{"/status/total_rescan", "/status/projects/PAY", "/status/projects/PAY/repos/api", "/status/projects/PAY/repos/api/branches?name=main"} {
		require.Equal(t, http.StatusAccepted, s.call("admin", http.MethodPut, path).status, path)
	}
}

// TestDatesAreUTC: in every answer that has dates.
func TestDatesAreUTC(t *testing.T) {
	t.Parallel()
	s := forReports(t)
	s.call("writer", http.MethodPost, "/scan/PAY/repos/api?branch=x")
	dates := 0
	for _, path := range []string{
		"/status/projects/PAY", "/status/projects/PAY/repos/api", "/status/projects/PAY/repos/api/branches", "/queue", "/findings", "/audit", "/accounts", scanPath,
	} {
		a := s.call("admin", http.MethodGet, path)
		require.Equal(t, http.StatusOK, a.status, path)
		for _, m := range regexp.MustCompile(`"\w*[dD]ate":("[^"]*"|null)`).FindAllStringSubmatch(a.text, -1) {
			if m[1] != "null" {
				require.Regexp(t, `^"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"$`, m[1], path)
				dates++
			}
		}
	}
	require.Greater(t, dates, 20)
}

// TestErrors: every kind of refusal has the format that clients read.
func TestErrors(t *testing.T) {
	t.Parallel()
	s := newService(t, func(o *server.Options) { o.Rate, o.Burst = 0.001, 8 })
	s.list("PAY", "api: main=1")
	cases := map[string]struct {
		a      answer
		status int
	}{
		"no credentials": {s.call("", http.MethodGet, "/queue"), 401}, "not allowed": {s.call("reader", http.MethodGet, "/audit"), 403}, "not there": {s.call("admin", http.MethodGet, "/status/projects/NONE"), 404},
		"no such address": {s.call("admin", http.MethodGet, "/none"), 404}, "another method": {s.call("admin", http.MethodPatch, "/queue"), 405}, "bad value": {s.call("admin", http.MethodGet, "/status/projects?limit=x"), 400},
		"there already": {s.call("admin", http.MethodPost, "/accounts", `{"name":"reader","password":"correct horse battery"}`), 409}, "too large": {s.call("admin", http.MethodPut, "/settings", `{"a":"`+strings.Repeat("a", 2<<20)+`"}`), 413},
		"too long": {s.call("admin", http.MethodGet, "/queue?x="+strings.Repeat("a", 10<<10)), 414},
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, s.url+"/rest/security/latest/settings", strings.NewReader("a"))
	require.NoError(t, err)
	request.SetBasicAuth("admin", "admin-password")
	cases["another type"] = struct {
		a      answer
		status int
	}{s.do(request), 415}
	for range 10 {
		s.call("writer", http.MethodGet, "/queue")
	}
	cases["too often"] = struct {
		a      answer
		status int
	}{s.call("writer", http.MethodGet, "/queue"), 429}
	for name, c := range cases {
		require.Equal(t, c.status, c.a.status, "%s: %s", name, c.a.text)
		list := c.a.json(t)["errors"].([]any)
		require.NotEmpty(t, list, name)
		e := list[0].(map[string]any)
		require.Contains(t, e, "context", name)
		require.NotEmpty(t, e["message"], name)
		require.Regexp(t, `^com\.sluice\.exception\.\w+Exception$`, e["exceptionName"], name)
	}
}
