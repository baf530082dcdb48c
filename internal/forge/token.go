package forge

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Token is what a valid invocation token says about who calls
// (https://developer.atlassian.com/platform/forge/remote/essentials/, "The Forge Invocation Token").
type Token struct {
	// ID identifies the token; Expires is when it ends.
	ID      string
	Expires time.Time
	// Installation is the id of the installation, Workspace the uuid of its workspace without braces, Environment is
	// PRODUCTION, STAGING or DEVELOPMENT.
	Installation, Workspace, Environment string
	// Principal is the account of the person behind the call; empty if there is none.
	Principal string
}

// Config says which tokens are accepted.
type Config struct {
	// App is the id of the app: ari:cloud:ecosystem::app/UUID.
	App string
	// Environment is the environment of the app that may call; empty means PRODUCTION. Others are other installations.
	Environment string
	// Keys gives the keys of the issuer.
	Keys Keys
	// Now is the time; nil means time.Now.
	Now func() time.Time
}

// Keys give the public keys that an issuer signs with.
type Keys interface {
	// Key returns the key of an id. The error is ErrKey if the issuer has none, and another one if it could not be asked.
	Key(ctx context.Context, id string) (jose.JSONWebKey, error)
}

// ErrToken means that an invocation token is not valid. The errors that wrap it say why, and quote nothing of the token.
var ErrToken = errors.New("the invocation token is not valid")

// ErrKey means that an issuer has no key with an id.
var ErrKey = errors.New("the issuer has no such key")

// ErrBehind means that a token was issued in the future: the clock of this server is behind.
var ErrBehind = fmt.Errorf("%w: it was issued in the future; the clock of this server is behind", ErrToken)

const (
	// issuer is the issuer of invocation tokens.
	issuer = "forge/invocation-token"
	// maxToken limits a token, in bytes. Those of the documentation have about two kilobytes.
	maxToken = 16 << 10
	// leeway is how much clocks may differ, and behind how far in the future a token may be issued.
	leeway, behind = 10 * time.Second, 30 * time.Second
	maxName        = 200
)

// algorithms are asymmetric, so that no public key is taken for a secret. The key itself names one of them.
var algorithms = []jose.SignatureAlgorithm{jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512, jose.ES256, jose.ES384, jose.ES512, jose.EdDSA}

// Verifier checks invocation tokens. It is safe for concurrent use.
type Verifier struct{ c Config }

// NewVerifier returns a verifier.
func NewVerifier(c Config) (*Verifier, error) {
	if !appID.MatchString(c.App) {
		return nil, errors.New("the id of the Forge app is not ari:cloud:ecosystem::app/ and a UUID: take it from forge/manifest.yml after `forge register`")
	}
	if c.Environment == "" {
		c.Environment = "PRODUCTION"
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Verifier{c}, nil
}

const uuid = `[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`

var (
	appID        = regexp.MustCompile(`^ari:cloud:ecosystem::app/` + uuid + `$`)
	workspaceID  = regexp.MustCompile(`^` + uuid + `$`)
	installation = regexp.MustCompile(`^[A-Za-z0-9:/._-]{1,200}$`)
)

// claims are the parts of a token that are read.
type claims struct {
	Issuer    string          `json:"iss"`
	Audience  json.RawMessage `json:"aud"`
	Issued    *float64        `json:"iat"`
	NotBefore *float64        `json:"nbf"`
	Expires   *float64        `json:"exp"`
	ID        string          `json:"jti"`
	Principal string          `json:"principal"`
	Label     json.RawMessage `json:"icLabel"`
	App       struct {
		ID             string `json:"id"`
		InstallationID string `json:"installationId"`
		Environment    struct {
			Type string `json:"type"`
		} `json:"environment"`
		Installation struct {
			ID       string `json:"id"`
			Contexts []struct {
				Name        string `json:"name"`
				WorkspaceID string `json:"workspaceId"`
			} `json:"contexts"`
		} `json:"installation"`
	} `json:"app"`
}

func refuse(reason string) error { return fmt.Errorf("%w: %s", ErrToken, reason) }

// Verify returns what a token says. The error wraps ErrToken if it is not valid; any other error means that the keys of the
// issuer could not be had.
func (v *Verifier) Verify(ctx context.Context, text string) (Token, error) {
	payload, err := v.signed(ctx, text)
	if err != nil {
		return Token{}, err
	}
	var c claims
	if err := unambiguous(payload); err != nil {
		return Token{}, err
	}
	if err := json.Unmarshal(payload, &c); err != nil {
		return Token{}, refuse("its claims are not those of an invocation token")
	}
	t, err := v.read(&c)
	if t.ID == "" {
		sum := sha256.Sum256([]byte(text))
		t.ID = hex.EncodeToString(sum[:])
	}
	return t, err
}

// signed checks the signature.
func (v *Verifier) signed(ctx context.Context, text string) ([]byte, error) {
	if len(text) > maxToken {
		return nil, refuse("it is too long")
	}
	jws, err := jose.ParseSignedCompact(text, algorithms)
	if err != nil || len(jws.Signatures) != 1 {
		return nil, refuse("it is not a signed token, or its algorithm is not accepted")
	}
	head := jws.Signatures[0].Header
	if head.KeyID == "" || len(head.KeyID) > maxName {
		return nil, refuse("it names no key")
	}
	key, err := v.c.Keys.Key(ctx, head.KeyID)
	if errors.Is(err, ErrKey) {
		return nil, refuse("the issuer has no key of that id")
	}
	if err != nil {
		return nil, fmt.Errorf("the keys of Atlassian: %w", err)
	}
	if key.Algorithm != "" && key.Algorithm != head.Algorithm {
		return nil, refuse("its algorithm is not that of the key")
	}
	payload, err := jws.Verify(key)
	if err != nil {
		return nil, refuse("its signature is wrong")
	}
	return payload, nil
}

// read checks the claims.
func (v *Verifier) read(c *claims) (t Token, err error) {
	if c.Issuer != issuer {
		return t, refuse("it has another issuer")
	}
	if !v.forUs(c.Audience) || c.App.ID != v.c.App {
		return t, refuse("it is for another app")
	}
	if len(c.Label) > 0 && string(c.Label) != "null" {
		return t, refuse("it is of an isolated cloud, which this server does not know")
	}
	if t.Expires, err = v.times(c); err != nil {
		return t, err
	}
	if c.App.Environment.Type != v.c.Environment {
		return t, refuse("it is of another environment of the app")
	}
	t.Environment = c.App.Environment.Type
	t.Installation = c.App.InstallationID
	if !installation.MatchString(t.Installation) || c.App.Installation.ID != "" && c.App.Installation.ID != t.Installation {
		return t, refuse("it names no installation, or two")
	}
	for _, x := range c.App.Installation.Contexts {
		if x.Name != "bitbucket" {
			continue
		}
		id := bare(x.WorkspaceID)
		if !workspaceID.MatchString(id) || t.Workspace != "" && t.Workspace != id {
			return t, refuse("it names no workspace, or two")
		}
		t.Workspace = id
	}
	if t.Workspace == "" {
		return t, refuse("it names no workspace")
	}
	if len(c.Principal) > maxName || len(c.ID) > maxName {
		return t, refuse("a claim is too long")
	}
	t.Principal, t.ID = c.Principal, c.ID
	return t, nil
}

// bare removes the braces that a uuid has in some places.
func bare(id string) string {
	return strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(id, "{"), "}"))
}

