// Package status derives the security status of branches, repositories and projects, and keeps it counted.
//
// Each change of a finding, a branch or a repository updates in the same transaction what depends on it: the open
// findings and the status of a branch, the branches of a repository by status, the repositories of a project. Only this
// package defines when a finding is open.
package status

import (
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/settings"
)

// Counters counts within the transactions of the other rooms. A transaction locks repositories first, by id, and
// projects last. It is safe for concurrent use.
type Counters struct {
	db       *db.DB
	settings *settings.Settings
}

// New returns the counters of a database.
func New(d *db.DB, s *settings.Settings) *Counters { return &Counters{db: d, settings: s} }
