package store

import (
	"context"
	"database/sql"
)

// Recompute finds the counters that are not what follows from the rows, counts those anew, and returns how many they were:
// what a transaction missed, or an entry whose acceptance has expired.
func (s *Store) Recompute(ctx context.Context) (repaired int, err error) {
	repositories, err := column(ctx, s.read, "select id from repository order by id")
	if err != nil {
		return 0, err
	}
	err = chunks(repositories, recountChunk, func(part []int64) error {
		wrong, err := column(ctx, s.read, s.wrongRepositories(part))
		if err != nil {
			return err
		}
		for _, id := range wrong {
			if err := s.tx(ctx, func(tx *sql.Tx) error { return s.recountAll(ctx, tx, []int64{id}, true) }); err != nil {
				return err
			}
		}
		repaired += len(wrong)
		return nil
	})
	if err != nil {
		return repaired, err
	}
	projects, err := column(ctx, s.read, "select id from project where "+projectColumns+" <> "+projectCounts)
	if err != nil {
		return repaired, err
	}
	for _, id := range projects {
		if err := s.countProject(ctx, id); err != nil {
			return repaired, err
		}
		repaired++
	}
	return repaired, s.endBatches(ctx, s.write)
}

// wrongRepositories is the query for those of some repositories whose counters, or those of one of their branches, are wrong.
// It counts everything anew, but writes nothing.
func (s *Store) wrongRepositories(part []int64) string {
	return "select repository_id from branch where " + in("repository_id", part) + " and (" + openColumns + " <> " + s.branchOpen() + " or status <> " + branchStatus + `)
		union select id from repository where ` + in("id", part) + " and (" + branchColumn + " <> " + branchCounts + " or " + openColumns + " <> " + s.repositoryOpen() + " or status <> " + repositoryStatus + " or " + miscounted +
		" or " + queuedColumns + " <> " + queuedCounts + ") order by 1"
}
