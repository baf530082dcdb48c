package queue

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/store/terms"
)

// Scope is what a request covers: the instance if all fields are empty, else a project, a repository or a branch.
type Scope struct {
	ProjectID, RepositoryID, BranchID int64
	// Branches are several branches; nil if the other fields define the scope.
	Branches []int64
	// Visible restricts a project or the instance to what the caller may see; nil restricts nothing.
	Visible *scope.Visible
}

// Request asks for scans.
type Request struct {
	Scope Scope
	// Name names the scope for people: "Payments / api".
	Name string
	// Outdated leaves out branches whose results are up to date.
	Outdated bool
	// Dependent leaves out branches whose last result has no dependencies.
	Dependent bool
	// Force scans a branch even if its results are up to date.
	Force    bool
	Priority Priority
	By       string
	// Mail are the addresses to notify when all scans have ended, without duplicates.
	Mail []string
}

// Enqueued is the outcome of a request.
type Enqueued struct {
	// Batch is the id of the batch.
	Batch int64
	// Scheduled scans are new in the queue. Merged scans waited there already. Skipped branches are up to date or are being
	// scanned at this commit.
	Scheduled, Merged, Skipped int
	// Scan is the id of the scan if the scope is one branch: scheduled, merged or running; 0 if skipped.
	Scan int64
}

// condition returns the branches of a scope as a condition on branch b, with its arguments, which are numbered from n.
func (sc Scope) condition(n int) (string, []any) {
	switch {
	case sc.Branches != nil:
		return db.In("b.id", sc.Branches), nil
	case sc.BranchID != 0:
		return fmt.Sprintf("b.id = $%d", n), []any{sc.BranchID}
	case sc.RepositoryID != 0:
		return fmt.Sprintf("b.repository_id = $%d", n), []any{sc.RepositoryID}
	case sc.ProjectID != 0:
		return fmt.Sprintf("b.repository_id in (select id from repository where project_id = $%d and %s)", n, sc.visible()), []any{sc.ProjectID}
	case sc.Visible != nil && !sc.Visible.All:
		return "b.repository_id in (select id from repository where " + sc.visible() + ")", nil
	}
	return "true", nil
}

func (sc Scope) visible() string {
	if sc.Visible == nil {
		return "true"
	}
	return sc.Visible.Condition("id", "project_id")
}

// stale is the condition under which a branch has no result that covers all of its head.
const stale = "(b.scan_id is null or b.scanned_commit <> b.head or b.stale_config or b.incomplete)"

// running is the condition under which a branch is already being scanned at its head by the current rules.
var runningAtHead = terms.Numbered("exists (select 1 from scan x where x.branch_id = b.id and x.state = :running and x.commit_hash = b.head)")

// Enqueue queues scans of the branches of a scope in one set-based change. Each branch has at most one queued and one
// running scan. A scan that is already queued gets the better priority and the mail. A scan that is running at the
// branch's head joins the batch, unless Force is set.
func (s *Queue) Enqueue(ctx context.Context, r Request) (done Enqueued, err error) {
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		done, err = s.EnqueueIn(ctx, tx, &r)
		return err
	})
	return done, err
}

