package forge_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/forge"
	"github.com/sluice-scan/sluice/internal/handover"
	"github.com/sluice-scan/sluice/internal/seal"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/testpostgres"
	"github.com/sluice-scan/sluice/internal/teststore"
)

func TestMain(m *testing.M) { os.Exit(teststore.Run(m)) }

const (
	app          = "ari:cloud:ecosystem::app/11111111-2222-3333-4444-555555555555"
	otherApp     = "ari:cloud:ecosystem::app/99999999-2222-3333-4444-555555555555"
	workspace    = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
	installed    = "ari:cloud:ecosystem::installation/0001"
	trigger      = "https://abc.webtrigger.atlassian.app/x1"
	systemCanary = "canary-system-token-0123456789"
)

// platform is Atlassian in a test: it signs invocation tokens, publishes its keys, and runs the app.
type platform struct {
	t    *testing.T
	keys *httptest.Server
	rsa  *rsa.PrivateKey
	ec   *ecdsa.PrivateKey

	mu sync.Mutex
	// names are the published ids of the RSA key. answer replaces the answer with the keys, asked counts them.
	names  []string
	answer func(w http.ResponseWriter)
	asked  int
	now    time.Time
	serial int
	// server answers calls of the app, secret and code are what the app got with its last code.
	server       http.Handler
	secret, code string
	// system is the credential that is added to calls. does replaces what the web trigger does.
	system string
	does   func(w http.ResponseWriter, r *http.Request)
	calls  int
}

var rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
})

func newPlatform(t *testing.T) *platform {
	t.Helper()
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	p := &platform{t: t, rsa: rsaKey(), ec: ec, names: []string{"k1"}, now: time.Now(), system: systemCanary}
	p.keys = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.asked++
		if p.answer != nil {
			p.answer(w)
			return
		}
		set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &p.ec.PublicKey, KeyID: "ec", Algorithm: "ES256", Use: "sig"}}}
		for _, name := range p.names {
			set.Keys = append(set.Keys, jose.JSONWebKey{Key: &p.rsa.PublicKey, KeyID: name, Algorithm: "RS256", Use: "sig"})
		}
		_ = json.NewEncoder(w).Encode(set)
	}))
	t.Cleanup(p.keys.Close)
	return p
}

// answers sets how the keys are given from now on; nil gives the right ones.
func (p *platform) answers(answer func(w http.ResponseWriter)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = answer
}

// rotate sets the ids under which the RSA key is given from now on.
func (p *platform) rotate(names ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.names = names
}

func (p *platform) clock() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

func (p *platform) pass(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = p.now.Add(d)
}

// claims are those of a valid token.
func (p *platform) claims() map[string]any {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.serial++
	now := p.now.Unix()
	return map[string]any{
		"iss": "forge/invocation-token", "aud": app, "iat": now, "nbf": now, "exp": now + 25, "jti": "jti-" + strconv.Itoa(p.serial),
		"app": map[string]any{
			"id": app, "appVersion": "1.0.0", "installationId": installed, "apiBaseUrl": "https://api.bitbucket.org",
			"environment":  map[string]any{"type": "PRODUCTION", "id": "env"},
			"module":       map[string]any{"type": "core:endpoint", "key": "events"},
			"installation": map[string]any{"id": installed, "contexts": []any{map[string]any{"name": "bitbucket", "workspaceId": workspace}}},
		},
	}
}

