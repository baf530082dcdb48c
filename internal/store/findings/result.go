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
	// Reason tells people why the scan failed or was dropped. It never contains text of the repository.
	Reason string
	// Retry puts a failed scan back into the queue after this time, as long as it has attempts left.
	Retry time.Duration
	// Commit and Config are the scanned commit and the rules of the scan; Findings are its findings. They are used only for
	// Succeeded.
	Commit, Config string
	// RulesFile is the hash of the repository's file of rules, which is part of Config. RulesAt is the head of the default
	// branch where the file was read. Both are empty if nobody has looked.
	RulesFile, RulesAt string
	Findings           []scan.Finding
	// Incomplete lists for people what was not scanned in full, one reason each; empty if everything was. Earlier findings
	// in Unread, the files that could not be read at all, stay.
	Incomplete []string
	Unread     map[string]bool
	// RuleNames maps the id of a rule to the name that people gave it, if that differs.
	RuleNames map[string]string
	// Warnings are mistakes in the repository's own rules, for people.
	Warnings []string
	// Dependencies are the counts of packages of the scan.
	Dependencies status.Dependencies
	// Packages are those packages. PackagesKnown is false if no engine looked for packages.
	Packages      []scan.Package
	PackagesKnown bool
	// Origins are the origins of findings, by index, as far as they are known and not stored yet; nil if none are.
	Origins map[int]Origin
	// Result is the whole result and Gate what it is judged by, for reports about the scan. They are not stored. The scope
	// is empty if nobody chose one.
	Result *scan.Result
	Gate   scan.Gate
	// Hash returns the keyed hash of a secret's text.
	Hash func(secret string) string
}

// Finish ends a scan, once. It returns ErrLost and changes nothing if the scan now belongs to another worker. The
// result, the statuses and the counters change in one transaction.
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
			return s.queue.End(ctx, tx, j.ID, j.BranchID, queue.Dropped, "the branch was deleted")
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
