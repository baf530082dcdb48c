// Package status says what is known of the security of branches, repositories and projects, and keeps it counted.
//
// Each change of a finding, a branch or a repository counts what follows from it in the same transaction: the open findings and the
// status of a branch, the branches of a repository by status, the repositories of a project. The condition under which a finding is
// open stands here and nowhere else.
package status

import (
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/settings"
)

// Counters counts within the transactions of the other rooms. A transaction locks repositories first, in the order of their ids, and
// projects last. It is safe for concurrent use.
type Counters struct {
	db       *db.DB
	settings *settings.Settings
}

// New gives the room over a database.
func New(d *db.DB, s *settings.Settings) *Counters { return &Counters{db: d, settings: s} }
