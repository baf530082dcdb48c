// Package connections keeps where the projects come from. Every project belongs to one connection.
package connections

import "github.com/sluice-scan/sluice/internal/store/db"

// Connections keeps connections. It is safe for concurrent use.
type Connections struct {
	db *db.DB
}

// New gives the room over a database.
func New(d *db.DB) *Connections { return &Connections{db: d} }
