// Package retention removes what is older than the settings allow.
package retention

import (
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/settings"
)

// Retention removes old data. It is safe for concurrent use.
type Retention struct {
	db       *db.DB
	settings *settings.Settings
}

// New returns the retention of a database.
func New(d *db.DB, s *settings.Settings) *Retention { return &Retention{db: d, settings: s} }
