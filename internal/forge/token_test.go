package forge_test

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/forge"
)

func TestAValidTokenSaysWhoCalls(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	v := p.verifier()
	for name, change := range map[string]func(c map[string]any){
		"as it comes":           nil,
		"an audience in a list": set("aud", []string{app}),
		"braces in the workspace": func(c map[string]any) {
			contexts(c, map[string]any{"name": "bitbucket", "workspaceId": "{" + strings.ToUpper(workspace) + "}"})
		},
		"another context before": func(c map[string]any) {
			contexts(c, map[string]any{"name": "jira", "cloudId": "x"}, map[string]any{"name": "bitbucket", "workspaceId": workspace})
		},
		"no nbf":                 set("nbf", nil),
		"no second installation": set("app.installation.id", nil),
		"nobody's label":         set("icLabel", nil),
		"just expired":           set("exp", p.now.Unix()-9),
		"not quite valid":        set("nbf", p.now.Unix()+9),
		"issued a little later":  set("iat", p.now.Unix()+29),
		"a fraction of a second": set("iat", float64(p.now.Unix())+0.5),
	} {
		token, err := v.Verify(t.Context(), p.token(change))
		require.NoError(t, err, name)
		require.Equal(t, installed, token.Installation, name)
		require.Equal(t, workspace, token.Workspace, name)
		require.Equal(t, "PRODUCTION", token.Environment, name)
		require.NotEmpty(t, token.ID, name)
	}
	token, err := v.Verify(t.Context(), p.token(set("principal", "ada")))
	require.NoError(t, err)
	require.Equal(t, "ada", token.Principal)
	one := p.token(set("jti", nil))
	a, err := v.Verify(t.Context(), one)
	require.NoError(t, err)
	b, err := v.Verify(t.Context(), one)
	require.NoError(t, err)
	require.Len(t, a.ID, 64, "without an id, its hash is the id")
	require.Equal(t, a.ID, b.ID)
	// An elliptic key, which the set names with its algorithm.
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: p.ec, KeyID: "ec"}}, nil)
	require.NoError(t, err)
	payload, err := json.Marshal(p.claims())
	require.NoError(t, err)
	jws, err := signer.Sign(payload)
	require.NoError(t, err)
	text, err := jws.CompactSerialize()
	require.NoError(t, err)
	_, err = v.Verify(t.Context(), text)
	require.NoError(t, err)
}

func contexts(c map[string]any, list ...any) {
	c["app"].(map[string]any)["installation"].(map[string]any)["contexts"] = list
}

