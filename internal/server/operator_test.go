package server_test

import (
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/server"
	"github.com/sluice-scan/sluice/internal/testwait"
)

func (s *service) get(path string) answer {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.url+path, nil)
	require.NoError(s.t, err)
	return s.do(request)
}

func TestTheDescriptionListsEveryRoute(t *testing.T) {
	t.Parallel()
	s := newService(t)
	a := s.get("/rest/security/latest/openapi.json")
	require.Equal(t, http.StatusOK, a.status)
	var spec struct {
		OpenAPI string `json:"openapi"`
		Paths   map[string]map[string]struct {
			OperationID string `json:"operationId"`
			Parameters  []struct {
				Name, In string
				Required bool
			} `json:"parameters"`
		} `json:"paths"`
	}
	require.NoError(t, json.Unmarshal([]byte(a.text), &spec))
	require.Equal(t, "3.0.3", spec.OpenAPI)
	page := s.get("/rest/security/latest/browser").text
	ids := map[string]bool{}
	for _, r := range s.server.TestRoutes() {
		path := strings.ReplaceAll(r.Pattern, "{$}", "")
		if strings.HasPrefix(path, "/rest/security/1.0/") {
			continue
		}
		operation, ok := spec.Paths[path][strings.ToLower(r.Method)]
		require.True(t, ok, path)
		require.False(t, ids[operation.OperationID], operation.OperationID)
		ids[operation.OperationID] = true
		for _, v := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(path, -1) {
			found := false
			for _, p := range operation.Parameters {
				found = found || p.Name == v[1] && p.In == "path" && p.Required
			}
			require.True(t, found, path)
		}
		require.Contains(t, page, r.Method+" "+path)
	}
}

func TestPagesLoadNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for _, path := range []string{"/rest", "/rest/security/latest/browser"} {
		a := s.get(path)
		require.Equal(t, http.StatusOK, a.status)
		require.Equal(t, "text/html; charset=utf-8", a.header.Get("Content-Type"))
		_, style, _ := strings.Cut(a.text, "<style>")
		style, _, _ = strings.Cut(style, "</style>")
		sum := sha256.Sum256([]byte(style))
		require.Equal(t, "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", a.header.Get("Content-Security-Policy"))
		require.Equal(t, "no-referrer", a.header.Get("Referrer-Policy"))
		require.Equal(t, "DENY", a.header.Get("X-Frame-Options"))
		require.NotContains(t, a.text, "<script")
		require.NotRegexp(t, `(src|href)="(https?:)?//`, a.text)
	}
	require.Contains(t, s.get("/rest").text, `href="/rest/security/latest/browser"`)
}

func TestHealthAndMetrics(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1 x=1")
	require.Equal(t, http.StatusOK, s.get("/healthz").status)
	require.Equal(t, http.StatusOK, s.get("/readyz").status)
	s.call("admin", http.MethodPut, "/status/total_rescan")
	s.work()
	s.call("nobody", http.MethodGet, "/status/projects/SECRETKEY")
	testwait.Until(t, func() bool { return strings.Contains(s.get("/metrics").text, `status="404"`) })
	text := s.get("/metrics").text
	for _, line := range []string{
		"sluice_queue_length 1", "sluice_scans_running 1", `sluice_scans{state="queued"} 1`, `sluice_scans{state="running"} 1`, `sluice_build_info{version="test"} 1`,
		`sluice_http_requests_total{method="GET",route="/rest/security/latest/status/projects/{projectKey}",status="404"} 1`,
		`sluice_http_request_duration_seconds_count{route="/readyz"} 1`, `sluice_http_request_duration_seconds_bucket{route="/readyz",le="+Inf"} 1`,
	} {
		require.Contains(t, text, line+"\n")
	}
	require.NotContains(t, text, "SECRETKEY")
	sample := regexp.MustCompile(`^[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? [0-9.e+-]+$`)
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		require.True(t, strings.HasPrefix(line, "# ") || sample.MatchString(line), line)
	}
	require.NoError(t, s.store.Close())
	require.Equal(t, http.StatusServiceUnavailable, s.get("/readyz").status)
	require.Equal(t, http.StatusOK, s.get("/healthz").status)
}

