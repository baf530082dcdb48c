package server_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTrends(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1 x=1", "web: main=1")
	s.list("OPS", "tools: main=1")
	now := time.Now().UTC()
	require.NoError(t, s.store.Trends.TakeSnapshot(t.Context(), now.AddDate(0, 0, -2)))
	s.call("writer", http.MethodPost, "/scan/PAY/repos/api")
	s.end(s.work(), at("PASSWORD", "a.env", 1, plainLine, canary))
	day := func(days int) string { return now.AddDate(0, 0, days).Format(time.DateOnly) }
	values := func(as, path string) []any {
		t.Helper()
		a := s.call(as, http.MethodGet, path)
		require.Equal(t, http.StatusOK, a.status, a.text)
		return a.json(t)["values"].([]any)
	}
	point := func(date string, counts map[string]any, high float64) map[string]any {
		// Nothing was open on the days before today, and what is open came today.
		ages := map[string]any{"critical": nil, "high": nil, "medium": nil, "low": nil}
		if high > 0 {
			ages["high"] = 0.0
		}
		return map[string]any{
			"date": date, "counts": counts, "openFindings": map[string]any{"critical": 0.0, "high": high, "medium": 0.0, "low": 0.0}, "newFindings": high, "fixedFindings": 0.0, "medianAgeDays": ages,
		}
	}
	counts := func(vulnerable, notScanned float64) map[string]any {
		return map[string]any{"secure": 0.0, "vulnerable": vulnerable, "notScanned": notScanned, "partiallyScanned": 0.0, "outdated": 0.0}
	}
	require.Equal(t, []any{point(day(-2), counts(0, 3), 0), point(day(-1), counts(0, 3), 0), point(day(0), counts(1, 2), 1)}, values("admin", "/trends"))
	require.Equal(t, []any{point(day(-1), counts(0, 2), 0)}, values("admin", "/trends/projects/PAY?startDate="+day(-1)+"&endDate="+day(-1)))
	require.Equal(t, []any{point(day(-2), counts(0, 1), 0), point(day(-1), counts(0, 1), 0), point(day(0), counts(1, 0), 1)}, values("reader", "/trends"), "only the visible part")
	branches := map[string]any{"secure": 0.0, "vulnerable": 1.0, "notScanned": 1.0, "outdated": 0.0}
	require.Equal(t, []any{point(day(0), branches, 1)}, values("reader", "/trends/projects/PAY/repos/api?startDate="+day(0)))
	for _, bad := range []string{"?startDate=yesterday", "?endDate=x", "?startDate=2000-01-01"} {
		require.Equal(t, http.StatusBadRequest, s.call("admin", http.MethodGet, "/trends"+bad).status)
	}
}

// An unchanged answer is not sent again.
func TestUnchangedAnswers(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1")
	a := s.call("reader", http.MethodGet, "/status/projects/PAY/repos/api")
	tag := a.header.Get("ETag")
	require.Regexp(t, `^W/"[0-9a-f]{24}"$`, tag)
	require.Equal(t, "private, no-cache", a.header.Get("Cache-Control"))
	again := func(tag string) answer {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/rest/security/latest/status/projects/PAY/repos/api", nil)
		require.NoError(t, err)
		request.SetBasicAuth("reader", "reader-password")
		request.Header.Set("If-None-Match", tag)
		return s.do(request)
	}
	for _, same := range []string{tag, `"x", ` + tag, tag[2:], "*"} {
		b := again(same)
		require.Equal(t, []any{http.StatusNotModified, "", tag}, []any{b.status, b.text, b.header.Get("ETag")}, same)
	}
	require.Equal(t, http.StatusOK, again(`"x"`).status)
	s.call("writer", http.MethodPost, "/scan/PAY/repos/api")
	b := again(tag)
	require.Equal(t, http.StatusOK, b.status)
	require.NotEqual(t, tag, b.header.Get("ETag"))
	require.Empty(t, s.call("reader", http.MethodGet, "/status/projects/NONE").header.Get("ETag"), "an error is no answer to keep")
}
