package dashboard_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/openid"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/testdashboard"
	"github.com/sluice-scan/sluice/internal/testissuer"
	"github.com/sluice-scan/sluice/scan"
)

// withOpenID lets people sign in at a provider.
func withOpenID(t *testing.T, i *testissuer.Issuer, a access.Admission) func(o *testdashboard.Options) {
	t.Helper()
	p, err := openid.New(openid.Config{
		Issuer: i.URL, Title: "Example", ClientID: testissuer.ClientID, ClientSecret: scan.NewSecret(testissuer.ClientSecret()), NameClaim: "preferred_username", GroupsClaim: "groups",
	})
	require.NoError(t, err)
	return func(o *testdashboard.Options) {
		o.Ways = []access.Way{{ID: "oidc", Title: "Example", Provider: p, Admission: a}}
	}
}

var everybody = access.Admission{Create: true}

// claims are of somebody who signs in at a provider.
func claims(subject, name string, groups ...string) map[string]any {
	return map[string]any{"sub": subject, "preferred_username": name, "email": name + "@example.com", "email_verified": true, "groups": groups}
}

// elsewhere goes to the provider, and gives the callback's path with its query.
func (b *browser) elsewhere(next string) string {
	t := b.s.t
	t.Helper()
	path := "/sign-in/oidc"
	if next != "" {
		path += "?next=" + url.QueryEscape(next)
	}
	a := b.get(path)
	require.Equal(t, http.StatusSeeOther, a.status, a.text)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, a.header.Get("Location"), nil)
	require.NoError(t, err)
	response, err := b.client.Do(r)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusFound, response.StatusCode)
	callback, ok := strings.CutPrefix(response.Header.Get("Location"), b.s.url)
	require.True(t, ok, response.Header.Get("Location"))
	return callback
}

// arrive signs in at the provider, and gives the answer of the callback.
func (b *browser) arrive() answer { b.s.t.Helper(); return b.get(b.elsewhere("")) }

// cookieOf gives a cookie of an answer; nil without it.
func cookieOf(t *testing.T, a answer, name string) *http.Cookie {
	t.Helper()
	for _, line := range a.header.Values("Set-Cookie") {
		c, err := http.ParseSetCookie(line)
		require.NoError(t, err)
		if c.Name == name {
			return c
		}
	}
	return nil
}

// entries are the entries of the audit log with an action, newest first.
func (s *service) entries(action string) (list []string) {
	s.t.Helper()
	events, err := s.store.Audit.List(s.t.Context(), audit.Filter{}, db.Page{Limit: 200})
	require.NoError(s.t, err)
	for _, e := range events {
		if e.Action == action {
			list = append(list, e.Actor+" "+e.Object+" "+e.Detail)
		}
	}
	return list
}

// TestSigningInElsewhere: the button, the way there and back, the session, and what is recorded.
func TestSigningInElsewhere(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "/sluice"} {
		i := testissuer.New(t)
		i.Do(func(b *testissuer.Behaviour) { b.Claims = claims("s1", "Jane") })
		s := newService(t, base, testdashboard.Projects, withOpenID(t, i, everybody))
		b := s.browser("")
		page := b.get("/sign-in?next=" + url.QueryEscape(base+"/projects?type=all"))
		require.Contains(t, page.text, `<a class="button main" href="`+base+`/sign-in/oidc?next=`+url.QueryEscape(base+"/projects?type=all")+`">Sign in with Example</a>`)
		require.Contains(t, page.text, `name="password"`)
		require.NotContains(t, page.text, "does not answer")

		begun := b.get("/sign-in/oidc?next=" + url.QueryEscape(base+"/projects?type=all"))
		kept := cookieOf(t, begun, "sluice_sign_in")
		require.Equal(t, []any{base + "/sign-in", true, http.SameSiteLaxMode, false, 600}, []any{kept.Path, kept.HttpOnly, kept.SameSite, kept.Secure, kept.MaxAge})
		there, err := url.Parse(begun.header.Get("Location"))
		require.NoError(t, err)
		q := there.Query()
		require.Equal(t, []string{s.url + "/sign-in/oidc/callback", "S256", "code", "openid"}, []string{q.Get("redirect_uri"), q.Get("code_challenge_method"), q.Get("response_type"), q.Get("scope")})
		require.GreaterOrEqual(t, min(len(q.Get("state")), len(q.Get("nonce")), len(q.Get("code_challenge"))), 43)
		for _, secret := range []string{q.Get("state"), q.Get("nonce"), testissuer.ClientSecret()} {
			require.NotContains(t, kept.Value, secret, "the cookie is sealed")
		}

		a := b.get(b.elsewhere(base + "/projects?type=all"))
		require.Equal(t, http.StatusSeeOther, a.status, a.text)
		require.Equal(t, base+"/projects?type=all", a.header.Get("Location"))
		require.Negative(t, cookieOf(t, a, "sluice_sign_in").MaxAge, "it is used once")
		session := cookieOf(t, a, "sluice_session")
		require.Equal(t, []any{true, http.SameSiteLaxMode}, []any{session.HttpOnly, session.SameSite})
		require.Contains(t, b.get("/projects").text, "Signed in as </span>jane<")
		require.Equal(t, []string{"jane  by oidc from 127.0.0.1"}, s.entries("sign-in"))
		require.Equal(t, []string{"oidc jane subject s1"}, s.entries("account.added"))

		again := b.get(b.elsewhereAsNobody())
		require.NotEqual(t, session.Value, cookieOf(t, again, "sluice_session").Value, "another session at each sign-in")
		old := s.browser("").do(http.MethodGet, "/projects", nil, func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "sluice_session", Value: session.Value}) })
		require.Equal(t, http.StatusSeeOther, old.status, "the one before has ended")

		out := b.post("/sign-out", nil)
		require.Contains(t, b.get(strings.TrimPrefix(out.header.Get("Location"), base)).text, "You may still be signed in at Example")
		require.Equal(t, http.StatusSeeOther, b.get("/projects").status)
		require.Equal(t, http.StatusNotFound, b.get("/sign-in/other").status)
		require.Equal(t, http.StatusNotFound, b.get("/sign-in/other/callback?code=x&state=y").status)
	}
}

