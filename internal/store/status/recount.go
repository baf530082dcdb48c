package status

import (
	"context"
	"database/sql"
	"slices"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// RecountAll updates the counters of repositories, their branches and their projects with set-based statements, for
// changes that affect many. findings says whether open findings may have changed, not only statuses. Every transaction
// locks repositories before projects, and each kind by id.
func (s *Counters) RecountAll(ctx context.Context, tx *sql.Tx, repositories []int64, findings bool) error {
	slices.Sort(repositories)
	repositories = slices.Compact(repositories)
	if err := db.Chunks(repositories, db.ChunkSize, func(part []int64) error { return s.LockRepositories(ctx, tx, part) }); err != nil {
		return err
	}
	if err := db.Chunks(repositories, db.ChunkSize, func(part []int64) error {
		for _, statement := range s.recountStatements(part, findings) {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		if !findings {
			return nil
		}
		return s.countLives(ctx, tx, part)
	}); err != nil {
		return err
	}
	return s.CountInProjects(ctx, tx, repositories)
}

// recountStatements are CountBranch and CountRepository for several repositories at once.
func (s *Counters) recountStatements(repositories []int64, findings bool) []string {
	branches, rows := db.In("repository_id", repositories), db.In("id", repositories)
	status := []string{
		"update branch set status = " + branchStatus + " where status <> " + branchStatus + " and " + branches,
		"update repository set " + branchColumn + " = " + branchCounts + " where " + rows,
		"update repository set status = " + repositoryStatus + " where " + rows,
		"update repository set " + queuedColumns + " = " + queuedCounts + " where " + rows,
	}
	if !findings {
		return status
	}
	return append([]string{
		"update branch set " + openColumns + " = " + s.branchOpen() + " where " + branches,
		"update repository set " + openColumns + " = " + s.repositoryOpen() + " where " + rows,
	}, status...)
}
