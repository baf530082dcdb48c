package server

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/http"
	"net/mail"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/internal/store"
)

const (
	// minPassword is in characters; maxPassword, in bytes, bounds what is hashed.
	minPassword = 12
	maxPassword = 1024
	// maxTokenDays bounds how long a token is valid.
	maxTokenDays = 3650
)

// tokenScopes are the words that a token may have.
var tokenScopes = []string{"read", "scan", "triage", "export", "settings"}

var (
	// accountName has no colon, which ends the name in Basic authentication.
	accountName = regexp.MustCompile(`^[a-z0-9][a-z0-9._@+-]{0,99}$`)
	// accessScope is a project's key, or key/slug.
	accessScope = regexp.MustCompile(`^~?[A-Za-z0-9][A-Za-z0-9._-]{0,127}(/[A-Za-z0-9._-]{1,128})?$`)
)

func (s *Server) accountRoutes() []route {
	who := []parameter{{"user", "the account", true}, {"scope", "instance, a project's key, or key/slug", true}}
	return []route{
		{method: http.MethodGet, path: "/access", needs: admin, scope: "settings", summary: "Who may do what.", query: pageParameters, handle: (*call).access},
		{
			method: http.MethodPut, path: "/access", needs: admin, scope: "settings", summary: "Give an account a role.",
			body: `{"user": "jdoe", "scope": "instance, PAY or PAY/api", "role": "READ, WRITE, PROJECT_ADMIN or GRANTEE"}`, handle: (*call).grant,
		},
		{method: http.MethodDelete, path: "/access", needs: admin, scope: "settings", summary: "Take a role away.", query: who, handle: (*call).revoke},
		{method: http.MethodGet, path: "/accounts", needs: admin, scope: "settings", summary: "All accounts, by name.", handle: (*call).accounts},
		{
			method: http.MethodPost, path: "/accounts", needs: admin, scope: "settings", summary: "Add an account.",
			body: `{"name": "jdoe", "password": "12 characters or more", "email": "", "admin": false}`, handle: (*call).addAccount,
		},
		{
			method: http.MethodPut, path: "/accounts/{user}", needs: admin, scope: "settings", summary: "Change an account, or switch it off.",
			body: `some of {"password", "email", "admin", "disabled"}`, handle: (*call).editAccount,
		},
		{method: http.MethodGet, path: "/tokens", needs: signedIn, scope: "read", summary: "Your API tokens, without their texts.", handle: (*call).tokens},
		{
			method: http.MethodPost, path: "/tokens", needs: signedIn, scope: "settings", summary: "Make an API token; the answer is the only one that holds its text. Sign in with the password.",
			body: `{"name": "ci", "scopes": ["read", "scan"], "expiryDays": 90}`, handle: (*call).addToken,
		},
		{method: http.MethodDelete, path: "/tokens/{tokenId}", needs: signedIn, scope: "settings", summary: "Remove one of your API tokens.", handle: (*call).removeToken},
	}
}

type accessWire struct {
	User  string `json:"user"`
	Scope string `json:"scope"`
	Role  string `json:"role"`
}

// instanceScope is how the API writes the scope of everything.
const instanceScope = "instance"

func (c *call) access() (*reply, error) {
	return paged(c, func(page store.Page) ([]store.Access, error) { return c.s.store.AllAccess(c.context(), page) }, func(a *store.Access) accessWire {
		scope := a.Scope
		if scope == "" {
			scope = instanceScope
		}
		return accessWire{a.Account, scope, a.Role.String()}
	})
}

// named finds the account that a grant is about.
func (c *call) named(name string) (*store.Account, error) {
	a, err := c.s.store.Account(c.context(), name)
	if errors.Is(err, store.ErrNotFound) {
		return nil, notFound("there is no account of that name")
	}
	return a, err
}

