package findings

import (
	"context"
	"database/sql"
	"errors"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/terms"
	"github.com/sluice-scan/sluice/scan"
)

// spot is the place of a finding in a branch.
type spot struct {
	finding int64
	path    string
	number  int
}

// row is what an occurrence stores about its place.
type row struct {
	line, startColumn, endLine, endColumn int
	excerpt, commit, archive, allowed     string
	related, flow                         string
}

// rowColumns are the columns of a row within a T.
func rowColumns[T any](of func(t *T) *row) db.Columns[T] {
	return db.Columns[T]{
		{SQL: "line", Into: func(t *T) any { return &of(t).line }},
		{SQL: "start_column", Into: func(t *T) any { return &of(t).startColumn }},
		{SQL: "end_line", Into: func(t *T) any { return &of(t).endLine }},
		{SQL: "end_column", Into: func(t *T) any { return &of(t).endColumn }},
		{SQL: "excerpt", Into: func(t *T) any { return &of(t).excerpt }},
		{SQL: "commit_hash", Into: func(t *T) any { return &of(t).commit }},
		{SQL: "archive", Into: func(t *T) any { return &of(t).archive }},
		{SQL: "allowed", Into: func(t *T) any { return &of(t).allowed }},
		{SQL: "related", Into: func(t *T) any { return &of(t).related }},
		{SQL: "flow", Into: func(t *T) any { return &of(t).flow }},
	}
}

// rowNames are the column names of a row.
var rowNames = rowColumns(func(r *row) *row { return r }).SQL()

// placed is a row at its spot.
type placed struct {
	spot
	row
}

var placedColumns = append(db.Columns[placed]{
	{SQL: "finding_id", Into: func(p *placed) any { return &p.finding }},
	{SQL: "path", Into: func(p *placed) any { return &p.path }},
	{SQL: "number", Into: func(p *placed) any { return &p.number }},
}, rowColumns(func(p *placed) *row { return &p.row })...)

// rowOf returns the row for a finding as the store has it.
func rowOf(f *scan.Finding) row {
	r := row{f.StartLine, f.StartColumn, f.EndLine, f.EndColumn, db.ValidText(f.Excerpt), f.Commit, db.ValidText(f.Archive), "", db.ValidText(f.Related), flowText(f.Flow)}
	if f.Suppression != nil {
		r.allowed = f.Suppression.Kind
		if f.Suppression.Reason != "" {
			r.allowed += ": " + f.Suppression.Reason
		}
		r.allowed = db.ValidText(r.allowed)
	}
	return r
}

// sharedNames are the columns that occurrence and past_occurrence share, except for the numbers of results.
var sharedNames = "branch_id, finding_id, path, number, " + rowNames + ", origin_commit, author, author_email, origin_at"

// saveResult stores what was found in a branch. Unchanged rows stay as they are. What is no longer found, or found with
// other facts, moves to the past, so that the results of earlier scans remain available.
func (s *Findings) saveResult(ctx context.Context, tx *sql.Tx, j *queue.Job, o *Outcome) (err error) {
	before := map[spot]row{}
	if err := placedColumns.Each(ctx, tx, `
		from occurrence
		where branch_id = $1`, []any{j.BranchID}, func(p *placed) error {
		before[p.spot] = p.row
		return nil
	}); err != nil {
		return err
	}
	saved, err := s.findingsOf(ctx, tx, j.BranchID)
	if err != nil {
		return err
	}
	result := 0
	if err := tx.QueryRowContext(ctx, `
		update branch set result = result + 1
		where id = $1
		returning result`, j.BranchID).Scan(&result); err != nil {
		return err
	}
	write := db.Prepare(tx)
	defer func() { err = errors.Join(err, write.Close()) }()
	had, has := map[int64]bool{}, map[int64]bool{}
	for p := range before {
		had[p.finding] = true
	}
	ids, seen := map[string]int64{}, map[spot]bool{}
	found := searched{map[string]bool{}, map[person]bool{}}
	var still []int64
	for i := range o.Findings {
		f := &o.Findings[i]
		id, ok := ids[f.Fingerprint]
		if !ok {
			x := factsOf(f, o.RuleNames[f.RuleID], o.Hash)
			if old, ok := saved[f.Fingerprint]; ok && old.facts == x {
				id = old.id
				still = append(still, id)
			} else if id, err = s.saveFinding(ctx, write, j.Repository, f, &x); err != nil {
				return err
			}
			ids[f.Fingerprint] = id
		}
		has[id] = true
		p := spot{id, db.ValidText(f.Path), f.Occurrence}
		if seen[p] {
			continue
		}
		seen[p] = true
		r := rowOf(f)
		old, known := before[p]
		delete(before, p)
		if known && old == r {
			continue
		}
		if known {
			if err := s.toPast(ctx, write, j.BranchID, p, result); err != nil {
				return err
			}
		}
		if err := s.insertOccurrence(ctx, write, j.BranchID, p, &r, o.Origins[i], result); err != nil {
			return err
		}
		found.add(p.path, db.ValidText(o.Origins[i].Author), db.ValidText(o.Origins[i].Email))
	}
	if err := found.save(ctx, tx, s.db); err != nil {
		return err
	}
	for p := range before {
		if o.Unread[p.path] {
			// A file that was not read may still contain the finding.
			has[p.finding] = true
			continue
		}
		if err := s.toPast(ctx, write, j.BranchID, p, result); err != nil {
			return err
		}
	}
	if err := s.sawFindings(ctx, tx, still); err != nil {
		return err
	}
	return s.saveScan(ctx, tx, j, o, result, without(has, had), without(had, has))
}

