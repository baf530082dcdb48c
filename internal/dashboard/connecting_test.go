package dashboard_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connected"
	"github.com/sluice-scan/sluice/internal/fakebitbucket/site"
	"github.com/sluice-scan/sluice/internal/testdashboard"
)

const canaryCredential = "canary-credential-typed-by-a-person"

// onNetwork lets the pages reach real addresses.
func onNetwork(o *testdashboard.Options) { o.Bitbucket = http.DefaultTransport }

// dataCenter is a whole Data Center with PAY/api, which the token canaryCredential may read.
func dataCenter(t *testing.T) (dc *site.Site, base string) {
	t.Helper()
	dc, err := site.New(t.TempDir(), "/bitbucket")
	require.NoError(t, err)
	base, stop := dc.Serve()
	t.Cleanup(stop)
	dc.AddProject("PAY", "Payments")
	require.NoError(t, dc.AddRepository("PAY", "api", nil))
	dc.Allow(site.Credential{Secret: canaryCredential, User: "scanner", Level: site.Read})
	dc.Grant("scanner", "PAY", site.Read)
	return dc, base
}

// TestConnectingOnAPage: connect, see the settings, change them, check, disconnect. What the API shows is the same, and no
// page has the credential.
func TestConnectingOnAPage(t *testing.T) {
	t.Parallel()
	databases(t, testConnectingOnAPage)
}

func testConnectingOnAPage(t *testing.T, address string) {
	dc, base := dataCenter(t)
	s := newServiceOn(t, address, "", nil, onNetwork)
	b := s.browser("admin")
	var said strings.Builder
	see := func(a answer) answer {
		t.Helper()
		said.WriteString(a.text)
		return a
	}
	require.Contains(t, see(b.get("/settings/connections")).text, "There are no connections yet.")
	form := url.Values{"id": {"bb"}, "url": {" " + base + "/ "}, "include": {"PAY/*\r\nSHOP/*, OPS/*"}, "secret": {canaryCredential}, "reports": {"true"}, "every": {"10m"}}
	with := func(name, value string) url.Values {
		f := url.Values{}
		for k, v := range form {
			f[k] = v
		}
		f.Set(name, value)
		return f
	}
	for _, x := range []struct{ name, value, says string }{
		{"secret", "not-" + canaryCredential, "The server was asked, and nothing is stored"}, {"secret", "", "there is no credential"}, {"id", "A b", "small letters"}, {"url", "nowhere", "not that of a server"},
		{"include", "PAY", "not a pattern such as"}, {"callsAtOnce", "often", "must be a whole number"}, {"calls", "many", "must be a number"}, {"id", "new", "are taken"},
	} {
		a := see(b.post("/settings/connections/new", with(x.name, x.value)))
		require.Equal(t, http.StatusBadRequest, a.status, x)
		require.Contains(t, a.text, x.says)
		require.Contains(t, a.text, "10m0s", "what was typed stays")
	}
	a := see(b.followed(b.post("/settings/connections/new", form)))
	for _, words := range []string{"It is connected.", base, "an access token by itself", "PAY/*, SHOP/*, OPS/*; without archived, forks, personal", "Code Insights reports", `value="10m0s"`, "Active</span>"} {
		require.Contains(t, a.text, words)
	}
	require.Contains(t, see(b.post("/settings/connections/new", form)).text, "There is already a connection bb.")
	require.Contains(t, see(b.get("/settings/connections")).text, `href="/settings/connections/bb"`)
	_, shown := s.rest("admin", "/connections/bb")
	require.Equal(t, []any{"PAY/*", "SHOP/*", "OPS/*"}, shown["settings"].(map[string]any)["include"])
	require.Contains(t, see(b.post("/settings/connections/bb/check", nil)).text, "accepts the credential of the user scanner")
	dc.Revoke(canaryCredential)
	require.Contains(t, see(b.post("/settings/connections/bb/check", nil)).text, "The check failed")
	dc.Restore(canaryCredential)

	// Changes replace the settings; an empty credential keeps the one that is there.
	change := url.Values{"url": {base}, "exclude": {"*/old-*"}, "webhooks": {"true"}}
	a = see(b.followed(b.post("/settings/connections/bb/save", change)))
	for _, words := range []string{"The settings are saved.", "all, but not */old-*", "New webhook secret", "Last webhook"} {
		require.Contains(t, a.text, words)
	}
	change.Set("url", "http://127.0.0.1:1")
	require.Contains(t, see(b.post("/settings/connections/bb/save", change)).text, "give the credential again")
	require.Contains(t, see(b.followed(b.post("/settings/connections/bb/rotate", nil))).text, "another secret")
	require.Equal(t, http.StatusSeeOther, b.post("/settings/connections/sync", url.Values{"connection": {"bb"}}).status)

	require.Contains(t, see(b.followed(b.post("/settings/connections/bb/remove", nil))).text, "It is disconnected")
	require.Contains(t, b.followed(b.post("/settings/connections/bb/remove", nil)).text, "no such connection any longer")
	for _, path := range []string{"/check", "/rotate"} {
		require.Equal(t, http.StatusNotFound, b.post("/settings/connections/bb"+path, nil).status)
	}
	require.Equal(t, http.StatusNotFound, b.get("/settings/connections/bb").status)
	log := strings.Join(s.audited(), "\n")
	for _, words := range []string{"admin POST /connections  bb " + base, "admin PUT /connections/{connectionId} bb include exclude every webhooks reports", "admin POST /connections/{connectionId}/check bb", "admin POST /connections/{connectionId}/rotate bb", "admin DELETE /connections/{connectionId} bb with 0 repositories"} {
		require.Contains(t, log, words)
	}
	require.NotContains(t, said.String()+log, "canary")
}

