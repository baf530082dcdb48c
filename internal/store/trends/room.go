// Package trends stores the state of projects and repositories on each day.
package trends

import (
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/status"
)

// Trends stores one snapshot a day. It is safe for concurrent use.
type Trends struct {
	db     *db.DB
	status *status.Counters
}

// New returns the trends of a database.
func New(d *db.DB, c *status.Counters) *Trends { return &Trends{db: d, status: c} }
