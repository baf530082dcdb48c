// Package connections answers where repositories come from, and lets administrators list them again.
package connections

import (
	"context"
	"time"

	"github.com/sluice-scan/sluice/internal/store/catalog"
)

// Source is where the server's connections are. It is called by many requests at once.
type Source interface {
	// Connections lists them, in a fixed order.
	Connections() []Connection
	// Sync lists the repositories of a connection again, soon; false when there is no connection of that id.
	Sync(id string) bool
}

// Connection is one place where repositories come from.
type Connection struct {
	// ID is its name in addresses, Type its kind, Name its name for people.
	ID, Type, Name string
	// Key is its id in the store.
	Key int64
	// Synced is when it was last listed in full, zero for never. Problem says what went wrong the last time; it is empty when nothing did.
	Synced  time.Time
	Problem string
	// Syncing is true while it is being listed.
	Syncing bool
	// Skipped are the places that a listing does not read.
	Skipped []Skipped
}

// Skipped is a place that a listing does not read, and the reason.
type Skipped struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// Missing is what the listings of one connection lack.
type Missing interface {
	// Held lists the repositories that listings lack and that the server keeps.
	Held(ctx context.Context) ([]catalog.MissingRepository, error)
	// Confirm says that those are gone, and counts them.
	Confirm(ctx context.Context) (int, error)
}

// Resource answers the routes of connections.
type Resource struct {
	// Missing gives what the listings of a connection lack, by its Key.
	Missing func(key int64) Missing
	// Source may be nil; then there is no connection.
	Source Source
}
