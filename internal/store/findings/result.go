package findings

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/status"
	"github.com/sluice-scan/sluice/internal/store/terms"
	"github.com/sluice-scan/sluice/scan"
)

// Outcome is how a scan ended.
type Outcome struct {
	State queue.State
	// Reason is why it failed or was dropped, for people; it never holds text of the repository.
	Reason string
	// Retry puts a failed scan back into the queue, after a while, as long as it has attempts left.
	Retry time.Duration
	// Commit and Config are what was scanned, and by which rules; Findings what was found. They count for Succeeded only.
	Commit, Config string
	// RulesFile is the hash of the repository's file of rules, which Config holds, and RulesAt the head of the default branch where
	// it was read; empty when nobody has looked.
	RulesFile, RulesAt string
	Findings           []scan.Finding
	// Incomplete says what was not looked at in full, a reason each, for people; empty when all of it was. What was found before in
	// Unread, files that could not be read at all, stays.
	Incomplete []string
	Unread     map[string]bool
	// RuleNames are what people call their rules, by id, where that is something else.
	RuleNames map[string]string
	// Warnings are mistakes in the repository's own rules, for people.
	Warnings []string
	// Dependencies is what else was found.
	Dependencies status.Dependencies
	// Origins says of findings, by their index, who brought them in, as far as that is known and not written down already; nil
	// knows nothing.
	Origins map[int]Origin
	// Hash gives the keyed hash of a secret's text.
	Hash func(secret string) string
}

// Finish ends a scan, once: ErrLost is returned when it belongs to another worker by now, and nothing is changed. The result,
// the statuses and the counters change in one transaction.
func (s *Findings) Finish(ctx context.Context, j *queue.Job, o *Outcome) error {
	err := s.finish(ctx, j, o)
	if err == nil {
		s.queue.EndedAfter(ctx, j.ID)
	}
	return err
}

func (s *Findings) finish(ctx context.Context, j *queue.Job, o *Outcome) error {
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		if err := s.status.LockPolicy(ctx, tx, false); err != nil {
			return err
		}
		if err := s.status.LockRepository(ctx, tx, j.Repository); err != nil {
			return err
		}
		var removed bool
		err := tx.QueryRowContext(ctx, terms.SQL(s.db, `
			select b.removed_at is not null
			from scan s
			join branch b on b.id = s.branch_id
			where s.id = $1 and s.generation = $2 and s.state = :running`), j.ID, j.Generation).Scan(&removed)
		if errors.Is(err, sql.ErrNoRows) {
			return queue.ErrLost
		}
		if err != nil {
			return err
		}
		switch {
		case removed:
			return s.queue.End(ctx, tx, j.ID, j.BranchID, queue.Dropped, "the branch is gone")
		case o.State == queue.Failed && o.Retry > 0 && j.Attempt < queue.MaxAttempts:
			if err := s.queue.GiveBack(ctx, tx, j.ID, o.Reason); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, terms.SQL(s.db, "update scan set not_before = :now + $2 where id = $1"), j.ID, o.Retry.Milliseconds())
			return err
		case o.State != queue.Succeeded:
			if err := s.queue.End(ctx, tx, j.ID, j.BranchID, o.State, o.Reason); err != nil {
				return err
			}
			return s.status.Refresh(ctx, tx, j.BranchID)
		}
		if err := s.saveResult(ctx, tx, j, o); err != nil {
			return fmt.Errorf("save the result: %w", err)
		}
		if err := s.queue.End(ctx, tx, j.ID, j.BranchID, queue.Succeeded, ""); err != nil {
			return err
		}
		return s.status.Refresh(ctx, tx, j.BranchID)
	})
}
