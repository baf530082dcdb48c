package openid_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/openid"
	"github.com/sluice-scan/sluice/internal/testissuer"
	"github.com/sluice-scan/sluice/scan"
)

const callback = "https://sluice.example.com/sign-in/oidc/callback"

func config(i *testissuer.Issuer) openid.Config {
	return openid.Config{
		Issuer: i.URL, Title: "Example", ClientID: testissuer.ClientID, ClientSecret: scan.NewSecret(testissuer.ClientSecret()),
		Scopes: []string{"profile", "email"}, NameClaim: "preferred_username", GroupsClaim: "groups",
	}
}

func provider(t *testing.T, c *openid.Config) *openid.Provider {
	t.Helper()
	p, err := openid.New(*c)
	require.NoError(t, err)
	return p
}

// attempt is one of a browser.
func attempt(n string) *access.Attempt {
	return &access.Attempt{State: "state-" + n, Nonce: "nonce-" + n, Verifier: strings.Repeat("v", 40) + "-" + n}
}

// through goes to the provider and comes back with its answer.
func through(t *testing.T, p *openid.Provider, a *access.Attempt) url.Values {
	t.Helper()
	address, err := p.Begin(t.Context(), callback, a)
	require.NoError(t, err)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	require.NoError(t, err)
	response, err := client.Do(r)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusFound, response.StatusCode)
	back, err := response.Location()
	require.NoError(t, err)
	require.Equal(t, a.State, back.Query().Get("state"))
	require.Equal(t, callback, strings.SplitN(back.String(), "?", 2)[0])
	return back.Query()
}

// finish is a whole sign-in.
func finish(t *testing.T, p *openid.Provider) (*access.Person, error) {
	t.Helper()
	a := attempt("1")
	return p.Finish(t.Context(), callback, a, through(t, p, a))
}

// TestAPersonIsIdentified with RSA and ECDSA, with the secret in the header and in the body.
func TestAPersonIsIdentified(t *testing.T) {
	t.Parallel()
	for _, algorithm := range []string{"RS256", "ES256"} {
		for _, inBody := range []bool{false, true} {
			i := testissuer.New(t)
			i.Do(func(b *testissuer.Behaviour) {
				b.Algorithm, b.InBody = algorithm, inBody
				b.Claims = map[string]any{"sub": "4711", "preferred_username": "Jane", "email": "jane@example.com", "email_verified": true, "groups": []any{"devs", 7, nil, "ops"}}
			})
			c := config(i)
			person, err := finish(t, provider(t, &c))
			require.NoError(t, err)
			require.Equal(t, []any{i.URL, "4711", []string{"Jane"}, "jane@example.com", true}, []any{person.Issuer, person.Subject, person.Names, person.Email, person.EmailVerified})
			require.Subset(t, person.Groups, []string{"devs", "ops"})
		}
	}
}

