package server

import (
	"net/http"
	"slices"
	"time"

	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/scan"
)

// Connections are where repositories come from. It is called by many requests at once.
type Connections interface {
	// Connections lists them, in a fixed order.
	Connections() []Connection
	// Sync lists a connection's repositories anew, soon; false when there is no connection of that id.
	Sync(id string) bool
}

// Connection is one place where repositories come from.
type Connection struct {
	// ID is what addresses name; Type is what kind it is, and Name what people call it.
	ID, Type, Name string
	// Key is what the store calls it.
	Key int64
	// Synced is when it was last listed in full, zero for never; Problem is what went wrong the last time, empty for nothing.
	Synced  time.Time
	Problem string
	// Syncing is true while it is being listed.
	Syncing bool
	// Skipped is what stands where projects and repositories do and is not read.
	Skipped []Skipped
}

// Skipped is a place that is not read, and why.
type Skipped struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// connectionRoutes are about where repositories come from.
func (s *Server) connectionRoutes() []route {
	return []route{
		{
			method: http.MethodGet, path: "/connections", name: "listConnections",
			needs: admin, scope: "settings",
			summary: "List the connections as this node knows them.",
			query:   pageParameters,
			gives:   page(connectionWire{}),
			handle: func(c *call) (*reply, error) {
				held := map[int64][]catalog.MissingRepository{}
				return paged(c, func(page db.Page) ([]Connection, error) {
					list := c.connections()
					list = list[min(page.Start, len(list)):]
					list = list[:min(page.Limit, len(list))]
					for _, x := range list {
						var err error
						if held[x.Key], err = s.store.Catalog.Sync(x.Key).Held(c.context()); err != nil {
							return nil, err
						}
					}
					return list, nil
				}, func(x *Connection) connectionWire { return connectionBody(x, held[x.Key]) })
			},
		},
		{
			method: http.MethodPost, path: "/connections/{connectionId}/sync", name: "syncConnection",
			needs: admin, scope: "settings",
			summary: "List the repositories and branches of a connection now.",
			gives:   accepted(connectionWire{}),
			handle: func(c *call) (*reply, error) {
				id := c.r.PathValue("connectionId")
				if s.options.Connections == nil || !s.options.Connections.Sync(id) {
					return nil, notFound("there is no connection %q", shortened(id))
				}
				for _, x := range c.connections() {
					if x.ID == id {
						held, err := s.store.Catalog.Sync(x.Key).Held(c.context())
						return &reply{status: http.StatusAccepted, body: connectionBody(&x, held)}, err
					}
				}
				return &reply{status: http.StatusAccepted}, nil
			},
		},
		{
			method: http.MethodPost, path: "/connections/{connectionId}/confirm", name: "confirmMissing",
			needs: admin, scope: "settings",
			summary: "Confirm that the repositories missing from a suspicious listing are gone. The server removes them and keeps their results as long as keepRemovedDays says.",
			gives:   accepted(confirmedWire{}),
			handle:  (*call).confirmGone,
		},
	}
}

func (c *call) connections() []Connection {
	if c.s.options.Connections == nil {
		return nil
	}
	return c.s.options.Connections.Connections()
}

func (c *call) confirmGone() (*reply, error) {
	id := c.r.PathValue("connectionId")
	list := c.connections()
	i := slices.IndexFunc(list, func(x Connection) bool { return x.ID == id })
	if i < 0 {
		return nil, notFound("there is no connection %q", shortened(id))
	}
	n, err := c.s.store.Catalog.Sync(list[i].Key).Confirm(c.context())
	if err != nil {
		return nil, err
	}
	c.note(scan.Plural(n, "repository", "repositories"))
	c.s.options.Connections.Sync(id)
	return &reply{status: http.StatusAccepted, body: confirmedWire{n}}, nil
}

type connectionWire struct {
	ID           string     `json:"id"`
	Type         string     `json:"type"`
	Name         string     `json:"name"`
	State        string     `json:"state" doc:"ACTIVE; SUSPICIOUS while missing repositories are held back; FAILING when the last listing had problems."`
	Problem      string     `json:"problem,omitempty"`
	Syncing      bool       `json:"syncing"`
	LastSyncDate *string    `json:"lastSyncDate"`
	HeldCount    int        `json:"heldCount" doc:"How many missing repositories are held back; the list names the first hundred."`
	Held         []heldWire `json:"held"`
	SkippedCount int        `json:"skippedCount" doc:"How many places were skipped; the list names the first hundred."`
	Skipped      []Skipped  `json:"skipped"`
}

// heldWire is a repository that listings lack and that is kept all the same.
// confirmedWire counts the repositories that a call confirmed as gone.
type confirmedWire struct {
	Confirmed int `json:"confirmed"`
}

type heldWire struct {
	Project   string  `json:"project"`
	Slug      string  `json:"slug"`
	Since     *string `json:"since"`
	Confirmed bool    `json:"confirmed"`
}

// maxNamed is how many places an answer names.
const maxNamed = 100

func connectionBody(x *Connection, held []catalog.MissingRepository) connectionWire {
	w := connectionWire{
		ID: x.ID, Type: x.Type, Name: x.Name, State: "ACTIVE", Problem: x.Problem, Syncing: x.Syncing, LastSyncDate: date(x.Synced),
		HeldCount: len(held), Held: []heldWire{}, SkippedCount: len(x.Skipped), Skipped: append([]Skipped{}, x.Skipped[:min(len(x.Skipped), maxNamed)]...),
	}
	for i := range held[:min(len(held), maxNamed)] {
		h := &held[i]
		w.Held = append(w.Held, heldWire{h.ProjectKey, h.Slug, date(h.Since), h.Confirmed})
	}
	switch {
	case x.Problem != "":
		w.State = "FAILING"
	case len(held) > 0:
		w.State = "SUSPICIOUS"
	}
	return w
}
