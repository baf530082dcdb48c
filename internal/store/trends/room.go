// Package trends keeps what projects and repositories were on each day.
package trends

import "github.com/sluice-scan/sluice/internal/store/db"

// Trends keeps one snapshot a day. It is safe for concurrent use.
type Trends struct {
	db *db.DB
}

// New gives the room over a database.
func New(d *db.DB) *Trends { return &Trends{db: d} }
