package server_test

import (
	"context"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/store/accounts"
)

// callers are the accounts, weakest first, with their rights on PAY and PAY/api.
var callers = []string{"", "nobody", "reader", "grantee", "writer", "padmin", "admin"}

var allowed = map[access.Permission][]string{
	access.Anyone:   callers,
	access.SignedIn: callers[1:],
	access.Reader:   {"reader", "grantee", "writer", "padmin", "admin"},
	access.Writer:   {"writer", "padmin", "admin"}, access.Scanner: {"grantee", "writer", "padmin", "admin"},
	access.ProjectAdmin: {"padmin", "admin"}, access.ProjectScanner: {"grantee", "padmin", "admin"},
	access.Grantee: {"grantee", "admin"}, access.Admin: {"admin"},
}

var variable = regexp.MustCompile(`\{([a-zA-Z]+)(\.\.\.)?\}`)

// concrete replaces the variables of a pattern with a project, a repository, and unknown names.
func concrete(pattern string) string {
	return variable.ReplaceAllStringFunc(strings.ReplaceAll(pattern, "{$}", ""), func(v string) string {
		switch name := strings.Trim(v, "{.}"); name {
		case "projectKey":
			return "PAY"
		case "repoSlug":
			return "api"
		case "hookKey":
			return "com.mohami.bitbucket.security-for-bitbucket:credentials-validation-hook"
		}
		return "0"
	})
}

// ask calls a route, and reads only the start of a stream.
func (s *service) ask(method, path string, sign func(r *http.Request)) (int, string) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, s.url+path, nil)
	require.NoError(s.t, err)
	sign(request)
	response, err := http.DefaultClient.Do(request)
	require.NoError(s.t, err)
	defer func() { _ = response.Body.Close() }()
	text := ""
	if response.StatusCode >= 400 {
		body, err := io.ReadAll(response.Body)
		require.NoError(s.t, err)
		text = string(body)
	}
	return response.StatusCode, text
}

// TestAuthorizationMatrix calls every route of the table as every account. A new route is called, too.
func TestAuthorizationMatrix(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1", "web: main=1")
	routes := s.server.TestRoutes()
	require.Greater(t, len(routes), 40)
	for _, r := range routes {
		require.Contains(t, allowed, r.Needs, r.Pattern)
		path := concrete(r.Pattern)
		for _, as := range callers {
			status, text := s.ask(r.Method, path, func(request *http.Request) {
				if as != "" {
					request.SetBasicAuth(as, as+"-password")
				}
			})
			what := r.Method + " " + path + " as " + as + ": " + text
			hidden := status == http.StatusNotFound && (strings.Contains(text, "no project PAY") || strings.Contains(text, "no repository PAY"))
			switch may := contains(allowed[r.Needs], as); {
			case may:
				require.NotContains(t, []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusMethodNotAllowed}, status, what)
				require.Less(t, status, 500, what)
				require.False(t, hidden, what)
				require.NotContains(t, text, "nothing at this address", what)
			case as == "":
				require.Equal(t, http.StatusUnauthorized, status, what)
			case as == "nobody" && strings.Contains(path, "PAY"):
				require.True(t, hidden, what)
			default:
				require.Equal(t, http.StatusForbidden, status, what)
			}
		}
	}
}

func contains(list []string, text string) bool {
	for _, s := range list {
		if s == text {
			return true
		}
	}
	return false
}

// TestTokensNeedTheScope: an administrator's token without scopes may do nothing; one with the scope of the route may
// call it.
func TestTokensNeedTheScope(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1")
	account, err := s.store.Accounts.Get(t.Context(), "admin")
	require.NoError(t, err)
	_, err = s.store.Accounts.AddToken(t.Context(), &accounts.Token{AccountID: account.ID, Name: "none", Scopes: []string{"none"}}, access.TokenPrefix+"none")
	require.NoError(t, err)
	scopes := map[string]bool{}
	for _, r := range s.server.TestRoutes() {
		if r.Needs == access.Anyone {
			continue
		}
		require.NotEmpty(t, r.Scope, r.Pattern)
		scopes[r.Scope] = true
		status, text := s.ask(r.Method, concrete(r.Pattern), func(request *http.Request) { request.Header.Set("Authorization", "Bearer "+access.TokenPrefix+"none") })
		require.Equal(t, http.StatusForbidden, status, r.Pattern)
		require.Contains(t, text, "lacks the scope "+r.Scope)
	}
	for scope := range scopes {
		_, err = s.store.Accounts.AddToken(t.Context(), &accounts.Token{AccountID: account.ID, Name: scope, Scopes: []string{scope, "plaintext"}}, access.TokenPrefix+scope)
		require.NoError(t, err)
	}
	for _, r := range s.server.TestRoutes() {
		if r.Needs == access.Anyone {
			continue
		}
		status, text := s.ask(r.Method, concrete(r.Pattern), func(request *http.Request) { request.SetBasicAuth("admin", access.TokenPrefix+r.Scope) })
		if r.Method == http.MethodPost && strings.HasSuffix(r.Pattern, "/tokens") {
			require.Equal(t, http.StatusForbidden, status, "a token makes no tokens")
			continue
		}
		require.NotContains(t, []int{http.StatusUnauthorized, http.StatusForbidden}, status, r.Pattern+text)
	}
}

// TestReadingNeverSchedules: no GET or HEAD of any route queues anything.
func TestReadingNeverSchedules(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1", "web: main=1")
	for _, r := range s.server.TestRoutes() {
		if r.Method != http.MethodGet {
			continue
		}
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			status, text := s.ask(method, concrete(r.Pattern), func(request *http.Request) { request.SetBasicAuth("admin", "admin-password") })
			require.Less(t, status, 500, r.Pattern+text)
		}
	}
	for range 100 {
		require.Equal(t, http.StatusOK, s.call("admin", http.MethodGet, "/status/projects/PAY/repos/api/branches?name=main").status)
	}
	counts, err := s.store.Queue.Counts(t.Context())
	require.NoError(t, err)
	require.Empty(t, counts)
}
