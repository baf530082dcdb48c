// Package queue is the queue of scans: the scan table is the queue and its own record.
//
// [Queue.Enqueue] puts scans into it, [Queue.Claim] gives one to a worker, [Queue.Beat] says that the worker is alive. Package
// findings ends a scan with its result.
package queue

import (
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/store/status"
)

// Queue is the queue of scans. It is safe for concurrent use, by several processes too.
type Queue struct {
	db       *db.DB
	settings *settings.Settings
	status   *status.Counters
}

// New gives the room over a database.
func New(d *db.DB, s *settings.Settings, c *status.Counters) *Queue {
	return &Queue{db: d, settings: s, status: c}
}
