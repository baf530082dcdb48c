package status

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/terms"
)

// The counters as SQL expressions over the rows, for the branch, repository or project of the enclosing statement. Each
// expression is the value of the columns declared before it.
const (
	openColumns   = "(open_critical, open_high, open_medium, open_low)"
	branchColumn  = "(secure, vulnerable, not_scanned, outdated, partially_scanned)"
	queuedColumns = "(queued, best_priority)"
)

var (
	// severityCounts are the numbers of distinct findings f by severity, as openColumns.
	severityCounts = terms.Numbered(`
			count(distinct case when f.severity = :critical then f.id end),
			count(distinct case when f.severity = :high then f.id end),
			count(distinct case when f.severity = :medium then f.id end),
			count(distinct case when f.severity = :low then f.id end)`)
	branchCounts = terms.Numbered(`(
		select
			count(case when status = :secure then 1 end),
			count(case when status = :vulnerable then 1 end),
			count(case when status = :not_scanned then 1 end),
			count(case when status = :outdated then 1 end),
			count(case when status = :partially_scanned then 1 end)
		from branch
		where repository_id = repository.id and removed_at is null and counted)`)
	queuedCounts = terms.Numbered(`(
		select count(*), coalesce(min(priority), 0)
		from scan
		where repository_id = repository.id and state = :queued)`)
	// branchStatus is catalog.Knowledge.Status in SQL.
	branchStatus = terms.Numbered(`case
		when scan_id is null then :not_scanned
		when open_critical + open_high + open_medium + open_low > 0 then :vulnerable
		when incomplete then :partially_scanned
		when scanned_commit <> head or stale_config then :outdated
		else :secure end`)
	// repositoryStatus is RepositoryStatus in SQL.
	repositoryStatus = terms.Numbered(`case
		when vulnerable > 0 then :vulnerable
		when secure + outdated + partially_scanned = 0 then :not_scanned
		when not_scanned + partially_scanned > 0 then :partially_scanned
		when outdated > 0 then :outdated
		else :secure end`)
)

// branchOpen counts the open findings of a branch, as openColumns.
func (s *Counters) branchOpen() string {
	return "(select " + severityCounts + `
		from occurrence o
		join finding f on f.id = o.finding_id
		where o.branch_id = branch.id and o.allowed = '' and ` + s.Open("f") + ")"
}

// repositoryOpen counts the open findings of a repository in the branches that count for it, as openColumns.
func (s *Counters) repositoryOpen() string {
	return "(select " + severityCounts + `
		from finding f
		join occurrence o on o.finding_id = f.id
		where f.repository_id = repository.id
			and exists (select 1 from branch c where c.id = o.branch_id and c.counted and c.removed_at is null)
			and o.allowed = '' and ` + s.Open("f") + ")"
}

// findingsGone records since when no live branch has a finding of a repository; 0 if files of the repository allowed it
// everywhere, so that it never counted.
func (s *Counters) findingsGone() []string {
	const live = `exists (select 1 from occurrence o join branch b on b.id = o.branch_id where o.finding_id = finding.id and b.removed_at is null)`
	return []string{
		terms.SQL(s.db, `
		update finding set gone_at = case
			when exists (select 1 from occurrence o where o.finding_id = finding.id and o.allowed = '')
				or exists (select 1 from past_occurrence o where o.finding_id = finding.id and o.allowed = '') then :now
			else 0 end
		where repository_id = $1 and gone_at is null and not `+live),
		"update finding set gone_at = null where repository_id = $1 and gone_at is not null and " + live,
	}
}

// CountBranch counts the open findings of a branch and updates its status.
func (s *Counters) CountBranch(ctx context.Context, tx *sql.Tx, id int64) error {
	return db.Execute(ctx, tx, id, "update branch set "+openColumns+" = "+s.branchOpen()+" where id = $1", "update branch set status = "+branchStatus+" where id = $1")
}

// CountRepository counts a repository's branches by status, its open findings, their lives and its queued scans, records
// which of its findings are gone and who uses which packages, and updates its project. Call it last in a transaction.
func (s *Counters) CountRepository(ctx context.Context, tx *sql.Tx, id int64) error {
	err := db.Execute(ctx, tx, id, append(s.findingsGone(),
		"update branch set status = "+branchStatus+" where repository_id = $1 and status <> "+branchStatus,
		"update repository set "+branchColumn+" = "+branchCounts+" where id = $1",
		"update repository set "+openColumns+" = "+s.repositoryOpen()+" where id = $1",
		"update repository set status = "+repositoryStatus+" where id = $1")...)
	if err != nil {
		return err
	}
	if err := s.countUses(ctx, tx, id); err != nil {
		return err
	}
	if err := s.countLives(ctx, tx, []int64{id}); err != nil {
		return err
	}
	if err := s.CountQueued(ctx, tx, id); err != nil {
		return err
	}
	return s.CountInProjects(ctx, tx, []int64{id})
}

// CountQueued counts the queued scans of a repository.
func (s *Counters) CountQueued(ctx context.Context, tx *sql.Tx, id int64) error {
	return db.Execute(ctx, tx, id, "update repository set "+queuedColumns+" = "+queuedCounts+" where id = $1")
}

// Refresh updates the counters after a change of one branch.
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
