package accounts

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// groupRoutes list, change and remove groups.
func (s *Resource) groupRoutes() []api.Route {
	return []api.Route{
		{
			Method: http.MethodGet, Path: "/groups", Name: "listGroups",
			Needs: access.Admin, Scope: "settings",
			Summary: "List the groups and their members by name.",
			Query:   api.PageParameters(),
			Gives:   api.ReturnsPage(groupWire{}),
			Handle: func(c *api.Call) (*api.Reply, error) {
				all, err := s.Groups.Groups(c.Context())
				if err != nil {
					return nil, err
				}
				return api.Paged(c, func(page db.Page) ([]accounts.Group, error) {
					return api.Cut(all, page), nil
				}, groupBody)
			},
		},
		{
			Method: http.MethodPut, Path: "/groups/{group}", Name: "setGroup",
			Needs: access.Admin, Scope: "settings",
			Summary: "Create a group, or set its members.",
			Takes:   groupMembers{}, Body: `any of {"members": ["jdoe", "ada"], "providerGroup": "/teams/payments"}`,
			Gives:  api.Returns(groupWire{}),
			Handle: s.setGroup,
		},
		{
			Method: http.MethodDelete, Path: "/groups/{group}", Name: "removeGroup",
			Needs: access.Admin, Scope: "settings",
			Summary: "Remove a group and its roles.",
			Gives:   api.ReturnsNothing(),
			Handle: func(c *api.Call) (*api.Reply, error) {
				err := s.Groups.RemoveGroup(c.Context(), c.PathValue("group"))
				if errors.Is(err, db.ErrNotFound) {
					return nil, api.NotFound("there is no group with that name")
				}
				if err != nil {
					return nil, err
				}
				return api.Nothing()
			},
		},
	}
}

// groupMembers are the accounts of a group. They replace its current members. Without them, the members stay if there is a provider group.
type groupMembers struct {
	Members  []string `json:"members,omitempty"`
	Provider *string  `json:"providerGroup,omitempty" doc:"The group of the OpenID Connect provider whose members this group takes over; empty for none."`
}

type groupWire struct {
	Name     string   `json:"name"`
	Members  []string `json:"members"`
	Provider string   `json:"providerGroup,omitempty" doc:"The group of the OpenID Connect provider whose members this group takes over."`
}

func groupBody(g *accounts.Group) groupWire { return groupWire{g.Name, g.Members, g.Provider} }

// maxProvider limits the name of a provider's group, in bytes.
const maxProvider = 255

// maxMembers limits the size of a group.
const maxMembers = 10_000

func (s *Resource) setGroup(c *api.Call) (*api.Reply, error) {
	var body groupMembers
	if err := c.Decode(&body); err != nil {
		return nil, err
	}
	name := strings.ToLower(c.PathValue("group"))
	bad := &api.Problems{}
	if err := access.CheckName(name); err != nil {
		bad.Add("group", "%v", err)
	}
	if len(body.Members) > maxMembers {
		bad.Add("members", "a group has at most %d", maxMembers)
	}
	if body.Members == nil && body.Provider == nil {
		bad.Add("members", "give the members, or a providerGroup")
	}
	if body.Provider != nil && len(*body.Provider) > maxProvider {
		bad.Add("providerGroup", "it has at most %d bytes", maxProvider)
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	if err := s.changeGroup(c, name, &body); err != nil {
		return nil, err
	}
	all, err := s.Groups.Groups(c.Context())
	if err != nil {
		return nil, err
	}
	for _, g := range all {
		if g.Name == name {
			return api.OK(groupBody(&g))
		}
	}
	return nil, api.NotFound("the group was deleted in the meantime")
}

func (s *Resource) changeGroup(c *api.Call, name string, body *groupMembers) error {
	if body.Members != nil {
		err := s.Groups.SetGroup(c.Context(), name, body.Members)
		if errors.Is(err, db.ErrNotFound) {
			return api.BadRequest("members: %v", err)
		}
		if err != nil {
			return err
		}
		c.Note(fmt.Sprintf("%d members", len(body.Members)))
	}
	if body.Provider == nil {
		return nil
	}
	c.Note("provider group " + *body.Provider)
	return s.Groups.FollowGroup(c.Context(), name, *body.Provider)
}
