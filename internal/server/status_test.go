package server_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func keys(t *testing.T, a answer, name string) []string {
	t.Helper()
	require.Equal(t, http.StatusOK, a.status, a.text)
	var list []string
	for _, v := range a.json(t)["values"].([]any) {
		list = append(list, v.(map[string]any)[name].(string))
	}
	return list
}

func TestBasicAuthentication(t *testing.T) {
	t.Parallel()
	s := newService(t)
	require.Equal(t, http.StatusOK, s.call("admin", http.MethodGet, "/status/projects").status)
	for _, request := range []func(r *http.Request){
		func(*http.Request) {}, func(r *http.Request) { r.SetBasicAuth("admin", "wrong") }, func(r *http.Request) { r.SetBasicAuth("none", "admin-password") },
		func(r *http.Request) { r.Header.Set("Authorization", "Bearer slu_nonsense") },
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/rest/security/latest/status/projects", nil)
		require.NoError(t, err)
		request(r)
		a := s.do(r)
		require.Equal(t, http.StatusUnauthorized, a.status)
		require.Contains(t, a.header.Get("WWW-Authenticate"), "Basic")
		require.NotEmpty(t, a.json(t)["errors"], "Bitbucket's form of errors")
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for i := range 13 {
		s.list(fmt.Sprintf("P%02d", i), "r: main=1")
	}
	first := s.call("admin", http.MethodGet, "/status/projects?limit=8").json(t)
	require.Equal(t, []any{8.0, 8.0, false, 0.0, 8.0}, []any{first["size"], first["limit"], first["isLastPage"], first["start"], first["nextPageStart"]})
	second := s.call("admin", http.MethodGet, "/status/projects?limit=5&start=8")
	require.Equal(t, []string{"P08", "P09", "P10", "P11", "P12"}, keys(t, second, "key"), "start counts from 0")
	require.Equal(t, true, second.json(t)["isLastPage"])
	require.Nil(t, second.json(t)["nextPageStart"])
	require.Equal(t, 1000.0, s.call("admin", http.MethodGet, "/status/projects?limit=99999").json(t)["limit"])
	for _, bad := range []string{"limit=0", "limit=x", "start=-1", "type=odd"} {
		require.Equal(t, http.StatusBadRequest, s.call("admin", http.MethodGet, "/status/projects?"+bad).status, bad)
	}
}

func TestStatus(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1 feature/x=2", "web: main=1", "empty:")
	s.list("~jdoe", "notes: main=1")
	require.Equal(t, []string{"PAY", "~jdoe"}, keys(t, s.call("admin", http.MethodGet, "/status/projects"), "key"))
	require.Equal(t, []string{"PAY"}, keys(t, s.call("admin", http.MethodGet, "/status/projects?type=normal"), "key"))
	require.Equal(t, []string{"~jdoe"}, keys(t, s.call("admin", http.MethodGet, "/status/projects?type=personal"), "key"))
	require.Len(t, keys(t, s.call("admin", http.MethodGet, "/status/projects?type=all"), "key"), 2)
	require.Equal(t, []string{"PAY"}, keys(t, s.call("admin", http.MethodGet, "/status/projects?name=project%20p"), "key"), "by name, in any case")
	project := s.call("admin", http.MethodGet, "/status/projects/PAY").json(t)
	require.Equal(t, map[string]any{"secure": 0.0, "vulnerable": 0.0, "notScanned": 2.0, "partiallyScanned": 0.0, "outdated": 0.0, "empty": 1.0}, project["counts"])
	require.Equal(t, "NOT_SCANNED", project["status"])
	require.Equal(t, http.StatusNotFound, s.call("admin", http.MethodGet, "/status/projects/NONE").status)
	for _, path := range []string{"/status/projects/~jdoe", "/status/projects/%7Ejdoe", "/rest/security/1.0/status/projects/~jdoe"} {
		require.Equal(t, "PERSONAL", s.call("admin", http.MethodGet, path).json(t)["type"], path)
	}
	require.Equal(t, []string{"api", "empty", "web"}, keys(t, s.call("admin", http.MethodGet, "/status/projects/PAY/repos"), "slug"))
	require.Equal(t, true, s.call("admin", http.MethodGet, "/status/projects/PAY/repos/empty").json(t)["empty"])
	require.Equal(t, []string{"main", "feature/x"}, keys(t, s.call("admin", http.MethodGet, "/status/projects/PAY/repos/api/branches"), "displayId"))
	require.Equal(t, []string{"feature/x"}, keys(t, s.call("admin", http.MethodGet, "/status/projects/PAY/repos/api/branches?name=FEAT"), "displayId"))
}

func TestWhatOneMayNotReadCountsForNothing(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1", "web: main=1")
	s.list("OPS", "tools: main=1")
	require.Equal(t, []string{"PAY"}, keys(t, s.call("reader", http.MethodGet, "/status/projects"), "key"))
	require.Equal(t, 1.0, s.call("reader", http.MethodGet, "/status/projects/PAY").json(t)["repositoryCount"])
	require.Equal(t, []string{"api"}, keys(t, s.call("reader", http.MethodGet, "/status/projects/PAY/repos"), "slug"))
	require.Equal(t, http.StatusNotFound, s.call("reader", http.MethodGet, "/status/projects/PAY/repos/web").status)
	require.Equal(t, http.StatusNotFound, s.call("reader", http.MethodGet, "/status/projects/OPS").status)
	require.Empty(t, keys(t, s.call("nobody", http.MethodGet, "/status/projects"), "key"))
}