func (c *call) grant() (*reply, error) {
	var body accessWire
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	bad := &problems{}
	var role store.Role
	if err := role.UnmarshalText([]byte(body.Role)); err != nil || role == store.RoleNone {
		bad.add("role", "it must be READ, WRITE, PROJECT_ADMIN or GRANTEE")
	}
	scope := body.Scope
	switch {
	case scope == instanceScope:
		scope = ""
	case !accessScope.MatchString(scope):
		bad.add("scope", "it must be instance, a project's key, or key/slug")
	case role == store.RoleGrantee:
		bad.add("role", "GRANTEE is for the scope instance")
	case role == store.RoleProjectAdmin && strings.Contains(scope, "/"):
		bad.add("role", "PROJECT_ADMIN is for projects")
	}
	if err := bad.err(); err != nil {
		return nil, err
	}
	a, err := c.named(body.User)
	if err != nil {
		return nil, err
	}
	if err := c.s.store.Grant(c.context(), a.ID, scope, role); err != nil {
		return nil, err
	}
	c.note("user=" + a.Name + " scope=" + body.Scope + " role=" + role.String())
	return ok(accessWire{a.Name, body.Scope, role.String()})
}

func (c *call) revoke() (*reply, error) {
	scope := c.query("scope")
	if scope == "" {
		return nil, badRequest("scope: it must be given")
	}
	a, err := c.named(c.query("user"))
	if err != nil {
		return nil, err
	}
	if scope == instanceScope {
		scope = ""
	}
	if err := c.s.store.Grant(c.context(), a.ID, scope, store.RoleNone); err != nil {
		return nil, err
	}
	return nothing()
}

type accountWire struct {
	Name     string  `json:"name"`
	Email    string  `json:"email"`
	Admin    bool    `json:"admin"`
	Disabled bool    `json:"disabled"`
	Created  *string `json:"createdDate"`
}

func accountBody(a *store.Account) accountWire {
	return accountWire{a.Name, a.Email, a.Admin, a.Disabled, date(a.Created)}
}

func (c *call) accounts() (*reply, error) {
	all, err := c.s.store.Accounts(c.context())
	if err != nil {
		return nil, err
	}
	return paged(c, func(page store.Page) ([]store.Account, error) {
		from := min(page.Start, len(all))
		return all[from:min(from+page.Limit, len(all))], nil
	}, accountBody)
}

// accountChange is what a body says of an account.
type accountChange struct {
	Password *string `json:"password"`
	Email    *string `json:"email"`
	Admin    *bool   `json:"admin"`
	Disabled *bool   `json:"disabled"`
}

func (b *accountChange) check(name string, bad *problems) {
	if b.Password != nil {
		switch p := *b.Password; {
		case utf8.RuneCountInString(p) < minPassword || len(p) > maxPassword:
			bad.add("password", "it must have at least %d characters, and at most %d bytes", minPassword, maxPassword)
		case strings.Contains(strings.ToLower(p), name) && len(p) < len(name)+minPassword:
			bad.add("password", "it must not be made of the name")
		case strings.HasPrefix(p, TokenPrefix):
			bad.add("password", "it must not begin as API tokens do")
		}
	}
	if b.Email != nil && *b.Email != "" {
		if address, err := mail.ParseAddress(*b.Email); err != nil || address.Address != *b.Email {
			bad.add("email", "it must be an address such as jdoe@example.com")
		}
	}
}

