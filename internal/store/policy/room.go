// Package policy stores what applies to all repositories: the rules of scans, the settings that counters depend on, the
// times of advisories. A change marks the results of older policies in the same transaction.
package policy

import (
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/store/status"
)

// Policy reads and changes what applies to all repositories. It is safe for concurrent use.
type Policy struct {
	db       *db.DB
	settings *settings.Settings
	status   *status.Counters
}

// New returns the policy of a database.
func New(d *db.DB, s *settings.Settings, c *status.Counters) *Policy {
	return &Policy{db: d, settings: s, status: c}
}
