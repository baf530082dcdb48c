// Package findings stores the results of scans: each finding once per repository, its occurrences in branches, what
// later results no longer have, and what people decided. It never stores the text of a secret, only a keyed hash.
package findings

import (
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/dependencies"
	"github.com/sluice-scan/sluice/internal/store/policy"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/status"
)

// Findings stores the results of scans. It is safe for concurrent use.
type Findings struct {
	db     *db.DB
	policy *policy.Policy
	queue  *queue.Queue
	status *status.Counters
	// dependencies stores what a branch depends on.
	dependencies *dependencies.Dependencies
	// saveText is the SQL of saveFinding.
	saveText string
}

// New returns the findings of a database.
func New(d *db.DB, p *policy.Policy, q *queue.Queue, c *status.Counters, dep *dependencies.Dependencies) *Findings {
	return &Findings{db: d, policy: p, queue: q, status: c, dependencies: dep, saveText: saveText(d)}
}
