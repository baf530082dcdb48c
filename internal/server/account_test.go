package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAccounts(t *testing.T) {
	t.Parallel()
	s := newService(t)
	add := func(body string) answer { return s.call("admin", http.MethodPost, "/accounts", body) }
	a := add(`{"name":"JDoe","password":"jdoe-password","email":"jdoe@example.com"}`)
	require.Equal(t, http.StatusBadRequest, a.status, "made of the name")
	a = add(`{"name":"JDoe","password":"correct horse battery"}`)
	require.Equal(t, http.StatusCreated, a.status, a.text)
	require.NotContains(t, a.text, "assword")
	require.Equal(t, http.StatusConflict, add(`{"name":"jdoe","password":"correct horse battery"}`).status)
	for body, count := range map[string]int{
		`{"name":"a:b","password":"short","email":"x"}`: 3, `{"name":"x"}`: 1, `{"name":"x","password":"éééééé"}`: 1, `{"name":"x","password":"` + strings.Repeat("a", 2000) + `"}`: 1,
		`{"name":"x","password":"slu_aaaaaaaaaaaa"}`: 1, `{"name":"x","password":"aaaaaaaaaaaa","email":"A <a@b.c>"}`: 1,
	} {
		a := add(body)
		require.Equal(t, http.StatusBadRequest, a.status)
		require.Len(t, a.json(t)["errors"], count, a.text)
	}
	require.Contains(t, keys(t, s.call("admin", http.MethodGet, "/accounts?limit=1000"), "name"), "jdoe")
	require.Equal(t, []string{"grantee"}, keys(t, s.call("admin", http.MethodGet, "/accounts?start=1&limit=1"), "name"))

	signIn := func(password string) int {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/rest/security/latest/status/projects", nil)
		require.NoError(t, err)
		r.SetBasicAuth("jdoe", password)
		return s.do(r).status
	}
	edit := func(name, body string) answer { return s.call("admin", http.MethodPut, "/accounts/"+name, body) }
	require.Equal(t, http.StatusOK, signIn("correct horse battery"))
	require.Equal(t, http.StatusOK, edit("jdoe", `{"password":"another long one"}`).status)
	require.Equal(t, http.StatusUnauthorized, signIn("correct horse battery"), "at once")
	require.Equal(t, http.StatusOK, signIn("another long one"))
	require.Equal(t, true, edit("jdoe", `{"disabled":true}`).json(t)["disabled"])
	require.Equal(t, http.StatusUnauthorized, signIn("another long one"))
	require.Equal(t, http.StatusBadRequest, edit("jdoe", `{"password":"short"}`).status)
	require.Equal(t, http.StatusNotFound, edit("none", `{}`).status)
	require.Equal(t, http.StatusConflict, edit("admin", `{"admin":false}`).status, "the last administrator")
	require.Equal(t, http.StatusConflict, edit("admin", `{"disabled":true}`).status)
	for _, as := range []string{"grantee", "padmin"} {
		require.Equal(t, http.StatusForbidden, s.call(as, http.MethodGet, "/accounts").status)
		require.Equal(t, http.StatusForbidden, s.call(as, http.MethodPut, "/accounts/"+as, `{"admin":true}`).status)
	}
}

