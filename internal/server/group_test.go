package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGroups(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1")
	put := func(name, body string) answer { return s.call("admin", http.MethodPut, "/groups/"+name, body) }
	a := put("Devs", `{"members":["nobody","Nobody"]}`)
	require.Equal(t, map[string]any{"name": "devs", "members": []any{"nobody"}}, a.json(t))
	require.Equal(t, http.StatusNotFound, s.call("nobody", http.MethodGet, "/status/projects/PAY").status)
	a = s.call("admin", http.MethodPut, "/access", `{"group":"devs","scope":"PAY","role":"READ"}`)
	require.Equal(t, map[string]any{"group": "devs", "scope": "PAY", "role": "READ"}, a.json(t))
	require.Equal(t, http.StatusOK, s.call("nobody", http.MethodGet, "/status/projects/PAY").status)
	require.Contains(t, s.call("admin", http.MethodGet, "/access?limit=1000").json(t)["values"], map[string]any{"group": "devs", "scope": "PAY", "role": "READ"})
	require.Equal(t, []string{"devs"}, keys(t, s.call("admin", http.MethodGet, "/groups"), "name"))
	require.Equal(t, http.StatusNoContent, s.call("admin", http.MethodDelete, "/access?group=devs&scope=PAY").status)
	require.Equal(t, http.StatusNotFound, s.call("nobody", http.MethodGet, "/status/projects/PAY").status)

	a = put("devs", `{"providerGroup":"/teams/Devs"}`)
	require.Equal(t, map[string]any{"name": "devs", "members": []any{"nobody"}, "providerGroup": "/teams/Devs"}, a.json(t), "the members stay")
	a = put("devs", `{"members":["nobody","reader"]}`)
	require.Equal(t, map[string]any{"name": "devs", "members": []any{"nobody", "reader"}, "providerGroup": "/teams/Devs"}, a.json(t))
	require.Contains(t, s.call("admin", http.MethodGet, "/groups").text, `"providerGroup":"/teams/Devs"`)
	a = put("devs", `{"members":["nobody"],"providerGroup":""}`)
	require.Equal(t, map[string]any{"name": "devs", "members": []any{"nobody"}}, a.json(t))
	require.Equal(t, http.StatusBadRequest, put("devs", `{"providerGroup":"`+strings.Repeat("g", 300)+`"}`).status)
	require.Equal(t, http.StatusBadRequest, put("devs", `{}`).status, "nobody empties a group by leaving something out")
	require.Equal(t, http.StatusBadRequest, put("devs", `{"members":["eve"]}`).status)
	require.Equal(t, http.StatusBadRequest, put("-x", `{"members":[]}`).status)
	for _, bad := range []string{`{"user":"nobody","group":"devs","scope":"PAY","role":"READ"}`, `{"scope":"PAY","role":"READ"}`} {
		require.Equal(t, http.StatusBadRequest, s.call("admin", http.MethodPut, "/access", bad).status)
	}
	require.Equal(t, http.StatusBadRequest, s.call("admin", http.MethodDelete, "/access?scope=PAY").status)
	require.Equal(t, http.StatusNotFound, s.call("admin", http.MethodPut, "/access", `{"group":"none","scope":"PAY","role":"READ"}`).status)
	require.Equal(t, http.StatusNoContent, s.call("admin", http.MethodDelete, "/groups/devs").status)
	require.Equal(t, http.StatusNotFound, s.call("admin", http.MethodDelete, "/groups/devs").status)
	require.Equal(t, http.StatusForbidden, s.call("grantee", http.MethodPut, "/groups/x", `{"members":["grantee"]}`).status)
}

// Administrators list and remove the tokens of others.
func TestTokensOfOthers(t *testing.T) {
	t.Parallel()
	s := newService(t)
	a := s.call("writer", http.MethodPost, "/tokens", `{"name":"ci","scopes":["read"]}`)
	id := a.json(t)["id"].(string)
	path := "/accounts/writer/tokens"
	require.Contains(t, s.call("admin", http.MethodGet, path).text, id)
	require.NotContains(t, s.call("admin", http.MethodGet, path).text, a.json(t)["token"])
	require.Equal(t, http.StatusNotFound, s.call("admin", http.MethodDelete, "/accounts/reader/tokens/"+id).status)
	require.Equal(t, http.StatusNotFound, s.call("admin", http.MethodGet, "/accounts/none/tokens").status)
	require.Equal(t, http.StatusForbidden, s.call("grantee", http.MethodDelete, path+"/"+id).status)
	require.Equal(t, http.StatusNoContent, s.call("admin", http.MethodDelete, path+"/"+id).status)
	require.NotContains(t, s.call("writer", http.MethodGet, "/tokens").text, id)
}
