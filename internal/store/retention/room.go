// Package retention removes what is older than the settings say.
package retention

import (
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/settings"
)

// Retention removes what is old. It is safe for concurrent use.
type Retention struct {
	db       *db.DB
	settings *settings.Settings
}

// New gives the room over a database.
func New(d *db.DB, s *settings.Settings) *Retention { return &Retention{db: d, settings: s} }
