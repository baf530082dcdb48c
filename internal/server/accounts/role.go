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

// roleRoutes list, give and remove roles.
func (s *Resource) roleRoutes() []api.Route {
	who := []api.Parameter{api.Optional("user", "the account"), api.Optional("group", "or the group"), api.Required("scope", "instance, a project's key, or key/slug")}
	return []api.Route{
		{
			Method: http.MethodGet, Path: "/access", Name: "listAccess",
			Needs: access.Admin, Scope: "settings",
			Summary: "List roles by account and group.",
			Query:   api.PageParameters(),
			Gives:   api.ReturnsPage(accessWire{}),
			Handle:  s.roles,
		},
		{
			Method: http.MethodPut, Path: "/access", Name: "setAccess",
			Needs: access.Admin, Scope: "settings",
			Summary: "Give a role to an account or a group.",
			Takes:   accessWire{}, Body: `{"user" or "group": "jdoe", "scope": "instance, PAY or PAY/api", "role": "READ, WRITE, PROJECT_ADMIN or GRANTEE"}`,
			Gives:  api.Returns(accessWire{}),
			Handle: s.grant,
		},
		{
			Method: http.MethodDelete, Path: "/access", Name: "removeAccess",
			Needs: access.Admin, Scope: "settings",
			Summary: "Remove a role from an account or a group.",
			Query:   who,
			Gives:   api.ReturnsNothing(),
			Handle:  s.revoke,
		},
	}
}

type accessWire struct {
	User  string `json:"user,omitempty" doc:"The account with the role; empty when a group has it."`
	Group string `json:"group,omitempty" doc:"The group with the role; empty when an account has it."`
	Scope string `json:"scope" doc:"instance, the key of a project, or key/slug of a repository."`
	Role  string `json:"role"`
}

func (s *Resource) roles(c *api.Call) (*api.Reply, error) {
	return api.Paged(c, func(page db.Page) ([]accounts.Access, error) { return s.Roles.AllAccess(c.Context(), page) }, func(a *accounts.Access) accessWire {
		return accessWire{a.Account, a.Group, access.PlaceWord(a.Scope), a.Role.String()}
	})
}

func (s *Resource) grant(c *api.Call) (*api.Reply, error) {
	var body accessWire
	if err := c.Decode(&body); err != nil {
		return nil, err
	}
	bad := &api.Problems{}
	if (body.User == "") == (body.Group == "") {
		bad.Add("user", "name either a user or a group")
	}
	var role accounts.Role
	if err := role.UnmarshalText([]byte(body.Role)); err != nil || role == accounts.RoleNone {
		bad.Add("role", "it must be READ, WRITE, PROJECT_ADMIN or GRANTEE")
	}
	scope, err := access.ParsePlaceName(body.Scope)
	if err != nil {
		bad.Add("scope", "%v", err)
	} else if err := access.CheckRole(role, scope); err != nil {
		bad.Add("role", "%v", err)
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	if scope, err = s.Places.Canonical(c.Context(), c.Visible, scope); err != nil {
		return nil, err
	}
	body.Scope = access.PlaceWord(scope)
	who, err := s.give(c, body.User, body.Group, scope, role)
	if err != nil {
		return nil, err
	}
	c.Note(who + " scope=" + body.Scope + " role=" + role.String())
	return api.OK(accessWire{strings.ToLower(body.User), strings.ToLower(body.Group), body.Scope, role.String()})
}

// give gives an account or a group a role, and returns the account or group for the audit log.
func (s *Resource) give(c *api.Call, user, group, scope string, role accounts.Role) (who string, err error) {
	if group != "" {
		err := s.Roles.GrantGroup(c.Context(), group, scope, role)
		if errors.Is(err, db.ErrNotFound) {
			return "", api.NotFound("there is no group with that name")
		}
		return "group=" + strings.ToLower(group), err
	}
	a, err := s.named(c, user)
	if err != nil {
		return "", err
	}
	return "user=" + a.Name, s.Roles.Grant(c.Context(), a.ID, scope, role)
}

func (s *Resource) revoke(c *api.Call) (*api.Reply, error) {
	scope := c.Query("scope")
	if scope == "" {
		return nil, api.BadRequest("scope: it must be given")
	}
	if (c.Query("user") == "") == (c.Query("group") == "") {
		return nil, api.BadRequest("user: name either a user or a group")
	}
	// An old role may have a scope that new roles may not have.
	if name, err := access.ParsePlaceName(scope); err == nil {
		scope = name
	}
	scope, err := s.Places.Canonical(c.Context(), c.Visible, scope)
	if err != nil {
		return nil, err
	}
	if _, err := s.give(c, c.Query("user"), c.Query("group"), scope, accounts.RoleNone); err != nil {
		return nil, err
	}
	return api.Nothing()
}
