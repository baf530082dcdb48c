package bitbucket_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/fakebitbucket"
	"github.com/sluice-scan/sluice/internal/fakebitbucket/fault"
)

const (
	commit = "4f2c9e1a0b3d5c7e9f1a2b3c4d5e6f7a8b9c0d1e"
	report = "/repositories/acme/shop/commit/" + commit + "/reports/r"
)

// waits records how long a client wanted to wait.
type waits struct {
	mu   sync.Mutex
	list []time.Duration
}

func (w *waits) wait(ctx context.Context, d time.Duration) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.list = append(w.list, d)
	return ctx.Err()
}

func newClient(t *testing.T, o bitbucket.Options) *bitbucket.Client {
	c, err := bitbucket.New(o)
	require.NoError(t, err)
	return c
}

func direct(t *testing.T, server *fakebitbucket.Server, auth bitbucket.Auth, w *waits) *bitbucket.Client {
	return newClient(t, bitbucket.Options{Product: bitbucket.Cloud, Auth: auth, Transport: server.Transport(), Wait: w.wait})
}

func put(c *bitbucket.Client, t *testing.T) error {
	return c.Do(t.Context(), bitbucket.Request{Method: http.MethodPut, Path: report, Body: map[string]any{
		"title": "t", "details": "d", "report_type": "SECURITY", "data": []any{map[string]any{"title": "a", "value": 1}},
	}})
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		auth    bitbucket.Auth
		options []fakebitbucket.Option
	}{
		"access token":       {bitbucket.Bearer("tok-canary"), []fakebitbucket.Option{fakebitbucket.WithBearer("tok-canary")}},
		"API token":          {bitbucket.Basic("me@example.com", "api-canary"), []fakebitbucket.Option{fakebitbucket.WithBasic("me@example.com", "api-canary")}},
		"client credentials": {bitbucket.ClientCredentials("id", "oauth-canary", ""), []fakebitbucket.Option{fakebitbucket.WithOAuthConsumer("id", "oauth-canary", 0)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := fakebitbucket.New(c.options...)
			client := direct(t, server, c.auth, &waits{})
			require.NoError(t, put(client, t))
			require.NoError(t, put(client, t))
			require.LessOrEqual(t, server.TokensIssued(), 1, "an OAuth token is kept")
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
				require.NotContains(t, fmt.Sprintf(verb, c.auth), "canary")
			}
		})
	}
}

func TestOAuthTokenIsRenewed(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	server := fakebitbucket.New(fakebitbucket.WithOAuthConsumer("id", "secret", time.Hour), fakebitbucket.WithClock(clock))
	c := newClient(t, bitbucket.Options{Product: bitbucket.Cloud, Auth: bitbucket.ClientCredentials("id", "secret", ""), Transport: server.Transport(), Now: clock, Wait: (&waits{}).wait})
	require.NoError(t, put(c, t))
	now = now.Add(58 * time.Minute)
	require.NoError(t, put(c, t))
	require.Equal(t, 1, server.TokensIssued())
	now = now.Add(time.Minute)
	require.NoError(t, put(c, t))
	require.Equal(t, 2, server.TokensIssued(), "a minute before its end a token counts as ended")
	server.ExpireTokens()
	require.NoError(t, put(c, t))
	require.Equal(t, 3, server.TokensIssued(), "a token that is refused is fetched again, once")
}

func TestWrongCredentialsAreToldOnce(t *testing.T) {
	t.Parallel()
	for name, auth := range map[string]bitbucket.Auth{"bearer": bitbucket.Bearer("wrong"), "basic": bitbucket.Basic("a", "b"), "oauth": bitbucket.ClientCredentials("id", "wrong", "")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := fakebitbucket.New(fakebitbucket.WithBearer("right"), fakebitbucket.WithOAuthConsumer("id", "right", 0))
			w := &waits{}
			err := put(direct(t, server, auth, w), t)
			require.Error(t, err)
			require.Empty(t, w.list, "trying again cannot help")
			if name != "oauth" {
				require.ErrorIs(t, err, bitbucket.ErrUnauthorized)
				require.Contains(t, bitbucket.Hint(err), "28 July 2026")
			}
		})
	}
}

