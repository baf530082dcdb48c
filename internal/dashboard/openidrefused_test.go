package dashboard_test

import (
	"bytes"
	"log/slog"
	"maps"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/testdashboard"
	"github.com/sluice-scan/sluice/internal/testissuer"
)

// TestASignInElsewhereIsRefused with a reason that people understand, a status, and an entry in the audit log.
func TestASignInElsewhereIsRefused(t *testing.T) {
	t.Parallel()
	i := testissuer.New(t)
	s := newService(t, "", nil, withOpenID(t, i, access.Admission{Create: true, Group: "sluice"}))
	for name, x := range map[string]struct {
		does        func(b *testissuer.Behaviour)
		text        string
		status      int
		notRecorded bool
		alterToken  func(header, claims map[string]any)
	}{
		"the person says no": {does: func(b *testissuer.Behaviour) { b.Refuse, b.Describe = "access_denied", "<i>no</i>" }, text: "Example did not sign you in: access_denied (&lt;i&gt;no&lt;/i&gt;)"},
		"another nonce":      {alterToken: func(_, claims map[string]any) { claims["nonce"] = "other" }, text: "could not be verified"},
		"expired":            {alterToken: func(_, claims map[string]any) { claims["exp"] = 1 }, text: "has expired"},
		"not signed":         {does: func(b *testissuer.Behaviour) { b.Algorithm = "none" }, text: "could not be verified"},
		"without the group":  {does: func(b *testissuer.Behaviour) { b.Claims = claims("s9", "eve", "other") }, text: "Only members of a certain group"},
		"a local account":    {does: func(b *testissuer.Behaviour) { b.Claims = claims("s9", "Admin", "sluice") }, text: "There is already an account admin here"},
		"the provider is down": {status: http.StatusServiceUnavailable, notRecorded: true, text: "Example does not answer at the moment", does: func(b *testissuer.Behaviour) {
			b.TokenStatus, b.TokenBody = 503, "{secret} {code}"
		}},
	} {
		i.Do(func(b *testissuer.Behaviour) {
			*b = testissuer.Behaviour{Claims: claims("s1", "jane", "sluice"), Alter: x.alterToken}
		})
		if x.does != nil {
			i.Do(x.does)
		}
		before := len(s.entries("sign-in.refused"))
		b := s.browser("")
		callback := b.elsewhere("")
		a := b.get(callback)
		if x.status == 0 {
			x.status = http.StatusForbidden
		}
		require.Equal(t, x.status, a.status, name)
		require.Contains(t, a.text, x.text, name)
		require.NotContains(t, a.text, "<i>no", name)
		query, err := url.Parse(callback)
		require.NoError(t, err)
		if code := query.Query().Get("code"); code != "" {
			require.NotContains(t, a.text, code, name)
		}
		require.NotContains(t, a.text, testissuer.ClientSecret(), name)
		require.Empty(t, b.sessionText(), name)
		if x.notRecorded {
			require.Len(t, s.entries("sign-in.refused"), before, name)
		}
	}
	// The same refusal is recorded once a minute.
	require.NotEmpty(t, s.entries("sign-in.refused"))
	require.Empty(t, s.entries("account.added"))
}

// TestTheSignInPageSaysThatTheProviderIsDown; passwords still work, and the button works again by itself.
func TestTheSignInPageSaysThatTheProviderIsDown(t *testing.T) {
	t.Parallel()
	i := testissuer.New(t)
	i.Do(func(b *testissuer.Behaviour) { b.Down = true })
	s := newService(t, "", nil, withOpenID(t, i, everybody))
	b := s.browser("")
	page := b.get("/sign-in")
	require.Equal(t, http.StatusOK, page.status)
	require.Equal(t, 1, strings.Count(page.text, "Example does not answer at the moment"))
	a := b.get("/sign-in/oidc")
	require.Equal(t, http.StatusServiceUnavailable, a.status)
	require.NotEmpty(t, a.header.Get("Retry-After"))
	require.Equal(t, 1, strings.Count(a.text, "Example does not answer at the moment"))
	require.Nil(t, cookieOf(t, a, "sluice_sign_in"))
	require.NotEmpty(t, s.browser("reader").sessionText())
}

// TestHostileClaimsBreakOutOfNoPage.
func TestHostileClaimsBreakOutOfNoPage(t *testing.T) {
	t.Parallel()
	i := testissuer.New(t)
	s := newService(t, "", nil, withOpenID(t, i, access.Admission{Admins: "root"}))
	for _, evil := range []string{`<script>alert(1)</script>`, "a\x00b", strings.Repeat("x", 10_000), `"><img src=x onerror=alert(1)>`, "\u202egnp.exe"} {
		i.Do(func(b *testissuer.Behaviour) {
			b.Claims = map[string]any{"sub": evil, "preferred_username": evil, "email": evil, "email_verified": evil, "groups": []string{evil}}
		})
		a := s.browser("").arrive()
		require.Equal(t, http.StatusForbidden, a.status)
		for _, broken := range []string{"<script", "<img src=x", "\x00", "\u202e", strings.Repeat("x", 300)} {
			require.NotContains(t, a.text, broken)
		}
	}
	for _, entry := range s.entries("sign-in.refused") {
		require.Less(t, len(entry), 1000)
		require.NotContains(t, entry, "\x00")
		require.NotContains(t, entry, "\u202e")
	}
}

