package connections

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/scan"
)

// Routes returns the routes of the resource.
func (s *Resource) Routes() []api.Route {
	return append(s.liveRoutes(), s.adminRoutes()...)
}

func (s *Resource) liveRoutes() []api.Route {
	return []api.Route{
		{
			Method: http.MethodGet, Path: "/connections", Name: "listConnections",
			Needs: access.Admin, Scope: "settings",
			Summary: "List the connections as this node sees them.",
			Query:   api.PageParameters(),
			Gives:   api.ReturnsPage(connectionWire{}),
			Handle: func(c *api.Call) (*api.Reply, error) {
				held := map[int64][]catalog.MissingRepository{}
				return api.Paged(c, func(page db.Page) ([]connection.Live, error) {
					list := api.Cut(s.connections(), page)
					for i := range list {
						var err error
						if held[list[i].Key], err = s.Missing(list[i].Key).Held(c.Context()); err != nil {
							return nil, err
						}
					}
					return list, nil
				}, func(x *connection.Live) connectionWire { return connectionBody(x, held[x.Key]) })
			},
		},
		{
			Method: http.MethodPost, Path: "/connections/{connectionId}/sync", Name: "syncConnection",
			Needs: access.Admin, Scope: "settings",
			Summary: "List the repositories and branches of a connection now.",
			Gives:   api.ReturnsAccepted(connectionWire{}),
			Handle: func(c *api.Call) (*api.Reply, error) {
				id := c.PathValue("connectionId")
				if s.Source == nil || !s.Source.Sync(id) {
					return nil, api.NotFound("there is no connection %q", access.Shortened(id))
				}
				for _, x := range s.connections() {
					if x.ID == id {
						held, err := s.Missing(x.Key).Held(c.Context())
						return &api.Reply{Status: http.StatusAccepted, Body: connectionBody(&x, held)}, err
					}
				}
				return &api.Reply{Status: http.StatusAccepted}, nil
			},
		},
		{
			Method: http.MethodPost, Path: "/connections/{connectionId}/confirm", Name: "confirmMissing",
			Needs: access.Admin, Scope: "settings",
			Summary: "Confirm that the repositories missing from a suspicious listing are gone. The server deletes them and keeps their results for keepRemovedDays.",
			Gives:   api.ReturnsAccepted(confirmedWire{}),
			Handle:  s.confirmGone,
		},
	}
}

func (s *Resource) connections() []connection.Live {
	if s.Source == nil {
		return nil
	}
	return s.Source.Connections()
}

func (s *Resource) confirmGone(c *api.Call) (*api.Reply, error) {
	id := c.PathValue("connectionId")
	list := s.connections()
	i := slices.IndexFunc(list, func(x connection.Live) bool { return x.ID == id })
	if i < 0 {
		return nil, api.NotFound("there is no connection %q", access.Shortened(id))
	}
	n, err := s.Missing(list[i].Key).Confirm(c.Context())
	if err != nil {
		return nil, err
	}
	c.Note(scan.Plural(n, "repository", "repositories"))
	s.Source.Sync(id)
	return &api.Reply{Status: http.StatusAccepted, Body: confirmedWire{n}}, nil
}

type connectionWire struct {
	ID           string     `json:"id"`
	Type         string     `json:"type"`
	Name         string     `json:"name"`
	State        string     `json:"state" doc:"ACTIVE; SUSPICIOUS while missing repositories are held back; FAILING when the last listing had problems; INACTIVE when it rests until a person does something."`
	Problem      string     `json:"problem,omitempty"`
	Syncing      bool       `json:"syncing"`
	LastSyncDate *string    `json:"lastSyncDate"`
	HeldCount    int        `json:"heldCount" doc:"How many missing repositories are held back; the list names the first hundred."`
	Held         []heldWire `json:"held"`
	SkippedCount int        `json:"skippedCount" doc:"How many places were skipped; the list names the first hundred."`
	Skipped      []Skipped  `json:"skipped"`
}

// confirmedWire is the number of repositories that a call confirmed as gone.
type confirmedWire struct {
	Confirmed int `json:"confirmed"`
}

// Skipped is a place that a listing skipped, and the reason.
type Skipped struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// heldWire is a repository that listings lack and that the server keeps.
type heldWire struct {
	Project   string  `json:"project"`
	Slug      string  `json:"slug"`
	Since     *string `json:"since"`
	Confirmed bool    `json:"confirmed"`
}

// maxNamed limits how many places an answer names.
const maxNamed = 100

func connectionBody(x *connection.Live, held []catalog.MissingRepository) connectionWire {
	w := connectionWire{
		ID: x.ID, Type: x.Type, Name: x.Name, State: x.State(len(held)), Problem: cmp.Or(x.Inactive, x.Problem), Syncing: x.Syncing, LastSyncDate: api.Date(x.Synced),
		HeldCount: len(held), Held: []heldWire{}, SkippedCount: len(x.Skipped), Skipped: []Skipped{},
	}
	for _, place := range x.Skipped[:min(len(x.Skipped), maxNamed)] {
		w.Skipped = append(w.Skipped, Skipped(place))
	}
	for i := range held[:min(len(held), maxNamed)] {
		h := &held[i]
		w.Held = append(w.Held, heldWire{h.ProjectKey, h.Slug, api.Date(h.Since), h.Confirmed})
	}
	return w
}