// elsewhereAsNobody is elsewhere for a browser that has signed in already: the sign-in page would not let it go there.
func (b *browser) elsewhereAsNobody() string {
	b.s.t.Helper()
	u, err := url.Parse(b.s.url + "/")
	require.NoError(b.s.t, err)
	kept := b.client.Jar.Cookies(u)
	require.Len(b.s.t, kept, 1)
	a := b.get("/sign-in/oidc")
	require.Equal(b.s.t, http.StatusSeeOther, a.status)
	require.True(b.s.t, strings.HasPrefix(a.header.Get("Location"), b.s.base+"/"), "who has signed in goes home")
	none := *kept[0]
	none.MaxAge, none.Path, none.Value = -1, b.s.base+"/", ""
	if b.s.base != "" {
		none.Path = b.s.base
	}
	b.client.Jar.SetCookies(u, []*http.Cookie{&none})
	callback := b.elsewhere("")
	back := *kept[0]
	back.Path = none.Path
	b.client.Jar.SetCookies(u, []*http.Cookie{&back})
	return callback
}

// TestTheCallbackBelongsToTheBrowser that began: with its cookie, its state, once, and in time.
func TestTheCallbackBelongsToTheBrowser(t *testing.T) {
	t.Parallel()
	i := testissuer.New(t)
	i.Do(func(b *testissuer.Behaviour) { b.Claims = claims("s1", "jane") })
	now := time.Now()
	s := newService(t, "", nil, withOpenID(t, i, everybody), func(o *testdashboard.Options) { o.Now = func() time.Time { return now } })
	refused := func(a answer, status int, words string) {
		t.Helper()
		require.Equal(t, status, a.status, a.text)
		require.Contains(t, a.text, words)
		require.Nil(t, cookieOf(t, a, "sluice_session"))
		require.Contains(t, a.text, "Sign in with Example", "one can try again")
	}
	const foreign = "This browser did not begin to sign in"
	mine, other := s.browser(""), s.browser("")
	callback := mine.elsewhere("")
	refused(other.get(callback), http.StatusForbidden, foreign)
	theirs := other.elsewhere("")
	refused(other.get(callback), http.StatusForbidden, foreign)
	require.Equal(t, http.StatusSeeOther, other.get(theirs).status)
	require.Equal(t, http.StatusSeeOther, mine.get(callback).status, "nothing of that disturbs the first browser")
	refused(s.browser("").get("/sign-in/oidc/callback"), http.StatusForbidden, foreign)
	require.Equal(t, "oidc  the state is not that of this browser, from 127.0.0.1", s.entries("sign-in.refused")[0])

	b := s.browser("")
	callback = b.elsewhere("")
	require.Equal(t, http.StatusSeeOther, b.get(callback).status)
	b.post("/sign-out", nil)
	refused(b.get(callback), http.StatusForbidden, foreign)

	b = s.browser("")
	callback = b.elsewhere("")
	changed := strings.Replace(callback, "state=", "state=x", 1)
	refused(b.get(changed), http.StatusForbidden, foreign)
	said := b.get("/sign-in/oidc/callback?state=x&error=evil&error_description=Call+us")
	refused(said, http.StatusForbidden, foreign)
	require.NotContains(t, said.text, "Call us", "only the provider's words are shown")
	require.Equal(t, http.StatusSeeOther, b.get(callback).status, "the attempt of another tab still counts")
	b = s.browser("")
	callback = b.elsewhere("")
	noState, _, _ := strings.Cut(callback, "&state=")
	refused(b.get(noState), http.StatusForbidden, foreign)

	b = s.browser("")
	begun := b.get("/sign-in/oidc")
	kept := cookieOf(t, begun, "sluice_sign_in").Value
	callback = b.elsewhere("")
	with := func(value string) answer {
		return s.browser("").do(http.MethodGet, callback, nil, func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "sluice_sign_in", Value: value}) })
	}
	for _, value := range []string{"", "v1:", "x", kept[:len(kept)-2], kept} {
		refused(with(value), http.StatusForbidden, foreign)
	}
	now = now.Add(10*time.Minute + time.Second)
	refused(b.get(callback), http.StatusForbidden, foreign)

	// A code works once at the provider too.
	b = s.browser("")
	begun = b.get("/sign-in/oidc")
	kept = cookieOf(t, begun, "sluice_sign_in").Value
	response, err := b.client.Get(begun.header.Get("Location")) //nolint:noctx // the test ends with it
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	callback = strings.TrimPrefix(response.Header.Get("Location"), s.url)
	require.Equal(t, http.StatusSeeOther, with(kept).status)
	refused(with(kept), http.StatusForbidden, "Example did not sign you in: invalid_grant")
}