// EnqueueIn is Enqueue within a transaction.
func (s *Queue) EnqueueIn(ctx context.Context, tx *sql.Tx, r *Request) (done Enqueued, err error) {
	done = Enqueued{Batch: s.db.NextIDs(1)}
	where, args := r.Scope.condition(1)
	from := `
		from branch b
		where b.removed_at is null and ` + where
	if r.Dependent {
		from += " and b.packages > 0"
	}
	if s.db.Postgres {
		// Lock repositories before their scans, in the order that all transactions use.
		if _, err := tx.ExecContext(ctx, `
			select 1
			from repository
			where id in (select b.repository_id`+from+`)
			order by id
			for no key update`, args...); err != nil {
			return done, err
		}
	}
	total := 0
	if err := tx.QueryRowContext(ctx, "select count(*)"+from, args...).Scan(&total); err != nil {
		return done, err
	}
	wanted := ""
	if !r.Force {
		wanted = " and " + stale + " and not " + runningAtHead
	}
	n := len(args)
	merged, err := tx.ExecContext(ctx, terms.SQL(s.db, fmt.Sprintf(`
		update scan set
			priority = case when priority < $%[1]d then priority else $%[1]d end,
			force = force or $%[2]d
		where state = :queued and branch_id in (select b.id`, n+1, n+2)+from+wanted+")"), append(slices.Clone(args), r.Priority, r.Force)...)
	if err != nil {
		return done, err
	}
	first := s.db.NextIDs(max(total, 1))
	inserted, err := tx.ExecContext(ctx, terms.SQL(s.db, fmt.Sprintf(`
		insert into scan (id, branch_id, repository_id, priority, force, requested_by, queued_at)
		select $%d + row_number() over (order by b.repository_id, b.is_default desc, b.id) - 1, b.id, b.repository_id, $%d, $%d, $%d, :now`, n+1, n+2, n+3, n+4)+
		from+wanted+`
			and not exists (select 1 from scan x where x.branch_id = b.id and x.state = :queued)
		on conflict do nothing`),
		append(slices.Clone(args), first, r.Priority, r.Force, r.By)...)
	if err != nil {
		return done, err
	}
	if done.Merged, err = db.Affected(merged); err != nil {
		return done, err
	}
	if done.Scheduled, err = db.Affected(inserted); err != nil {
		return done, err
	}
	done.Skipped = total - done.Merged - done.Scheduled
	if err := s.addBatch(ctx, tx, r, &done, from, args); err != nil {
		return done, err
	}
	if r.Scope.BranchID != 0 {
		err := tx.QueryRowContext(ctx, terms.SQL(s.db, `
			select id
			from scan
			where branch_id = $1 and state <= :running
			order by state
			limit 1`), r.Scope.BranchID).Scan(&done.Scan)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return done, err
		}
	}
	return done, s.countAllQueued(ctx, tx, done.Scheduled, from, args)
}

// manyScans is the number of new scans from which PostgreSQL is told to analyze the table again. With its old statistics
// it would read the whole queue for each repository.
const manyScans = 10_000

// countAllQueued counts the queued scans of the repositories of some branches, in one pass.
func (s *Queue) countAllQueued(ctx context.Context, tx *sql.Tx, scheduled int, from string, args []any) error {
	if s.db.Postgres && scheduled >= manyScans {
		if _, err := tx.ExecContext(ctx, "analyze scan"); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, terms.SQL(s.db, `
		update repository set queued = q.n, best_priority = q.p
		from (
			select repository_id, count(*) as n, min(priority) as p
			from scan
			where state = :queued and repository_id in (select b.repository_id`+from+`)
			group by repository_id) q
		where q.repository_id = repository.id`), args...)
	return err
}

// addBatch stores the batch, its scans, and the addresses to notify.
func (s *Queue) addBatch(ctx context.Context, tx *sql.Tx, r *Request, done *Enqueued, from string, args []any) error {
	mode := "rescan"
	if r.Outdated {
		mode = "outdated"
	}
	if _, err := tx.ExecContext(ctx, terms.SQL(s.db, `
		insert into batch (id, scope, mode, requested_by, created_at, scheduled, merged)
		values ($1, $2, $3, $4, :now, $5, $6)`),
		done.Batch, r.Name, mode, r.By, done.Scheduled, done.Merged); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, address := range r.Mail {
		if key := strings.ToLower(address); !seen[key] {
			seen[key] = true
			if _, err := tx.ExecContext(ctx, "insert into batch_mail (batch_id, address) values ($1, $2)", done.Batch, address); err != nil {
				return err
			}
		}
	}
	members, err := tx.ExecContext(ctx, terms.SQL(s.db, fmt.Sprintf(`
		insert into batch_scan (batch_id, scan_id)
		select cast($%d as bigint), id
		from scan
		where state <= :running and branch_id in (select b.id`, len(args)+1)+from+")"),
		append(slices.Clone(args), done.Batch)...)
	if err != nil {
		return err
	}
	n, err := db.Affected(members)
	if err == nil && n > 0 {
		err = s.addChannels(ctx, tx, done.Batch)
	}
	if err != nil || n > 0 {
		return err
	}
	// No scan is left whose end could end the batch.
	_, err = tx.ExecContext(ctx, terms.SQL(s.db, "update batch set finished_at = :now where id = $1"), done.Batch)
	return err
}
