package server

import (
	"errors"
	"fmt"
	"net/http"
	"net/mail"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/db"
)

const (
	// minPassword is in characters; maxPassword, in bytes, bounds what is hashed.
	minPassword = 12
	maxPassword = 1024
)

// accountName has no colon, which ends the name in Basic authentication.
var accountName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9][a-z0-9._@+-]{0,99}$`) })

// CheckName says what is wrong with the name of an account or a group, in lower case.
func CheckName(name string) error {
	if !accountName().MatchString(name) {
		return errors.New("it must be of letters, digits and . _ @ + -, and begin with a letter or a digit")
	}
	return nil
}

// CheckNewPassword says what is wrong with a password of the account of a name. It never quotes it.
func CheckNewPassword(name, password string) error {
	switch {
	case utf8.RuneCountInString(password) < minPassword || len(password) > maxPassword:
		return fmt.Errorf("it must have at least %d characters, and at most %d bytes", minPassword, maxPassword)
	case strings.Contains(strings.ToLower(password), name) && len(password) < len(name)+minPassword:
		return errors.New("it must not be made of the name")
	case strings.HasPrefix(password, TokenPrefix):
		return errors.New("it must not begin as API tokens do")
	}
	return nil
}

func (s *Server) accountRoutes() []route {
	return []route{
		{
			method: http.MethodGet, path: "/accounts", name: "listAccounts",
			needs: admin, scope: "settings",
			summary: "List accounts by name.",
			query:   pageParameters,
			gives:   page(accountWire{}),
			handle:  (*call).accounts,
		},
		{
			method: http.MethodPost, path: "/accounts", name: "addAccount",
			needs: admin, scope: "settings",
			summary: "Add an account.",
			takes:   newAccount{}, body: `{"name": "jdoe", "password": "12 characters or more", "email": "", "admin": false}`,
			gives:  created(accountWire{}),
			handle: (*call).addAccount,
		},
		{
			method: http.MethodPut, path: "/accounts/{user}", name: "changeAccount",
			needs: admin, scope: "settings",
			summary: "Change or disable an account.",
			takes:   accountChange{}, body: `some of {"password", "email", "admin", "disabled"}`,
			gives:  returns(accountWire{}),
			handle: (*call).editAccount,
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
	return accountWire{a.Name, a.Email, a.Admin, a.Disabled, date(a.Created)}
}

func (c *call) accounts() (*reply, error) {
	all, err := c.s.store.Accounts.List(c.context())
	if err != nil {
		return nil, err
	}
	return paged(c, func(page db.Page) ([]accounts.Account, error) {
		from := min(page.Start, len(all))
		return all[from:min(from+page.Limit, len(all))], nil
	}, accountBody)
}

// accountChange is what a body says of an account.
// newAccount is an account to add.
type newAccount struct {
	Name string `json:"name"`
	accountChange
}

type accountChange struct {
	Password *string `json:"password,omitempty"`
	Email    *string `json:"email,omitempty"`
	Admin    *bool   `json:"admin,omitempty"`
	Disabled *bool   `json:"disabled,omitempty"`
}

func (b *accountChange) check(name string, bad *problems) {
	if b.Password != nil {
		if err := CheckNewPassword(name, *b.Password); err != nil {
			bad.add("password", "%v", err)
		}
	}
	if b.Email != nil && *b.Email != "" {
		if address, err := mail.ParseAddress(*b.Email); err != nil || address.Address != *b.Email {
			bad.add("email", "it must be an address such as jdoe@example.com")
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

func (c *call) addAccount() (*reply, error) {
	var body newAccount
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	bad := &problems{}
	name := strings.ToLower(body.Name)
	if err := CheckName(name); err != nil {
		bad.add("name", "%v", err)
	}
	if body.Password == nil {
		bad.add("password", "it is missing")
	}
	body.check(name, bad)
	if err := bad.err(); err != nil {
		return nil, err
	}
	body.Disabled = nil
	a := &accounts.Account{Name: name, Created: c.s.options.Now()}
	c.note(name + " " + body.apply(a, HashPassword(*body.Password)))
	_, err := c.s.store.Accounts.Add(c.context(), a)
	if errors.Is(err, db.ErrExists) {
		return nil, conflict("there is an account of that name")
	}
	if err != nil {
		return nil, err
	}
	return &reply{status: http.StatusCreated, body: accountBody(a)}, nil
}

func (c *call) editAccount() (*reply, error) {
	var body accountChange
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	name := strings.ToLower(c.r.PathValue("user"))
	bad := &problems{}
	body.check(name, bad)
	if err := bad.err(); err != nil {
		return nil, err
	}
	hash := ""
	if body.Password != nil {
		// Before the transaction: it takes its time.
		hash = HashPassword(*body.Password)
	}
	var changed accounts.Account
	what := ""
	err := c.s.store.Accounts.Edit(c.context(), name, func(a *accounts.Account) error {
		what = body.apply(a, hash)
		changed = *a
		return nil
	})
	switch {
	case errors.Is(err, db.ErrNotFound):
		return nil, notFound("there is no account of that name")
	case errors.Is(err, accounts.ErrLastAdmin):
		return nil, conflict("it is the last administrator who can sign in")
	case err != nil:
		return nil, err
	}
	c.note(what)
	return ok(accountBody(&changed))
}