func TestMissingScopesAreNamed(t *testing.T) {
	t.Parallel()
	server := fakebitbucket.New()
	fault.Inject(server, fault.Fault{Effect: fault.MissingScopes{Required: []string{"repository:write"}, Granted: []string{"account"}}})
	err := put(direct(t, server, bitbucket.Bearer("x"), &waits{}), t)
	require.ErrorIs(t, err, bitbucket.ErrForbidden)
	require.Contains(t, bitbucket.Hint(err), "wanted repository:write")
	require.Contains(t, bitbucket.Hint(err), "granted account")
}

// answers serves one response after the other.
func answers(t *testing.T, list ...func(http.ResponseWriter)) *httptest.Server {
	var mu sync.Mutex
	n := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		list[min(n, len(list)-1)](w)
		n++
	}))
	t.Cleanup(server.Close)
	return server
}

func answer(status int, contentType, body string, header ...string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", contentType)
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func dataCenter(t *testing.T, url string, w *waits) *bitbucket.Client {
	return newClient(t, bitbucket.Options{Product: bitbucket.DataCenter, ServerURL: url, Auth: bitbucket.Bearer("dc-canary"), Wait: w.wait})
}

func TestErrorBodies(t *testing.T) {
	t.Parallel()
	const jsonType = "application/json"
	for name, c := range map[string]struct {
		status      int
		contentType string
		body        string
		kind        error
		message     string
	}{
		"report service":   {400, jsonType, `{"key":"report-service.general.bad-request","message":"The summary field cannot contain more than 450 characters.","arguments":{}}`, bitbucket.ErrInvalid, "The summary field cannot contain more than 450 characters."},
		"older service":    {400, jsonType, `{"code":400,"message":"Bulk upload supports a maximum of /100 annotations."}`, bitbucket.ErrInvalid, "Bulk upload supports"},
		"envelope":         {404, jsonType, `{"type":"error","error":{"message":"Resource not found","detail":"There is no API hosted at this URL."}}`, bitbucket.ErrNotFound, "Resource not found; There is no API hosted at this URL."},
		"envelope, fields": {400, jsonType, `{"type":"error","error":{"message":"Bad","fields":{"b":["x"],"a":["y","z"]}}}`, bitbucket.ErrInvalid, "Bad; a: y, z; b: x"},
		"text":             {400, "text/plain", "no\tgood\x1b[31m", bitbucket.ErrInvalid, "no good[31m"},
		"data center":      {401, jsonType, `{"errors":[{"context":"title","message":"required","exceptionName":null},{"context":null,"message":"two"}]}`, bitbucket.ErrUnauthorized, "title: required; two"},
		"page":             {404, "text/html", "<html><h1>Oops</h1></html>", bitbucket.ErrNotFound, "a web page came instead"},
		"nothing":          {413, "", "", bitbucket.ErrTooLarge, "413"},
		"echo of a token":  {400, "text/plain", "bad header dc-canary", bitbucket.ErrInvalid, "bad header [redacted]"},
		"oauth":            {400, jsonType, `{"error":"invalid_grant","error_description":"expired"}`, bitbucket.ErrInvalid, "invalid_grant; expired"},
		"huge":             {400, "text/plain", strings.Repeat("x", 1<<20), bitbucket.ErrInvalid, "xxx"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &waits{}
			err := dataCenter(t, answers(t, answer(c.status, c.contentType, c.body)).URL, w).Do(t.Context(), bitbucket.Request{Method: "GET", Path: "/x"})
			require.ErrorIs(t, err, c.kind)
			require.ErrorContains(t, err, c.message)
			require.ErrorContains(t, err, "GET /x: ")
			require.Less(t, len(err.Error()), 1000)
			require.NotContains(t, err.Error(), "canary")
			require.NotContains(t, err.Error(), "\x1b")
			require.NotEmpty(t, bitbucket.Hint(err))
			require.Empty(t, w.list)
		})
	}
}