func encoded(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// sign signs a header and a payload as they are.
func (p *platform) sign(header, payload string) string {
	return signWith(p.t, p.rsa, header, payload)
}

func signWith(t *testing.T, key *rsa.PrivateKey, header, payload string) string {
	text := encoded([]byte(header)) + "." + encoded([]byte(payload))
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	require.NoError(t, err)
	return text + "." + encoded(signature)
}

const header = `{"alg":"RS256","kid":"k1","typ":"JWT"}`

// token makes a token; change alters the claims.
func (p *platform) token(change func(c map[string]any)) string {
	c := p.claims()
	if change != nil {
		change(c)
	}
	payload, err := json.Marshal(c)
	require.NoError(p.t, err)
	return p.sign(header, string(payload))
}

// set changes one claim; the path is separated by dots.
func set(path string, value any) func(c map[string]any) {
	return func(c map[string]any) {
		parts := strings.Split(path, ".")
		for _, part := range parts[:len(parts)-1] {
			c = c[part].(map[string]any)
		}
		if c[parts[len(parts)-1]] = value; value == nil {
			delete(c, parts[len(parts)-1])
		}
	}
}

func (p *platform) verifier() *forge.Verifier {
	v, err := forge.NewVerifier(forge.Config{App: app, Keys: &forge.KeySet{URL: p.keys.URL, Now: p.clock}, Now: p.clock})
	require.NoError(p.t, err)
	return v
}

// call makes a call in the name of the app.
func (p *platform) call(path, body string, change func(c map[string]any)) (status int, answer map[string]any) {
	return p.send(path, body, p.token(change))
}

func (p *platform) send(path, body, token string) (status int, answer map[string]any) {
	p.t.Helper()
	return p.sendWith(p.t.Context(), path, body, token)
}

func (p *platform) sendWith(ctx context.Context, path, body, token string) (status int, answer map[string]any) {
	p.t.Helper()
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/sluice/forge/v1/"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+token)
	p.mu.Lock()
	if p.system != "" {
		r.Header.Set("X-Forge-OAuth-System", p.system)
	}
	p.mu.Unlock()
	w := httptest.NewRecorder()
	p.server.ServeHTTP(w, r)
	require.NoError(p.t, json.Unmarshal(w.Body.Bytes(), &answer), "%s", w.Body)
	return w.Code, answer
}

// takeCode opens the page of the app, which keeps the secret.
func (p *platform) takeCode() (status int, answer map[string]any) {
	p.t.Helper()
	status, answer = p.call("pairing-code", fmt.Sprintf(`{"accountId":"ada","webtrigger":%q}`, trigger), nil)
	if status == http.StatusOK {
		p.secret, p.code = answer["secret"].(string), answer["code"].(string)
	}
	return status, answer
}

// RoundTrip is the way to the web trigger.
func (p *platform) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	p.mu.Lock()
	p.calls++
	does := p.does
	p.mu.Unlock()
	switch {
	case r.URL.String() != trigger:
		w.WriteHeader(http.StatusTeapot)
	case does != nil:
		does(w, r)
	default:
		p.exchange(w, r)
	}
	return w.Result(), nil
}

// exchange is what the app does when its server wants a credential.
func (p *platform) exchange(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var b struct {
		V   int    `json:"v"`
		ID  string `json:"id"`
		IAT int64  `json:"iat"`
	}
	if json.Unmarshal(body, &b) != nil || r.Header.Get("X-Sluice-Signature") != signed(p.secret, strconv.FormatInt(b.IAT, 10), b.ID, body) {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	p.sendWith(r.Context(), "exchange/"+b.ID, "{}", p.token(nil))
	w.WriteHeader(http.StatusAccepted)
}

func signed(secret, issued, id string, body []byte) string {
	sum := sha256.Sum256(body)
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = fmt.Fprintf(mac, "v1\n%s\n%s\n%s", issued, id, hex.EncodeToString(sum[:]))
	return "v1=" + hex.EncodeToString(mac.Sum(nil))
}

// server is a node with the app.
type server struct {
	*platform
	store *store.Store
	app   *forge.App
	hash  func(string) string
	log   *bytes.Buffer
	heard []string
	// recorded are the entries of the audit log.
	recorded []string
	fail     error
}

// onBoth runs a test on SQLite and on PostgreSQL.
func onBoth(t *testing.T, do func(t *testing.T, s *server)) {
	t.Helper()
	t.Parallel()
	for _, name := range []string{"SQLite", "PostgreSQL"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := ""
			if name == "SQLite" {
				address = teststore.SQLite(t)
			} else {
				address = teststore.Postgres(t, os.Getenv(testpostgres.Variable))
			}
			do(t, newServer(t, address))
		})
	}
}

func newServer(t *testing.T, address string) *server {
	t.Helper()
	st, err := store.Open(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	keys, err := seal.New([]byte(strings.Repeat("k", 32)))
	require.NoError(t, err)
	s := &server{platform: newPlatform(t), store: st, hash: keys.Hash, log: &bytes.Buffer{}}
	log := slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s.app = &forge.App{
		Store: st.Installations, Desk: handover.New(handover.Options{Store: st.Exchanges, Box: keys.Exchanges(), Poll: 5 * time.Millisecond, Log: log}),
		Box: keys.Connections(), HTTP: &http.Client{Transport: s.platform}, Now: s.clock, Log: log, Wait: 200 * time.Millisecond,
	}
	s.server = &forge.Receiver{App: s.app, Verifier: s.verifier(), Hash: keys.Hash, Hear: func(_ context.Context, workspace, delivery string, e *forge.Event) error {
		s.heard = append(s.heard, workspace+" "+e.Repository+" "+e.Branch+" "+delivery)
		return s.fail
	}, Record: func(_ context.Context, action, object, _ string) error {
		s.recorded = append(s.recorded, action+" "+object)
		return nil
	}}
	return s
}

// pair pairs the installation.
func (s *server) pair() {
	s.t.Helper()
	status, answer := s.takeCode()
	require.Equal(s.t, http.StatusOK, status, answer)
	hash, ok := forge.CodeHash(s.hash, s.code)
	require.True(s.t, ok)
	i, err := s.store.Installations.Claim(s.t.Context(), hash, 1)
	require.NoError(s.t, err)
	_, err = s.store.Installations.Confirm(s.t.Context(), i.ID, 1)
	require.NoError(s.t, err)
}