// TestEachDefectOfATokenIsRefused, one at a time.
func TestEachDefectOfATokenIsRefused(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	v := p.verifier()
	now := p.now.Unix()
	refused := map[string]string{}
	for name, change := range map[string]func(c map[string]any){
		"another issuer":              set("iss", "https://evil.example"),
		"no issuer":                   set("iss", nil),
		"another audience":            set("aud", otherApp),
		"no audience":                 set("aud", nil),
		"two audiences":               set("aud", []string{app, otherApp}),
		"an empty list":               set("aud", []string{}),
		"an audience of another kind": set("aud", map[string]any{"a": app}),
		"another app":                 set("app.id", otherApp),
		"no app":                      set("app.id", nil),
		"nothing about the app":       set("app", nil),
		"expired":                     set("exp", now-11),
		"expires with the leeway":     set("exp", now-10),
		"never expires":               set("exp", nil),
		"not yet valid":               set("nbf", now+60),
		"issued in the future":        set("iat", now+60),
		"never issued":                set("iat", nil),
		"a time as a text":            set("exp", "9999999999"),
		"staging":                     set("app.environment.type", "STAGING"),
		"no environment":              set("app.environment", nil),
		"an isolated cloud":           set("icLabel", "ic1"),
		"a hostile label":             set("icLabel", "../../evil"),
		"no installation":             set("app.installationId", nil),
		"two installations":           set("app.installation.id", "ari:cloud:ecosystem::installation/0002"),
		"a hostile installation":      set("app.installationId", "a\nb"),
		"a long installation":         set("app.installationId", strings.Repeat("a", 201)),
		"no context":                  func(c map[string]any) { contexts(c) },
		"another product":             func(c map[string]any) { contexts(c, map[string]any{"name": "jira", "workspaceId": workspace}) },
		"no workspace":                func(c map[string]any) { contexts(c, map[string]any{"name": "bitbucket"}) },
		"a workspace that is no id":   func(c map[string]any) { contexts(c, map[string]any{"name": "bitbucket", "workspaceId": "../x"}) },
		"two workspaces": func(c map[string]any) {
			contexts(c, map[string]any{"name": "bitbucket", "workspaceId": workspace}, map[string]any{"name": "bitbucket", "workspaceId": strings.Replace(workspace, "a", "b", 1)})
		},
		"a long principal": set("principal", strings.Repeat("x", 201)),
		"a long id":        set("jti", strings.Repeat("x", 201)),
		"a huge token":     set("more", strings.Repeat("x", 20<<10)),
	} {
		refused[name] = p.token(change)
	}
	payload := func() string {
		text, err := json.Marshal(p.claims())
		require.NoError(t, err)
		return string(text)
	}
	none := encoded([]byte(`{"alg":"none","kid":"k1"}`)) + "." + encoded([]byte(payload())) + "."
	refused["no algorithm"] = none
	refused["no algorithm, and a signature"] = none + encoded([]byte("x"))
	for i, public := range [][]byte{x509.MarshalPKCS1PublicKey(&p.rsa.PublicKey), p.rsa.N.Bytes()} {
		text := encoded([]byte(`{"alg":"HS256","kid":"k1"}`)) + "." + encoded([]byte(payload()))
		mac := hmac.New(sha256.New, public)
		_, _ = mac.Write([]byte(text))
		refused[fmt.Sprint("the public key as a secret ", i)] = text + "." + encoded(mac.Sum(nil))
	}
	refused["another algorithm than the key's"] = p.sign(`{"alg":"RS512","kid":"k1"}`, payload())
	for _, algorithm := range []jose.SignatureAlgorithm{jose.RS512, jose.PS256} {
		signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: jose.JSONWebKey{Key: p.rsa, KeyID: "k1"}}, nil)
		require.NoError(t, err)
		jws, err := signer.Sign([]byte(payload()))
		require.NoError(t, err)
		text, err := jws.CompactSerialize()
		require.NoError(t, err)
		refused["a right signature by another algorithm than the key's, "+string(algorithm)] = text
	}
	refused["no key id"] = p.sign(`{"alg":"RS256"}`, payload())
	refused["an empty key id"] = p.sign(`{"alg":"RS256","kid":""}`, payload())
	refused["an unknown key id"] = p.sign(`{"alg":"RS256","kid":"k9"}`, payload())
	refused["the id of another key"] = p.sign(`{"alg":"RS256","kid":"ec"}`, payload())
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	refused["another signer"] = signWith(t, other, header, payload())
	jwk, err := json.Marshal(jose.JSONWebKey{Key: &other.PublicKey, KeyID: "k1"})
	require.NoError(t, err)
	refused["a key that it brings along"] = signWith(t, other, `{"alg":"RS256","kid":"k1","jwk":`+string(jwk)+`}`, payload())
	refused["an unknown critical header"] = p.sign(`{"alg":"RS256","kid":"k1","crit":["x"],"x":1}`, payload())
	refused["a claim twice"] = p.sign(header, strings.Replace(payload(), `"iss"`, `"aud":"`+app+`","iss"`, 1))
	refused["a claim twice, in another case"] = p.sign(header, strings.Replace(payload(), `"iss"`, `"AUD":"`+app+`","iss"`, 1))
	refused["a claim twice, further inside"] = p.sign(header, strings.Replace(payload(), `"appVersion"`, `"installationId":"other","appVersion"`, 1))
	refused["claims that are a list"] = p.sign(header, "["+payload()+"]")
	refused["claims that are no JSON"] = p.sign(header, "x")
	refused["more after the claims"] = p.sign(header, payload()+payload())
	refused["claims that nest without end"] = p.sign(header, strings.Repeat(`{"a":`, 5000)+"1"+strings.Repeat("}", 5000))
	good := p.token(nil)
	parts := strings.Split(good, ".")
	refused["other claims under a right signature"] = parts[0] + "." + encoded([]byte(strings.Replace(payload(), installed, "evil", 1))) + "." + parts[2]
	refused["another header under a right signature"] = encoded([]byte(header+" ")) + "." + parts[1] + "." + parts[2]
	refused["a cut signature"] = good[:len(good)-8]
	refused["no signature"] = parts[0] + "." + parts[1] + "."
	refused["two parts"] = parts[0] + "." + parts[1]
	refused["nothing"] = ""
	refused["a text"] = "Bearer x"
	refused["the form as JSON"] = `{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`
	for name, token := range refused {
		_, err := v.Verify(t.Context(), token)
		require.ErrorIs(t, err, forge.ErrToken, name)
		require.NotContains(t, err.Error(), "evil", name)
	}
	_, err = v.Verify(t.Context(), good)
	require.NoError(t, err, "the good one among them")
	_, err = v.Verify(t.Context(), refused["issued in the future"])
	require.ErrorIs(t, err, forge.ErrBehind, "people hear that the clock is wrong")
}