// TestAConnectionWhoseCredentialIsGoneIsShown, and says what to do.
func TestAConnectionWhoseCredentialIsGoneIsShown(t *testing.T) {
	t.Parallel()
	s := newService(t, "", testdashboard.Projects)
	text := s.browser("admin").get("/settings/connections/bitbucket").text
	for _, words := range []string{"that of the user scanner", "2 places skipped", "WEB/archive", "it is archived", "does not know its public address"} {
		require.Contains(t, text, words)
	}
	_, shown := s.rest("admin", "/connections/bitbucket")
	require.Equal(t, []any{2.0, "ACTIVE", map[string]any{"kind": "USER", "user": "scanner"}, "the server does not know its public address, to which webhooks are sent: start it with --link"},
		[]any{shown["skippedCount"], shown["state"], shown["credential"], shown["webhooks"].(map[string]any)["problem"]}, "the API says the same")
	require.NotContains(t, text, testdashboard.CanaryCredential)
	_, err := s.store.Write.ExecContext(t.Context(), "update connection set credential = 'broken', settings = '{'")
	require.NoError(t, err)
	require.Contains(t, s.browser("admin").get("/settings/connections/bitbucket").text, "give it again below")
}

// TestConnectingInABrowser is the whole way of a person: from the first page to a connection, and back.
func TestConnectingInABrowser(t *testing.T) {
	t.Parallel()
	_, base := dataCenter(t)
	s := newService(t, "/sluice", nil, onNetwork)
	tab, cancel := testdashboard.Browser(t.Context())
	defer cancel()
	require.NoError(t, testdashboard.SignIn(tab, s.url, "admin"))
	require.NoError(t, chromedp.Do(tab,
		chromedp.Navigate(s.url+"/settings/connections"), chromedp.Click(`a.button.main`), chromedp.WaitVisible(`#url`),
		chromedp.SendKeys(`#id`, "bb"), chromedp.SendKeys(`#url`, base), chromedp.SendKeys(`#secret`, canaryCredential), chromedp.SendKeys(`#include`, "PAY/*"),
		chromedp.Click(`#reports`), chromedp.Click(`button.main`), chromedp.WaitVisible(`.about`)))
	text, err := chromedp.Run(tab, chromedp.Text(`main`))
	require.NoError(t, err)
	require.Contains(t, text, "It is connected.")
	require.NoError(t, chromedp.Do(tab, chromedp.Navigate(s.url+"/settings/connections/bb"), chromedp.Click(`form[action$=check] button`), chromedp.WaitVisible(`.notice`)))
	text, err = chromedp.Run(tab, chromedp.Text(`.notice`))
	require.NoError(t, err)
	require.Contains(t, text, "accepts the credential of the user scanner")
	require.NoError(t, chromedp.Do(tab, chromedp.Navigate(s.url+"/settings/connections/bb"), chromedp.Click(`#forks`), chromedp.Click(`#webhooks`), chromedp.Click(`form[action$=save] button.main`), chromedp.WaitVisible(`form[action$=rotate]`)))
	row, err := s.store.Connections.Remote(t.Context(), "bb")
	require.NoError(t, err)
	x, err := connected.ParseSettings(row.Settings)
	require.NoError(t, err)
	require.Equal(t, []any{true, true, "PAY/*"}, []any{x.Forks, x.Reports, x.Include[0]})
	rotated, err := chromedp.RunResponse(tab, chromedp.Click(`form[action$=rotate] button`))
	require.NoError(t, err)
	require.Equal(t, int64(http.StatusOK), rotated.Status)
	text, err = chromedp.Run(tab, chromedp.Text(`main`))
	require.NoError(t, err)
	require.Contains(t, text, "another secret")
	require.NoError(t, chromedp.Do(tab, chromedp.Click(`.ask summary`), chromedp.WaitVisible(`.ask .danger`), chromedp.Click(`.ask .danger`), chromedp.WaitVisible(`.empty`)))
	require.NoError(t, testdashboard.Accessible(tab))
}
