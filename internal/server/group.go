package server

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// groupRoutes are about accounts that get roles together.
func (s *Server) groupRoutes() []route {
	return []route{
		{
			method: http.MethodGet, path: "/groups", name: "listGroups",
			needs: admin, scope: "settings",
			summary: "List the groups and their members by name.",
			query:   pageParameters,
			gives:   page(groupWire{}),
			handle: func(c *call) (*reply, error) {
				all, err := s.store.Accounts.Groups(c.context())
				if err != nil {
					return nil, err
				}
				return paged(c, func(page db.Page) ([]accounts.Group, error) {
					from := min(page.Start, len(all))
					return all[from:min(from+page.Limit, len(all))], nil
				}, func(g *accounts.Group) groupWire { return groupWire{g.Name, g.Members} })
			},
		},
		{
			method: http.MethodPut, path: "/groups/{group}", name: "setGroup",
			needs: admin, scope: "settings",
			summary: "Make a group, or set its members.",
			takes:   groupMembers{}, body: `{"members": ["jdoe", "ada"]}`,
			gives:  returns(groupWire{}),
			handle: (*call).setGroup,
		},
		{
			method: http.MethodDelete, path: "/groups/{group}", name: "removeGroup",
			needs: admin, scope: "settings",
			summary: "Remove a group and its roles.",
			gives:   nothingBack(),
			handle: func(c *call) (*reply, error) {
				err := s.store.Accounts.RemoveGroup(c.context(), c.r.PathValue("group"))
				if errors.Is(err, db.ErrNotFound) {
					return nil, notFound("there is no group of that name")
				}
				if err != nil {
					return nil, err
				}
				return nothing()
			},
		},
	}
}

// groupMembers are the accounts of a group, which replace those that it has.
type groupMembers struct {
	Members []string `json:"members"`
}

type groupWire struct {
	Name    string   `json:"name"`
	Members []string `json:"members"`
}

// maxMembers bounds a group.
const maxMembers = 10_000

func (c *call) setGroup() (*reply, error) {
	var body groupMembers
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	name := strings.ToLower(c.r.PathValue("group"))
	bad := &problems{}
	if err := CheckName(name); err != nil {
		bad.add("group", "%v", err)
	}
	if len(body.Members) > maxMembers {
		bad.add("members", "a group has at most %d", maxMembers)
	}
	if err := bad.err(); err != nil {
		return nil, err
	}
	err := c.s.store.Accounts.SetGroup(c.context(), name, body.Members)
	if errors.Is(err, db.ErrNotFound) {
		return nil, badRequest("members: %v", err)
	}
	if err != nil {
		return nil, err
	}
	c.note(fmt.Sprintf("%d members", len(body.Members)))
	all, err := c.s.store.Accounts.Groups(c.context())
	if err != nil {
		return nil, err
	}
	for _, g := range all {
		if g.Name == name {
			return ok(groupWire{g.Name, g.Members})
		}
	}
	return nil, notFound("the group is gone already")
}
