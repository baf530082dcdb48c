// Package audit keeps the audit log: a chain of entries, in which each holds a hash of itself and the one before.
package audit

import "github.com/sluice-scan/sluice/internal/store/db"

// Log is the audit log. It is safe for concurrent use.
type Log struct {
	db *db.DB
}

// New gives the room over a database.
func New(d *db.DB) *Log { return &Log{db: d} }
