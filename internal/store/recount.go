package store

import (
	"context"
	"database/sql"
	"slices"
)

// recountChunk bounds how many repositories one statement names.
const recountChunk = 500

// chunks calls do with parts of a list.
func chunks[T any](list []T, size int, do func(part []T) error) error {
	for part := range slices.Chunk(list, size) {
		if err := do(part); err != nil {
			return err
		}
	}
	return nil
}

// column reads a query's only column of numbers.
func column(ctx context.Context, q querier, query string, args ...any) ([]int64, error) {
	var list []int64
	err := each(ctx, q, query, args, func(row *sql.Rows) error {
		var id int64
		err := row.Scan(&id)
		list = append(list, id)
		return err
	})
	return list, err
}

// recountAll brings the counters of repositories up to date, and those of their branches and projects: set-based, for changes
// that touch many. findings says whether the open findings may have changed, or the statuses alone. Every transaction locks
// repositories before projects, and each kind by its ids.
func (s *Store) recountAll(ctx context.Context, tx *sql.Tx, repositories []int64, findings bool) error {
	slices.Sort(repositories)
	repositories = slices.Compact(repositories)
	if err := chunks(repositories, recountChunk, func(part []int64) error { return s.lockRepositories(ctx, tx, part) }); err != nil {
		return err
	}
	if err := chunks(repositories, recountChunk, func(part []int64) error {
		for _, statement := range s.recountStatements(part, findings) {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	return s.countInProjects(ctx, tx, repositories)
}

// policyLock is the key of PostgreSQL's advisory lock over what counts for all repositories: the global reviews and the rules.
const policyLock = 0x736c75696365

// lockPolicy makes changes of what counts for all repositories exclude each other and the results that come in, so that a
// result counts by what holds when it is saved; those share the lock among themselves. It comes before all other locks.
func (s *Store) lockPolicy(ctx context.Context, tx *sql.Tx, change bool) error {
	if !s.postgres {
		return nil
	}
	lock := "select pg_advisory_xact_lock_shared($1)"
	if change {
		lock = "select pg_advisory_xact_lock($1)"
	}
	_, err := tx.ExecContext(ctx, lock, int64(policyLock))
	return err
}

func (s *Store) lockRepositories(ctx context.Context, tx *sql.Tx, ids []int64) error {
	if !s.postgres {
		return nil
	}
	_, err := tx.ExecContext(ctx, "select 1 from repository where "+in("id", ids)+" order by id for no key update")
	return err
}

// recountStatements are countBranch and countRepository for several repositories at once.
func (s *Store) recountStatements(repositories []int64, findings bool) []string {
	branches, rows := in("repository_id", repositories), in("id", repositories)
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
