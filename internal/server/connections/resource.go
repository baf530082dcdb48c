// Package connections serves the sources of repositories, and lets administrators add, change and remove them.
package connections

import (
	"context"

	"github.com/sluice-scan/sluice/internal/connected"
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

// Admin keeps the connections to a Bitbucket; see connected.Admin for its methods and their errors. It must be safe for
// concurrent use.
type Admin interface {
	Detail(ctx context.Context, name string) (*connected.Detail, error)
	Add(ctx context.Context, name string, s *connected.Settings, c *connected.Credential, check bool) (connected.Said, error)
	Change(ctx context.Context, name string, change func(s *connected.Settings), c *connected.Credential, check bool) (connected.Said, error)
	Probe(ctx context.Context, name string) (connected.Said, error)
	Rotate(ctx context.Context, name string) error
	Disconnect(ctx context.Context, name string) (connected.Removed, error)
}

// Resource serves the routes of connections.
type Resource struct {
	// Missing returns what the listings of a connection lack, by its Key.
	Missing func(key int64) Missing
	// Source may be nil; then there is no connection.
	Source connection.Lives
	// Admin may be nil; then connections cannot be changed here.
	Admin Admin
}