// TestAnotherNodeTakesTheCallback of a browser that began on this one: they have one master key, and nothing else in common but the database.
func TestAnotherNodeTakesTheCallback(t *testing.T) {
	t.Parallel()
	i := testissuer.New(t)
	i.Do(func(b *testissuer.Behaviour) { b.Claims = claims("s1", "jane") })
	s := newService(t, "", nil, withOpenID(t, i, everybody))
	h, err := testdashboard.Serve(t.Context(), s.store, func() testdashboard.Options {
		o := testdashboard.Options{Link: s.url}
		withOpenID(t, i, everybody)(&o)
		return o
	}())
	require.NoError(t, err)
	node := httptest.NewServer(h)
	t.Cleanup(node.Close)
	b := s.browser("")
	callback := b.elsewhere("")
	b.s = &service{t: t, store: s.store, url: node.URL}
	a := b.get(callback)
	require.Equal(t, http.StatusSeeOther, a.status, a.text)
	require.Contains(t, b.get("/projects").text, "jane")
}

// TestTwoPeopleWithOneName have two accounts, and each finds the own one again.
func TestTwoPeopleWithOneName(t *testing.T) {
	t.Parallel()
	i := testissuer.New(t)
	s := newService(t, "", nil, withOpenID(t, i, everybody))
	for _, x := range [][2]string{{"s1", "jane"}, {"s2", "jane-2"}, {"s1", "jane"}, {"s2", "jane-2"}} {
		i.Do(func(b *testissuer.Behaviour) { b.Claims = claims(x[0], "jane") })
		b := s.browser("")
		require.Equal(t, http.StatusSeeOther, b.arrive().status)
		require.Contains(t, b.get("/projects").text, "Signed in as </span>"+x[1]+"<")
	}
}

// TestGroupsAndAccountsFollowAtEachSignIn: roles by group, an administrator's group, a disabled account.
func TestGroupsAndAccountsFollowAtEachSignIn(t *testing.T) {
	t.Parallel()
	i := testissuer.New(t)
	s := newService(t, "", testdashboard.Projects, withOpenID(t, i, access.Admission{Create: true, Admins: "root"}))
	require.NoError(t, s.store.Accounts.FollowGroup(t.Context(), "payments", "/teams/pay"))
	require.NoError(t, s.store.Accounts.GrantGroup(t.Context(), "payments", "PAY", accounts.RoleRead))
	sees := func(groups ...string) (project, instance int) {
		t.Helper()
		i.Do(func(b *testissuer.Behaviour) { b.Claims = claims("s1", "jane", groups...) })
		b := s.browser("")
		require.Equal(t, http.StatusSeeOther, b.arrive().status)
		return b.get("/projects/PAY").status, b.get("/").status
	}
	for _, x := range []struct {
		groups            []string
		project, instance int
	}{
		{nil, 404, 403}, {[]string{"/teams/pay"}, 200, 403}, {[]string{"/teams/pay", "root"}, 200, 200}, {[]string{"/teams/PAY", "Root"}, 404, 403},
	} {
		project, instance := sees(x.groups...)
		require.Equal(t, []int{x.project, x.instance}, []int{project, instance}, x.groups)
	}
	b := s.browser("")
	b.arrive()
	require.NoError(t, s.store.Accounts.Edit(t.Context(), "jane", func(a *accounts.Account) error { a.Disabled = true; return nil }))
	require.Equal(t, http.StatusSeeOther, b.get("/projects").status, "the session ends")
	a := b.arrive()
	require.Equal(t, http.StatusForbidden, a.status)
	require.Contains(t, a.text, "switched off")
	require.Contains(t, s.entries("sign-in.refused")[0], "the account is switched off")
}
