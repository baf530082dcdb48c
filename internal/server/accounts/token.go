package accounts

import (
	"errors"
	"net/http"
	"strings"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// tokenRoutes list, create and remove API tokens.
func (s *Resource) tokenRoutes() []api.Route {
	return []api.Route{
		{
			Method: http.MethodGet, Path: "/tokens", Name: "listTokens",
			Needs: access.SignedIn, Scope: "read",
			Summary: "List your API tokens, without their texts.",
			Gives:   api.Returns([]tokenWire{}),
			Handle:  func(c *api.Call) (*api.Reply, error) { return s.tokens(c, c.Account) },
		},
		{
			Method: http.MethodPost, Path: "/tokens", Name: "addToken",
			Needs: access.SignedIn, Scope: "settings",
			Summary: "Create an API token. Only this answer contains its text. Sign in with your password.",
			Takes:   newToken{}, Body: `{"name": "ci", "scopes": ["read", "scan"], "expiryDays": 90}`,
			Gives:  api.ReturnsCreated(tokenWire{}),
			Handle: s.addToken,
		},
		{
			Method: http.MethodDelete, Path: "/tokens/{tokenId}", Name: "removeToken",
			Needs: access.SignedIn, Scope: "settings",
			Summary: "Remove one of your API tokens.",
			Gives:   api.ReturnsNothing(),
			Handle:  func(c *api.Call) (*api.Reply, error) { return s.removeToken(c, c.Account) },
		},
		{
			Method: http.MethodGet, Path: "/accounts/{user}/tokens", Name: "listAccountTokens",
			Needs: access.Admin, Scope: "settings",
			Summary: "List the API tokens of an account, without their texts.",
			Gives:   api.Returns([]tokenWire{}),
			Handle: func(c *api.Call) (*api.Reply, error) {
				a, err := s.named(c, c.PathValue("user"))
				if err != nil {
					return nil, err
				}
				return s.tokens(c, a)
			},
		},
		{
			Method: http.MethodDelete, Path: "/accounts/{user}/tokens/{tokenId}", Name: "removeAccountToken",
			Needs: access.Admin, Scope: "settings",
			Summary: "Remove an API token of an account.",
			Gives:   api.ReturnsNothing(),
			Handle: func(c *api.Call) (*api.Reply, error) {
				a, err := s.named(c, c.PathValue("user"))
				if err != nil {
					return nil, err
				}
				return s.removeToken(c, a)
			},
		},
	}
}

// newToken is a token to create. It never expires if ExpiryDays is missing.
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
	Token    string   `json:"token,omitempty" doc:"The text of the token, only in the answer that creates it."`
}

func tokenBody(t *accounts.Token) tokenWire {
	return tokenWire{ID: db.Key(t.ID), Name: t.Name, Scopes: t.Scopes, Created: api.Date(t.Created), Expires: api.Date(t.Expires), LastUsed: api.Date(t.Used)}
}

func (s *Resource) tokens(c *api.Call, of *accounts.Account) (*api.Reply, error) {
	all, err := s.Accounts.Tokens(c.Context(), of.ID)
	if err != nil {
		return nil, err
	}
	list := make([]tokenWire, len(all))
	for i := range all {
		list[i] = tokenBody(&all[i])
	}
	return api.OK(list)
}

func (s *Resource) addToken(c *api.Call) (*api.Reply, error) {
	if c.Token != nil {
		// Otherwise a token with few scopes could create one with more.
		return nil, api.Forbidden("sign in with a password to create a token")
	}
	var body newToken
	if err := c.Decode(&body); err != nil {
		return nil, err
	}
	days := 0
	if d := body.ExpiryDays; d != nil {
		// A 0 in the body is a mistake, not a token that never expires.
		if days = *d; days == 0 {
			days = -1
		}
	}
	t, text, bad := access.NewToken(c.Account.ID, body.Name, body.Scopes, days, s.Now())
	if err := api.Refuse(bad); err != nil {
		return nil, err
	}
	id, err := s.Accounts.AddToken(c.Context(), t, text)
	if err != nil {
		return nil, err
	}
	t.ID = id
	c.Note("token " + db.Key(id) + " scopes=" + strings.Join(t.Scopes, ","))
	w := tokenBody(t)
	w.Token = text
	return api.Created(w)
}

func (s *Resource) removeToken(c *api.Call, of *accounts.Account) (*api.Reply, error) {
	id, valid := db.ParseKey(c.PathValue("tokenId"))
	err := db.ErrNotFound
	if valid {
		err = s.Accounts.RemoveToken(c.Context(), of.ID, id)
	}
	if errors.Is(err, db.ErrNotFound) {
		return nil, api.NotFound("%s has no such token", of.Name)
	}
	if err != nil {
		return nil, err
	}
	return api.Nothing()
}
