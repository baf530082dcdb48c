// Package audit stores the audit log: a chain in which each entry holds a hash of itself and the entry before.
package audit

import "github.com/sluice-scan/sluice/internal/store/db"

// Log is the audit log. It is safe for concurrent use.
type Log struct {
	db *db.DB
}

// New returns the audit log of a database.
func New(d *db.DB) *Log { return &Log{db: d} }