// without counts the elements of a that are not in b.
func without(a, b map[int64]bool) (n int) {
	for id := range a {
		if !b[id] {
			n++
		}
	}
	return n
}

// The SQL that runs for every occurrence is built once.
var (
	insertText = `
		insert into occurrence (` + sharedNames + `, since_result)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`
	keepText = `
		insert into past_occurrence (` + sharedNames + `, since_result, until_result)
		select ` + sharedNames + ", since_result, $5" + fromSpot
)

// fromSpot selects one occurrence by its spot.
const fromSpot = `
		from occurrence
		where branch_id = $1 and finding_id = $2 and path = $3 and number = $4`

func (s *Findings) insertOccurrence(ctx context.Context, tx *db.Prepared, branch int64, p spot, r *row, from Origin, result int) error {
	return tx.Exec(ctx, insertText,
		branch, p.finding, p.path, p.number, r.line, r.startColumn, r.endLine, r.endColumn, r.excerpt, r.commit, r.archive, r.allowed, r.related, r.flow,
		from.Commit, db.ValidText(from.Author), db.ValidText(from.Email), db.NullTime(from.At), result)
}

// toPast moves an occurrence to the past that a result does not have unchanged.
func (s *Findings) toPast(ctx context.Context, tx *db.Prepared, branch int64, p spot, result int) error {
	if err := tx.Exec(ctx, keepText, branch, p.finding, p.path, p.number, result); err != nil {
		return err
	}
	return tx.Exec(ctx, "delete"+fromSpot, branch, p.finding, p.path, p.number)
}

// saveScan stores a result in the branch, the scan and the repository.
func (s *Findings) saveScan(ctx context.Context, tx *sql.Tx, j *queue.Job, o *Outcome, result, appeared, vanished int) error {
	if o.RulesAt != "" {
		if _, err := s.policy.SetRulesFileIn(ctx, tx, j.Repository, o.RulesAt, o.RulesFile); err != nil {
			return err
		}
	}
	// While the scan ran, the rules may have changed and the head may have moved. Then the result is at least one commit
	// behind; the exact number is found out later.
	if _, err := tx.ExecContext(ctx, terms.SQL(s.db, `
		update branch set
			scan_id = $2,
			scanned_commit = $3,
			scanned_config = $4,
			scanned_at = :now,
			rewritten = false,
			stale_config = false,
			commits_behind = case when head = $3 then 0 end,
			packages = $5,
			unchecked = $6,
			advisories_at = $7,
			incomplete = $8
		where id = $1`),
		j.BranchID, j.ID, o.Commit, o.Config, o.Dependencies.Packages, o.Dependencies.Unchecked, db.NullTime(o.Dependencies.Advisories), len(o.Incomplete) > 0); err != nil {
		return err
	}
	if err := s.policy.CompareRules(ctx, tx, "id = $4", j.BranchID); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `
		update scan set
			commit_hash = $2,
			config = $3,
			findings = $4,
			result = $5,
			appeared = $6,
			vanished = $7,
			warning = $8,
			incomplete = $9
		where id = $1`,
		j.ID, o.Commit, o.Config, len(o.Findings), result, appeared, vanished, db.AsLines(o.Warnings), db.AsLines(o.Incomplete)); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, terms.SQL(s.db, "update repository set last_scan_at = :now where id = $1"), j.Repository); err != nil {
		return err
	}
	if !o.PackagesKnown {
		return s.dependencies.Forget(ctx, tx, j.BranchID)
	}
	return s.dependencies.Save(ctx, tx, j.Repository, j.BranchID, o.Packages, o.Findings)
}
