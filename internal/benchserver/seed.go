package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// rowsAtOnce is the number of rows per statement. SQLite searches each numbered parameter among all others, so more rows
// take longer.
const rowsAtOnce = 50

// table inserts rows in large statements.
type table struct {
	tx      *sql.Tx
	name    string
	columns int
	args    []any
	// before are the tables to which these rows refer.
	before []*table
}

func (t *table) add(ctx context.Context, row ...any) error {
	t.columns = len(row)
	t.args = append(t.args, row...)
	if len(t.args) >= rowsAtOnce*t.columns {
		return t.flush(ctx)
	}
	return nil
}

func (t *table) flush(ctx context.Context) error {
	if len(t.args) == 0 {
		return nil
	}
	for _, other := range t.before {
		if err := other.flush(ctx); err != nil {
			return err
		}
	}
	var b strings.Builder
	b.WriteString("insert into " + t.name + " values ")
	for i := range len(t.args) / t.columns {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		for c := range t.columns {
			if c > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "$%d", i*t.columns+c+1)
		}
		b.WriteByte(')')
	}
	_, err := t.tx.ExecContext(ctx, b.String(), t.args...)
	t.args = t.args[:0]
	return err
}

// seed writes the rows: every third branch has findings, which the branches of a repository share, and every fifth was never
// scanned.
func (b *bench) seed(ctx context.Context, connection int64) error {
	driver, address := "sqlite", "file:"+b.database+"?_pragma=busy_timeout(10000)&_txlock=immediate"
	if db.IsPostgres(b.database) {
		driver, address = "pgx", b.database
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	now := time.Now().UnixMilli()
	projects := table{tx: tx, name: "project (id, connection_id, key, name, personal)"}
	repositories := table{tx: tx, name: "repository (id, project_id, slug, name, location, default_branch, last_scan_at)"}
	branches := table{tx: tx, name: "branch (id, repository_id, name, head, head_at, is_default, scan_id, scanned_commit, scanned_at, result)"}
	scans := table{tx: tx, name: "scan (id, branch_id, repository_id, priority, state, force, requested_by, queued_at, started_at, ended_at, commit_hash, result)"}
	findings := table{tx: tx, name: "finding (id, repository_id, fingerprint, engine, rule, rule_name, title, severity, first_seen, last_seen, gone_at)"}
	occurrences := table{tx: tx, name: "occurrence (branch_id, finding_id, path, number, line, start_column, end_line, end_column, excerpt, commit_hash, archive, allowed, author, author_email)"}
	repositories.before, branches.before, findings.before = []*table{&projects}, []*table{&repositories}, []*table{&repositories}
	scans.before, occurrences.before = []*table{&branches}, []*table{&branches, &findings}
	flush := func() error {
		for _, t := range []*table{&scans, &occurrences} {
			if err := t.flush(ctx); err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
		}
		return nil
	}
	for p := range b.projects {
		if err := projects.add(ctx, p+1, connection, fmt.Sprintf("P%03d", p), fmt.Sprintf("Project %03d", p), p%20 == 19); err != nil {
			return err
		}
	}
	perRepository, findingsPer := b.branches/b.repositories, b.findings/b.repositories
	branch, finding := 0, 0
	for r := range b.repositories {
		if err := repositories.add(ctx, r+1, r%b.projects+1, fmt.Sprintf("repo-%05d", r), fmt.Sprintf("Repository %05d", r), "x", "main", now); err != nil {
			return err
		}
		first := finding
		for range findingsPer {
			finding++
			l := lifeOf(finding, now)
			rule := fmt.Sprintf("RULE_%02d", finding%40)
			if err := findings.add(ctx, finding, r+1, fmt.Sprintf("%032x", finding), string(engineOf(finding)), rule, "Rule "+rule[5:], "Password", finding%4+1, l.from, l.last, l.gone); err != nil {
				return err
			}
		}
		for i := range perRepository {
			branch++
			name, scanned := fmt.Sprintf("feature/branch-%03d", i), any(int64(branch))
			if i == 0 {
				name = "main"
			}
			commit := fmt.Sprintf("%040x", branch)
			head := commit
			if i%7 == 6 {
				head = fmt.Sprintf("%040x", branch+1_000_000_000)
			}
			if i%5 == 4 && i%3 != 0 {
				scanned, commit = nil, ""
			}
			result := 0
			if scanned != nil {
				result = 1
			}
			if err := branches.add(ctx, branch, r+1, name, head, now, i == 0, scanned, commit, now, result); err != nil {
				return err
			}
			if scanned != nil {
				if err := scans.add(ctx, branch, branch, r+1, 3, 2, false, "bench", now, now, now, commit, 1); err != nil {
					return err
				}
			}
			// In every other repository the default branch has all findings, and two more branches have every other one. In the
			// others each finding is in one branch, and every third branch has its share.
			at, step := 0, 1+min(i, 1)
			if r%2 == 1 {
				at, step = i/3, (perRepository+2)/3
			}
			if r%2 == 0 && i > 2 || r%2 == 1 && i%3 != 0 {
				continue
			}
			for f := first + at; f < finding; f += step {
				if isGone(f + 1) {
					continue
				}
				name := authorOf(f + 1)
				if err := occurrences.add(ctx, branch, f+1, pathOf(f+1), 1, f%500+1, 1, f%500+1, 20, "password = ••••••••", "", "", "", name, strings.ToLower(strings.ReplaceAll(name, " ", "."))+"@example.com"); err != nil {
					return err
				}
			}
		}
		if r%100 == 99 {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if err := flush(); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	return analyze(ctx, db, driver == "pgx")
}

// analyze does what PostgreSQL does by itself after a while. The server never analyzes SQLite, whose plans are those of
// tables of which nothing is known.
func analyze(ctx context.Context, db *sql.DB, postgres bool) error {
	if !postgres {
		return nil
	}
	_, err := db.ExecContext(ctx, "analyze")
	return err
}
