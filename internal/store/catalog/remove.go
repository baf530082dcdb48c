package catalog

import (
	"context"
	"database/sql"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/terms"
)

// removeRepository marks a repository and its branches as deleted. It reports whether the repository was live.
func (s *Sync) removeRepository(ctx context.Context, id int64) (done bool, err error) {
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		if err := s.status.LockRepository(ctx, tx, id); err != nil {
			return err
		}
		if err := tx.QueryRowContext(ctx, "select removed_at is null from repository where id = $1", id).Scan(&done); err != nil || !done {
			return err
		}
		return s.removeLocked(ctx, tx, id)
	})
	return done && err == nil, err
}

// removeLocked is removeRepository for a repository that is already locked.
func (s *Sync) removeLocked(ctx context.Context, tx *sql.Tx, id int64) error {
	branches, err := db.IDs(ctx, tx, "select id from branch where repository_id = $1 and removed_at is null", id)
	if err != nil {
		return err
	}
	for _, b := range branches {
		if err := s.removeBranch(ctx, tx, b); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, terms.SQL(s.db, `
		update repository set
			removed_at = coalesce(removed_at, :now),
			missing_since = null,
			missing_confirmed = false,
			problem = ''
		where id = $1`), id); err != nil {
		return err
	}
	return s.status.CountRepository(ctx, tx, id)
}

// removeBranch marks a branch as deleted: it drops the waiting scan and tells the running one to stop. The branch's
// result is kept for KeepRemovedDays, in case the branch returns.
func (s *Sync) removeBranch(ctx context.Context, tx *sql.Tx, id int64) error {
	return db.Execute(ctx, tx, id,
		terms.SQL(s.db, `
			update branch set unread = false, removed_at = :now
			where id = $1`),
		terms.SQL(s.db, `
			update scan set
				state = :dropped,
				ended_at = :now,
				error = 'the branch was deleted'
			where branch_id = $1 and state = :queued`),
		terms.SQL(s.db, `
			update scan set cancel_requested = true
			where branch_id = $1 and state = :running`))
}