func TestMethodsAndSizes(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1")
	head := s.call("admin", http.MethodHead, "/status/projects/PAY")
	require.Equal(t, http.StatusOK, head.status)
	require.Empty(t, head.text)
	require.Equal(t, http.StatusOK, s.call("admin", http.MethodHead, "/export-report/PAY/repos/api").status)
	a := s.call("admin", http.MethodPost, "/status/projects/PAY")
	require.Equal(t, http.StatusMethodNotAllowed, a.status)
	require.Equal(t, "GET, HEAD, PUT", a.header.Get("Allow"))
	require.NotEmpty(t, a.json(t)["errors"])
	require.Equal(t, http.StatusNotFound, s.call("admin", http.MethodGet, "/none").status)
	require.Equal(t, http.StatusRequestURITooLong, s.call("admin", http.MethodGet, "/status/projects?name="+strings.Repeat("x", 9000)).status)
	s.scanAll(at("PASSWORD", "a.env", 1, plainLine, canary))
	id := s.call("admin", http.MethodGet, "/findings").json(t)["values"].([]any)[0].(map[string]any)["id"].(string)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, s.url+"/rest/security/latest/findings/"+id, strings.NewReader("{}"))
	require.NoError(t, err)
	request.SetBasicAuth("admin", "admin-password")
	request.Header.Set("Content-Type", "text/plain")
	require.Equal(t, http.StatusUnsupportedMediaType, s.do(request).status)
	for _, path := range []string{"/status/projects/PAY/repos/..%2f..", "/status/projects/..%2fPAY", "/scan/PAY/repos/api%2f..%2fapi"} {
		require.Equal(t, http.StatusNotFound, s.call("admin", http.MethodGet, path).status, path)
	}
}

func TestTooManyCalls(t *testing.T) {
	t.Parallel()
	now := time.Now()
	var held []time.Duration
	s := newService(t, func(o *server.Options) {
		o.Rate, o.Burst, o.Now = 2, 3, func() time.Time { return now }
		o.Sleep = func(_ context.Context, d time.Duration) error { held = append(held, d); return nil }
	})
	for range 7 {
		require.Equal(t, http.StatusOK, s.call("admin", http.MethodGet, "/queue").status)
	}
	require.Equal(t, []time.Duration{500 * time.Millisecond, time.Second, 1500 * time.Millisecond, 2 * time.Second}, held, "a loop is held up, and not broken")
	a := s.call("admin", http.MethodGet, "/queue")
	require.Equal(t, http.StatusTooManyRequests, a.status)
	require.Equal(t, "3", a.header.Get("Retry-After"))
	require.NotEmpty(t, a.json(t)["errors"])
	require.Equal(t, http.StatusOK, s.call("reader", http.MethodGet, "/queue").status, "each account its own")
	require.Equal(t, http.StatusOK, s.get("/healthz").status)
}

func TestAccessLog(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.call("reader", http.MethodGet, "/queue?start=0&secret=hidden-word")
	testwait.Until(t, func() bool { return strings.Contains(s.log.String(), "method=GET") })
	require.Regexp(t, `request=[0-9a-f]{16} method=GET path=/rest/security/latest/queue status=200 account=reader ms=\d+`, s.log.String())
	require.NotContains(t, s.log.String(), "hidden-word")
	require.NotContains(t, s.log.String(), "reader-password")
}

func TestAnswersAreCompressedForThoseWhoTakeIt(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1")
	ask := func(method, path, encoding string) answer {
		request, err := http.NewRequestWithContext(t.Context(), method, s.url+path, nil)
		require.NoError(t, err)
		request.SetBasicAuth("admin", "admin-password")
		request.Header.Set("Accept-Encoding", encoding)
		return s.do(request)
	}
	const spec = "/rest/security/latest/openapi.json"
	plain, packed := ask(http.MethodGet, spec, "identity"), ask(http.MethodGet, spec, "br, gzip;q=0.5")
	require.Empty(t, plain.header.Get("Content-Encoding"))
	require.Equal(t, "gzip", packed.header.Get("Content-Encoding"))
	require.Equal(t, "Accept-Encoding", packed.header.Get("Vary"))
	require.Less(t, 3*len(packed.text), len(plain.text))
	reader, err := gzip.NewReader(strings.NewReader(packed.text))
	require.NoError(t, err)
	text, err := io.ReadAll(reader)
	require.NoError(t, err)
	require.Equal(t, plain.text, string(text))
	require.Empty(t, ask(http.MethodGet, spec, "gzip;q=0").header.Get("Content-Encoding"))
	require.Empty(t, ask(http.MethodHead, spec, "gzip").text)
	require.Empty(t, ask(http.MethodGet, "/rest/security/latest/export-report?confirmExpensiveOperation=true", "gzip").header.Get("Content-Encoding"), "a ZIP file is compressed already")
}
