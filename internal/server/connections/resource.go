// Package connections serves the sources of repositories, and lets administrators list them again.
package connections

import (
	"context"
	"time"

	"github.com/sluice-scan/sluice/internal/store/catalog"
)

// Source provides the server's connections. It must be safe for concurrent use.
type Source interface {
	// Connections lists them, in a fixed order.
	Connections() []Connection
	// Sync schedules another listing of a connection; false if there is no connection with that id.
	Sync(id string) bool
}

// Connection is a source of repositories.
type Connection struct {
	// ID is its name in addresses, Type its kind, Name its name for people.
	ID, Type, Name string
	// Key is its id in the store.
	Key int64
	// Synced is the time of the last complete listing; zero for never. Problem is the error of the last attempt; empty if
	// it succeeded.
	Synced  time.Time
	Problem string
	// Syncing is true during a listing.
	Syncing bool
	// Skipped are the places that the last listing skipped.
	Skipped []Skipped
}

// Skipped is a place that a listing skipped, and the reason.
type Skipped struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// Missing is what the listings of one connection lack.
type Missing interface {
	// Held lists the repositories that listings lack and that the server keeps.
	Held(ctx context.Context) ([]catalog.MissingRepository, error)
	// Confirm confirms that they are gone, and returns their number.
	Confirm(ctx context.Context) (int, error)
}

// Resource serves the routes of connections.
type Resource struct {
	// Missing returns what the listings of a connection lack, by its Key.
	Missing func(key int64) Missing
	// Source may be nil; then there is no connection.
	Source Source
}
