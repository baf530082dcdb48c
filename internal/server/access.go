package server

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
	"sync"

	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// accessScope is a project's key, or key/slug.
var accessScope = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^~?[A-Za-z0-9][A-Za-z0-9._-]{0,127}(/[A-Za-z0-9._-]{1,128})?$`)
})

func (s *Server) accessRoutes() []route {
	who := []parameter{{"user", "the account", false}, {"group", "or the group", false}, {"scope", "instance, a project's key, or key/slug", true}}
	return []route{
		{
			method: http.MethodGet, path: "/access", name: "listAccess",
			needs: admin, scope: "settings",
			summary: "List roles by account and group.",
			query:   pageParameters,
			gives:   page(accessWire{}),
			handle:  (*call).access,
		},
		{
			method: http.MethodPut, path: "/access", name: "setAccess",
			needs: admin, scope: "settings",
			summary: "Give a role to an account or a group.",
			takes:   accessWire{}, body: `{"user" or "group": "jdoe", "scope": "instance, PAY or PAY/api", "role": "READ, WRITE, PROJECT_ADMIN or GRANTEE"}`,
			gives:  returns(accessWire{}),
			handle: (*call).grant,
		},
		{
			method: http.MethodDelete, path: "/access", name: "removeAccess",
			needs: admin, scope: "settings",
			summary: "Remove a role from an account or a group.",
			query:   who,
			gives:   nothingBack(),
			handle:  (*call).revoke,
		},
	}
}

type accessWire struct {
	User  string `json:"user,omitempty" doc:"The account with the role; empty when a group has it."`
	Group string `json:"group,omitempty" doc:"The group with the role; empty when an account has it."`
	Scope string `json:"scope" doc:"instance, the key of a project, or key/slug of a repository."`
	Role  string `json:"role"`
}

// instanceScope is how the API writes the scope of everything.
const instanceScope = "instance"

func (c *call) access() (*reply, error) {
	return paged(c, func(page db.Page) ([]accounts.Access, error) { return c.s.store.Accounts.AllAccess(c.context(), page) }, func(a *accounts.Access) accessWire {
		scope := a.Scope
		if scope == "" {
			scope = instanceScope
		}
		return accessWire{a.Account, a.Group, scope, a.Role.String()}
	})
}

// named finds the account that a grant is about.
func (c *call) named(name string) (*accounts.Account, error) {
	a, err := c.s.store.Accounts.Get(c.context(), name)
	if errors.Is(err, db.ErrNotFound) {
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
	if (body.User == "") == (body.Group == "") {
		bad.add("user", "name either a user or a group")
	}
	var role accounts.Role
	if err := role.UnmarshalText([]byte(body.Role)); err != nil || role == accounts.RoleNone {
		bad.add("role", "it must be READ, WRITE, PROJECT_ADMIN or GRANTEE")
	}
	scope := body.Scope
	switch {
	case scope == instanceScope:
		scope = ""
	case !accessScope().MatchString(scope):
		bad.add("scope", "it must be instance, a project's key, or key/slug")
	case role == accounts.RoleGrantee:
		bad.add("role", "GRANTEE is for the scope instance")
	case role == accounts.RoleProjectAdmin && strings.Contains(scope, "/"):
		bad.add("role", "PROJECT_ADMIN is for projects")
	}
	if err := bad.err(); err != nil {
		return nil, err
	}
	known, err := c.canonical(scope)
	if err != nil {
		return nil, err
	}
	if known != "" {
		scope, body.Scope = known, known
	}
	who, err := c.give(body.User, body.Group, scope, role)
	if err != nil {
		return nil, err
	}
	c.note(who + " scope=" + body.Scope + " role=" + role.String())
	return ok(accessWire{strings.ToLower(body.User), strings.ToLower(body.Group), body.Scope, role.String()})
}

// canonical writes a scope as the project or the repository is written that it names in any case; "" for one that there is none of.
func (c *call) canonical(scope string) (string, error) {
	key, slug, ofRepository := strings.Cut(scope, "/")
	if scope == "" {
		return "", nil
	}
	if ofRepository {
		r, err := c.s.store.Catalog.Repository(c.context(), c.visible, key, slug)
		if err == nil {
			return r.ProjectKey + "/" + r.Slug, nil
		}
		return "", ignoreMissing(err)
	}
	p, err := c.s.store.Catalog.Project(c.context(), c.visible, key)
	if err == nil {
		return p.Key, nil
	}
	return "", ignoreMissing(err)
}

func ignoreMissing(err error) error {
	if errors.Is(err, db.ErrNotFound) {
		return nil
	}
	return err
}

// give gives an account or a group a role, and says who that is.
func (c *call) give(user, group, scope string, role accounts.Role) (who string, err error) {
	if group != "" {
		err := c.s.store.Accounts.GrantGroup(c.context(), group, scope, role)
		if errors.Is(err, db.ErrNotFound) {
			return "", notFound("there is no group of that name")
		}
		return "group=" + strings.ToLower(group), err
	}
	a, err := c.named(user)
	if err != nil {
		return "", err
	}
	return "user=" + a.Name, c.s.store.Accounts.Grant(c.context(), a.ID, scope, role)
}

func (c *call) revoke() (*reply, error) {
	scope := c.query("scope")
	if scope == "" {
		return nil, badRequest("scope: it must be given")
	}
	if (c.query("user") == "") == (c.query("group") == "") {
		return nil, badRequest("user: name either a user or a group")
	}
	if scope == instanceScope {
		scope = ""
	}
	if known, err := c.canonical(scope); err != nil {
		return nil, err
	} else if known != "" {
		scope = known
	}
	if _, err := c.give(c.query("user"), c.query("group"), scope, accounts.RoleNone); err != nil {
		return nil, err
	}
	return nothing()
}