func TestRetryWaitsAsTheServerAsks(t *testing.T) {
	t.Parallel()
	in3 := time.Now().Add(3 * time.Second)
	for name, c := range map[string]struct {
		header    []string
		low, high time.Duration
	}{
		"seconds":            {[]string{"Retry-After", "7"}, 7 * time.Second, 7 * time.Second},
		"date":               {[]string{"Retry-After", in3.UTC().Format(http.TimeFormat)}, 1 * time.Second, 3 * time.Second},
		"reset as delta":     {[]string{"X-RateLimit-Reset", "9"}, 9 * time.Second, 9 * time.Second},
		"reset as moment":    {[]string{"X-RateLimit-Reset", fmt.Sprint(in3.Unix())}, 1 * time.Second, 3 * time.Second},
		"far too long":       {[]string{"Retry-After", "86400"}, time.Minute, time.Minute},
		"nothing":            {nil, 250 * time.Millisecond, 500 * time.Millisecond},
		"nonsense":           {[]string{"Retry-After", "soon"}, 250 * time.Millisecond, 500 * time.Millisecond},
		"negative":           {[]string{"Retry-After", "-5"}, 250 * time.Millisecond, 500 * time.Millisecond},
		"not a number":       {[]string{"Retry-After", "NaN"}, 250 * time.Millisecond, 500 * time.Millisecond},
		"a date in the past": {[]string{"Retry-After", "Mon, 02 Jan 2006 15:04:05 GMT"}, 250 * time.Millisecond, 500 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &waits{}
			server := answers(t, answer(429, "text/plain", "Rate limit for this resource has been exceeded", c.header...), answer(200, "application/json", "{}"))
			require.NoError(t, dataCenter(t, server.URL, w).Do(t.Context(), bitbucket.Request{Method: "GET", Path: "/x"}))
			require.Len(t, w.list, 1)
			require.GreaterOrEqual(t, w.list[0], c.low)
			require.LessOrEqual(t, w.list[0], c.high)
		})
	}
}

func TestRetryGivesUp(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer func(http.ResponseWriter)
		kind   error
		tries  int
	}{
		"always 500":         {answer(500, "", ""), bitbucket.ErrServer, 10},
		"always 409":         {answer(409, "", ""), bitbucket.ErrInvalid, 2},
		"501":                {answer(501, "", ""), bitbucket.ErrServer, 1},
		"a page with 200":    {answer(200, "text/html", "<html>login</html>"), bitbucket.ErrNotJSON, 1},
		"a word with 200":    {answer(200, "application/json", "hello"), bitbucket.ErrNotJSON, 1},
		"a redirect":         {answer(302, "", "", "Location", "https://evil.example.com/x?token=1"), bitbucket.ErrNotJSON, 1},
		"connection is lost": {func(w http.ResponseWriter) { panic(http.ErrAbortHandler) }, bitbucket.ErrUnreachable, 10},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &waits{}
			err := dataCenter(t, answers(t, c.answer).URL, w).Do(t.Context(), bitbucket.Request{Method: "GET", Path: "/x", Out: new(map[string]any)})
			require.ErrorIs(t, err, c.kind)
			require.Len(t, w.list, c.tries-1)
			require.NotContains(t, err.Error(), "token=1")
			require.NotEmpty(t, bitbucket.Hint(err))
		})
	}
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())
	w := &waits{}
	err = dataCenter(t, "http://"+address, w).Do(t.Context(), bitbucket.Request{Method: "GET", Path: "/x"})
	require.ErrorIs(t, err, bitbucket.ErrUnreachable)
	require.Len(t, w.list, 3, "a host that takes no connection is tried four times")
}

