// Package reviews keeps the texts that people have reviewed: sealed, and found by their keyed hashes.
package reviews

import (
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/policy"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/store/status"
)

// Reviews keeps reviewed texts. It is safe for concurrent use.
type Reviews struct {
	db       *db.DB
	policy   *policy.Policy
	settings *settings.Settings
	status   *status.Counters
}

// New gives the room over a database.
func New(d *db.DB, p *policy.Policy, s *settings.Settings, c *status.Counters) *Reviews {
	return &Reviews{db: d, policy: p, settings: s, status: c}
}