// TestOnlyLocalPathsAreReturnedToFromElsewhere.
func TestOnlyLocalPathsAreReturnedToFromElsewhere(t *testing.T) {
	t.Parallel()
	i := testissuer.New(t)
	i.Do(func(b *testissuer.Behaviour) { b.Claims = claims("s1", "jane") })
	s := newService(t, "", nil, withOpenID(t, i, everybody))
	for next, want := range map[string]string{
		"/projects?type=all": "/projects?type=all", "//evil.example": "/projects", "https://evil.example/": "/projects", `/\evil.example`: "/projects", "/sign-in/oidc": "/projects", "/": "/projects",
		"/projects?name=" + strings.Repeat("x", 5000): "/projects", "/projects?" + strings.Repeat("&", 1400): "/projects", "/projects?name=" + strings.Repeat("x", 1500): "/projects?name=" + strings.Repeat("x", 1500),
	} {
		b := s.browser("")
		a := b.get(b.elsewhere(next))
		require.Equal(t, want, a.header.Get("Location"), "%q: %s", next, a.text)
	}
}

// TestAttemptsElsewhereAreBounded by address, as a trusted proxy tells it.
func TestAttemptsElsewhereAreBounded(t *testing.T) {
	t.Parallel()
	i := testissuer.New(t)
	now := time.Now()
	s := newService(t, "", nil, withOpenID(t, i, everybody), func(o *testdashboard.Options) {
		o.Rate, o.Now, o.Proxies = 100, func() time.Time { return now }, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	})
	b := s.browser("")
	from := func(address string) int {
		return b.do(http.MethodGet, "/sign-in/oidc", nil, func(r *http.Request) { r.Header.Set("X-Forwarded-For", address) }).status
	}
	seen := map[int]int{}
	for range 80 {
		seen[from("192.0.2.1")]++
	}
	require.ElementsMatch(t, []int{http.StatusSeeOther, http.StatusTooManyRequests}, slices.Collect(maps.Keys(seen)))
	require.Equal(t, 60, seen[http.StatusSeeOther], "fifty at once, and ten that are held for up to two seconds")
	require.Equal(t, http.StatusSeeOther, from("192.0.2.2"))
}

// TestPasswordsForAdministratorsAlone: the page says so, and so does the API.
func TestPasswordsForAdministratorsAlone(t *testing.T) {
	t.Parallel()
	i := testissuer.New(t)
	i.Do(func(b *testissuer.Behaviour) { b.Claims = claims("s1", "jane") })
	s := newService(t, "", nil, withOpenID(t, i, everybody), func(o *testdashboard.Options) { o.OnlyAdmins = true })
	require.Contains(t, s.browser("").get("/sign-in").text, "Administrators sign in with a password")
	a := s.browser("").post("/sign-in", url.Values{"name": {"reader"}, "password": {testdashboard.Password("reader")}})
	require.Equal(t, http.StatusUnauthorized, a.status)
	require.Contains(t, a.text, "Only administrators sign in with a password here.")
	status, _ := s.rest("reader", "/status/projects")
	require.Equal(t, http.StatusUnauthorized, status)
	require.Equal(t, http.StatusOK, s.browser("admin").get("/").status)
	require.Equal(t, http.StatusSeeOther, s.browser("").arrive().status)
}

// TestNoLogHoldsASecretOfASignIn, however it ends.
func TestNoLogHoldsASecretOfASignIn(t *testing.T) {
	t.Parallel()
	i := testissuer.New(t)
	var log bytes.Buffer
	s := newService(t, "", nil, withOpenID(t, i, everybody), func(o *testdashboard.Options) {
		o.Log = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	var secrets []string
	for _, does := range []func(b *testissuer.Behaviour){
		func(b *testissuer.Behaviour) {},
		func(b *testissuer.Behaviour) {
			b.TokenStatus, b.TokenBody = 400, `{"error":"{secret}","error_description":"{code} {verifier}"}`
		},
		func(b *testissuer.Behaviour) { b.TokenStatus, b.TokenBody = 500, `{code} {secret} {verifier}` },
		func(b *testissuer.Behaviour) {
			b.TokenStatus, b.TokenBody = 200, `{"access_token":"{code}","id_token":"{secret}","x":"{verifier}"}`
		},
		func(b *testissuer.Behaviour) { b.Down = true },
	} {
		i.Do(func(b *testissuer.Behaviour) { *b = testissuer.Behaviour{Claims: claims("s1", "jane")} })
		b := s.browser("")
		begun := b.get("/sign-in/oidc")
		kept := cookieOf(t, begun, "sluice_sign_in").Value
		callback := b.elsewhere("")
		u, err := url.Parse(callback)
		require.NoError(t, err)
		i.Do(does)
		a := b.get(callback)
		if session := cookieOf(t, a, "sluice_session"); session != nil {
			secrets = append(secrets, session.Value)
		}
		secrets = append(secrets, kept, u.Query().Get("code"))
	}
	secrets = append(secrets, testissuer.ClientSecret())
	require.NotEmpty(t, log.String())
	for _, secret := range secrets {
		require.NotEmpty(t, secret)
		require.NotContains(t, log.String(), secret)
	}
	for _, entry := range append(s.entries("sign-in.refused"), s.entries("sign-in")...) {
		for _, secret := range secrets {
			require.NotContains(t, entry, secret)
		}
	}
}