// TestWhatIsNotVerifiedIdentifiesNobody.
func TestWhatIsNotVerifiedIdentifiesNobody(t *testing.T) {
	t.Parallel()
	now := time.Now()
	alter := func(name string, value any) func(b *testissuer.Behaviour) {
		return func(b *testissuer.Behaviour) { b.Alter = func(_, claims map[string]any) { claims[name] = value } }
	}
	for name, x := range map[string]struct {
		does   func(b *testissuer.Behaviour)
		reason string
	}{
		"another nonce": {alter("nonce", "nonce-2"), "another sign-in"},
		"no nonce":      {alter("nonce", nil), "another sign-in"},
		"expired":       {alter("exp", now.Add(-2*time.Minute).Unix()), "has expired"},
		"no expiry": {func(b *testissuer.Behaviour) {
			b.Alter = func(_, claims map[string]any) { delete(claims, "exp") }
		}, "has expired"},
		"an expiry in words":                     {alter("exp", "never"), "not valid"},
		"not valid yet":                          {alter("nbf", now.Add(time.Hour).Unix()), "not valid"},
		"another audience":                       {alter("aud", "other"), "not valid"},
		"no audience":                            {alter("aud", nil), "not valid"},
		"another client":                         {alter("azp", "other"), "another client"},
		"many audiences":                         {alter("aud", []string{"other", testissuer.ClientID}), "another client"},
		"another issuer":                         {alter("iss", "https://evil.example"), "not valid"},
		"no issuer":                              {alter("iss", nil), "not valid"},
		"another access token":                   {alter("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"), "access token"},
		"not signed":                             {func(b *testissuer.Behaviour) { b.Algorithm = "none" }, "not valid"},
		"signed with the public key as a secret": {func(b *testissuer.Behaviour) { b.Algorithm = "HS256" }, "not valid"},
		"an unknown key": {func(b *testissuer.Behaviour) {
			b.Alter = func(header, _ map[string]any) { header["kid"] = "other" }
		}, "not valid"},
		"another algorithm in the header": {func(b *testissuer.Behaviour) {
			b.Alter = func(header, _ map[string]any) { header["alg"] = "RS512" }
		}, "not valid"},
		"a key in the header": {func(b *testissuer.Behaviour) {
			b.Alter = func(header, _ map[string]any) { header["jku"], header["kid"] = "https://evil.example/keys", "evil" }
		}, "not valid"},
		"too many groups for the token": {func(b *testissuer.Behaviour) {
			b.Claims = map[string]any{"_claim_names": map[string]any{"groups": "src1"}, "_claim_sources": map[string]any{"src1": map[string]any{"endpoint": "https://evil.example"}}}
		}, "the claim groups is not in the ID token"},
		"claims of the wrong kind": {alter("sub", []string{"s1"}), "not valid"},
		"no ID token": {func(b *testissuer.Behaviour) {
			b.TokenStatus, b.TokenBody = 200, `{"access_token":"a","token_type":"Bearer"}`
		}, "no ID token"},
		"an ID token without a signature": {func(b *testissuer.Behaviour) {
			b.TokenStatus, b.TokenBody = 200, `{"access_token":"a","token_type":"Bearer","id_token":"e30.e30."}`
		}, "not valid"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := testissuer.New(t)
			i.Do(x.does)
			c := config(i)
			person, err := finish(t, provider(t, &c))
			require.Nil(t, person)
			var refused *access.NotAdmittedError
			require.ErrorAs(t, err, &refused)
			require.Contains(t, refused.Reason, x.reason)
			require.Contains(t, refused.Text, "Example")
			i.Do(func(b *testissuer.Behaviour) { *b = testissuer.Behaviour{} })
			_, err = finish(t, provider(t, &c))
			require.NoError(t, err, "without that, the person is identified")
		})
	}
}

// TestClocksMayDiffer by a minute.
func TestClocksMayDiffer(t *testing.T) {
	t.Parallel()
	i := testissuer.New(t)
	c := config(i)
	i.Do(func(b *testissuer.Behaviour) {
		b.Alter = func(_, claims map[string]any) { claims["exp"] = time.Now().Add(-40 * time.Second).Unix() }
	})
	_, err := finish(t, provider(t, &c))
	require.NoError(t, err)
	i.Do(func(b *testissuer.Behaviour) {
		b.Alter = func(_, claims map[string]any) {
			claims["nbf"], claims["iat"] = time.Now().Add(time.Minute).Unix(), time.Now().Add(time.Minute).Unix()
		}
	})
	_, err = finish(t, provider(t, &c))
	require.NoError(t, err)
}

// TestACodeBelongsToOneAttempt: it works once, and only with the verifier and the callback of the one who began.
func TestACodeBelongsToOneAttempt(t *testing.T) {
	t.Parallel()
	i := testissuer.New(t)
	c := config(i)
	p := provider(t, &c)
	mine, other := attempt("1"), attempt("2")
	query := through(t, p, mine)
	_, err := p.Finish(t.Context(), callback, mine, query)
	require.NoError(t, err)
	refused := func(callback string, a *access.Attempt, query url.Values, words string) {
		t.Helper()
		person, err := p.Finish(t.Context(), callback, a, query)
		require.Nil(t, person)
		var refused *access.NotAdmittedError
		require.ErrorAs(t, err, &refused)
		require.Contains(t, refused.Reason, words)
	}
	refused(callback, mine, query, "invalid_grant")
	refused(callback, other, through(t, p, mine), "invalid_grant")
	refused("https://evil.example/callback", mine, through(t, p, mine), "invalid_grant")
	refused(callback, mine, url.Values{"code": {"made-up"}}, "invalid_grant")
	refused(callback, mine, url.Values{}, "no code")
	query = through(t, p, mine)
	query.Set("iss", "https://evil.example")
	refused(callback, mine, query, "another issuer")
	query.Set("iss", i.URL)
	_, err = p.Finish(t.Context(), callback, mine, query)
	require.NoError(t, err)
	i.Do(func(b *testissuer.Behaviour) {
		b.Document = func(d map[string]any) { d["authorization_response_iss_parameter_supported"] = true }
	})
	p = provider(t, &c)
	refused(callback, mine, through(t, p, mine), "another issuer")
}

