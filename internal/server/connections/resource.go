// Package connections serves the sources of repositories, and lets administrators list them again.
package connections

import (
	"context"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store/catalog"
)

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
	Source connection.Lives
}
