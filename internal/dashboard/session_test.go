package dashboard_test

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/sessions"
	"github.com/sluice-scan/sluice/internal/testdashboard"
)

// later lets a time pass for all sessions.
func (s *service) later(d time.Duration) {
	s.t.Helper()
	_, err := s.store.Write.ExecContext(s.t.Context(), "update session set created_at = created_at - $1, used_at = used_at - $1", d.Milliseconds())
	require.NoError(s.t, err)
}

func (b *browser) sessionText() string {
	u, err := url.Parse(b.s.url + "/")
	require.NoError(b.s.t, err)
	for _, c := range b.client.Jar.Cookies(u) {
		return c.Value
	}
	return ""
}

// TestASession: its cookie, its limits, its rotation, its ends.
func TestASession(t *testing.T) {
	t.Parallel()
	databases(t, testASession)
}

func testASession(t *testing.T, address string) {
	s := newServiceOn(t, address, "/sluice", nil)
	b := s.browser("")
	form := url.Values{"name": {"Reader"}, "password": {"reader-password"}, "next": {"/sluice/projects?type=all"}}
	a := b.post("/sign-in", form)
	require.Equal(t, http.StatusSeeOther, a.status)
	require.Equal(t, "/sluice/projects?type=all", a.header.Get("Location"), "back to the page asked for")
	require.Contains(t, a.header.Get("Set-Cookie"), "; Path=/sluice; HttpOnly; SameSite=Lax")
	require.NotContains(t, a.header.Get("Set-Cookie"), "Secure")
	first := b.sessionText()
	require.GreaterOrEqual(t, len(first), 43)

	b.post("/sign-in", form)
	require.NotEqual(t, first, b.sessionText(), "another one at each sign-in")
	old := s.browser("")
	use := func(text string) int {
		return old.do(http.MethodGet, "/projects", nil, func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "sluice_session", Value: text}) }).status
	}
	require.Equal(t, http.StatusSeeOther, use(first), "the one before has ended")
	require.Equal(t, http.StatusOK, use(b.sessionText()))
	require.Equal(t, http.StatusSeeOther, use("made-up"))

	require.Equal(t, http.StatusOK, b.get("/projects").status)
	s.later(119 * time.Minute)
	require.Equal(t, http.StatusOK, b.get("/projects").status)
	s.later(121 * time.Minute)
	require.Equal(t, http.StatusSeeOther, b.get("/projects").status, "two hours without use")
	b = s.browser("reader")
	for range 7 {
		s.later(100 * time.Minute)
		require.Equal(t, http.StatusOK, b.get("/projects").status)
	}
	s.later(21 * time.Minute)
	require.Equal(t, http.StatusSeeOther, b.get("/projects").status, "twelve hours in all")

	b = s.browser("reader")
	text := b.sessionText()
	a = b.post("/sign-out", nil)
	require.Equal(t, "/sluice/sign-in", a.header.Get("Location"))
	require.Empty(t, b.sessionText())
	require.Equal(t, http.StatusSeeOther, use(text), "signed out")

	b = s.browser("reader")
	require.NoError(t, s.store.Accounts.Edit(t.Context(), "reader", func(a *accounts.Account) error { a.Disabled = true; return nil }))
	require.Equal(t, http.StatusSeeOther, b.get("/projects").status, "the account is switched off")

	list, err := s.store.Audit.List(t.Context(), audit.Filter{}, db.Page{Limit: 100})
	require.NoError(t, err)
	actions := map[string]int{}
	for _, e := range list {
		actions[e.Action]++
	}
	require.Equal(t, 1, actions["sign-out"])
	require.Greater(t, actions["sign-in"], 4)
}

// TestACookieIsSecureWhereTheBrowserSpeaksTLS: a proxy says so that is trusted, and nobody else.
func TestACookieIsSecureWhereTheBrowserSpeaksTLS(t *testing.T) {
	t.Parallel()
	form := url.Values{"name": {"reader"}, "password": {"reader-password"}}
	for networks, want := range map[string]bool{"": false, "192.0.2.0/24": false, "127.0.0.0/8": true} {
		s := newService(t, "", nil, func(o *testdashboard.Options) {
			if networks != "" {
				o.Proxies = []netip.Prefix{netip.MustParsePrefix(networks)}
			}
		})
		a := s.browser("").post("/sign-in", form, func(r *http.Request) { r.Header.Set("X-Forwarded-Proto", "https") })
		require.Equal(t, http.StatusSeeOther, a.status)
		require.Equal(t, want, strings.Contains(a.header.Get("Set-Cookie"), "; Secure"), networks)
		a = s.browser("").post("/sign-in", form)
		require.NotContains(t, a.header.Get("Set-Cookie"), "Secure", networks)
	}
}

