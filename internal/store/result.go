package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/sluice-scan/sluice/scan"
)

// Outcome is how a scan ended.
type Outcome struct {
	State State
	// Reason is why it failed or was dropped, for people; it never holds text of the repository.
	Reason string
	// Retry puts a failed scan back into the queue, after a while, as long as it has attempts left.
	Retry time.Duration
	// Commit and Config are what was scanned, and by which rules; Findings what was found. They count for Succeeded only.
	Commit, Config string
	Findings       []scan.Finding
	// Hash gives the keyed hash of a secret's text.
	Hash func(secret string) string
}

// Finish ends a scan, once: ErrLost is returned when it belongs to another worker by now, and nothing is changed. The result,
// the statuses and the counters change in one transaction.
func (s *Store) Finish(ctx context.Context, j *Job, o *Outcome) error {
	return s.tx(ctx, func(tx *sql.Tx) error {
		if err := s.lockPolicy(ctx, tx, false); err != nil {
			return err
		}
		if err := s.lockRepository(ctx, tx, j.Repository); err != nil {
			return err
		}
		var removed bool
		err := tx.QueryRowContext(ctx, "select b.removed_at is not null from scan s join branch b on b.id = s.branch_id where s.id = $1 and s.generation = $2 and s.state = 1", j.ID, j.Generation).Scan(&removed)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrLost
		}
		if err != nil {
			return err
		}
		switch {
		case removed:
			return s.end(ctx, tx, j.ID, j.BranchID, Dropped, "the branch is gone")
		case o.State == Failed && o.Retry > 0 && j.Attempt < maxAttempts:
			if err := s.giveBack(ctx, tx, j.ID, o.Reason); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, "update scan set not_before = "+s.now+" + $2 where id = $1", j.ID, o.Retry.Milliseconds())
			return err
		case o.State != Succeeded:
			if err := s.end(ctx, tx, j.ID, j.BranchID, o.State, o.Reason); err != nil {
				return err
			}
			return s.refresh(ctx, tx, j.BranchID)
		}
		if err := s.saveResult(ctx, tx, j, o); err != nil {
			return fmt.Errorf("save the result: %w", err)
		}
		if err := s.end(ctx, tx, j.ID, j.BranchID, Succeeded, ""); err != nil {
			return err
		}
		return s.refresh(ctx, tx, j.BranchID)
	})
}

// saveResult replaces what was found in a branch.
func (s *Store) saveResult(ctx context.Context, tx *sql.Tx, j *Job, o *Outcome) error {
	if _, err := tx.ExecContext(ctx, "delete from occurrence where branch_id = $1", j.BranchID); err != nil {
		return err
	}
	ids := map[string]int64{}
	for i := range o.Findings {
		f := &o.Findings[i]
		id, ok := ids[f.Fingerprint]
		if !ok {
			var err error
			if id, err = s.saveFinding(ctx, tx, j.Repository, f, o.Hash); err != nil {
				return err
			}
			ids[f.Fingerprint] = id
		}
		allowed := ""
		if f.Suppression != nil {
			allowed = f.Suppression.Kind
			if f.Suppression.Reason != "" {
				allowed += ": " + f.Suppression.Reason
			}
		}
		if _, err := tx.ExecContext(ctx, `insert into occurrence (branch_id, finding_id, path, number, line, start_column, end_line, end_column, excerpt, commit_hash, archive, allowed)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict do nothing`,
			j.BranchID, id, validText(f.Path), f.Occurrence, f.StartLine, f.StartColumn, f.EndLine, f.EndColumn, validText(f.Excerpt), f.Commit, validText(f.Archive), validText(allowed)); err != nil {
			return err
		}
	}
	// The rules may have changed while the scan ran, and the head may have moved: then the result is one commit or more behind, by how many is found out later.
	_, err := tx.ExecContext(ctx, `update branch set scan_id = $2, scanned_commit = $3, scanned_config = $4, scanned_at = `+s.now+`, rewritten = false,
		stale_config = exists (select 1 from setting where key = '`+rulesSetting+`' and value <> substr($4, 1, 16)),
		commits_behind = case when head = $3 then 0 end where id = $1`, j.BranchID, j.ID, o.Commit, o.Config)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "update scan set commit_hash = $2, config = $3, findings = $4 where id = $1", j.ID, o.Commit, o.Config, len(o.Findings)); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "update repository set last_scan_at = "+s.now+" where id = $1", j.Repository)
	return err
}

// saveFinding stores a finding once for a repository; what people decided about it stays.
func (s *Store) saveFinding(ctx context.Context, tx *sql.Tx, repository int64, f *scan.Finding, hash func(string) string) (id int64, err error) {
	text := ""
	if !f.Secret.Empty() && hash != nil {
		text = hash(f.Secret.Reveal())
	}
	pkg, version, fixed, advisories := "", "", "", ""
	if d := f.Dependency; d != nil {
		pkg, version, fixed = d.Package.Name, d.Package.Version, d.Fix
		for i, id := range d.IDs {
			if i > 0 {
				advisories += " "
			}
			advisories += id
		}
	}
	err = tx.QueryRowContext(ctx, `insert into finding (id, repository_id, fingerprint, engine, rule, title, severity, text_hash, package, version, fixed_version, advisories, link, first_seen, last_seen)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, `+s.now+`, `+s.now+`)
		on conflict (repository_id, fingerprint) do update set rule = excluded.rule, title = excluded.title, severity = excluded.severity, text_hash = excluded.text_hash,
			package = excluded.package, version = excluded.version, fixed_version = excluded.fixed_version, advisories = excluded.advisories, link = excluded.link, last_seen = excluded.last_seen
		returning id`, s.ids.next(1), repository, f.Fingerprint, string(f.Engine), f.RuleID, validText(f.Title), int(f.Severity), text,
		validText(pkg), validText(version), fixed, advisories, f.Link).Scan(&id)
	return id, err
}
