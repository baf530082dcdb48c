package server_test

import (
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connected"
	"github.com/sluice-scan/sluice/internal/fakebitbucket/site"
	"github.com/sluice-scan/sluice/internal/server"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/testpostgres"
	"github.com/sluice-scan/sluice/internal/teststore"
)

const canaryCredential = "canary-of-a-connection"

// connecting is a service that keeps connections, and a Data Center.
func connecting(t *testing.T, address string) (s *service, base string) {
	t.Helper()
	dc, err := site.New(t.TempDir(), "/bitbucket")
	require.NoError(t, err)
	base, stop := dc.Serve()
	t.Cleanup(stop)
	dc.AddProject("PAY", "Payments")
	require.NoError(t, dc.AddRepository("PAY", "api", nil))
	dc.Allow(site.Credential{Secret: canaryCredential, User: "scanner", Level: site.Read})
	dc.Grant("scanner", "PAY", site.Read)
	var kept *connected.Set
	s = newServiceAt(t, address, func(o *server.Options) {
		st, err := store.Open(t.Context(), address)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, st.Close()) })
		kept = connected.New(connected.Options{Admin: connected.Admin{Store: st, Box: sealKeys.Connections(), Log: slog.New(slog.DiscardHandler)}})
		o.Connections, o.Connecting, o.Pairing = kept, kept, kept
	})
	return s, base
}

// TestConnectionsAreKeptByREST: added after the server was asked, shown, changed, checked and removed. The credential comes
// back nowhere.
func TestConnectionsAreKeptByREST(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"SQLite", "PostgreSQL"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := teststore.SQLite(t)
			if name == "PostgreSQL" {
				address = teststore.Postgres(t, os.Getenv(testpostgres.Variable))
			}
			testConnectionsAreKept(t, address)
		})
	}
}

