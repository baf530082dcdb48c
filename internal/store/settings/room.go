// Package settings stores the server's settings as values by key. It knows the settings that administrators can change
// and their meaning, the hook's settings for projects and repositories, and when periodic tasks last ran.
package settings

import "github.com/sluice-scan/sluice/internal/store/db"

// Settings reads and writes settings. It is safe for concurrent use.
type Settings struct {
	db *db.DB
}

// New returns the settings of a database.
func New(d *db.DB) *Settings { return &Settings{db: d} }