func TestAnAppIDIsChecked(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", "x", "ari:cloud:ecosystem::app/REPLACE-ME", app + "x"} {
		_, err := forge.NewVerifier(forge.Config{App: id})
		require.ErrorContains(t, err, "forge register")
	}
}

// TestKeysRotate: a new key is found by its id, and one that was taken back ends within an hour.
func TestKeysRotate(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	v := p.verifier()
	verify := func() error {
		_, err := v.Verify(t.Context(), p.token(nil))
		return err
	}
	require.NoError(t, verify())
	require.NoError(t, verify())
	require.Equal(t, 1, p.asked, "keys are kept")
	p.rotate("k1", "k2")
	second := func() error {
		payload, err := json.Marshal(p.claims())
		require.NoError(t, err)
		_, err = v.Verify(t.Context(), p.sign(`{"alg":"RS256","kid":"k2"}`, string(payload)))
		return err
	}
	require.ErrorIs(t, second(), forge.ErrToken, "the keys were fetched within the minute")
	p.pass(time.Minute)
	require.NoError(t, second())
	require.NoError(t, verify(), "the former one for a while")
	require.Equal(t, 2, p.asked)
	p.rotate("k2")
	p.pass(time.Hour)
	require.ErrorIs(t, verify(), forge.ErrToken, "it was taken back")
	require.NoError(t, second())
}

// TestAnUnknownKeyAsksOnceAMinute although anybody can send as many as they like.
func TestAnUnknownKeyAsksOnceAMinute(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	v := p.verifier()
	for range 3 {
		for i := range 50 {
			_, err := v.Verify(t.Context(), p.sign(fmt.Sprintf(`{"alg":"RS256","kid":"x%d"}`, i), "{}"))
			require.ErrorIs(t, err, forge.ErrToken)
		}
		p.pass(time.Minute)
	}
	require.Equal(t, 3, p.asked)
}

// TestTheLastKeysServeWhileAtlassianIsDown for a day, whatever comes instead.
func TestTheLastKeysServeWhileAtlassianIsDown(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(w http.ResponseWriter){
		"an error":     func(w http.ResponseWriter) { w.WriteHeader(http.StatusInternalServerError) },
		"broken off":   func(http.ResponseWriter) { panic(http.ErrAbortHandler) },
		"no JSON":      func(w http.ResponseWriter) { _, _ = w.Write([]byte("<html>")) },
		"no keys":      func(w http.ResponseWriter) { _, _ = w.Write([]byte(`{"keys":[]}`)) },
		"a secret key": func(w http.ResponseWriter) { _, _ = w.Write([]byte(`{"keys":[{"kty":"oct","kid":"k1","k":"AAAA"}]}`)) },
		"ten megabytes": func(w http.ResponseWriter) {
			_, _ = w.Write([]byte(`{"keys":["` + strings.Repeat("x", 10<<20) + `"]}`))
		},
		"a redirect": func(w http.ResponseWriter) {
			w.Header().Set("Location", "http://127.0.0.1:1/")
			w.WriteHeader(http.StatusFound)
		},
		"many keys": func(w http.ResponseWriter) {
			_, _ = w.Write([]byte(`{"keys":[` + strings.TrimSuffix(strings.Repeat(`{},`, 101), ",") + `]}`))
		},
	} {
		p := newPlatform(t)
		v := p.verifier()
		verify := func() error {
			_, err := v.Verify(t.Context(), p.token(nil))
			return err
		}
		p.answers(answer)
		err := verify()
		require.Error(t, err, name)
		require.NotErrorIs(t, err, forge.ErrToken, "%s: nothing is wrong with the token", name)
		p.answers(nil)
		p.pass(time.Minute)
		require.NoError(t, verify(), name)
		p.answers(answer)
		p.pass(23 * time.Hour)
		require.NoError(t, verify(), name)
		p.pass(2 * time.Hour)
		require.Error(t, verify(), name)
	}
}

// FuzzToken holds that no text makes the verifier do more than refuse.
func FuzzToken(f *testing.F) {
	for _, seed := range []string{"", "a.b.c", "e30.e30.e30", `eyJhbGciOiJub25lIn0.e30.`, strings.Repeat(".", 50)} {
		f.Add(seed)
	}
	v, err := forge.NewVerifier(forge.Config{App: app, Keys: &forge.KeySet{URL: "http://127.0.0.1:1/"}})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, text string) {
		_, err := v.Verify(t.Context(), text)
		require.Error(t, err)
	})
}
