package status

import (
	"context"
	"database/sql"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// Recompute finds counters that differ from the rows, corrects them, and returns their number. Reasons are a missed
// update, or an acceptance that has expired.
func (s *Counters) Recompute(ctx context.Context) (repaired int, err error) {
	repositories, err := db.IDs(ctx, s.db.Read, "select id from repository order by id")
	if err != nil {
		return 0, err
	}
	err = db.Chunks(repositories, db.ChunkSize, func(part []int64) error {
		wrong, err := db.IDs(ctx, s.db.Read, s.wrongRepositories(part))
		if err != nil {
			return err
		}
		for _, id := range wrong {
			if err := s.db.Tx(ctx, func(tx *sql.Tx) error { return s.RecountAll(ctx, tx, []int64{id}, true) }); err != nil {
				return err
			}
		}
		repaired += len(wrong)
		others, err := s.recomputeLives(ctx, part)
		repaired += others
		return err
	})
	if err != nil {
		return repaired, err
	}
	projects, err := db.IDs(ctx, s.db.Read, "select id from project where "+projectColumns+" <> "+projectCounts)
	if err != nil {
		return repaired, err
	}
	for _, id := range projects {
		if err := s.countProject(ctx, id); err != nil {
			return repaired, err
		}
		repaired++
	}
	return repaired, nil
}

// wrongRepositories is the query for the repositories, among the given ones, with wrong counters of their own or of a
// branch. It recounts everything but writes nothing.
func (s *Counters) wrongRepositories(part []int64) string {
	return `
		select repository_id
		from branch
		where ` + db.In("repository_id", part) + `
			and (` + openColumns + " <> " + s.branchOpen() + `
			or status <> ` + branchStatus + `)
		union
		select id
		from repository
		where ` + db.In("id", part) + `
			and (` + branchColumn + " <> " + branchCounts + `
			or ` + openColumns + " <> " + s.repositoryOpen() + `
			or status <> ` + repositoryStatus + `
			or ` + miscounted + `
			or ` + queuedColumns + " <> " + queuedCounts + `)
		order by 1`
}