// TestASessionKnowsWhereItBegan.
func TestASessionKnowsWhereItBegan(t *testing.T) {
	t.Parallel()
	s := newService(t, "", nil, func(o *testdashboard.Options) { o.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	b := s.browser("")
	b.post("/sign-in", url.Values{"name": {"reader"}, "password": {"reader-password"}}, func(r *http.Request) {
		r.Header.Set("X-Forwarded-For", "192.0.2.7")
		r.Header.Set("User-Agent", strings.Repeat("ä", 100)+"\xff")
	})
	reader, err := s.store.Accounts.Get(t.Context(), "reader")
	require.NoError(t, err)
	list, err := s.store.Sessions.List(t.Context(), reader.ID, b.sessionText(), sessions.Limits{Idle: time.Hour, Absolute: time.Hour})
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.True(t, list[0].Current)
	require.Equal(t, []string{"192.0.2.7", strings.Repeat("ä", 60)}, []string{list[0].Address, list[0].Agent})
}

// TestWrongPasswords are counted like those of the API.
func TestWrongPasswords(t *testing.T) {
	t.Parallel()
	s := newService(t, "", nil)
	b := s.browser("")
	for name, text := range map[string]string{"reader": "The name or the password is wrong.", "stranger": "The name or the password is wrong."} {
		a := b.post("/sign-in", url.Values{"name": {name}, "password": {"wrong"}})
		require.Equal(t, http.StatusUnauthorized, a.status)
		require.Contains(t, a.text, text)
		require.Contains(t, a.text, `value="`+name+`"`)
		require.NotContains(t, a.text, `value="wrong"`)
	}
	require.Empty(t, b.sessionText())
	a := b.post("/sign-in", url.Values{"name": {"reader"}, "password": {"slu_something"}})
	require.Contains(t, a.text, "This is an API token.")
}

// TestOnlyLocalPathsAreReturnedTo after signing in.
func TestOnlyLocalPathsAreReturnedTo(t *testing.T) {
	t.Parallel()
	for base, cases := range map[string]map[string]string{
		"": {
			"/projects/PAY": "/projects/PAY", "/projects?name=a b": "/", "/projects?name=a%20b": "/projects?name=a%20b", "": "/", "/": "/", "/?status=secure": "/?status=secure", "//evil.example": "/",
			"https://evil.example/": "/", `/\evil.example`: "/", "/\t/evil.example": "/", "/sign-in?next=/": "/", "javascript:alert(1)": "/", "projects": "/",
		},
		"/sluice": {"/sluice/projects": "/sluice/projects", "/projects": "/sluice/", "/sluice//evil.example": "/sluice/", "/sluicer/": "/sluice/"},
	} {
		s := newService(t, base, nil)
		for next, want := range cases {
			b := s.browser("")
			a := b.post("/sign-in", url.Values{"name": {"admin"}, "password": {testdashboard.Password("admin")}, "next": {next}})
			require.Equal(t, want, a.header.Get("Location"), "%q", next)
		}
		a := s.browser("").get("/projects/PAY?name=x")
		require.Equal(t, base+"/sign-in?next="+url.QueryEscape(base+"/projects/PAY?name=x"), a.header.Get("Location"))
	}
}

// TestOtherSitesSendNoForms, whatever the browser tells of where a form comes from.
func TestOtherSitesSendNoForms(t *testing.T) {
	t.Parallel()
	s := newService(t, "", testdashboard.Projects)
	b := s.browser("admin")
	for name, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example", "Referer": "https://evil.example/page"} {
		for _, path := range []string{"/scan", "/sign-out", "/sign-in", "/projects/PAY/scan"} {
			a := b.post(path, url.Values{"mode": {"rescan"}}, func(r *http.Request) { r.Header.Set(name, value) })
			require.Equal(t, http.StatusForbidden, a.status, name+path)
			require.Contains(t, a.text, "another site")
		}
	}
	require.Equal(t, http.StatusOK, b.get("/").status, "still signed in")
}

// TestAnAccountThatCallsTooOften is told when to try again, by a page that leads back to what was asked for. A form that was refused
// changes nothing, and says so.
func TestAnAccountThatCallsTooOften(t *testing.T) {
	t.Parallel()
	s := newService(t, "/sluice", testdashboard.Projects, (*testdashboard.Options).Throttle)
	b := s.browser("admin")
	require.Equal(t, http.StatusOK, b.get("/projects?type=all").status)
	a := b.get("/projects?type=all&name=<x>")
	require.Equal(t, http.StatusTooManyRequests, a.status)
	require.Equal(t, "8", a.header.Get("Retry-After"))
	for _, part := range []string{"Too many requests", "Try again in <b>8 seconds</b>", `href="/sluice/projects?type=all&amp;name=%3cx%3e">Load this page again</a>`, "<title>Too many requests: Sluice</title>", `href="/sluice/assets/style-`} {
		require.Contains(t, a.text, part)
	}
	before := s.queued()
	a = b.post("/scan", url.Values{"mode": {"rescan"}})
	require.Equal(t, http.StatusTooManyRequests, a.status)
	require.Contains(t, a.text, "Nothing was changed: go back, and send the form again.")
	require.NotContains(t, a.text, "Load this page again")
	require.Equal(t, before, s.queued())
	require.Equal(t, http.StatusOK, s.browser("reader").get("/projects").status, "others are not slowed down")
}
