package queue

import (
	"context"
	"database/sql"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/store/terms"
)

// Cancel cancels one scan: it drops a queued scan at once and tells a running one to stop. An ended scan stays as it is.
// Cancel returns the state that the scan had.
func (s *Queue) Cancel(ctx context.Context, id int64) (was State, err error) {
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		var branch, repository int64
		err := tx.QueryRowContext(ctx, "select state, branch_id, repository_id from scan where id = $1", id).Scan(&was, &branch, &repository)
		if err != nil {
			return db.Found(err)
		}
		if err := s.status.LockRepository(ctx, tx, repository); err != nil {
			return err
		}
		// A worker may have claimed the scan in the meantime.
		if err := tx.QueryRowContext(ctx, "select state from scan where id = $1", id).Scan(&was); err != nil {
			return err
		}
		switch was {
		case Queued:
			if err := s.End(ctx, tx, id, branch, Dropped, "cancelled"); err != nil {
				return err
			}
			return s.status.CountQueued(ctx, tx, repository)
		case Running:
			_, err = tx.ExecContext(ctx, terms.SQL(s.db, `
				update scan set cancel_requested = true
				where id = $1 and state = :running`), id)
		}
		return err
	})
	if err == nil && was == Queued {
		s.EndedAfter(ctx, id)
	}
	return was, err
}

// CancelQueued drops all queued scans that the caller may see, and returns their number.
func (s *Queue) CancelQueued(ctx context.Context, v *scope.Visible) (n int, err error) {
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		where := " in (select id from repository where " + v.Condition("id", "project_id") + ")"
		done, err := tx.ExecContext(ctx, terms.SQL(s.db, `
			update scan set
				state = :dropped,
				ended_at = :now,
				error = 'cancelled'
			where state = :queued and repository_id`+where))
		if err != nil {
			return err
		}
		if n, err = db.Affected(done); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			update repository set queued = 0, best_priority = 0
			where queued > 0 and id`+where)
		return err
	})
	if err == nil {
		err = s.EndBatches(ctx, s.db.Write)
	}
	return n, err
}

// CancelRunning tells all running scans that the caller may see to stop, and returns their number.
func (s *Queue) CancelRunning(ctx context.Context, v *scope.Visible) (n int, err error) {
	done, err := s.db.Write.ExecContext(ctx, terms.SQL(s.db, `
		update scan set cancel_requested = true
		where state = :running and repository_id in (select id from repository where `+v.Condition("id", "project_id")+")"))
	if err != nil {
		return 0, err
	}
	return db.Affected(done)
}
