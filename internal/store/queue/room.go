// Package queue is the queue of scans. The scan table is both the queue and its history.
//
// [Queue.Enqueue] adds scans, [Queue.Claim] gives one to a worker, and [Queue.Beat] records that the worker is alive.
// Package findings ends a scan with its result.
package queue

import (
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/store/status"
)

// Queue is the queue of scans. It is safe for concurrent use, also by several processes.
type Queue struct {
	db       *db.DB
	settings *settings.Settings
	status   *status.Counters
	progress progress
}

// New returns the queue of a database.
func New(d *db.DB, s *settings.Settings, c *status.Counters) *Queue {
	return &Queue{db: d, settings: s, status: c}
}
