package queue

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/terms"
)

// workerLost is the reason for returning a scan whose worker sends no heartbeat.
const workerLost = "the worker was lost"

// ErrLost is returned to a worker whose scan now belongs to another one. The worker must discard its result.
var ErrLost = errors.New("the scan belongs to another worker")

// Beat records a worker's heartbeat and its progress, and reports whether the worker must stop. ErrLost also ends the
// work.
func (s *Queue) Beat(ctx context.Context, j *Job, progress int, commit string) (cancel bool, err error) {
	err = s.db.Write.QueryRowContext(ctx, terms.SQL(s.db, `
		update scan set
			heartbeat_at = :now,
			progress = case when progress < $1 then $1 else progress end,
			commit_hash = case when $2 = '' then commit_hash else $2 end
		where id = $3 and generation = $4 and state = :running
		returning cancel_requested`),
		min(max(progress, 0), 99), commit, j.ID, j.Generation).Scan(&cancel)
	if errors.Is(err, sql.ErrNoRows) {
		return false, ErrLost
	}
	return cancel, err
}

// Reap takes back the scans whose workers sent no heartbeat for longer than Lease. They return to the queue, or fail if
// no attempt is left. It returns their number.
func (s *Queue) Reap(ctx context.Context) (taken int, err error) {
	var ended []int64
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		lost, err := db.IDs(ctx, tx, terms.SQL(s.db, "select id from scan where state = :running and heartbeat_at < :now - $1"), Lease.Milliseconds())
		if err != nil {
			return err
		}
		taken, ended = len(lost), lost
		for _, id := range lost {
			if err := s.GiveBack(ctx, tx, id, workerLost); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		s.EndedAfter(ctx, ended...)
		err = s.endIdleBatches(ctx)
	}
	return taken, err
}

// Release returns a worker's scans when the worker stops in an orderly way. It costs no attempt.
func (s *Queue) Release(ctx context.Context, owner string) error {
	var held []int64
	err := s.db.Tx(ctx, func(tx *sql.Tx) (err error) {
		held, err = db.IDs(ctx, tx, terms.SQL(s.db, "select id from scan where state = :running and owner = $1"), owner)
		if err != nil {
			return err
		}
		for _, id := range held {
			if _, err := tx.ExecContext(ctx, "update scan set attempt = attempt - 1 where id = $1", id); err != nil {
				return err
			}
			if err := s.GiveBack(ctx, tx, id, "the server stopped"); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		s.EndedAfter(ctx, held...)
	}
	return err
}

// Recover returns the scans that an earlier process with this worker's name was running when it was lost, and reports
// their number. Their attempts count, because a scan may have crashed the process.
func (s *Queue) Recover(ctx context.Context, owner string) (taken int, err error) {
	var held []int64
	err = s.db.Tx(ctx, func(tx *sql.Tx) (err error) {
		if held, err = db.IDs(ctx, tx, terms.SQL(s.db, "select id from scan where state = :running and owner = $1"), owner); err != nil {
			return err
		}
		for _, id := range held {
			if err := s.GiveBack(ctx, tx, id, workerLost); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	s.EndedAfter(ctx, held...)
	return len(held), nil
}

// GiveBack returns a running scan to the queue. If another scan of the branch is already queued, that one replaces it.
// If the scan was to be cancelled, it is cancelled. If no attempt is left, it fails.
func (s *Queue) GiveBack(ctx context.Context, tx *sql.Tx, id int64, reason string) error {
	var branch, repository int64
	var attempt int
	var cancel, waits bool
	err := tx.QueryRowContext(ctx, terms.SQL(s.db, `
		select branch_id, repository_id, attempt, cancel_requested,
			exists (select 1 from scan w where w.branch_id = scan.branch_id and w.state = :queued)
		from scan
		where id = $1 and state = :running`), id).Scan(&branch, &repository, &attempt, &cancel, &waits)
	if err != nil {
		return db.Found(err)
	}
	switch {
	case cancel:
		return s.End(ctx, tx, id, branch, Cancelled, "")
	case attempt >= MaxAttempts:
		if reason == workerLost {
			reason = fmt.Sprintf("the worker was lost %d times while it scanned this: its log may tell more", attempt)
		}
		return s.End(ctx, tx, id, branch, Failed, reason)
	case waits:
		return s.End(ctx, tx, id, branch, Dropped, reason)
	}
	if _, err := tx.ExecContext(ctx, terms.SQL(s.db, `
		update scan set
			state = :queued,
			owner = '',
			heartbeat_at = null,
			started_at = null,
			generation = generation + 1,
			error = $2
		where id = $1`), id, reason); err != nil {
		return err
	}
	return s.status.CountQueued(ctx, tx, repository)
}

// End puts a scan into a final state and updates the branch and the batches.
func (s *Queue) End(ctx context.Context, tx *sql.Tx, id, branch int64, state State, reason string) error {
	if _, err := tx.ExecContext(ctx, terms.SQL(s.db, `
		update scan set
			state = cast($2 as smallint),
			ended_at = :now,
			error = $3,
			generation = generation + 1,
			progress = case when cast($2 as smallint) = :succeeded then 100 else progress end
		where id = $1`),
		id, state, reason); err != nil {
		return err
	}
	if state != Dropped {
		if _, err := tx.ExecContext(ctx, "update branch set attempt_id = $2, attempt_state = $3 where id = $1", branch, id, state); err != nil {
			return err
		}
	}
	if s.db.Postgres {
		return nil // the caller ends its batches after the commit
	}
	return s.EndBatches(ctx, tx, id)
}
