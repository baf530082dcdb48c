// Package findings keeps what scans found: each finding once for a repository, its occurrences in branches, what later results no
// longer have, and what people decided about it. The text of a secret is never stored, only a keyed hash of it.
package findings

import (
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/policy"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/status"
)

// Findings keeps the results of scans. It is safe for concurrent use.
type Findings struct {
	db     *db.DB
	policy *policy.Policy
	queue  *queue.Queue
	status *status.Counters
	// saveText is the text of saveFinding.
	saveText string
}

// New gives the room over a database.
func New(d *db.DB, p *policy.Policy, q *queue.Queue, c *status.Counters) *Findings {
	return &Findings{db: d, policy: p, queue: q, status: c, saveText: saveText(d)}
}
