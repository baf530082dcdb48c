package forge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// KeysURL is where Atlassian publishes the keys of invocation tokens
// (https://developer.atlassian.com/platform/forge/remote/essentials/).
const KeysURL = "https://forge.cdn.prod.atlassian-dev.net/.well-known/jwks.json"

const (
	// fetchTime limits one fetch of the keys; an event waits for five seconds in all.
	fetchTime = 3 * time.Second
	// maxKeys limits the set of keys, in bytes and in number.
	maxKeys, maxKeyCount = 256 << 10, 100
	// keysFor is how long keys are believed without a look; keysLast is how long the last ones serve while they cannot be
	// fetched.
	keysFor, keysLast = time.Hour, 24 * time.Hour
	// fetchEvery is the least time between two fetches: an unknown key id, which anybody can send, causes one.
	fetchEvery = time.Minute
)

// KeySet fetches the keys of an issuer and keeps them. It is safe for concurrent use.
type KeySet struct {
	// URL is where they are; empty means KeysURL.
	URL string
	// HTTP makes the calls; nil means the network. No redirect is followed.
	HTTP *http.Client
	// Now is the time; nil means time.Now.
	Now func() time.Time
	Log *slog.Logger

	mu      sync.Mutex
	keys    map[string]jose.JSONWebKey
	fetched time.Time
	tried   time.Time
	failure error
}

var _ Keys = (*KeySet)(nil)

// Key implements Keys. Keys that the issuer took back end within an hour.
func (s *KeySet) Key(ctx context.Context, id string) (jose.JSONWebKey, error) {
	// One fetches and the others wait, at most for the time of a fetch.
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if s.Now != nil {
		now = s.Now()
	}
	key, known := s.keys[id]
	age := now.Sub(s.fetched)
	if (!known || age >= keysFor) && now.Sub(s.tried) >= fetchEvery {
		s.tried = now
		if s.failure = s.fetch(ctx); s.failure == nil {
			s.fetched, age = now, 0
		} else if s.Log != nil {
			s.Log.Warn("the keys of Atlassian could not be fetched", "error", s.failure)
		}
		key, known = s.keys[id]
	}
	switch {
	case known && age < keysLast:
		return key, nil
	case s.failure != nil:
		return jose.JSONWebKey{}, s.failure
	}
	return jose.JSONWebKey{}, ErrKey
}

// errRedirect means that an address leads to another one.
var errRedirect = errors.New("the address leads to another one, which is not followed")

// still returns a client that follows no redirect; nil means one of the network.
func still(c *http.Client) *http.Client {
	if c == nil {
		c = &http.Client{}
	}
	copied := *c
	copied.Timeout = callTime
	copied.CheckRedirect = func(*http.Request, []*http.Request) error { return errRedirect }
	return &copied
}

func (s *KeySet) fetch(ctx context.Context) error {
	// The one who asks may give up, but the keys are for all.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), fetchTime)
	defer cancel()
	address := s.URL
	if address == "" {
		address = KeysURL
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return err
	}
	response, err := still(s.HTTP).Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %d", address, response.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxKeys+1))
	if err != nil {
		return err
	}
	if len(body) > maxKeys {
		return fmt.Errorf("%s answers more than %d bytes", address, maxKeys)
	}
	keys, err := parseKeys(body)
	if err != nil {
		return fmt.Errorf("%s: %w", address, err)
	}
	s.keys = keys
	return nil
}

// parseKeys reads a set of keys. It leaves out keys that it does not know, and those that are not public or not for
// signatures.
func parseKeys(body []byte) (map[string]jose.JSONWebKey, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(body, &set); err != nil || len(set.Keys) == 0 || len(set.Keys) > maxKeyCount {
		return nil, errors.New("it is not a set of keys")
	}
	keys := map[string]jose.JSONWebKey{}
	for _, raw := range set.Keys {
		var k jose.JSONWebKey
		if err := k.UnmarshalJSON(raw); err != nil || k.KeyID == "" || !k.Valid() || !k.IsPublic() || k.Use != "" && k.Use != "sig" {
			continue
		}
		if _, twice := keys[k.KeyID]; twice {
			return nil, errors.New("two keys have one id")
		}
		keys[k.KeyID] = k
	}
	if len(keys) == 0 {
		return nil, errors.New("it has no key that can be used")
	}
	return keys, nil
}
