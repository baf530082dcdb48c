// Package installations stores the installations of the Forge app, their pairing, and the invocation tokens that were used.
package installations

import "github.com/sluice-scan/sluice/internal/store/db"

// Installations stores installations. It is safe for concurrent use, also by several nodes.
type Installations struct{ db *db.DB }

// New returns the installations of a database.
func New(d *db.DB) *Installations { return &Installations{db: d} }
