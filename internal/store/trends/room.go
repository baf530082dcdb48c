// Package trends stores the state of projects and repositories on each day.
package trends

import "github.com/sluice-scan/sluice/internal/store/db"

// Trends stores one snapshot a day. It is safe for concurrent use.
type Trends struct {
	db *db.DB
}

// New returns the trends of a database.
func New(d *db.DB) *Trends { return &Trends{db: d} }
