package accounts

import (
	"errors"
	"net/http"
	"net/mail"
	"strconv"
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

func (b *accountChange) check(name string, bad *api.Problems) {
	if b.Password != nil {
		if err := access.CheckNewPassword(name, *b.Password); err != nil {
			bad.Add("password", "%v", err)
		}
	}
	if b.Email != nil && *b.Email != "" {
		if address, err := mail.ParseAddress(*b.Email); err != nil || address.Address != *b.Email {
			bad.Add("email", "it must be an address such as jdoe@example.com")
		}
	}
}

// apply changes an account and says what changed, without values.
func (b *accountChange) apply(a *accounts.Account, hash string) string {
	var changed []string
	if b.Password != nil {
		a.Password, changed = hash, append(changed, "password")
	}
	if b.Email != nil {
		a.Email, changed = *b.Email, append(changed, "email")
	}
	if b.Admin != nil {
		a.Admin, changed = *b.Admin, append(changed, "admin="+strconv.FormatBool(*b.Admin))
	}
	if b.Disabled != nil {
		a.Disabled, changed = *b.Disabled, append(changed, "disabled="+strconv.FormatBool(*b.Disabled))
	}
	return strings.Join(changed, " ")
}

func (s *Resource) addAccount(c *api.Call) (*api.Reply, error) {
	var body newAccount
	if err := c.Decode(&body); err != nil {
		return nil, err
	}
	bad := &api.Problems{}
	name := strings.ToLower(body.Name)
	if err := access.CheckName(name); err != nil {
		bad.Add("name", "%v", err)
	}
	if body.Password == nil {
		bad.Add("password", "it is missing")
	}
	body.check(name, bad)
	if err := bad.Err(); err != nil {
		return nil, err
	}
	body.Disabled = nil
	a := &accounts.Account{Name: name, Created: s.Now()}
	c.Note(name + " " + body.apply(a, access.HashPassword(*body.Password)))
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
	name := strings.ToLower(c.PathValue("user"))
	bad := &api.Problems{}
	body.check(name, bad)
	if err := bad.Err(); err != nil {
		return nil, err
	}
	hash := ""
	if body.Password != nil {
		// Hash before the transaction, because hashing is slow.
		hash = access.HashPassword(*body.Password)
	}
	var changed accounts.Account
	what := ""
	err := s.Accounts.Edit(c.Context(), name, func(a *accounts.Account) error {
		what = body.apply(a, hash)
		changed = *a
		return nil
	})
	switch {
	case errors.Is(err, db.ErrNotFound):
		return nil, api.NotFound("there is no account with that name")
	case errors.Is(err, accounts.ErrLastAdmin):
		return nil, api.Conflict("this is the last administrator who can sign in")
	case err != nil:
		return nil, err
	}
	c.Note(what)
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