func TestAccess(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1")
	put := func(body string) answer { return s.call("admin", http.MethodPut, "/access", body) }
	require.Equal(t, http.StatusNotFound, s.call("nobody", http.MethodGet, "/status/projects/PAY").status)
	a := put(`{"user":"nobody","scope":"PAY","role":"read"}`)
	require.Equal(t, map[string]any{"user": "nobody", "scope": "PAY", "role": "READ"}, a.json(t))
	require.Equal(t, http.StatusOK, s.call("nobody", http.MethodGet, "/status/projects/PAY").status)
	require.Equal(t, http.StatusOK, put(`{"user":"nobody","scope":"instance","role":"GRANTEE"}`).status)
	require.Equal(t, http.StatusOK, s.call("nobody", http.MethodGet, "/settings").status)
	page := s.call("admin", http.MethodGet, "/access?limit=1000").json(t)
	require.Contains(t, page["values"], map[string]any{"user": "nobody", "scope": "instance", "role": "GRANTEE"})
	require.Equal(t, http.StatusNoContent, s.call("admin", http.MethodDelete, "/access?user=nobody&scope=PAY").status)
	require.Equal(t, http.StatusNotFound, s.call("nobody", http.MethodGet, "/status/projects/PAY").status, "a grantee reads only what its roles allow")
	require.Equal(t, http.StatusNoContent, s.call("admin", http.MethodDelete, "/access?user=nobody&scope=instance").status)
	require.Equal(t, http.StatusForbidden, s.call("nobody", http.MethodGet, "/settings").status)
	for _, bad := range []string{
		`{"user":"nobody","scope":"PAY","role":"GRANTEE"}`, `{"user":"nobody","scope":"PAY","role":"NONE"}`, `{"user":"nobody","scope":"","role":"READ"}`,
		`{"user":"nobody","scope":"PAY/../x","role":"READ"}`, `{"user":"nobody","scope":"PAY/api","role":"PROJECT_ADMIN"}`,
	} {
		require.Equal(t, http.StatusBadRequest, put(bad).status, bad)
	}
	require.Equal(t, http.StatusNotFound, put(`{"user":"none","scope":"PAY","role":"READ"}`).status)
	require.Equal(t, http.StatusBadRequest, s.call("admin", http.MethodDelete, "/access?user=nobody").status)
	require.Equal(t, http.StatusForbidden, s.call("grantee", http.MethodPut, "/access", `{}`).status)
}

func TestTokens(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1")
	a := s.call("writer", http.MethodPost, "/tokens", `{"name":"ci","scopes":["read","settings","read"],"expiryDays":30}`)
	require.Equal(t, http.StatusCreated, a.status, a.text)
	token, id := a.json(t)["token"].(string), a.json(t)["id"].(string)
	require.Regexp(t, `^slu_[A-Za-z0-9_-]{43}$`, token)
	require.Equal(t, []any{"read", "settings"}, a.json(t)["scopes"])
	require.NotNil(t, a.json(t)["expiryDate"])
	use := func(method, path string, basic bool) int {
		r, err := http.NewRequestWithContext(t.Context(), method, s.url+"/rest/security/latest"+path, strings.NewReader(`{"name":"x","scopes":["read"],"matchText":"x"}`))
		require.NoError(t, err)
		r.Header.Set("Content-Type", "application/json")
		if r.Header.Set("Authorization", "Bearer "+token); basic {
			r.SetBasicAuth("writer", token)
		}
		return s.do(r).status
	}
	for _, basic := range []bool{true, false} {
		require.Equal(t, http.StatusOK, use(http.MethodGet, "/status/projects/PAY", basic))
		require.Equal(t, http.StatusForbidden, use(http.MethodPost, linesPath+"/create", basic), "the scope triage is missing")
		require.Equal(t, http.StatusForbidden, use(http.MethodPost, "/tokens", basic), "a token makes no token")
	}
	list := s.call("writer", http.MethodGet, "/tokens").text
	require.Contains(t, list, id)
	require.NotContains(t, list, token)
	require.NotContains(t, s.call("reader", http.MethodGet, "/tokens").text, id)
	require.Equal(t, http.StatusNotFound, s.call("reader", http.MethodDelete, "/tokens/"+id).status, "another one's")
	require.Equal(t, http.StatusNotFound, s.call("writer", http.MethodDelete, "/tokens/..%2F1").status)
	require.Equal(t, http.StatusNoContent, s.call("writer", http.MethodDelete, "/tokens/"+id).status)
	require.Equal(t, http.StatusUnauthorized, use(http.MethodGet, "/status/projects", false))
	a = s.call("writer", http.MethodPost, "/tokens", `{"name":"","scopes":["all"],"expiryDays":0}`)
	require.Len(t, a.json(t)["errors"], 3)
}
