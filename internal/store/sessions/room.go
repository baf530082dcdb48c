// Package sessions keeps who has signed in to the pages, and until when that counts.
package sessions

import "github.com/sluice-scan/sluice/internal/store/db"

// Sessions keeps sessions. It is safe for concurrent use.
type Sessions struct {
	db *db.DB
}

// New gives the room over a database.
func New(d *db.DB) *Sessions { return &Sessions{db: d} }
