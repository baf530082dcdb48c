// Package mails stores the mails that tell people that their scans have ended, and their content.
package mails

import "github.com/sluice-scan/sluice/internal/store/db"

// Mails stores mails. It is safe for concurrent use, also by several processes.
type Mails struct {
	db *db.DB
}

// New returns the mails of a database.
func New(d *db.DB) *Mails { return &Mails{db: d} }
