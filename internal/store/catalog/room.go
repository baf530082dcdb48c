// Package catalog keeps which projects, repositories and branches exist, in step with the listings of a connection, and shows them
// with their statuses.
//
// A [Sync] brings it in step with the listings of one connection: [Sync.Admit] leaves out projects whose keys another connection has,
// [Sync.Follow] takes along what was renamed, [Sync.Apply] writes down what is there, [Sync.Missing] and [Sync.Remove] what is not
// there any more.
package catalog

import (
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/store/status"
)

// Catalog knows projects, repositories and branches. It is safe for concurrent use.
type Catalog struct {
	db       *db.DB
	queue    *queue.Queue
	settings *settings.Settings
	status   *status.Counters
}

// New gives the room over a database.
func New(d *db.DB, q *queue.Queue, s *settings.Settings, c *status.Counters) *Catalog {
	return &Catalog{db: d, queue: q, settings: s, status: c}
}

// Sync keeps the projects of one connection in step with its listings. It changes no project, repository or branch of another
// connection. It is safe for concurrent use, by several processes too.
type Sync struct {
	db       *db.DB
	queue    *queue.Queue
	settings *settings.Settings
	status   *status.Counters
	// connection is the id of the connection.
	connection int64
}

// Sync gives what keeps the projects of a connection in step, by the connection's id.
func (s *Catalog) Sync(connection int64) *Sync {
	return &Sync{db: s.db, queue: s.queue, settings: s.settings, status: s.status, connection: connection}
}