func TestTheProxyGetsPlainRequestsWhateverTheEnvironmentSays(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1")
	t.Setenv("NO_PROXY", "api.bitbucket.org,*")
	server := fakebitbucket.New()
	proxy := httptest.NewServer(server.ProxyHandler())
	defer proxy.Close()
	c := newClient(t, bitbucket.Options{Product: bitbucket.Cloud, Proxy: proxy.URL, Wait: (&waits{}).wait})
	require.NoError(t, put(c, t))
	request := server.Requests()[0]
	require.True(t, request.Absolute)
	require.Equal(t, "api.bitbucket.org", request.Host)
	require.Equal(t, "http", request.Scheme)
	require.False(t, request.Authorized)

	fault.Inject(server, fault.Fault{Effect: fault.Redirect{}})
	require.ErrorIs(t, put(c, t), bitbucket.ErrNotJSON, "a redirect to https would become a CONNECT")
	require.Zero(t, server.Count(fakebitbucket.KindConnect))
}

func TestPagesFollowLinksThroughTheProxy(t *testing.T) {
	t.Parallel()
	server := fakebitbucket.New()
	c := newClient(t, bitbucket.Options{Product: bitbucket.Cloud, Proxy: "http://localhost:29418", Transport: server.ProxyTransport(), Wait: (&waits{}).wait})
	require.NoError(t, put(c, t))
	for i := range 3 {
		var list []map[string]any
		for j := range 100 {
			list = append(list, map[string]any{"external_id": fmt.Sprintf("a-%d-%d", i, j), "annotation_type": "BUG", "summary": "s"})
		}
		require.NoError(t, c.Do(t.Context(), bitbucket.Request{Method: "POST", Path: report + "/annotations", Body: list}))
	}
	seen := map[string]bool{}
	require.NoError(t, c.Pages(t.Context(), report+"/annotations", nil, 10, func(raw json.RawMessage) error {
		seen[string(raw)] = true
		return nil
	}))
	require.Len(t, seen, 300)
	require.Error(t, c.Pages(t.Context(), report+"/annotations", nil, 2, func(json.RawMessage) error { return nil }), "the walk is bounded")
}

func TestPagesDoNotFollowLinksElsewhere(t *testing.T) {
	t.Parallel()
	server := fakebitbucket.New(fakebitbucket.WithLinkBase("https://evil.example.com"))
	c := direct(t, server, bitbucket.Bearer("x"), &waits{})
	require.NoError(t, put(c, t))
	var list []map[string]any
	for j := range 100 {
		list = append(list, map[string]any{"external_id": fmt.Sprintf("a-%d", j), "annotation_type": "BUG", "summary": "s"})
	}
	require.NoError(t, c.Do(t.Context(), bitbucket.Request{Method: "POST", Path: report + "/annotations", Body: list}))
	list[0]["external_id"] = "one-more"
	require.NoError(t, c.Do(t.Context(), bitbucket.Request{Method: "POST", Path: report + "/annotations", Body: list[:1]}))
	err := c.Pages(t.Context(), report+"/annotations", nil, 10, func(json.RawMessage) error { return nil })
	require.ErrorContains(t, err, "evil.example.com")
}

func TestNoCredentialReachesTheLog(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	server := fakebitbucket.New(fakebitbucket.WithBearer("log-canary"))
	fault.Inject(server, fault.Fault{Effect: fault.Status{Code: 500}})
	c := newClient(t, bitbucket.Options{
		Product: bitbucket.Cloud, Auth: bitbucket.Bearer("log-canary"), Transport: server.Transport(), Wait: (&waits{}).wait,
		Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	require.NoError(t, put(c, t))
	require.Contains(t, log.String(), "PUT")
	require.NotContains(t, log.String(), "canary")
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]bitbucket.Options{
		"no product":             {},
		"proxy that is no URL":   {Product: bitbucket.Cloud, Proxy: "localhost:29418"},
		"https proxy":            {Product: bitbucket.Cloud, Proxy: "https://localhost:29418"},
		"credentials and proxy":  {Product: bitbucket.Cloud, Proxy: "http://localhost:29418", Auth: bitbucket.Bearer("x")},
		"no server":              {Product: bitbucket.DataCenter},
		"server without scheme":  {Product: bitbucket.DataCenter, ServerURL: "git.example.com"},
		"server with a password": {Product: bitbucket.DataCenter, ServerURL: "https://u:canary@git.example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := bitbucket.New(o)
			require.Error(t, err)
			require.NotContains(t, err.Error(), "canary")
		})
	}
}

