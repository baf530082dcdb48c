package dashboard_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connected"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/fakebitbucket/site"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/testdashboard"
)

const canaryPassword = "canary-password-of-ada"

// atBitbucket is a server whose people sign in at a Data Center. ada reads PAY/api there, and nothing else.
func atBitbucket(t *testing.T, address string) (s *service, dc *site.Site) {
	t.Helper()
	dc, base := dataCenter(t)
	require.NoError(t, dc.AddRepository("PAY", "web", nil))
	dc.Allow(site.Credential{Secret: canaryPassword, User: "ada", Password: true})
	dc.Allow(site.Credential{Secret: "canary-token-of-ada", User: "ada"})
	dc.Grant("ada", "PAY/api", site.Read)
	st, err := store.Open(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	a, err := testdashboard.Admin(st)
	require.NoError(t, err)
	x := connected.Settings{URL: base, SignIn: true}
	id, err := a.Put(t.Context(), "bb", &x, &connected.Credential{Secret: canaryCredential})
	require.NoError(t, err)
	project := &connection.Project{Key: "PAY", Name: "Payments", Identity: "dc:1"}
	for _, slug := range []string{"api", "web"} {
		project.Repositories = append(project.Repositories, connection.Repository{Slug: slug, Name: "Repository " + slug, Location: "x", Identity: dc.Identity("PAY", slug), DefaultBranch: "main", Branches: []connection.Branch{{Name: "main", Head: "1"}}})
	}
	_, err = st.Catalog.Sync(id).Apply(t.Context(), project)
	require.NoError(t, err)
	return newServiceOn(t, address, "", nil, onNetwork), dc
}

// TestSigningInAtBitbucketOnAPage: what ada sees on pages and by the API is what ada may read there. What is wrong is said, and
// the password is nowhere.
func TestSigningInAtBitbucketOnAPage(t *testing.T) {
	t.Parallel()
	databases(t, testSigningInAtBitbucket)
}

func testSigningInAtBitbucket(t *testing.T, address string) {
	s, dc := atBitbucket(t, address)
	b := s.browser("")
	require.Contains(t, b.get("/sign-in?next=/projects/PAY").text, `href="/sign-in/bitbucket-bb?next=`)
	form := b.get("/sign-in/bitbucket-bb?next=/projects/PAY").text
	require.Contains(t, form, `name="next" value="/projects/PAY"`)
	require.Contains(t, form, "A password is never kept")
	a := b.post("/sign-in/bitbucket-bb", url.Values{"name": {"ada"}, "password": {"wrong-" + canaryPassword}})
	require.Equal(t, http.StatusUnauthorized, a.status)
	require.Contains(t, a.text, "does not accept this name")
	require.NotContains(t, a.text, "canary")
	require.Equal(t, http.StatusNotFound, b.get("/sign-in/bitbucket-bb/callback").status)
	require.Equal(t, http.StatusNotFound, b.post("/sign-in/bitbucket-none", nil).status)
	a = b.post("/sign-in/bitbucket-bb", url.Values{"name": {"ada"}, "password": {canaryPassword}, "next": {"/projects/PAY"}})
	require.Equal(t, http.StatusSeeOther, a.status)
	require.Equal(t, "/projects/PAY", a.header.Get("Location"))
	text := b.get("/projects/PAY").text
	require.Contains(t, text, "Repository api")
	require.NotContains(t, text, "Repository web")
	require.Equal(t, http.StatusNotFound, b.get("/projects/PAY/repos/web").status)
	require.Equal(t, http.StatusForbidden, b.get("/settings/connections").status)

	// The API says the same to a token of that account.
	account, err := s.store.Accounts.Get(t.Context(), "ada")
	require.NoError(t, err)
	token := b.post("/profile/tokens", url.Values{"name": {"ci"}, "scope": {"read"}, "days": {"1"}}).text
	_, token, _ = strings.Cut(token, `class="once" tabindex="0">`)
	token, _, _ = strings.Cut(token, "<")
	call := func() (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/rest/security/latest/status/projects/PAY/repos", nil)
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+token)
		a := s.browser("").send(r)
		return a.status, a.text
	}
	status, list := call()
	require.Equal(t, http.StatusOK, status, list)
	require.Contains(t, list, "Repository api")
	require.NotContains(t, list, "Repository web")

	// Nobody can be asked again: after a quarter of an hour nothing is shown, and the page leads to the sign-in.
	_, err = s.store.Write.ExecContext(t.Context(), "update remote_account set asked_at = asked_at - $1", (16 * time.Minute).Milliseconds())
	require.NoError(t, err)
	a = b.get("/projects/PAY")
	require.Equal(t, http.StatusServiceUnavailable, a.status)
	require.Contains(t, a.text, `href="/sign-in/bitbucket-bb?next=%2Fprojects%2FPAY"`)
	require.NotContains(t, a.text, "Repository api")
	status, list = call()
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Contains(t, list, "sign in again")
	require.Contains(t, b.get("/sign-in/bitbucket-bb").text, "Password or access token", "although a session is there")
	dc.Grant("ada", "PAY/web", site.Write)
	require.Equal(t, http.StatusSeeOther, b.post("/sign-in/bitbucket-bb", url.Values{"password": {"canary-token-of-ada"}, "keep": {"true"}}).status)
	require.Contains(t, b.get("/projects/PAY").text, "Repository web")

	// Bitbucket is away.
	dc.Intercept(func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(http.StatusBadGateway); return true })
	a = s.browser("").post("/sign-in/bitbucket-bb", url.Values{"name": {"ada"}, "password": {canaryPassword}})
	require.Equal(t, http.StatusServiceUnavailable, a.status)
	require.Contains(t, a.text, "does not answer at the moment")
	list2, err := s.store.Rights.Of(t.Context(), account.ID)
	require.NoError(t, err)
	require.NotContains(t, list2[0].Token, "canary")
	require.NotContains(t, strings.Join(s.audited(), "\n"), "canary")
	require.Contains(t, strings.Join(s.audited(), "\n"), "bitbucket-bb account.added ada")
}

// TestSigningInAtBitbucketInABrowser.
func TestSigningInAtBitbucketInABrowser(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s, _ := atBitbucket(t, address)
		tab, cancel := testdashboard.Browser(t.Context())
		defer cancel()
		require.NoError(t, chromedp.Do(tab,
			chromedp.Navigate(s.url+"/sign-in"), chromedp.Click(`a.button.main`), chromedp.WaitVisible(`#keep`)))
		require.NoError(t, testdashboard.Accessible(tab))
		require.NoError(t, chromedp.Do(tab, chromedp.SendKeys(`input[name=name]`, "ada"), chromedp.SendKeys(`input[name=password]`, canaryPassword), chromedp.Click(`button.main`), chromedp.WaitVisible(`header .account`)))
		text, err := chromedp.Run(tab, chromedp.Text(`main`))
		require.NoError(t, err)
		require.Contains(t, text, "Payments")
	})
}