// TestKeysRotate: a key that is not known yet is asked for.
func TestKeysRotate(t *testing.T) {
	t.Parallel()
	i := testissuer.New(t)
	c := config(i)
	p := provider(t, &c)
	for _, id := range []string{"k1", "k2", "k3"} {
		if id != "k1" {
			i.Rotate(id)
		}
		_, err := finish(t, p)
		require.NoError(t, err, id)
		_, err = finish(t, p)
		require.NoError(t, err, id)
	}
	require.Equal(t, 3, i.Asked("/keys"), "known keys are kept")
	require.Equal(t, 1, i.Asked("/.well-known/openid-configuration"))
}

// TestTheProvidersWordsAreToldWithoutSecrets.
func TestTheProvidersWordsAreToldWithoutSecrets(t *testing.T) {
	t.Parallel()
	i := testissuer.New(t)
	c := config(i)
	p := provider(t, &c)
	a := attempt("1")
	i.Do(func(b *testissuer.Behaviour) {
		b.Refuse, b.Describe = "access_denied", "<b>Jane</b> said no\r\n\x1b[31m"+strings.Repeat("x", 5000)+testissuer.ClientSecret()
	})
	_, err := p.Finish(t.Context(), callback, a, through(t, p, a))
	var refused *access.NotAdmittedError
	require.ErrorAs(t, err, &refused)
	require.Contains(t, refused.Text, "Example did not sign you in: access_denied (<b>Jane</b> said no")
	require.Less(t, len(refused.Text), 300)
	require.NotContains(t, refused.Text, "\x1b")
	require.NotContains(t, refused.Text, "\n")

	i.Do(func(b *testissuer.Behaviour) { *b = testissuer.Behaviour{} })
	for status, body := range map[int]string{
		400: `{"error":"invalid_grant","error_description":"{code} with {secret} and {verifier}"}`,
		401: `{"error":"{secret}"}`,
		403: `<html>{code} {secret} {verifier}</html>`,
		500: `{"error":"server_error","error_description":"{secret} {code}"}`,
		200: `{"id_token": "{secret}", "access_token": "{code}"`,
	} {
		query := through(t, p, a)
		i.Do(func(b *testissuer.Behaviour) { b.TokenStatus, b.TokenBody = status, body })
		_, err := p.Finish(t.Context(), callback, a, query)
		require.Error(t, err)
		text := fmt.Sprintf("%v %+v %#v", err, err, err)
		if errors.As(err, &refused) {
			text += refused.Text
		}
		for _, secret := range []string{testissuer.ClientSecret(), query.Get("code"), a.Verifier} {
			require.NotContains(t, text, secret, "%d", status)
		}
		i.Do(func(b *testissuer.Behaviour) { *b = testissuer.Behaviour{} })
	}
	require.NotContains(t, fmt.Sprintf("%v %+v %#v", c, c, c), testissuer.ClientSecret())
}

// TestMissingClaimsComeFromTheUserInfo of the same person alone.
func TestMissingClaimsComeFromTheUserInfo(t *testing.T) {
	t.Parallel()
	i := testissuer.New(t)
	c := config(i)
	i.Do(func(b *testissuer.Behaviour) {
		b.Claims = map[string]any{"preferred_username": "jane", "email_verified": true}
		b.UserInfo = map[string]any{"sub": "s1", "preferred_username": "mallory", "email": "jane@example.com", "groups": []string{"devs"}}
	})
	person, err := finish(t, provider(t, &c))
	require.NoError(t, err)
	require.Equal(t, []any{[]string{"jane"}, "jane@example.com", false, []string{"devs"}}, []any{person.Names, person.Email, person.EmailVerified, person.Groups}, "whether an address is verified belongs to the address")
	i.Do(func(b *testissuer.Behaviour) { b.UserInfo["sub"] = "s2" })
	_, err = finish(t, provider(t, &c))
	var refused *access.NotAdmittedError
	require.ErrorAs(t, err, &refused)
	require.Contains(t, refused.Reason, "another person")
	i.Do(func(b *testissuer.Behaviour) {
		b.UserInfo = nil
		b.Document = func(d map[string]any) { d["userinfo_endpoint"] = i.URL + "/userinfo" }
	})
	_, err = finish(t, provider(t, &c))
	var unavailable *access.UnavailableError
	require.ErrorAs(t, err, &unavailable, "a missing answer is not a person without groups")
}
