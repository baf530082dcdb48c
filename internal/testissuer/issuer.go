// Package testissuer is an OpenID Connect provider for tests: with its discovery document, real signatures, and a token endpoint that takes a
// code once and demands PKCE.
package testissuer

import (
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// ClientID and ClientSecret are what the provider knows the server by. The secret has characters that the header needs escaped.
const ClientID = "sluice"

// ClientSecret is put together so that no scanner takes it for a real one.
func ClientSecret() string { return "client-" + "canary/4+7=Z" }

// Behaviour is what a test changes about the provider. Its zero value is a provider that does everything right.
type Behaviour struct {
	// Claims are of the person who signs in; "sub" is s1 without them.
	Claims map[string]any
	// UserInfo are what the userinfo endpoint tells; nil for no such endpoint.
	UserInfo map[string]any
	// Alter changes the header and the claims of the next ID tokens before they are signed.
	Alter func(header, claims map[string]any)
	// Algorithm signs the ID tokens: RS256 (the usual one), ES256, none, or HS256 with the public key as its secret.
	Algorithm string
	// Ask shows a page with a link, instead of sending the browser back at once.
	Ask bool
	// Refuse is the error with which the browser is sent back, Describe its description.
	Refuse, Describe string
	// TokenStatus and TokenBody are the answer of the token endpoint, when the status is not 0. In the body, {code}, {secret} and {verifier}
	// stand for what was sent.
	TokenStatus int
	TokenBody   string
	// Down breaks every connection off.
	Down bool
	// Document changes the provider's own document.
	Document func(document map[string]any)
	// InBody takes the client's secret from the body of a call, not from its header.
	InBody bool
}

// grant is a code that can be exchanged once.
type grant struct{ callback, challenge, nonce string }

// Issuer is a running provider. It is safe for concurrent use.
type Issuer struct {
	URL string

	server *httptest.Server
	mu     sync.Mutex
	does   Behaviour
	key    key
	codes  map[string]grant
	asked  map[string]int
}

// New starts a provider over plain HTTP, which ends with the test.
func New(t testing.TB) *Issuer {
	t.Helper()
	i := prepare()
	i.server.Start()
	i.URL = i.server.URL
	t.Cleanup(i.server.Close)
	return i
}

// NewElsewhere is New on another address of this machine, which is another site to a browser. It skips the test where there is no such address.
func NewElsewhere(t testing.TB) *Issuer {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.2:0")
	if err != nil {
		t.Skipf("this machine has one loopback address only: %v", err)
	}
	i := prepare()
	_ = i.server.Listener.Close()
	i.server.Listener = listener
	i.server.Start()
	i.URL = i.server.URL
	t.Cleanup(i.server.Close)
	return i
}

// NewTLS is New over TLS. The certificate is one that no system trusts; see [Issuer.Certificate].
func NewTLS(t testing.TB) *Issuer {
	t.Helper()
	i := prepare()
	i.server.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	i.server.StartTLS()
	i.URL = i.server.URL
	t.Cleanup(i.server.Close)
	return i
}

func prepare() *Issuer {
	i := &Issuer{key: newKey("k1"), codes: map[string]grant{}, asked: map[string]int{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", i.document)
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) { answer(w, map[string]any{"keys": i.keys()}) })
	mux.HandleFunc("GET /authorize", i.authorize)
	mux.HandleFunc("POST /token", i.token)
	mux.HandleFunc("GET /userinfo", i.userInfo)
	i.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i.mu.Lock()
		i.asked[r.URL.Path]++
		down := i.does.Down
		i.mu.Unlock()
		if down {
			panic(http.ErrAbortHandler)
		}
		mux.ServeHTTP(w, r)
	}))
	return i
}

// Certificate is that of a provider over TLS, in DER.
func (i *Issuer) Certificate() []byte { return i.server.Certificate().Raw }

// Do changes what the provider does from now on.
func (i *Issuer) Do(change func(b *Behaviour)) {
	i.mu.Lock()
	defer i.mu.Unlock()
	change(&i.does)
}

// Rotate replaces the key: tokens have another key id from now on, and the key set has the new key alone.
func (i *Issuer) Rotate(id string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.key = newKey(id)
}

// Asked counts the requests for a path.
func (i *Issuer) Asked(path string) int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.asked[path]
}

func (i *Issuer) behaviour() Behaviour {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.does
}

func answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body)
}

