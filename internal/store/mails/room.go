// Package mails keeps the letters that tell people that their scans have ended, and what they say.
package mails

import "github.com/sluice-scan/sluice/internal/store/db"

// Mails keeps letters. It is safe for concurrent use, by several processes too.
type Mails struct {
	db *db.DB
}

// New gives the room over a database.
func New(d *db.DB) *Mails { return &Mails{db: d} }
