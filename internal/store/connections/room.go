// Package connections stores the sources of projects. Every project belongs to one connection.
package connections

import "github.com/sluice-scan/sluice/internal/store/db"

// Connections stores connections. It is safe for concurrent use.
type Connections struct {
	db *db.DB
}

// New returns the connections of a database.
func New(d *db.DB) *Connections { return &Connections{db: d} }