func (i *Issuer) document(w http.ResponseWriter, _ *http.Request) {
	b := i.behaviour()
	d := map[string]any{
		"issuer": i.URL, "authorization_endpoint": i.URL + "/authorize", "token_endpoint": i.URL + "/token", "jwks_uri": i.URL + "/keys",
		"response_types_supported": []string{"code"}, "id_token_signing_alg_values_supported": []string{"RS256", "ES256", "HS256", "none"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic"},
	}
	if b.InBody {
		d["token_endpoint_auth_methods_supported"] = []string{"client_secret_post"}
	}
	if b.UserInfo != nil {
		d["userinfo_endpoint"] = i.URL + "/userinfo"
	}
	if b.Document != nil {
		b.Document(d)
	}
	answer(w, d)
}

// authorize sends the browser back with a code, as if the person had signed in.
func (i *Issuer) authorize(w http.ResponseWriter, r *http.Request) {
	b, q := i.behaviour(), r.URL.Query()
	callback, err := url.Parse(q.Get("redirect_uri"))
	switch {
	case err != nil || callback.Host == "" || !strings.HasSuffix(callback.Path, "/callback"):
		http.Error(w, "the callback is not registered", http.StatusBadRequest)
		return
	case q.Get("client_id") != ClientID, q.Get("response_type") != "code", !slices.Contains(strings.Fields(q.Get("scope")), "openid"), q.Get("code_challenge_method") != "S256", q.Get("code_challenge") == "", q.Get("state") == "", q.Get("nonce") == "":
		http.Error(w, "something is missing", http.StatusBadRequest)
		return
	}
	back := callback.Query()
	back.Set("state", q.Get("state"))
	if b.Refuse != "" {
		back.Set("error", b.Refuse)
		back.Set("error_description", b.Describe)
	} else {
		code := random()
		i.mu.Lock()
		i.codes[code] = grant{q.Get("redirect_uri"), q.Get("code_challenge"), q.Get("nonce")}
		i.mu.Unlock()
		back.Set("code", code)
	}
	callback.RawQuery = back.Encode()
	if b.Ask {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = asks.Execute(w, callback.String())
		return
	}
	http.Redirect(w, r, callback.String(), http.StatusFound) //nolint:gosec // a test's own server is at the other end
}

var asks = template.Must(template.New("asks").Parse(`<!doctype html><title>Provider</title><link rel="icon" href="data:,"><a id="continue" href="{{.}}">Continue</a>`))

func (i *Issuer) token(w http.ResponseWriter, r *http.Request) {
	b := i.behaviour()
	id, secret, _ := r.BasicAuth()
	if b.InBody {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	} else {
		id, _ = url.QueryUnescape(id)
		secret, _ = url.QueryUnescape(secret)
	}
	if b.TokenStatus != 0 {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(b.TokenStatus)
		_, _ = strings.NewReplacer("{code}", r.PostFormValue("code"), "{secret}", secret, "{verifier}", r.PostFormValue("code_verifier")).WriteString(w, b.TokenBody)
		return
	}
	refuse := func(status int, code string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, `{"error":%q}`, code)
	}
	if id != ClientID || subtle.ConstantTimeCompare([]byte(secret), []byte(ClientSecret())) != 1 {
		refuse(http.StatusUnauthorized, "invalid_client")
		return
	}
	code := r.PostFormValue("code")
	i.mu.Lock()
	g, known := i.codes[code]
	delete(i.codes, code)
	i.mu.Unlock()
	challenge := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !known || r.PostFormValue("grant_type") != "authorization_code" || r.PostFormValue("redirect_uri") != g.callback || base64.RawURLEncoding.EncodeToString(challenge[:]) != g.challenge {
		refuse(http.StatusBadRequest, "invalid_grant")
		return
	}
	answer(w, map[string]any{"access_token": "access", "token_type": "Bearer", "expires_in": 60, "id_token": i.idToken(&b, g.nonce)})
}

// idToken makes the ID token of a person.
func (i *Issuer) idToken(b *Behaviour, nonce string) string {
	i.mu.Lock()
	k := i.key
	i.mu.Unlock()
	now := time.Now()
	claims := map[string]any{"iss": i.URL, "aud": ClientID, "sub": "s1", "iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(), "nonce": nonce}
	maps.Copy(claims, b.Claims)
	header := map[string]any{"typ": "JWT", "kid": k.id, "alg": b.Algorithm}
	if b.Algorithm == "" {
		header["alg"] = "RS256"
	}
	if b.Alter != nil {
		b.Alter(header, claims)
	}
	return k.sign(header, claims)
}

func (i *Issuer) userInfo(w http.ResponseWriter, r *http.Request) {
	b := i.behaviour()
	if r.Header.Get("Authorization") != "Bearer access" || b.UserInfo == nil {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	answer(w, b.UserInfo)
}
