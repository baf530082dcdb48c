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
	holder := access.Holder{User: body.User, Group: body.Group}
	scope, role, bad := access.ReadRole(holder, body.Scope, body.Role)
	if bad != nil {
		return nil, api.Refuse(bad)
	}
	scope, err := s.Places.Canonical(c.Context(), c.Visible, scope)
	if err != nil {
		return nil, err
	}
	body.Scope = access.PlaceWord(scope)
	who, err := s.give(c, holder, scope, role)
	if err != nil {
		return nil, err
	}
	c.Note(who + " scope=" + body.Scope + " role=" + role.String())
	return api.OK(accessWire{strings.ToLower(body.User), strings.ToLower(body.Group), body.Scope, role.String()})
}

// give gives an account or a group a role, and returns the account or group for the audit log.
func (s *Resource) give(c *api.Call, holder access.Holder, scope string, role accounts.Role) (who string, err error) {
	who, err = holder.Give(c.Context(), roleStore{s.Accounts, s.Roles}, scope, role)
	switch {
	case errors.Is(err, db.ErrNotFound) && holder.Group != "":
		return "", api.NotFound("there is no group with that name")
	case errors.Is(err, db.ErrNotFound):
		return "", api.NotFound("there is no account with that name")
	}
	return who, err
}

// roleStore finds accounts and stores roles.
type roleStore struct {
	Accounts
	Roles
}

func (s *Resource) revoke(c *api.Call) (*api.Reply, error) {
	holder := access.Holder{User: c.Query("user"), Group: c.Query("group")}
	scope, bad := access.ReadHeldRole(holder, c.Query("scope"))
	if bad != nil {
		return nil, api.BadRequest("%s: %v", bad[0].Field, bad[0].Err)
	}
	scope, err := s.Places.Canonical(c.Context(), c.Visible, scope)
	if err != nil {
		return nil, err
	}
	if _, err := s.give(c, holder, scope, accounts.RoleNone); err != nil {
		return nil, err
	}
	return api.Nothing()
}
