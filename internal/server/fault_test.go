package server_test

import (
	"database/sql"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/server"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/testpostgres"
	"github.com/sluice-scan/sluice/internal/teststore"
	"github.com/sluice-scan/sluice/internal/testwait"
)

// TestALockInTheDatabaseHoldsUpNobodyForEver: somebody holds a lock that a request needs. The request is still answered,
// with advice to retry.
func TestALockInTheDatabaseHoldsUpNobodyForEver(t *testing.T) {
	t.Parallel()
	address := teststore.Postgres(t, os.Getenv(testpostgres.Variable))
	st, err := store.Open(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	_, err = st.Accounts.Add(t.Context(), &accounts.Account{Name: "admin", Password: passwordOf("admin"), Admin: true})
	require.NoError(t, err)
	serve := func(patience time.Duration) *service {
		listener := httptest.NewServer(mustServe(t, st, server.Options{Log: slog.New(slog.DiscardHandler), Rate: -1, Patience: patience}).Handler())
		t.Cleanup(listener.Close)
		return &service{t: t, store: st, url: listener.URL}
	}
	s, hasty := serve(0), serve(200*time.Millisecond)
	require.Equal(t, http.StatusOK, s.call("admin", http.MethodGet, "/status/projects").status)

	db, err := sql.Open("pgx", address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	defer func() { _ = tx.Rollback() }()
	_, err = tx.ExecContext(t.Context(), "lock table project in access exclusive mode")
	require.NoError(t, err)
	answered := make(chan answer, 1)
	go func() { answered <- hasty.call("admin", http.MethodGet, "/status/projects") }()
	a := testwait.Receive(t, answered, "the request does not wait for the lock")
	require.Equal(t, http.StatusServiceUnavailable, a.status, a.text)
	require.Equal(t, "5", a.header.Get("Retry-After"))
	require.Contains(t, a.text, "com.sluice.exception.ServiceUnavailableException")
	require.NoError(t, tx.Rollback())
	require.Equal(t, http.StatusOK, s.call("admin", http.MethodGet, "/status/projects").status)
}

// TestNodesWhoseClocksAreWrong: a node whose clock is wrong by an hour answers like the others.
func TestNodesWhoseClocksAreWrong(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1")
	s.scanAll(at("PASSWORD", "a.env", 1, plainLine, canary))
	found := s.call("writer", http.MethodGet, "/findings").json(t)["values"].([]any)[0].(map[string]any)
	expires := time.Now().Add(30 * time.Minute).UTC().Format(time.RFC3339)
	a := s.call("writer", http.MethodPatch, "/findings/"+found["id"].(string), `{"state":"ACCEPTED","reason":"risk","expiresDate":"`+expires+`"}`)
	require.Equal(t, http.StatusOK, a.status, a.text)
	account, err := s.store.Accounts.Get(t.Context(), "reader")
	require.NoError(t, err)
	text := access.TokenPrefix + strings.Repeat("a", 40)
	_, err = s.store.Accounts.AddToken(t.Context(), &accounts.Token{AccountID: account.ID, Name: "t", Scopes: []string{"read"}, Expires: time.Now().Add(30 * time.Minute)}, text)
	require.NoError(t, err)
	for _, off := range []time.Duration{-time.Hour, time.Hour} {
		other := *s
		listener := httptest.NewServer(mustServe(t, s.store, server.Options{
			Log: slog.New(slog.DiscardHandler), Version: "test", Rate: -1, Keys: sealKeys, Now: func() time.Time { return time.Now().Add(off) },
		}).Handler())
		t.Cleanup(listener.Close)
		other.url = listener.URL
		for _, path := range []string{"/status/projects/PAY", "/status/projects/PAY/repos/api/branches", "/findings", "/findings?state=accepted", "/scan/PAY/repos/api", "/export-report/PAY/repos/api"} {
			require.Equal(t, s.call("writer", http.MethodGet, path).text, other.call("writer", http.MethodGet, path).text, "%s, %s", path, off)
		}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, other.url+"/rest/security/latest/status/projects", nil)
		require.NoError(t, err)
		request.Header.Set("Authorization", "Bearer "+text)
		require.Equal(t, http.StatusOK, other.do(request).status, "a token ends by the database's clock, %s", off)
	}
	require.Equal(t, 0.0, s.call("writer", http.MethodGet, "/status/projects/PAY/repos/api").json(t)["openFindings"].(map[string]any)["critical"])
}