// apply changes an account and says what changed, without values.
func (b *accountChange) apply(a *store.Account, hash string) string {
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
	var body struct {
		Name string `json:"name"`
		accountChange
	}
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	bad := &problems{}
	name := strings.ToLower(body.Name)
	if !accountName.MatchString(name) {
		bad.add("name", "it must be of letters, digits and . _ @ + -, and begin with a letter or a digit")
	}
	if body.Password == nil {
		bad.add("password", "it is missing")
	}
	body.check(name, bad)
	if err := bad.err(); err != nil {
		return nil, err
	}
	body.Disabled = nil
	a := &store.Account{Name: name, Created: c.s.options.Now()}
	c.note(name + " " + body.apply(a, HashPassword(*body.Password)))
	_, err := c.s.store.AddAccount(c.context(), a)
	if errors.Is(err, store.ErrExists) {
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
	var changed store.Account
	what := ""
	err := c.s.store.EditAccount(c.context(), name, func(a *store.Account) error {
		what = body.apply(a, hash)
		changed = *a
		return nil
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, notFound("there is no account of that name")
	case errors.Is(err, store.ErrLastAdmin):
		return nil, conflict("it is the last administrator who can sign in")
	case err != nil:
		return nil, err
	}
	c.note(what)
	return ok(accountBody(&changed))
}

type tokenWire struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Scopes   []string `json:"scopes"`
	Created  *string  `json:"createdDate"`
	Expires  *string  `json:"expiryDate"`
	LastUsed *string  `json:"lastUsedDate"`
	// Token is its text, in the answer that makes it and nowhere else.
	Token string `json:"token,omitempty"`
}

func tokenBody(t *store.Token) tokenWire {
	return tokenWire{ID: store.ScanKey(t.ID), Name: t.Name, Scopes: t.Scopes, Created: date(t.Created), Expires: date(t.Expires), LastUsed: date(t.Used)}
}

func (c *call) tokens() (*reply, error) {
	all, err := c.s.store.Tokens(c.context(), c.account.ID)
	if err != nil {
		return nil, err
	}
	list := make([]tokenWire, len(all))
	for i := range all {
		list[i] = tokenBody(&all[i])
	}
	return ok(list)
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
	var body struct {
		Name       string   `json:"name"`
		Scopes     []string `json:"scopes"`
		ExpiryDays *int     `json:"expiryDays"`
	}
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	bad := &problems{}
	if body.Name == "" || len(body.Name) > maxDetail || !utf8.ValidString(body.Name) {
		bad.add("name", "it must have from 1 to %d bytes", maxDetail)
	}
	if len(body.Scopes) == 0 || slices.ContainsFunc(body.Scopes, func(s string) bool { return !slices.Contains(tokenScopes, s) }) {
		bad.add("scopes", "it must list some of %s", strings.Join(tokenScopes, ", "))
	}
	if d := body.ExpiryDays; d != nil && (*d < 1 || *d > maxTokenDays) {
		bad.add("expiryDays", "it must be from 1 to %d, or absent for a token without an end", maxTokenDays)
	}
	if err := bad.err(); err != nil {
		return nil, err
	}
	slices.Sort(body.Scopes)
	t := &store.Token{AccountID: c.account.ID, Name: body.Name, Scopes: slices.Compact(body.Scopes), Created: c.s.options.Now()}
	if body.ExpiryDays != nil {
		t.Expires = t.Created.Add(time.Duration(*body.ExpiryDays) * 24 * time.Hour)
	}
	var random [32]byte
	_, _ = rand.Read(random[:]) // it never fails (crypto/rand)
	text := TokenPrefix + base64.RawURLEncoding.EncodeToString(random[:])
	id, err := c.s.store.AddToken(c.context(), t, text)
	if err != nil {
		return nil, err
	}
	t.ID = id
	c.note("token " + store.ScanKey(id) + " scopes=" + strings.Join(t.Scopes, ","))
	w := tokenBody(t)
	w.Token = text
	return &reply{status: http.StatusCreated, body: w}, nil
}

func (c *call) removeToken() (*reply, error) {
	id, valid := store.ParseScanKey(c.r.PathValue("tokenId"))
	err := store.ErrNotFound
	if valid {
		err = c.s.store.RemoveToken(c.context(), c.account.ID, id)
	}
	if errors.Is(err, store.ErrNotFound) {
		return nil, notFound("you have no such token")
	}
	if err != nil {
		return nil, err
	}
	return nothing()
}
