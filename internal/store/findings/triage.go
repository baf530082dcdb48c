package findings

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/terms"
)

// Triage stores a decision about a finding: its State, Reason, Comment, Assignee and Expires, by ChangedBy. The counters
// change in the same transaction.
func (s *Findings) Triage(ctx context.Context, f *Finding) error {
	return s.TriageAll(ctx, []*Finding{f})
}

// TriageAll is Triage for several findings, also of several repositories. It stores all decisions, or none: it returns
// ErrNotFound if one of the findings does not exist in its repository.
func (s *Findings) TriageAll(ctx context.Context, list []*Finding) error {
	if len(list) == 0 {
		return nil
	}
	of := map[int64][]int64{}
	for _, f := range list {
		of[f.RepositoryID] = append(of[f.RepositoryID], f.ID)
	}
	// All transactions lock repositories in this order, so that they do not wait for each other in a circle.
	repositories := slices.Sorted(maps.Keys(of))
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		for _, repository := range repositories {
			if err := s.status.LockRepository(ctx, tx, repository); err != nil {
				return err
			}
		}
		ids := make([]int64, len(list))
		for i, f := range list {
			ids[i] = f.ID
			done, err := tx.ExecContext(ctx, terms.SQL(s.db, `
				update finding set
					state = $3,
					reason = $4,
					comment = $5,
					assignee = $6,
					expires_at = $7,
					changed_by = $8,
					changed_at = :now
				where id = $1 and repository_id = $2`),
				f.ID, f.RepositoryID, f.State, db.ValidText(f.Reason), db.ValidText(f.Comment), db.ValidText(f.Assignee), db.NullTime(f.Expires), db.ValidText(f.ChangedBy))
			if err != nil {
				return err
			}
			if n, err := db.Affected(done); err != nil || n == 0 {
				return errors.Join(err, db.ErrNotFound)
			}
		}
		if err := s.saveDecisions(ctx, tx, ids); err != nil {
			return err
		}
		for _, repository := range repositories {
			if err := s.recount(ctx, tx, of[repository], repository); err != nil {
				return err
			}
		}
		return nil
	})
}

// saveDecisions adds what findings have now to their decisions.
func (s *Findings) saveDecisions(ctx context.Context, tx *sql.Tx, findings []int64) error {
	id := s.db.NextIDs(len(findings))
	for i, f := range findings {
		if _, err := tx.ExecContext(ctx, `
			insert into decision (id, finding_id, decided_at, decided_by, state, reason, comment, assignee, expires_at)
			select cast($1 as bigint), id, changed_at, changed_by, state, reason, comment, assignee, expires_at
			from finding
			where id = $2`, id+int64(i), f); err != nil {
			return err
		}
	}
	return nil
}

// recount recounts everything that findings of a repository count in: their branches, the repository, its project.
func (s *Findings) recount(ctx context.Context, tx *sql.Tx, findings []int64, repository int64) error {
	branches, err := db.IDs(ctx, tx, "select distinct branch_id from occurrence where "+db.In("finding_id", findings)+" order by branch_id")
	if err != nil {
		return err
	}
	for _, b := range branches {
		if err := s.status.CountBranch(ctx, tx, b); err != nil {
			return err
		}
	}
	return s.status.CountRepository(ctx, tx, repository)
}
