// Package exchanges stores requests for credentials that are needed now, and their sealed answers for the seconds between.
package exchanges

import "github.com/sluice-scan/sluice/internal/store/db"

// Exchanges stores exchanges. It is safe for concurrent use, also by several nodes.
type Exchanges struct{ db *db.DB }

// New returns the exchanges of a database.
func New(d *db.DB) *Exchanges { return &Exchanges{db: d} }
