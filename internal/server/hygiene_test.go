package server_test

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/server"
	"github.com/sluice-scan/sluice/internal/server/operations"
	"github.com/sluice-scan/sluice/internal/testpostgres"
	"github.com/sluice-scan/sluice/internal/teststore"
)

// TestTextThatNoDatabaseTakes: NUL and invalid UTF-8 are errors of the request wherever they are, on both databases.
func TestTextThatNoDatabaseTakes(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); textThatNoDatabaseTakes(t, newService(t)) })
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		textThatNoDatabaseTakes(t, newServiceAt(t, teststore.Postgres(t, os.Getenv(testpostgres.Variable))))
	})
}

func textThatNoDatabaseTakes(t *testing.T, s *service) {
	s.list("PAY", "api: main=1")
	for _, bad := range []string{"%00", "a%00b", "%ff", "%c3%28"} {
		for _, path := range []string{"/status/projects/" + bad, "/status/projects/PAY/repos/" + bad, "/status/projects?name=" + bad, "/findings?rule=" + bad, "/findings?" + bad + "=x", "/scans/" + bad, "/audit?actor=" + bad} {
			a := s.call("admin", http.MethodGet, path)
			require.Equal(t, http.StatusBadRequest, a.status, path+a.text)
		}
		require.Equal(t, http.StatusBadRequest, s.call("admin", http.MethodPost, "/scan/PAY/repos/api?branch="+bad).status)
		require.Equal(t, http.StatusBadRequest, s.call("admin", http.MethodPost, "/hardcoded/"+bad).status)
	}
	for _, user := range []string{"a\x00b", "\xff"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/rest/security/latest/queue", nil)
		require.NoError(t, err)
		request.SetBasicAuth(user, "x")
		require.Equal(t, http.StatusBadRequest, s.do(request).status, "nobody has signed in yet")
	}
	for path, body := range map[string]string{
		"POST /rules": `{"name":"a\u0000b","regexp":"a+"}`, "POST /accounts": `{"name":"x","password":"long enough \u0000"}`, "PUT /settings": `{"mailDomains":["a\u0000.com"]}`,
		"POST " + linesPath + "/create": `{"matchText":"a\u0000b"}`, "PUT /access": `{"user":"\u0000","scope":"PAY","role":"READ"}`, "POST /tokens": `{"name":"\u0000","scopes":["read"]}`,
	} {
		method, path, _ := strings.Cut(path, " ")
		a := s.call("admin", method, path, body)
		require.Equal(t, http.StatusBadRequest, a.status, path+a.text)
		require.Contains(t, a.text, "NUL", path)
	}
	require.Equal(t, http.StatusBadRequest, s.upload("admin", "/global-reviewed/create", "file", "match_text,rule\nab\x00cd,X\n").status)
}

// TestBodies: extra text after the JSON, a wrong type, and a body that is too large are reported in JSON's terms.
func TestBodies(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1")
	for body, want := range map[string]string{
		`{"name":"a","regexp":"b"} x`:        "there is something after it",
		`{"name":"a","regexp":"b"}{}`:        "there is something after it",
		`{"name":7}`:                         "name must be a text",
		`{"name":"a","enabled":"yes"}`:       "enabled must be true or false",
		`[]`:                                 "the body must be an object",
		`"canary"`:                           "the body must be an object",
		`{"name":`:                           "it cannot be read",
		``:                                   "it cannot be read",
		`{"name":"a","regexp":"b"}` + "\x00": "there is something after it",
		`{"name":"canary","regexp":["canary"],"enabled":true}`: "regexp must be a text",
	} {
		a := s.call("admin", http.MethodPost, "/rules", body)
		require.Equal(t, http.StatusBadRequest, a.status, body+a.text)
		require.Contains(t, a.text, want, body)
		require.NotContains(t, a.text, "canary")
	}
	require.Equal(t, http.StatusCreated, s.call("admin", http.MethodPost, "/rules", " {\"name\":\"a\",\"regexp\":\"b{9}\"}\r\n\t ").status)
	for path, body := range map[string]string{"/accounts": `{"name":"x","admin":1}`, "/tokens": `{"scopes":"read"}`, "/hook/projects/PAY/repos/api/events": `{"entries":[{"decision":1}]}`} {
		text := s.call("admin", http.MethodPost, path, body).text
		for _, word := range []string{"accountChange", "[]string", "int", "Go", "struct"} {
			require.NotContains(t, text, word)
		}
	}
	large := `{"name":"` + strings.Repeat("x", 2<<20) + `"}`
	for _, x := range []struct{ method, path string }{{http.MethodPost, "/rules"}, {http.MethodPut, "/rules/1"}, {http.MethodPost, linesPath + "/create"}, {http.MethodPut, "/settings"}} {
		require.Equal(t, http.StatusRequestEntityTooLarge, s.call("admin", x.method, x.path, large).status, x.path)
		require.Equal(t, http.StatusRequestEntityTooLarge, s.call("admin", x.method, x.path, `{}`+strings.Repeat(" ", 2<<20)).status, x.path)
	}
	require.Equal(t, http.StatusRequestEntityTooLarge, s.upload("admin", "/global-reviewed/create", "file", strings.Repeat("a line\n", 1<<20)).status)
}

