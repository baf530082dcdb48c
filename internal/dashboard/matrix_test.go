package dashboard_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard"
	"github.com/sluice-scan/sluice/internal/server"
	"github.com/sluice-scan/sluice/internal/store/policy"
	"github.com/sluice-scan/sluice/internal/testdashboard"
)

// allowed says who may do what on PAY and PAY/api.
var allowed = map[access.Permission][]string{
	access.Anyone: append([]string{""}, testdashboard.Names...), access.SignedIn: testdashboard.Names,
	access.Reader:       {"reader", "grantee", "writer", "padmin", "admin"},
	access.Writer:       {"writer", "padmin", "admin"},
	access.ProjectAdmin: {"padmin", "admin"},
	access.Scanner:      {"grantee", "writer", "padmin", "admin"}, access.ProjectScanner: {"grantee", "padmin", "admin"},
	access.Grantee: {"grantee", "admin"}, access.Admin: {"admin"},
}

// decided are answers that go by the thing itself, where a route's permission alone lets in: who sees a scan, and who may cancel one that an
// administrator asked for.
var decided = map[string]map[string]int{
	"GET /scans/{scanKey}":         {"nobody": http.StatusNotFound},
	"POST /scans/{scanKey}/cancel": {"nobody": http.StatusNotFound, "reader": http.StatusForbidden},
	"POST /findings/triage":        {"nobody": http.StatusBadRequest, "reader": http.StatusForbidden, "grantee": http.StatusForbidden},
}

// withoutOwnScript is a page without the one script that it takes from the server.
func (s *service) withoutOwnScript(text string) string {
	before, after, ok := strings.Cut(text, `<script src="`+s.base+`/assets/script-`)
	if !ok {
		return text
	}
	_, after, _ = strings.Cut(after, `</script>`)
	return before + after
}

// TestEveryPageByEveryRole opens every page of the table, and sends every form, as everybody. Each answer has the policy.
func TestEveryPageByEveryRole(t *testing.T) {
	t.Parallel()
	databases(t, testEveryPageByEveryRole)
}

func testEveryPageByEveryRole(t *testing.T, address string) {
	s := newServiceOn(t, address, "", testdashboard.Projects)
	finding := s.secretsOf("main")["deploy/file0.py"]
	_, err := s.store.Policy.AddRule(t.Context(), &policy.Rule{Name: "acme key", DetectorID: "ACME_KEY", Regexp: "acme_[0-9]{8}"})
	require.NoError(t, err)
	routes := dashboard.Pages()
	require.Greater(t, len(routes), 10)
	for _, as := range append([]string{""}, testdashboard.Names...) {
		for _, r := range routes {
			require.Contains(t, allowed, r.Needs, r.Path)
			b := s.browser(as)
			path := s.sample.Replace(r.Path)
			if strings.HasSuffix(path, "/events") {
				path += "?once"
			}
			form := url.Values{"mode": {"outdated"}, "what": {"waiting"}, "action": {"reopen"}, "finding": {finding}, "text": {"a text"}, "id": {"1"}}
			a := b.do(r.Method, path, form)
			if strings.HasSuffix(path, "/import") {
				a = b.upload(path, form, "match_text\na text\n")
			}
			what := r.Method + " " + path + " as " + as + ": " + a.text
			switch {
			case decided[r.Method+" "+r.Path][as] != 0:
				require.Equal(t, decided[r.Method+" "+r.Path][as], a.status, what)
			case as == "nobody" && strings.HasPrefix(path, "/findings/"):
				require.Equal(t, http.StatusNotFound, a.status, "it is in a repository that the caller may not read")
			case slices.Contains(allowed[r.Needs], as):
				require.NotContains(t, []int{http.StatusForbidden, http.StatusMethodNotAllowed}, a.status, what)
				require.Less(t, a.status, 500, what)
				switch {
				case r.Needs == access.Anyone:
				case a.status == http.StatusBadRequest && r.Method == http.MethodPost:
					// The form has a mistake, which the page tells.
				case a.status == http.StatusNotFound && strings.Contains(r.Path, "{ruleId}"):
					// The role before has removed it.
				default:
					require.Contains(t, []int{http.StatusOK, http.StatusSeeOther}, a.status, what)
					require.NotContains(t, a.header.Get("Location"), "/sign-in?", what)
				}
			case as == "":
				require.Equal(t, http.StatusSeeOther, a.status, what)
				require.Contains(t, a.header.Get("Location"), "/sign-in", what)
			case as == "nobody" && strings.Contains(path, "PAY"):
				require.Equal(t, http.StatusNotFound, a.status, what)
				require.NotContains(t, a.text, "Test", what)
			default:
				require.Equal(t, http.StatusForbidden, a.status, what)
				require.Contains(t, a.text, "Not permitted", what)
			}
			policy := a.header.Get("Content-Security-Policy")
			require.Contains(t, policy, "default-src 'none'", what)
			require.NotContains(t, policy, "unsafe", what)
			require.Equal(t, "nosniff", a.header.Get("X-Content-Type-Options"), what)
			require.NotContains(t, a.text, " style=", what)
			require.NotContains(t, s.withoutOwnScript(a.text), "<script", what)
		}
	}
	stranger := s.browser("").get("/somewhere")
	require.Equal(t, http.StatusSeeOther, stranger.status, "strangers do not learn which addresses there are")
	require.Equal(t, http.StatusNotFound, s.browser("reader").get("/somewhere").status)
	require.Equal(t, http.StatusNotFound, s.browser("reader").get("/projects/SHOP").status, "what one may not read does not exist")
}

// TestATableWithAGapDoesNotStart, and serves nobody.
func TestATableWithAGapDoesNotStart(t *testing.T) {
	t.Parallel()
	s := newService(t, "", nil)
	_, err := dashboard.NewOver(s.store, dashboard.Options{},
		dashboard.Page{Method: http.MethodGet, Path: "/open"},
		dashboard.Page{Method: http.MethodGet, Path: "/of-a-project", Needs: access.ProjectAdmin},
		dashboard.Page{Method: http.MethodPut, Path: "/rest/thing", Needs: access.Admin},
		dashboard.Page{Method: http.MethodGet, Path: "/open", Needs: access.Permission(99)})
	require.ErrorContains(t, err, `page 1, "GET" "/open": it has no permission`)
	require.ErrorContains(t, err, "its path names none")
	require.ErrorContains(t, err, "its path is the API's")
	require.ErrorContains(t, err, "it is in the table twice")

	api, err := server.New(s.store, server.Options{Log: slog.New(slog.DiscardHandler), Rate: -1})
	require.NoError(t, err)
	handler, err := dashboard.NewOver(s.store, dashboard.Options{Control: api.Control(), Scans: api.Scans()},
		dashboard.Page{Method: http.MethodGet, Path: "/open"}, dashboard.Page{Method: http.MethodGet, Path: "/closed", Needs: access.Admin})
	require.Error(t, err)
	text := s.browser("admin").sessionText()
	for path, want := range map[string]int{"/open": http.StatusForbidden, "/closed": http.StatusNoContent} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		r.AddCookie(&http.Cookie{Name: "sluice_session", Value: text})
		w := httptest.NewRecorder()
		handler().ServeHTTP(w, r)
		require.Equal(t, want, w.Code, path)
	}
}
