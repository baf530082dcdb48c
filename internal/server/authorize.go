package server

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/scope"
)

// TokenPrefix begins every API token, so that scanners know one.
const TokenPrefix = "slu_"

// authorize finds out who calls and whether they may. 401 is for missing or wrong credentials, 404 for what the caller may not
// even read, 403 for the rest.
func (c *call) authorize(r *route) error {
	if r.needs == anyone {
		return nil
	}
	if err := c.checkText(); err != nil {
		return err
	}
	if err := c.crossSite(); err != nil {
		return err
	}
	if err := c.signIn(r); err != nil {
		return err
	}
	if err := c.throttle(); err != nil {
		return err
	}
	if err := c.locate(); err != nil {
		return err
	}
	if !c.may(r.needs) {
		return forbidden("%s may not do this: it needs %s", c.account.Name, r.permission())
	}
	return nil
}

// needsWords say in words what a permission asks for. Every permission is here; what is not here is none.
var needsWords = map[permission]string{
	anyone: "nothing", signedIn: "an account",
	reader: "the right to read", writer: "the right to write to the repository", projectAdmin: "the administration of the project",
	scanner: "the right to write to the repository", projectScanner: "the administration of the project", grantee: "an administrator, or access to the whole instance", admin: "an administrator",
}

// signIn reads the credentials: Basic with a password or a token, or Bearer with a token.
func (c *call) signIn(r *route) error {
	unauthorized := &httpError{http.StatusUnauthorized, "sign in: send a user and a password, or an API token", "AuthenticationException"}
	name, password, basic := c.r.BasicAuth()
	if scheme, text, ok := strings.Cut(c.r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		password = strings.TrimSpace(text)
	} else if !basic {
		return unauthorized
	}
	if strings.HasPrefix(password, TokenPrefix) {
		token, account, err := c.s.store.Accounts.UseToken(c.context(), password)
		switch {
		case errors.Is(err, db.ErrNotFound), err == nil && basic && !strings.EqualFold(name, account.Name):
			return &httpError{http.StatusUnauthorized, "the token is not valid or has expired", "AuthenticationException"}
		case err != nil:
			return err
		case len(token.Scopes) == 0:
			return forbidden("the token has no scope, and may do nothing: make another one that lists its scopes")
		case !slices.Contains(token.Scopes, r.scope):
			return forbidden("the token lacks the scope %s", r.scope)
		}
		if c.token = token; r.reveals && !c.mayReveal() {
			return forbidden("the token lacks the scope %s: this answer holds texts of secrets", plaintextScope)
		}
		return c.as(account)
	}
	if !basic {
		return unauthorized
	}
	account, err := c.s.store.Accounts.Get(c.context(), name)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return err
	}
	hash := ""
	if err == nil && !account.Disabled {
		hash = account.Password
	}
	if err == nil {
		c.claimed = account.Name
	}
	right, err := c.checkPassword(name, password, hash)
	var tooMany *tooManyError
	switch {
	case errors.As(err, &tooMany):
		return c.slowDown(tooMany.wait, "too many wrong passwords: wait as long as Retry-After says; API tokens are not affected", "AuthenticationException")
	case err != nil:
		return err
	case !right:
		return &httpError{http.StatusUnauthorized, "the user or the password is wrong", "AuthenticationException"}
	}
	if err := c.as(account); err != nil {
		return err
	}
	return c.signedInLate()
}

// as resolves the rights of an account, once a request.
func (c *call) as(a *accounts.Account) (err error) {
	c.account = a
	if o, ok := c.w.(*observed); ok {
		o.account = a.Name
	}
	if a.Admin {
		c.visible = &scope.Visible{All: true}
		return nil
	}
	if c.grants, err = c.s.options.Rights.Grants(c.context(), a); err != nil {
		return err
	}
	c.visible, err = c.s.store.Accounts.Visible(c.context(), &c.grants)
	return err
}

// locate finds the project and the repository that the path names. What the caller may not read is not there.
func (c *call) locate() (err error) {
	key, slug := c.r.PathValue("projectKey"), c.r.PathValue("repoSlug")
	if key == "" {
		return nil
	}
	c.project, err = c.s.store.Catalog.Project(c.context(), c.visible, key)
	if err == nil && slug != "" {
		c.repository, err = c.s.store.Catalog.Repository(c.context(), c.visible, key, slug)
	}
	if errors.Is(err, db.ErrNotFound) {
		if slug != "" {
			return notFound("there is no repository %s/%s", key, slug)
		}
		return notFound("there is no project %s", key)
	}
	return err
}

// may reports whether the caller has a permission, on what the path names.
func (c *call) may(p permission) bool {
	if _, named := needsWords[p]; !named {
		return false
	}
	if c.account.Admin {
		return true
	}
	var role accounts.Role
	switch {
	case c.repository != nil:
		role = c.grants.Role(c.repository.ProjectKey, c.repository.Slug)
	case c.project != nil:
		role = c.grants.Role(c.project.Key, "")
	default:
		role = c.grants.Roles[""]
	}
	switch p {
	case anyone, signedIn:
		return true
	case reader:
		// What cannot be read was not found.
		return c.project != nil || role >= accounts.RoleRead || c.grants.Grantee
	case writer:
		return role >= accounts.RoleWrite
	case scanner:
		return c.grants.Grantee || role >= accounts.RoleWrite
	case projectAdmin:
		return role >= accounts.RoleProjectAdmin
	case projectScanner:
		return c.grants.Grantee || role >= accounts.RoleProjectAdmin
	case grantee:
		return c.grants.Grantee
	}
	return false
}

// crossSite refuses changes that another site's page makes a browser send, unless the header says that a program sends them,
// which a browser only lets through for the same site.
func (c *call) crossSite() error {
	switch c.r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return nil
	}
	if check := c.r.Header.Get("X-Atlassian-Token"); check == "no-check" || check == "nocheck" {
		return nil
	}
	if err := http.NewCrossOriginProtection().Check(c.r); err != nil || foreign(c.r) {
		return forbidden("XSRF check failed: the request comes from another site; programs send X-Atlassian-Token: no-check")
	}
	return nil
}
