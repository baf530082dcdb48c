// Package settings keeps the settings of the server: values by key, which of them administrators know and what those mean, what a
// project or a repository says of the hook, and what is done once a period.
package settings

import "github.com/sluice-scan/sluice/internal/store/db"

// Settings reads and writes settings. It is safe for concurrent use.
type Settings struct {
	db *db.DB
}

// New gives the room over a database.
func New(d *db.DB) *Settings { return &Settings{db: d} }