func TestStatusAndCommentNeedCredentials(t *testing.T) {
	t.Parallel()
	server := fakebitbucket.New()
	c := newClient(t, bitbucket.Options{Product: bitbucket.Cloud, Proxy: "http://localhost:29418", Transport: server.ProxyTransport(), Wait: (&waits{}).wait})
	err := c.SetBuildStatus(t.Context(), "acme", "shop", commit, bitbucket.BuildStatus{Key: "k", State: bitbucket.BuildFailed, URL: "https://example.com"})
	require.ErrorIs(t, err, bitbucket.ErrForbidden)
	require.Contains(t, bitbucket.Hint(err), "The pipelines proxy covers reports only")
}

func TestStatusAndComment(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]func(*fakebitbucket.Server) bitbucket.Options{
		"cloud": func(s *fakebitbucket.Server) bitbucket.Options {
			return bitbucket.Options{Product: bitbucket.Cloud, Auth: bitbucket.Bearer("x"), Transport: s.Transport()}
		},
		"datacenter": func(s *fakebitbucket.Server) bitbucket.Options {
			s.Set(fakebitbucket.WithDataCenter("/bb"))
			return bitbucket.Options{Product: bitbucket.DataCenter, ServerURL: "https://git.example.com/bb/", Auth: bitbucket.Bearer("x"), Transport: s.Transport()}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := fakebitbucket.New()
			client := newClient(t, c(server))
			for _, state := range []bitbucket.BuildState{bitbucket.BuildInProgress, bitbucket.BuildFailed} {
				require.NoError(t, client.SetBuildStatus(t.Context(), "acme", "shop", commit, bitbucket.BuildStatus{Key: "sluice", State: state, Name: "n", URL: "https://example.com/", Branch: "main"}))
			}
			require.Len(t, server.Statuses(commit), 1)
			require.Equal(t, "FAILED", server.Statuses(commit)[0].State)
			for i := range 3 {
				require.NoError(t, client.UpsertComment(t.Context(), "acme", "shop", "7", "marker-x", fmt.Sprintf("run %d marker-x", i)))
			}
			comments := server.Comments(7)
			require.Len(t, comments, 1, "updated, not repeated")
			require.Contains(t, comments[0].Text, "run 2")
			require.Error(t, client.UpsertComment(t.Context(), "acme", "shop", "7", "marker-x", "without it"))
		})
	}
}

func FuzzErrorBody(f *testing.F) {
	for _, seed := range []string{
		`{"key":"k","message":"m"}`, `{"type":"error","error":{"message":"m","detail":{"required":["a"],"granted":[]}}}`, `{"error":"x"}`, `{"errors":[{"message":"m"}]}`,
		"plain", "<html>", "", "\xff\x00", `{"error":{"detail":[1]}}`, `{"errors":[null]}`, `[1]`, `"x"`,
	} {
		f.Add([]byte(seed), 400)
	}
	f.Fuzz(func(t *testing.T, body []byte, status int) {
		status = 400 + max(0, status)%100
		if status == 408 || status == 409 || status == 429 {
			status = 400
		}
		transport := roundTrip(func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), Request: r}, nil
		})
		c, err := bitbucket.New(bitbucket.Options{Product: bitbucket.Cloud, Auth: bitbucket.Bearer("fuzz-canary"), Transport: transport, Wait: func(context.Context, time.Duration) error { return nil }})
		require.NoError(t, err)
		err = c.Do(t.Context(), bitbucket.Request{Method: "GET", Path: "/x"})
		require.Error(t, err)
		require.Less(t, len(err.Error()), 4000)
		require.NotContains(t, err.Error(), "\n")
		require.NotContains(t, err.Error(), "\x1b")
		_ = bitbucket.Hint(err)
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
