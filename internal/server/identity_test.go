package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestIdentitiesOfAccounts: administrators say who may sign in to an account by OpenID Connect.
func TestIdentitiesOfAccounts(t *testing.T) {
	t.Parallel()
	s := newService(t)
	const path, who = "/accounts/reader/identities", `{"issuer":"https://login.example.com","subject":"s1"}`
	require.Equal(t, "[]", strings.TrimSpace(s.call("admin", http.MethodGet, path).text))
	a := s.call("admin", http.MethodPost, "/accounts/Reader/identities", who)
	require.JSONEq(t, "["+who+"]", a.text)
	require.Equal(t, http.StatusOK, s.call("admin", http.MethodPost, path, who).status, "once more changes nothing")
	require.Equal(t, http.StatusConflict, s.call("admin", http.MethodPost, "/accounts/writer/identities", who).status)
	require.Equal(t, http.StatusNotFound, s.call("admin", http.MethodPost, "/accounts/none/identities", who).status)
	require.Equal(t, http.StatusNotFound, s.call("admin", http.MethodGet, "/accounts/none/identities").status)
	require.Equal(t, http.StatusNotFound, s.call("admin", http.MethodDelete, "/accounts/none/identities").status)
	for _, bad := range []string{`{}`, `{"issuer":"x"}`, `{"subject":"x"}`, `{"issuer":"x","subject":"` + strings.Repeat("s", 256) + `"}`, `{"issuer":"x","subject":"a\u0000b"}`} {
		require.Equal(t, http.StatusBadRequest, s.call("admin", http.MethodPost, path, bad).status, bad)
	}
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
		require.Equal(t, http.StatusForbidden, s.call("reader", method, path, who).status)
	}
	require.Equal(t, http.StatusNoContent, s.call("admin", http.MethodDelete, path).status)
	require.Equal(t, "[]", strings.TrimSpace(s.call("admin", http.MethodGet, path).text))
	log := s.call("admin", http.MethodGet, "/audit").text
	require.Contains(t, log, "subject s1 of https://login.example.com")
	require.Contains(t, log, "links removed: 1")
}
