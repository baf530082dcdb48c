package server

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// maxTokenDays bounds how long a token is valid.
const maxTokenDays = 3650

// plaintextScope lets a token see what its account may see unmasked: texts in results, reports and reviewed findings.
const plaintextScope = "plaintext"

// TokenScopes are the words that a token may have.
var TokenScopes = []string{"read", "scan", "triage", "export", "settings", plaintextScope}

func (s *Server) tokenRoutes() []route {
	return []route{
		{
			method: http.MethodGet, path: "/tokens", name: "listTokens",
			needs: signedIn, scope: "read",
			summary: "List your API tokens, without their texts.",
			gives:   returns([]tokenWire{}),
			handle:  func(c *call) (*reply, error) { return c.tokens(c.account) },
		},
		{
			method: http.MethodPost, path: "/tokens", name: "addToken",
			needs: signedIn, scope: "settings",
			summary: "Make an API token. Only this answer holds its text. Sign in with your password.",
			takes:   newToken{}, body: `{"name": "ci", "scopes": ["read", "scan"], "expiryDays": 90}`,
			gives:  created(tokenWire{}),
			handle: (*call).addToken,
		},
		{
			method: http.MethodDelete, path: "/tokens/{tokenId}", name: "removeToken",
			needs: signedIn, scope: "settings",
			summary: "Remove one of your API tokens.",
			gives:   nothingBack(),
			handle:  func(c *call) (*reply, error) { return c.removeToken(c.account) },
		},
		{
			method: http.MethodGet, path: "/accounts/{user}/tokens", name: "listAccountTokens",
			needs: admin, scope: "settings",
			summary: "List the API tokens of an account, without their texts.",
			gives:   returns([]tokenWire{}),
			handle: func(c *call) (*reply, error) {
				a, err := c.named(c.r.PathValue("user"))
				if err != nil {
					return nil, err
				}
				return c.tokens(a)
			},
		},
		{
			method: http.MethodDelete, path: "/accounts/{user}/tokens/{tokenId}", name: "removeAccountToken",
			needs: admin, scope: "settings",
			summary: "Remove an API token of an account.",
			gives:   nothingBack(),
			handle: func(c *call) (*reply, error) {
				a, err := c.named(c.r.PathValue("user"))
				if err != nil {
					return nil, err
				}
				return c.removeToken(a)
			},
		},
	}
}

// NewToken makes an API token for an account, without an end when days is 0, and gives the text that signs in: it is not kept.
// Every problem of the request comes back, each with its field.
func NewToken(account int64, name string, scopes []string, days int, now time.Time) (t *accounts.Token, text string, problems map[string]error) {
	problems = map[string]error{}
	if name == "" || len(name) > maxDetail || !utf8.ValidString(name) {
		problems["name"] = fmt.Errorf("it must have from 1 to %d bytes", maxDetail)
	}
	if len(scopes) == 0 || slices.ContainsFunc(scopes, func(s string) bool { return !slices.Contains(TokenScopes, s) }) {
		problems["scopes"] = fmt.Errorf("it must list some of %s", strings.Join(TokenScopes, ", "))
	}
	if days < 0 || days > maxTokenDays {
		problems["expiryDays"] = fmt.Errorf("it must be from 1 to %d, or absent for a token without an end", maxTokenDays)
	}
	t = &accounts.Token{AccountID: account, Name: name, Scopes: slices.Compact(slices.Sorted(slices.Values(scopes))), Created: now}
	if days > 0 {
		t.Expires = now.Add(time.Duration(days) * 24 * time.Hour)
	}
	var random [32]byte
	_, _ = rand.Read(random[:]) // it never fails (crypto/rand)
	return t, TokenPrefix + base64.RawURLEncoding.EncodeToString(random[:]), problems
}

// newToken is a token to make. It never expires without ExpiryDays.
type newToken struct {
	Name       string   `json:"name"`
	Scopes     []string `json:"scopes"`
	ExpiryDays *int     `json:"expiryDays,omitempty"`
}

type tokenWire struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Scopes   []string `json:"scopes"`
	Created  *string  `json:"createdDate"`
	Expires  *string  `json:"expiryDate"`
	LastUsed *string  `json:"lastUsedDate"`
	Token    string   `json:"token,omitempty" doc:"The text of the token, only in the answer that makes it."`
}

func tokenBody(t *accounts.Token) tokenWire {
	return tokenWire{ID: db.Key(t.ID), Name: t.Name, Scopes: t.Scopes, Created: date(t.Created), Expires: date(t.Expires), LastUsed: date(t.Used)}
}

func (c *call) tokens(of *accounts.Account) (*reply, error) {
	all, err := c.s.store.Accounts.Tokens(c.context(), of.ID)
	if err != nil {
		return nil, err
	}
	list := make([]tokenWire, len(all))
	for i := range all {
		list[i] = tokenBody(&all[i])
	}
	return ok(list)
}

// mayReveal reports whether the caller may see secrets themselves, where the account may: a token needs a scope for that.
func (c *call) mayReveal() bool {
	return c.token == nil || slices.Contains(c.token.Scopes, plaintextScope)
}

// byToken reports whether the caller has signed in with a token.
func (c *call) byToken() bool {
	_, password, basic := c.r.BasicAuth()
	return !basic || strings.HasPrefix(password, TokenPrefix)
}

func (c *call) addToken() (*reply, error) {
	if c.byToken() {
		// Else a token of few scopes would make one of more.
		return nil, forbidden("tokens are made by whoever signs in with a password")
	}
	var body newToken
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	days := 0
	if d := body.ExpiryDays; d != nil {
		// A given 0 is no end, but a mistake.
		if days = *d; days == 0 {
			days = -1
		}
	}
	t, text, wrong := NewToken(c.account.ID, body.Name, body.Scopes, days, c.s.options.Now())
	bad := &problems{}
	for _, field := range slices.Sorted(maps.Keys(wrong)) {
		bad.add(field, "%v", wrong[field])
	}
	if err := bad.err(); err != nil {
		return nil, err
	}
	id, err := c.s.store.Accounts.AddToken(c.context(), t, text)
	if err != nil {
		return nil, err
	}
	t.ID = id
	c.note("token " + db.Key(id) + " scopes=" + strings.Join(t.Scopes, ","))
	w := tokenBody(t)
	w.Token = text
	return &reply{status: http.StatusCreated, body: w}, nil
}

func (c *call) removeToken(of *accounts.Account) (*reply, error) {
	id, valid := db.ParseKey(c.r.PathValue("tokenId"))
	err := db.ErrNotFound
	if valid {
		err = c.s.store.Accounts.RemoveToken(c.context(), of.ID, id)
	}
	if errors.Is(err, db.ErrNotFound) {
		return nil, notFound("%s has no such token", of.Name)
	}
	if err != nil {
		return nil, err
	}
	return nothing()
}
