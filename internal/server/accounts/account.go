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

// accountRoutes list, add and change accounts.
func (s *Resource) accountRoutes() []api.Route {
	return []api.Route{
		{
			Method: http.MethodGet, Path: "/accounts", Name: "listAccounts",
			Needs: access.Admin, Scope: "settings",
			Summary: "List accounts by name.",
			Query:   api.PageParameters(),
			Gives:   api.ReturnsPage(accountWire{}),
			Handle:  s.accounts,
		},
		{
			Method: http.MethodPost, Path: "/accounts", Name: "addAccount",
			Needs: access.Admin, Scope: "settings",
			Summary: "Add an account.",
			Takes:   newAccount{}, Body: `{"name": "jdoe", "password": "12 characters or more", "email": "", "admin": false}`,
			Gives:  api.ReturnsCreated(accountWire{}),
			Handle: s.addAccount,
		},
		{
			Method: http.MethodPut, Path: "/accounts/{user}", Name: "changeAccount",
			Needs: access.Admin, Scope: "settings",
			Summary: "Change or disable an account.",
			Takes:   accountChange{}, Body: `any of {"password", "email", "admin", "disabled"}`,
			Gives:  api.Returns(accountWire{}),
			Handle: s.editAccount,
		},
	}
}

type accountWire struct {
	Name     string  `json:"name"`
	Email    string  `json:"email"`
	Admin    bool    `json:"admin"`
	Disabled bool    `json:"disabled"`
	Created  *string `json:"createdDate"`
}

func accountBody(a *accounts.Account) accountWire {
	return accountWire{a.Name, a.Email, a.Admin, a.Disabled, api.Date(a.Created)}
}

func (s *Resource) accounts(c *api.Call) (*api.Reply, error) {
	all, err := s.Accounts.List(c.Context())
	if err != nil {
		return nil, err
	}
	return api.Paged(c, func(page db.Page) ([]accounts.Account, error) {
		return api.Cut(all, page), nil
	}, accountBody)
}

// newAccount is an account to add.
type newAccount struct {
	Name string `json:"name"`
	accountChange
}

// accountChange is a change of an account. A nil field stays.
type accountChange struct {
	Password *string `json:"password,omitempty"`
	Email    *string `json:"email,omitempty"`
	Admin    *bool   `json:"admin,omitempty"`
	Disabled *bool   `json:"disabled,omitempty"`
}

func (s *Resource) addAccount(c *api.Call) (*api.Reply, error) {
	var body newAccount
	if err := c.Decode(&body); err != nil {
		return nil, err
	}
	a, note, bad := access.NewAccount(body.Name, access.AccountChange(body.accountChange))
	if bad != nil {
		return nil, api.Refuse(bad)
	}
	a.Created = s.Now()
	c.Note(note)
	_, err := s.Accounts.Add(c.Context(), a)
	if errors.Is(err, db.ErrExists) {
		return nil, api.Conflict("an account with that name exists")
	}
	if err != nil {
		return nil, err
	}
	return api.Created(accountBody(a))
}

func (s *Resource) editAccount(c *api.Call) (*api.Reply, error) {
	var body accountChange
	if err := c.Decode(&body); err != nil {
		return nil, err
	}
	name, change := strings.ToLower(c.PathValue("user")), access.AccountChange(body)
	if err := api.Refuse(change.Check(name)); err != nil {
		return nil, err
	}
	changed, note, err := access.ChangeAccount(c.Context(), s.Accounts, name, change)
	switch {
	case errors.Is(err, db.ErrNotFound):
		return nil, api.NotFound("there is no account with that name")
	case errors.Is(err, accounts.ErrLastAdmin):
		return nil, api.Conflict("this is the last administrator who can sign in")
	case err != nil:
		return nil, err
	}
	c.Note(note)
	return api.OK(accountBody(&changed))
}

// named finds an account by its name.
func (s *Resource) named(c *api.Call, name string) (*accounts.Account, error) {
	a, err := s.Accounts.Get(c.Context(), name)
	if errors.Is(err, db.ErrNotFound) {
		return nil, api.NotFound("there is no account with that name")
	}
	return a, err
}