// forUs reports whether the audience is this app alone.
func (v *Verifier) forUs(audience json.RawMessage) bool {
	var one string
	if json.Unmarshal(audience, &one) == nil {
		return one == v.c.App
	}
	var many []string
	return json.Unmarshal(audience, &many) == nil && slices.Equal(many, []string{v.c.App})
}

// times checks the times of a token, and returns when it expires.
func (v *Verifier) times(c *claims) (expires time.Time, err error) {
	now := v.c.Now()
	at := func(seconds float64) time.Time { return time.UnixMilli(int64(min(max(seconds, 0), 1<<40) * 1000)) }
	if c.Expires == nil || c.Issued == nil {
		return expires, refuse("it does not say when it was issued, or when it expires")
	}
	expires = at(*c.Expires)
	switch {
	case !now.Before(expires.Add(leeway)):
		return expires, refuse("it has expired")
	case c.NotBefore != nil && now.Before(at(*c.NotBefore).Add(-leeway)):
		return expires, refuse("it is not valid yet")
	case at(*c.Issued).After(now.Add(behind)):
		return expires, ErrBehind
	}
	return expires, nil
}

// maxDepth limits how deep claims may nest.
const maxDepth = 20

// unambiguous refuses claims in which a name occurs twice in one object: two readers could read two things.
func unambiguous(payload []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(payload))
	if err := unambiguousValue(decoder, 0); err != nil {
		return err
	}
	if decoder.More() {
		return refuse("its claims are not one object")
	}
	return nil
}

func unambiguousValue(decoder *json.Decoder, depth int) error {
	t, err := decoder.Token()
	if err != nil || depth > maxDepth {
		return refuse("its claims are not JSON, or nest too deeply")
	}
	open, ok := t.(json.Delim)
	if !ok {
		return nil
	}
	// encoding/json takes a name in any case for the one of a field.
	names := map[string]bool{}
	for decoder.More() {
		if open == '{' {
			name, err := decoder.Token()
			if err != nil {
				return refuse("its claims are not JSON")
			}
			lower := strings.ToLower(fmt.Sprint(name))
			if names[lower] {
				return refuse("a claim occurs twice")
			}
			names[lower] = true
		}
		if err := unambiguousValue(decoder, depth+1); err != nil {
			return err
		}
	}
	if _, err := decoder.Token(); err != nil {
		return refuse("its claims are not JSON")
	}
	return nil
}
