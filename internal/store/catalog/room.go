// Package catalog keeps which projects, repositories and branches exist, in step with the listings of a connection, and shows them
// with their statuses.
//
// [Catalog.Follow] takes along what was renamed, [Catalog.SyncProject] writes down what is there, [Catalog.Missing] and
// [Catalog.Remove] what is not there any more.
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
