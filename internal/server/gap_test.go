package server_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/server"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/accounts"
)

// gaps are routes with one gap each, and the message about it.
var gaps = []struct {
	route server.TestGap
	says  string
}{
	{server.TestGap{Method: http.MethodGet, Path: "/none", Scope: "read"}, `"GET" "/none": it has no permission`},
	{server.TestGap{Method: http.MethodGet, Path: "/weaker", Needs: -1, Scope: "read"}, `"/weaker": it has no permission`},
	{server.TestGap{Method: http.MethodGet, Path: "/stronger", Needs: access.Admin + 1, Scope: "read"}, `"/stronger": it has no permission`},
	{server.TestGap{Method: http.MethodPost, Path: "/unscoped", Needs: access.SignedIn}, `"POST" "/unscoped": it has no scope`},
	{server.TestGap{Method: http.MethodGet, Path: "/mistyped", Needs: access.Admin, Scope: "raed"}, `"/mistyped": there is no scope "raed"`},
	{server.TestGap{Method: http.MethodGet, Path: "/scoped", Needs: access.Anyone, Scope: "read"}, `"/scoped": it is for anyone, but has a scope`},
	{server.TestGap{Method: http.MethodGet, Path: "/placeless/{projectKey}", Needs: access.Writer, Scope: "read"}, `"/placeless/{projectKey}": its permission needs a repository`},
	{server.TestGap{Method: http.MethodGet, Path: "/renamed/{project}", Needs: access.Reader, Scope: "read"}, `"/renamed/{project}": its permission needs a project`},
	{server.TestGap{Method: http.MethodGet, Path: "relative", Needs: access.Admin, Scope: "read"}, `"relative": its path does not begin with a slash`},
	{server.TestGap{Method: http.MethodGet, Path: "/rest/api/latest/hooks", Needs: access.Admin, Scope: "read"}, `"/rest/api/latest/hooks": its path names a root`},
	{server.TestGap{Path: "/whatever", Needs: access.Admin, Scope: "read"}, `"" "/whatever": it has no method`},
}

func TestATableOfRoutesWithGapsDoesNotStart(t *testing.T) {
	t.Parallel()
	fine := server.TestGap{Method: http.MethodGet, Path: "/fine/{projectKey}/{repoSlug}", Needs: access.Reader, Scope: "read"}
	_, err := server.NewOver(&store.Store{}, server.Options{}, fine)
	require.NoError(t, err)
	all := []server.TestGap{fine}
	for _, gap := range gaps {
		_, err := server.NewOver(&store.Store{}, server.Options{}, fine, gap.route)
		require.ErrorContains(t, err, gap.says)
		require.NotContains(t, err.Error(), "/fine")
		all = append(all, gap.route)
	}
	_, err = server.NewOver(&store.Store{}, server.Options{}, append(all, fine)...)
	for _, gap := range gaps {
		require.ErrorContains(t, err, gap.says, "each route is named")
	}
	require.ErrorContains(t, err, `"/fine/{projectKey}/{repoSlug}": it is in the table twice`)
	require.Len(t, strings.Split(err.Error(), "\n"), len(gaps)+2)
}

func TestARouteWithoutAPermissionOrAScopeIsDenied(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.token("admin", "all", access.TokenScopes...)
	served, err := server.NewOver(s.store, server.Options{Log: slog.New(slog.DiscardHandler), Rate: -1},
		server.TestGap{Method: http.MethodGet, Path: "/none", Scope: "read"}, server.TestGap{Method: http.MethodGet, Path: "/stronger", Needs: access.Admin + 1, Scope: "read"},
		server.TestGap{Method: http.MethodGet, Path: "/unscoped", Needs: access.SignedIn}, server.TestGap{Method: http.MethodGet, Path: "/fine", Needs: access.SignedIn, Scope: "read"},
	)
	require.Error(t, err)
	listener := httptest.NewServer(served.Handler())
	t.Cleanup(listener.Close)
	s.url = listener.URL
	byPassword := func(r *http.Request) { r.SetBasicAuth("admin", "admin-password") }
	byToken := func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+access.TokenPrefix+"all") }
	for _, x := range []struct {
		path string
		sign func(r *http.Request)
		want int
	}{
		{"/fine", byPassword, http.StatusNoContent}, {"/fine", byToken, http.StatusNoContent},
		{"/none", byPassword, http.StatusForbidden}, {"/none", byToken, http.StatusForbidden}, {"/none", func(*http.Request) {}, http.StatusUnauthorized},
		{"/stronger", byPassword, http.StatusForbidden}, {"/unscoped", byToken, http.StatusForbidden},
	} {
		status, text := s.ask(http.MethodGet, "/rest/security/latest"+x.path, x.sign)
		require.Equal(t, x.want, status, "%s: %s", x.path, text)
	}
}

// TestATokenStoredWithoutScopesMayDoNothing: no version has created such a token, but a row may have been written by
// hand. A token with scopes keeps exactly those.
func TestATokenStoredWithoutScopesMayDoNothing(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1")
	for name, scopes := range map[string]string{"empty": "", "blank": "  ", "old": "read scan"} {
		s.token("admin", name, "read")
		var id int64
		s.sqlRow("update token set scopes = '"+scopes+"' where name = '"+name+"' returning id", &id)
	}
	for _, r := range s.server.TestRoutes() {
		if r.Needs == access.Anyone {
			continue
		}
		for _, name := range []string{"empty", "blank"} {
			status, text := s.ask(r.Method, concrete(r.Pattern), func(request *http.Request) { request.Header.Set("Authorization", "Bearer "+access.TokenPrefix+name) })
			require.Equal(t, http.StatusForbidden, status, r.Pattern)
			require.Contains(t, text, "the token has no scope")
		}
	}
	old := func(method, path string) int {
		status, _ := s.ask(method, "/rest/security/latest"+path, func(r *http.Request) { r.SetBasicAuth("admin", access.TokenPrefix+"old") })
		return status
	}
	require.Equal(t, http.StatusOK, old(http.MethodGet, "/status/projects/PAY"))
	require.Equal(t, http.StatusForbidden, old(http.MethodGet, "/accounts"))
}

// token stores a token of an account. Its text is its name after the prefix.
func (s *service) token(account, name string, scopes ...string) {
	s.t.Helper()
	a, err := s.store.Accounts.Get(s.t.Context(), account)
	require.NoError(s.t, err)
	_, err = s.store.Accounts.AddToken(s.t.Context(), &accounts.Token{AccountID: a.ID, Name: name, Scopes: scopes}, access.TokenPrefix+name)
	require.NoError(s.t, err)
}