func testConnectionsAreKept(t *testing.T, address string) {
	s, base := connecting(t, address)
	var said strings.Builder
	call := func(method, path string, body ...string) answer {
		t.Helper()
		a := s.call("admin", method, path, body...)
		said.WriteString(a.text)
		return a
	}
	add := func(body string) answer { return call(http.MethodPost, "/connections", body) }
	good := `{"id": "bb", "url": "` + base + `/", "include": ["PAY/*"], "credential": {"secret": "` + canaryCredential + `"}}`
	for body, status := range map[string]int{
		strings.Replace(good, canaryCredential, "not-"+canaryCredential, 1):                                                 http.StatusBadGateway,
		strings.Replace(good, `"bb"`, `"Not A Name"`, 1):                                                                    http.StatusBadRequest,
		strings.Replace(good, `"bb"`, `"directory"`, 1):                                                                     http.StatusBadRequest,
		strings.Replace(good, `"PAY/*"`, `"PAY"`, 1):                                                                        http.StatusBadRequest,
		`{"id": "bb", "url": "` + base + `"}`:                                                                               http.StatusBadRequest,
		`{"id": "bb", "url": "ftp://x", "credential": {"secret": "x"}}`:                                                     http.StatusBadRequest,
		`{"id": "bb", "every": "often"}`:                                                                                    http.StatusBadRequest,
		`{"id": "bb", "url": "http://user:canary-of-a-connection@x", "credential": {"secret": "canary-of-a-connection\n"}}`: http.StatusBadRequest,
	} {
		require.Equal(t, status, add(body).status, body)
	}
	require.Empty(t, call(http.MethodGet, "/connections").json(t)["values"], "nothing is stored")
	a := add(good)
	require.Equal(t, http.StatusCreated, a.status, a.text)
	shown := a.json(t)
	require.Equal(t, map[string]any{
		"url": base, "include": []any{"PAY/*"}, "exclude": []any{}, "archived": false, "forks": false, "personal": false, "every": "0s", "authorities": "", "calls": 0.0, "callsAtOnce": 0.0, "comment": false, "hourly": 0.0,
		"webhooks": false, "reports": false, "buildStatus": false, "signIn": false,
	}, shown["settings"])
	require.Equal(t, []any{"bb", "DATACENTER", "ACTIVE", map[string]any{"kind": "TOKEN"}, nil}, []any{shown["id"], shown["type"], shown["state"], shown["credential"], shown["webhooks"]})
	require.Equal(t, http.StatusConflict, add(good).status)
	require.Equal(t, shown, call(http.MethodGet, "/connections/bb").json(t))
	require.Len(t, call(http.MethodGet, "/connections").json(t)["values"], 1)
	require.Equal(t, map[string]any{"version": "9.4.2", "user": "scanner"}, call(http.MethodPost, "/connections/bb/check").json(t))

	change := func(body string) answer { return call(http.MethodPut, "/connections/bb", body) }
	changed := change(`{"exclude": ["*/old-*"], "every": "30m", "reports": true}`).json(t)["settings"].(map[string]any)
	require.Equal(t, []any{[]any{"PAY/*"}, []any{"*/old-*"}, "30m0s", true}, []any{changed["include"], changed["exclude"], changed["every"], changed["reports"]})
	a = change(`{"url": "https://elsewhere.example.com"}`)
	require.Equal(t, http.StatusBadRequest, a.status)
	require.Contains(t, a.text, "give the credential again")
	require.Equal(t, http.StatusBadGateway, change(`{"credential": {"secret": "wrong"}}`).status)
	require.Equal(t, http.StatusOK, call(http.MethodPut, "/connections/bb?unchecked=true", `{"credential": {"user": "scanner", "secret": "`+canaryCredential+`"}}`).status)
	require.Equal(t, map[string]any{"kind": "USER", "user": "scanner"}, call(http.MethodGet, "/connections/bb").json(t)["credential"])

	require.Equal(t, http.StatusConflict, call(http.MethodPost, "/connections/bb/rotate").status, "it has no webhooks")
	require.Equal(t, map[string]any{"lastHeardDate": nil, "lastRefusedDate": nil}, change(`{"webhooks": true}`).json(t)["webhooks"])
	require.Equal(t, http.StatusNoContent, call(http.MethodPost, "/connections/bb/rotate").status)
	row, err := s.store.Connections.Remote(t.Context(), "bb")
	require.NoError(t, err)
	require.Equal(t, int64(2), row.Hook.Generation)
	require.Equal(t, http.StatusAccepted, call(http.MethodPost, "/connections/bb/sync").status)
	require.Equal(t, http.StatusForbidden, s.call("grantee", http.MethodDelete, "/connections/bb").status)

	removed := call(http.MethodDelete, "/connections/bb").json(t)
	require.Zero(t, removed["repositories"])
	require.Contains(t, removed["left"], "webhooks may be left in Bitbucket", "this credential may not delete them")
	for _, x := range [][2]string{{http.MethodGet, ""}, {http.MethodDelete, ""}, {http.MethodPost, "/check"}, {http.MethodPost, "/rotate"}, {http.MethodPost, "/sync"}} {
		require.Equal(t, http.StatusNotFound, call(x[0], "/connections/bb"+x[1]).status, x)
	}
	require.Equal(t, http.StatusNotFound, change(`{"reports": true}`).status)

	events, err := s.store.Audit.List(t.Context(), audit.Filter{Actor: "admin"}, db.Page{Limit: 100})
	require.NoError(t, err)
	log := ""
	for _, e := range events {
		log += e.Action + " " + e.Object + " " + e.Detail + "\n"
	}
	for _, words := range []string{"POST /connections  bb " + base, "PUT /connections/{connectionId} bb exclude every reports\n", "PUT /connections/{connectionId} bb credential unchecked=true", "POST /connections/{connectionId}/rotate bb", "DELETE /connections/{connectionId} bb with 0 repositories"} {
		require.Contains(t, log, words)
	}
	require.NotContains(t, log+said.String()+s.log.String(), "canary")
	if !strings.HasPrefix(address, "postgres") {
		for _, name := range []string{address, address + "-wal"} {
			data, err := os.ReadFile(filepath.Clean(name))
			if !os.IsNotExist(err) {
				require.NoError(t, err)
				require.NotContains(t, string(data), canaryCredential)
			}
		}
	}
}