// TestASlashTooMany: a slash at the end does not change the address.
func TestASlashTooMany(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1")
	for _, path := range []string{"/status/projects/", "/status/projects/PAY/", "/status/projects/PAY/repos/api//", "/rules/"} {
		require.Equal(t, http.StatusOK, s.call("admin", http.MethodGet, path).status, path)
	}
	require.Equal(t, http.StatusAccepted, s.call("admin", http.MethodPut, "/status/total_rescan/").status)
	require.Equal(t, http.StatusMethodNotAllowed, s.call("admin", http.MethodPost, "/status/projects/").status)
	require.Equal(t, http.StatusNotFound, s.call("admin", http.MethodGet, "/nothing/").status)
	require.Equal(t, http.StatusOK, s.get("/healthz/").status)
	require.Equal(t, http.StatusOK, s.get("/rest/").status)
	require.Equal(t, http.StatusNotFound, s.get("/").status, "the dashboard's")
}

// TestMetricsCanBeClosed: to everybody except operators, or to all.
func TestMetricsCanBeClosed(t *testing.T) {
	t.Parallel()
	s := newService(t, func(o *server.Options) { o.Metrics = operations.MetricsSignedIn })
	ask := func(as string) int {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/metrics", nil)
		require.NoError(t, err)
		if as != "" {
			request.SetBasicAuth(as, as+"-password")
		}
		return s.do(request).status
	}
	require.Equal(t, []int{401, 403, 200, 200}, []int{ask(""), ask("writer"), ask("grantee"), ask("admin")})
	s = newService(t, func(o *server.Options) { o.Metrics = operations.MetricsOff })
	require.Equal(t, 404, ask("admin"))
	s = newService(t)
	require.Equal(t, 200, ask(""))
}

// TestForeignPages: a change that a page of another site sent is refused, also from browsers that send only the Referer.
func TestForeignPages(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1")
	own := strings.TrimPrefix(s.url, "http://")
	for _, x := range []struct {
		method  string
		headers map[string]string
		want    int
	}{
		{http.MethodPut, map[string]string{"Referer": "https://evil.example.com/page"}, http.StatusForbidden},
		{http.MethodPut, map[string]string{"Referer": "https://" + own + ".evil.example.com/"}, http.StatusForbidden},
		{http.MethodPut, map[string]string{"Referer": "://"}, http.StatusForbidden},
		{http.MethodPut, map[string]string{"Origin": "https://evil.example.com"}, http.StatusForbidden},
		{http.MethodPut, map[string]string{"Referer": "https://evil.example.com/", "X-Atlassian-Token": "no-check"}, http.StatusAccepted},
		{http.MethodPut, map[string]string{"Referer": "http://" + own + "/projects"}, http.StatusAccepted},
		{http.MethodPut, map[string]string{"Referer": "https://public.example.com/", "Sec-Fetch-Site": "same-origin"}, http.StatusAccepted},
		{http.MethodPut, nil, http.StatusAccepted},
		{http.MethodGet, map[string]string{"Referer": "https://evil.example.com/page"}, http.StatusOK},
	} {
		path := "/rest/security/latest/status/total_rescan"
		if x.method == http.MethodGet {
			path = "/rest/security/latest/queue"
		}
		request, err := http.NewRequestWithContext(t.Context(), x.method, s.url+path, nil)
		require.NoError(t, err)
		request.SetBasicAuth("admin", "admin-password")
		for name, value := range x.headers {
			request.Header.Set(name, value)
		}
		require.Equal(t, x.want, s.do(request).status, x.headers)
	}
}

// TestWhatOneMayNotSeeIsNotDenied: a caller who sees nothing is not told that there is nothing.
func TestWhatOneMayNotSeeIsNotDenied(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("OPS", "secret: main=1")
	a := s.call("grantee", http.MethodPut, "/status/total_rescan")
	require.Equal(t, "nothing to scan: there is no branch that you may read", a.json(t)["message"])
	s = newService(t)
	require.Equal(t, "nothing to scan: there is no branch", s.call("admin", http.MethodPut, "/status/total_rescan").json(t)["message"])
}
