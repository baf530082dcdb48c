package store

import (
	"context"
	"database/sql"
	"fmt"
)

// open is the condition under which a finding f with an occurrence o counts: its triage, the reviewed texts, and the files of
// the repository leave it open. now is the database's time.
func (s *Store) openFinding() string {
	return `f.state <> 3 and f.state <> 4 and not (f.state = 2 and (f.expires_at is null or f.expires_at > ` + s.now + `)) and o.allowed = ''
		and ` + aboveFloor + `
		and not exists (select 1 from review r where r.text_hash = f.text_hash and f.text_hash <> '' and (r.repository_id is null or r.repository_id = f.repository_id)
			and (r.expires_at is null or r.expires_at > ` + s.now + `))`
}

// severityCounts are the numbers of distinct findings by severity, as columns.
const severityCounts = `count(distinct case when f.severity = 4 then f.id end), count(distinct case when f.severity = 3 then f.id end),
	count(distinct case when f.severity = 2 then f.id end), count(distinct case when f.severity = 1 then f.id end)`

// countBranch counts the open findings of a branch, and finds its status of what is known of it.
func (s *Store) countBranch(ctx context.Context, tx *sql.Tx, id int64) error {
	_, err := tx.ExecContext(ctx, `update branch set (open_critical, open_high, open_medium, open_low) = (
		select `+severityCounts+` from occurrence o join finding f on f.id = o.finding_id where o.branch_id = branch.id and `+s.openFinding()+`) where id = $1`, id)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "update branch set status = "+branchStatus+" where id = $1", id)
	return err
}

// countedBranch is the condition under which an occurrence o counts for its repository.
const countedBranch = "exists (select 1 from branch c where c.id = o.branch_id and c.counted)"

// branchStatus is Knowledge.Status in SQL.
const branchStatus = `case when scan_id is null then 0 when open_critical + open_high + open_medium + open_low > 0 then 2
	when scanned_commit <> head or stale_config then 4 else 1 end`

// countRepository counts the branches of a repository by their statuses, its open findings, and what waits in the queue.
func (s *Store) countRepository(ctx context.Context, tx *sql.Tx, id int64) error {
	if _, err := tx.ExecContext(ctx, "update branch set status = "+branchStatus+" where repository_id = $1 and status <> "+branchStatus, id); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `update repository set (secure, vulnerable, not_scanned, outdated) = (
		select count(case when status = 1 then 1 end), count(case when status = 2 then 1 end), count(case when status = 0 then 1 end), count(case when status = 4 then 1 end)
		from branch where repository_id = repository.id and removed_at is null and counted) where id = $1`, id)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `update repository set (open_critical, open_high, open_medium, open_low) = (
		select `+severityCounts+` from finding f join occurrence o on o.finding_id = f.id where f.repository_id = repository.id and `+countedBranch+` and `+s.openFinding()+`) where id = $1`, id)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "update repository set status = "+repositoryStatus+" where id = $1", id)
	if err != nil {
		return err
	}
	return s.countQueued(ctx, tx, id)
}

// repositoryStatus is RepositoryStatus in SQL.
const repositoryStatus = `case when vulnerable > 0 then 2 when secure + outdated = 0 then 0 when not_scanned > 0 then 3 when outdated > 0 then 4 else 1 end`

// countQueued counts what waits for a repository.
func (s *Store) countQueued(ctx context.Context, tx *sql.Tx, id int64) error {
	_, err := tx.ExecContext(ctx, `update repository set (queued, best_priority) = (
		select count(*), coalesce(min(priority), 0) from scan where repository_id = repository.id and state = 0) where id = $1`, id)
	return err
}

// countProject counts the repositories of a project by their statuses.
func (s *Store) countProject(ctx context.Context, tx *sql.Tx, id int64) error {
	_, err := tx.ExecContext(ctx, `update project set (secure, vulnerable, not_scanned, partially_scanned, outdated, empty) = (select `+repositoryCounts("")+`
		from repository where project_id = project.id and removed_at is null) where id = $1`, id)
	return err
}

// repositoryCounts counts repositories with branches by status, and those without; prefix is that of their columns.
func repositoryCounts(prefix string) string {
	branches := fmt.Sprintf("%[1]ssecure + %[1]svulnerable + %[1]snot_scanned + %[1]soutdated", prefix)
	return fmt.Sprintf(`count(case when %[1]sstatus = 1 then 1 end), count(case when %[1]sstatus = 2 then 1 end), count(case when %[1]sstatus = 0 and %[2]s > 0 then 1 end),
		count(case when %[1]sstatus = 3 then 1 end), count(case when %[1]sstatus = 4 then 1 end), count(case when %[2]s = 0 then 1 end)`, prefix, branches)
}

