// Package policy keeps what counts for all repositories: the rules that scans run, the settings from which counters follow, the
// advisories that were seen. A change of it marks the results that are of another policy in the same transaction.
package policy

import (
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/store/status"
)

// Policy reads and changes what counts for all repositories. It is safe for concurrent use.
type Policy struct {
	db       *db.DB
	settings *settings.Settings
	status   *status.Counters
}

// New gives the room over a database.
func New(d *db.DB, s *settings.Settings, c *status.Counters) *Policy {
	return &Policy{db: d, settings: s, status: c}
}
