// Package reviews stores the texts that people reviewed. The texts are encrypted and are looked up by their keyed
// hashes.
package reviews

import (
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/policy"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/store/status"
)

// Reviews stores reviewed texts. It is safe for concurrent use.
type Reviews struct {
	db       *db.DB
	policy   *policy.Policy
	settings *settings.Settings
	status   *status.Counters
}

// New returns the reviews of a database.
func New(d *db.DB, p *policy.Policy, s *settings.Settings, c *status.Counters) *Reviews {
	return &Reviews{db: d, policy: p, settings: s, status: c}
}
