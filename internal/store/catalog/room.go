// Package catalog stores the projects, repositories and branches, keeps them in step with the listings of a connection,
// and lists them with their statuses.
//
// A [Sync] processes the listings of one connection. [Sync.Admit] leaves out projects whose keys another connection has,
// [Sync.Follow] handles renames, [Sync.Apply] stores what exists, and [Sync.Missing] and [Sync.Remove] handle what is
// gone.
package catalog

import (
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/store/status"
)

// Catalog stores projects, repositories and branches. It is safe for concurrent use.
type Catalog struct {
	db       *db.DB
	queue    *queue.Queue
	settings *settings.Settings
	status   *status.Counters
}

// New returns the catalog of a database.
func New(d *db.DB, q *queue.Queue, s *settings.Settings, c *status.Counters) *Catalog {
	return &Catalog{db: d, queue: q, settings: s, status: c}
}

// Sync keeps the projects of one connection in step with its listings. It never changes anything of another connection.
// It is safe for concurrent use, also by several processes.
type Sync struct {
	db       *db.DB
	queue    *queue.Queue
	settings *settings.Settings
	status   *status.Counters
	// connection is the id of the connection.
	connection int64
}

// Sync returns the Sync for a connection id.
func (s *Catalog) Sync(connection int64) *Sync {
	return &Sync{db: s.db, queue: s.queue, settings: s.settings, status: s.status, connection: connection}
}
