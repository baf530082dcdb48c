package bitbucket

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// tokenMargin is subtracted from the lifetime of a token, so that it does not expire in transit.
const tokenMargin = 60 * time.Second

// tokenCache holds the OAuth token of one client.
type tokenCache struct {
	mu      sync.Mutex
	token   string
	expires time.Time
}

// drop removes a token that the server refused, unless another call has already fetched a new one.
func (t *tokenCache) drop(token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token == token {
		t.token = ""
	}
}

// accessToken returns a valid token and fetches one if necessary. Concurrent calls share one fetch.
func (c *Client) accessToken(ctx context.Context, a Auth) (string, error) {
	c.tokens.mu.Lock()
	defer c.tokens.mu.Unlock()
	if c.tokens.token != "" && c.now().Before(c.tokens.expires) {
		return c.tokens.token, nil
	}
	var answer struct {
		AccessToken string  `json:"access_token"`
		ExpiresIn   float64 `json:"expires_in"`
	}
	got, err := c.retry(ctx, attempt{http.MethodPost, "/site/oauth2/access_token", false}, func(ctx context.Context) (*reply, error) {
		return c.send(ctx, outgoing{
			method: http.MethodPost, url: a.tokenURL,
			header: http.Header{"Authorization": {basicHeader(a.user, a.secret)}},
			form:   map[string]string{"grant_type": "client_credentials"},
		})
	})
	var refused *APIError
	if errors.As(err, &refused) && (refused.Status == http.StatusBadRequest || refused.Status == http.StatusUnauthorized) {
		// OAuth refuses a wrong key or secret with 400 or 401 (RFC 6749, 5.2).
		return "", fmt.Errorf("get an OAuth token: %w: %w", ErrCredential, err)
	}
	if err != nil {
		return "", fmt.Errorf("get an OAuth token: %w", err)
	}
	if err := json.Unmarshal(got.body, &answer); err != nil || answer.AccessToken == "" {
		return "", errors.New("get an OAuth token: the answer holds no access_token; check BITBUCKET_CLIENT_ID and BITBUCKET_CLIENT_SECRET and that the consumer is private")
	}
	c.tokens.token = answer.AccessToken
	// The documentation says one hour in one place and two in another; the response's own number counts.
	c.tokens.expires = c.now().Add(time.Duration(answer.ExpiresIn)*time.Second - tokenMargin)
	return answer.AccessToken, nil
}