// refresh brings the counters up to date after a change of one branch.
func (s *Store) refresh(ctx context.Context, tx *sql.Tx, branch int64) error {
	var repository, project int64
	err := tx.QueryRowContext(ctx, "select r.id, r.project_id from branch b join repository r on r.id = b.repository_id where b.id = $1", branch).Scan(&repository, &project)
	if err != nil {
		return fmt.Errorf("branch %d: %w", branch, found(err))
	}
	if err := s.lockRepository(ctx, tx, repository); err != nil {
		return err
	}
	if err := s.countBranch(ctx, tx, branch); err != nil {
		return err
	}
	if err := s.countRepository(ctx, tx, repository); err != nil {
		return err
	}
	return s.lockedProject(ctx, tx, project)
}

// lockRepository makes other transactions that count the repository wait, so that each counts what the one before wrote.
// SQLite has one writer anyway. The lock leaves room for the checks of foreign keys, which take a share of the row: two
// transactions that had such a share each would wait for each other.
func (s *Store) lockRepository(ctx context.Context, tx *sql.Tx, id int64) error {
	if !s.postgres {
		return nil
	}
	_, err := tx.ExecContext(ctx, "select 1 from repository where id = $1 for no key update", id)
	return err
}

func (s *Store) lockedProject(ctx context.Context, tx *sql.Tx, id int64) error {
	if s.postgres {
		if _, err := tx.ExecContext(ctx, "select 1 from project where id = $1 for no key update", id); err != nil {
			return err
		}
	}
	return s.countProject(ctx, tx, id)
}

// Recompute counts everything anew, repository by repository, and returns how many rows were wrong: what a transaction
// missed, or an entry whose acceptance has expired.
func (s *Store) Recompute(ctx context.Context) (repaired int, err error) {
	var repositories, projects []int64
	list := func(query string, into *[]int64) error {
		return each(ctx, s.read, query, nil, func(row *sql.Rows) error {
			var id int64
			err := row.Scan(&id)
			*into = append(*into, id)
			return err
		})
	}
	if err := list("select id from repository", &repositories); err != nil {
		return 0, err
	}
	if err := list("select id from project", &projects); err != nil {
		return 0, err
	}
	for _, id := range repositories {
		n := 0
		if err := s.tx(ctx, func(tx *sql.Tx) (err error) { n, err = s.recount(ctx, tx, id); return err }); err != nil {
			return repaired, err
		}
		repaired += n
	}
	for _, id := range projects {
		if err := s.tx(ctx, func(tx *sql.Tx) error {
			before, err := s.row(ctx, tx, projectRow, id)
			if err != nil {
				return err
			}
			if err := s.lockedProject(ctx, tx, id); err != nil {
				return err
			}
			after, err := s.row(ctx, tx, projectRow, id)
			if before != after {
				repaired++
			}
			return err
		}); err != nil {
			return repaired, err
		}
	}
	return repaired, nil
}

const (
	projectRow    = "select secure || ' ' || vulnerable || ' ' || not_scanned || ' ' || partially_scanned || ' ' || outdated || ' ' || empty from project where id = $1"
	repositoryRow = "select status || ' ' || secure || ' ' || vulnerable || ' ' || not_scanned || ' ' || outdated || ' ' || open_critical || ' ' || open_high || ' ' || open_medium || ' ' || open_low || ' ' || queued || ' ' || best_priority from repository where id = $1"
	branchRow     = "select status || ' ' || open_critical || ' ' || open_high || ' ' || open_medium || ' ' || open_low from branch where id = $1"
)

func (s *Store) row(ctx context.Context, q querier, query string, id int64) (text string, err error) {
	return text, q.QueryRowContext(ctx, query, id).Scan(&text)
}

// recount counts one repository and its branches, and returns how many of them were wrong.
func (s *Store) recount(ctx context.Context, tx *sql.Tx, id int64) (wrong int, err error) {
	if err := s.lockRepository(ctx, tx, id); err != nil {
		return 0, err
	}
	branches, err := column(ctx, tx, "select id from branch where repository_id = $1", id)
	if err != nil {
		return 0, err
	}
	check := func(query string, id int64, count func() error) error {
		before, err := s.row(ctx, tx, query, id)
		if err != nil {
			return err
		}
		if err := count(); err != nil {
			return err
		}
		after, err := s.row(ctx, tx, query, id)
		if before != after {
			wrong++
		}
		return err
	}
	for _, b := range branches {
		if err := check(branchRow, b, func() error { return s.countBranch(ctx, tx, b) }); err != nil {
			return wrong, err
		}
	}
	return wrong, check(repositoryRow, id, func() error { return s.countRepository(ctx, tx, id) })
}
