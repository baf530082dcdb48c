package status

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// open is the condition under which a finding f with an occurrence o counts: its triage, the reviewed texts, and the files of
// the repository leave it open. now is the database's time.
func (s *Counters) openFinding() string {
	return `f.state <> 3 and f.state <> 4 and not (f.state = 2 and (f.expires_at is null or f.expires_at > ` + s.db.Clock + `)) and o.allowed = ''
		and ` + AboveFloor() + `
		and not exists (select 1 from review r where r.text_hash = f.text_hash and f.text_hash <> '' and (r.repository_id is null or r.repository_id = f.repository_id)
			and (r.expires_at is null or r.expires_at > ` + s.db.Clock + `))`
}

// severityCounts are the numbers of distinct findings by severity, as columns.
const severityCounts = `count(distinct case when f.severity = 4 then f.id end), count(distinct case when f.severity = 3 then f.id end),
	count(distinct case when f.severity = 2 then f.id end), count(distinct case when f.severity = 1 then f.id end)`

// The counters as they follow from the rows, of the branch, the repository or the project that the statement around them is
// about: each is the value of the columns before it.
const (
	openColumns  = "(open_critical, open_high, open_medium, open_low)"
	branchColumn = "(secure, vulnerable, not_scanned, outdated, partially_scanned)"
	branchCounts = `(select count(case when status = 1 then 1 end), count(case when status = 2 then 1 end), count(case when status = 0 then 1 end), count(case when status = 4 then 1 end), count(case when status = 3 then 1 end)
		from branch where repository_id = repository.id and removed_at is null and counted)`
	queuedColumns = "(queued, best_priority)"
	queuedCounts  = "(select count(*), coalesce(min(priority), 0) from scan where repository_id = repository.id and state = 0)"
)

func (s *Counters) branchOpen() string {
	return "(select " + severityCounts + " from occurrence o join finding f on f.id = o.finding_id where o.branch_id = branch.id and " + s.openFinding() + ")"
}

func (s *Counters) repositoryOpen() string {
	return "(select " + severityCounts + " from finding f join occurrence o on o.finding_id = f.id where f.repository_id = repository.id and " + countedBranch + " and " + s.openFinding() + ")"
}

// countedBranch is the condition under which an occurrence o counts for its repository.
const countedBranch = "exists (select 1 from branch c where c.id = o.branch_id and c.counted and c.removed_at is null)"

// branchStatus is Knowledge.Status in SQL.
const branchStatus = `case when scan_id is null then 0 when open_critical + open_high + open_medium + open_low > 0 then 2
	when incomplete then 3 when scanned_commit <> head or stale_config then 4 else 1 end`

// repositoryStatus is RepositoryStatus in SQL.
const repositoryStatus = `case when vulnerable > 0 then 2 when secure + outdated + partially_scanned = 0 then 0 when not_scanned + partially_scanned > 0 then 3 when outdated > 0 then 4 else 1 end`

// CountBranch counts the open findings of a branch, and finds its status of what is known of it.
func (s *Counters) CountBranch(ctx context.Context, tx *sql.Tx, id int64) error {
	return db.Execute(ctx, tx, id, "update branch set "+openColumns+" = "+s.branchOpen()+" where id = $1", "update branch set status = "+branchStatus+" where id = $1")
}

// CountRepository counts the branches of a repository by their statuses, its open findings, and what waits in the queue, and the
// repository in its project. It comes last in a transaction.
func (s *Counters) CountRepository(ctx context.Context, tx *sql.Tx, id int64) error {
	err := db.Execute(ctx, tx, id,
		"update branch set status = "+branchStatus+" where repository_id = $1 and status <> "+branchStatus,
		"update repository set "+branchColumn+" = "+branchCounts+" where id = $1",
		"update repository set "+openColumns+" = "+s.repositoryOpen()+" where id = $1",
		"update repository set status = "+repositoryStatus+" where id = $1")
	if err != nil {
		return err
	}
	if err := s.CountQueued(ctx, tx, id); err != nil {
		return err
	}
	return s.CountInProjects(ctx, tx, []int64{id})
}

// CountQueued counts what waits for a repository.
func (s *Counters) CountQueued(ctx context.Context, tx *sql.Tx, id int64) error {
	return db.Execute(ctx, tx, id, "update repository set "+queuedColumns+" = "+queuedCounts+" where id = $1")
}

// Refresh brings the counters up to date after a change of one branch.
func (s *Counters) Refresh(ctx context.Context, tx *sql.Tx, branch int64) error {
	var repository int64
	if err := tx.QueryRowContext(ctx, "select repository_id from branch where id = $1", branch).Scan(&repository); err != nil {
		return fmt.Errorf("branch %d: %w", branch, db.Found(err))
	}
	if err := s.LockRepository(ctx, tx, repository); err != nil {
		return err
	}
	if err := s.CountBranch(ctx, tx, branch); err != nil {
		return err
	}
	return s.CountRepository(ctx, tx, repository)
}
