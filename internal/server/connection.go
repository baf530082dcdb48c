package server

import (
	"net/http"
	"time"

	"github.com/sluice-scan/sluice/internal/store"
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
	// Synced is when it was last listed in full, zero for never; Problem is what went wrong the last time, empty for nothing.
	Synced  time.Time
	Problem string
	// Syncing is true while it is being listed.
	Syncing bool
}

// connectionRoutes are about where repositories come from.
func (s *Server) connectionRoutes() []route {
	return []route{
		{
			method: http.MethodGet, path: "/connections", needs: admin, scope: "settings", summary: "Where repositories come from, as this node knows it.", query: pageParameters,
			handle: func(c *call) (*reply, error) {
				return paged(c, func(page store.Page) ([]Connection, error) {
					list := c.connections()
					list = list[min(page.Start, len(list)):]
					return list[:min(page.Limit, len(list))], nil
				}, connectionBody)
			},
		},
		{
			method: http.MethodPost, path: "/connections/{connectionId}/sync", needs: admin, scope: "settings", summary: "List the repositories and branches of a connection anew, at once.",
			handle: func(c *call) (*reply, error) {
				id := c.r.PathValue("connectionId")
				if s.options.Connections == nil || !s.options.Connections.Sync(id) {
					return nil, notFound("there is no connection %q", shortened(id))
				}
				for _, x := range c.connections() {
					if x.ID == id {
						return &reply{status: http.StatusAccepted, body: connectionBody(&x)}, nil
					}
				}
				return &reply{status: http.StatusAccepted}, nil
			},
		},
	}
}

func (c *call) connections() []Connection {
	if c.s.options.Connections == nil {
		return nil
	}
	return c.s.options.Connections.Connections()
}

type connectionWire struct {
	ID   string `json:"id"`
	Type string `json:"type"`
	Name string `json:"name"`
	// State is ACTIVE, or FAILING when the last listing had problems.
	State        string  `json:"state"`
	Problem      string  `json:"problem,omitempty"`
	Syncing      bool    `json:"syncing"`
	LastSyncDate *string `json:"lastSyncDate"`
}

func connectionBody(x *Connection) connectionWire {
	w := connectionWire{ID: x.ID, Type: x.Type, Name: x.Name, State: "ACTIVE", Problem: x.Problem, Syncing: x.Syncing, LastSyncDate: date(x.Synced)}
	if x.Problem != "" {
		w.State = "FAILING"
	}
	return w
}
