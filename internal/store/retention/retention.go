package retention

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/store/terms"
	"github.com/sluice-scan/sluice/internal/store/trends"
)

// purgeChunk limits what one transaction of a purge removes, so that it blocks nobody for long.
const purgeChunk = 500

// Purged counts what a purge removed.
type Purged struct {
	Results, Branches, Repositories, Findings, Scans, Mails, Events, Snapshots int
}

// String lists what was removed; empty if nothing was.
func (p *Purged) String() string {
	var words []string
	for _, x := range []struct {
		n    int
		what string
	}{
		{p.Results, "entries of old results"}, {p.Branches, "removed branches"}, {p.Repositories, "removed repositories"}, {p.Findings, "findings that no branch has any more"},
		{p.Scans, "ended scans"}, {p.Mails, "mails, sent or given up"}, {p.Events, "entries of the audit log"}, {p.Snapshots, "days of trends"},
	} {
		if x.n > 0 {
			words = append(words, fmt.Sprintf("%d %s", x.n, x.what))
		}
	}
	return strings.Join(words, ", ")
}

// purge removes the rows that a query with one argument finds, in chunks. In each statement {column} stands for the
// condition that the column is one of the ids found. It returns the number of rows of the last statement.
func (s *Retention) purge(ctx context.Context, removed *int, query string, arg int64, statements ...string) error {
	for {
		found := 0
		err := s.db.Tx(ctx, func(tx *sql.Tx) error {
			ids, err := db.IDs(ctx, tx, query+" limit $2", arg, purgeChunk)
			found = len(ids)
			if err != nil || found == 0 {
				return err
			}
			n := 0
			for _, statement := range statements {
				before, rest, _ := strings.Cut(statement, "{")
				name, after, _ := strings.Cut(rest, "}")
				done, err := tx.ExecContext(ctx, before+db.In(name, ids)+after)
				if err != nil {
					return err
				}
				if n, err = db.Affected(done); err != nil {
					return err
				}
			}
			*removed += n
			return nil
		})
		if err != nil || found < purgeChunk {
			return err
		}
	}
}

// The scopes of the purged repositories and projects, without those that now name a live one of another connection.
const (
	repositoryScopes = `
		select p.key || '/' || r.slug
		from repository r
		join project p on p.id = r.project_id
		where {r.id} and not exists (
			select 1
			from repository o
			join project q on q.id = o.project_id
			where q.key = p.key and o.slug = r.slug and o.removed_at is null)`
	projectScopes = `
		select p.key
		from project p
		where {p.id} and not exists (
			select 1
			from project o
			where o.key = p.key and o.removed_at is null)`
)

// Purge removes what is older than the settings allow. It consists of many small transactions. If it is interrupted, it
// continues the next day.
func (s *Retention) Purge(ctx context.Context, now time.Time) (p Purged, err error) {
	before := func(k *settings.Known) int64 {
		if err != nil {
			return 0
		}
		var days int
		days, err = s.settings.Int(ctx, k)
		return now.AddDate(0, 0, -days).UnixMilli()
	}
	results, removed, findings, scans := before(settings.KeepResultDays), before(settings.KeepRemovedDays), before(settings.KeepFindingDays), before(settings.KeepScanDays)
	mails, events, snapshots := before(settings.KeepMailDays), before(settings.KeepAuditDays), before(settings.KeepTrendDays)
	if err != nil {
		return p, err
	}
	if err := s.purgeResults(ctx, &p, results); err != nil {
		return p, err
	}
	for _, step := range []struct {
		removed    *int
		query      string
		arg        int64
		statements []string
	}{
		{&p.Branches, "select id from branch where removed_at < $1", removed, []string{
			"delete from batch_scan where scan_id in (select id from scan where {branch_id})", "delete from scan where {branch_id}", "delete from occurrence where {branch_id}",
			"delete from past_occurrence where {branch_id}", "delete from branch where {id}",
		}},
		{&p.Repositories, `
			select id
			from repository r
			where removed_at < $1 and not exists (select 1 from branch b where b.repository_id = r.id)`, removed, []string{
			"delete from decision where finding_id in (select id from finding where {repository_id})",
			"delete from package_use where {repository_id}", "delete from dependency where inventory_id in (select id from inventory where {repository_id})", "delete from inventory where {repository_id}",
			"delete from finding where {repository_id}", "delete from review where {repository_id}", "delete from snapshot where {repository_id}", "delete from life where {repository_id}",
			"delete from hook_setting where scope in (" + repositoryScopes + ")", "delete from schedule where scope in (" + repositoryScopes + ")", "delete from channel where scope in (" + repositoryScopes + ")", "delete from place_setting where scope in (" + repositoryScopes + ")", "delete from remote_right where {repository_id}", "delete from repository where {id}",
		}},
		{new(int), `
			select id
			from project p
			where removed_at < $1 and not exists (select 1 from repository r where r.project_id = p.id)`, removed, []string{
			"delete from snapshot where {project_id}", "delete from hook_setting where scope in (" + projectScopes + ")", "delete from schedule where scope in (" + projectScopes + ")", "delete from channel where scope in (" + projectScopes + ")", "delete from place_setting where scope in (" + projectScopes + ")", "delete from remote_right where {project_id}",
			"delete from project where {id}",
		}},
		{&p.Findings, `
			select id
			from finding f
			where last_seen < $1
				and not exists (select 1 from occurrence o where o.finding_id = f.id)
				and not exists (select 1 from past_occurrence o where o.finding_id = f.id)`, findings, []string{
			// Their repositories are counted again with the other counters.
			"delete from life where repository_id in (select repository_id from finding where {id})", "delete from decision where {finding_id}", "delete from finding where {id}",
		}},
		{&p.Scans, terms.Numbered(`
			select id
			from scan x
			where state > :running and ended_at < $1
				and not exists (select 1 from branch b where b.id = x.branch_id and (b.scan_id = x.id or b.attempt_id = x.id))`), scans, []string{
			"delete from batch_scan where {scan_id}", "delete from scan where {id}",
		}},
		{new(int), `
			select id
			from batch b
			where finished_at < $1 and not exists (select 1 from batch_scan m where m.batch_id = b.id)`, scans, []string{
			"delete from batch_mail where {batch_id}", "delete from batch where {id}",
		}},
		// The last entry stays, because the next one continues its chain.
		{&p.Events, "select id from audit where at < $1 and seq < (select max(seq) from audit)", events, []string{"delete from audit where {id}"}},
	} {
		if err := s.purge(ctx, step.removed, step.query, step.arg, step.statements...); err != nil {
			return p, err
		}
	}
	if err := s.forgetUnused(ctx); err != nil {
		return p, err
	}
	for _, step := range []struct {
		removed *int
		text    string
		arg     int64
	}{
		{&p.Mails, "delete from batch_mail where sent_at < $1 or failed_at < $1", mails},
		// The last snapshot before the limit stays, because it holds until the next one.
		{&p.Snapshots, `
			delete from snapshot
			where day < $1 and exists (
				select 1
				from snapshot y
				where y.project_id = snapshot.project_id and y.repository_id = snapshot.repository_id and y.day > snapshot.day and y.day <= $1)`, trends.Day(time.UnixMilli(snapshots))},
		{new(int), `
			delete from snapshot_sum
			where day < $1 and exists (select 1 from snapshot_sum y where y.day > snapshot_sum.day and y.day <= $1)`, trends.Day(time.UnixMilli(snapshots))},
	} {
		done, err := s.db.Write.ExecContext(ctx, step.text, step.arg)
		if err != nil {
			return p, err
		}
		if *step.removed, err = db.Affected(done); err != nil {
			return p, err
		}
	}
	return p, nil
}

// unused are the paths and the authors that no occurrence has any more.
var unused = []struct{ table, condition string }{
	{"found_path", "not exists (select 1 from occurrence o where o.path = found_path.path)"},
	{"found_author", "not exists (select 1 from occurrence o where o.author_email = found_author.email and o.author = found_author.name)"},
}

// forgetUnused removes unused paths and authors. Only the removal keeps results from being stored, because such a result
// could begin to use one of them; the search for them does not.
func (s *Retention) forgetUnused(ctx context.Context) error {
	for _, u := range unused {
		ids, err := db.IDs(ctx, s.db.Read, "select id from "+u.table+" where "+u.condition)
		if err != nil {
			return err
		}
		if err := db.Chunks(ids, purgeChunk, func(part []int64) error {
			return s.db.Tx(ctx, func(tx *sql.Tx) error {
				if err := s.db.Lock(ctx, tx, db.LockPolicy); err != nil {
					return err
				}
				_, err := tx.ExecContext(ctx, "delete from "+u.table+" where "+db.In("id", part)+" and "+u.condition)
				return err
			})
		}); err != nil {
			return err
		}
	}
	return nil
}

// purgeResults raises the number of the oldest kept result of each branch, and removes what belongs only to older
// results.
func (s *Retention) purgeResults(ctx context.Context, p *Purged, before int64) error {
	most, err := s.settings.Int(ctx, settings.KeepResults)
	if err != nil {
		return err
	}
	young := terms.Numbered(`coalesce((
			select min(x.result)
			from scan x
			where x.branch_id = branch.id and x.state = :succeeded and x.result > 0 and x.ended_at >= $1), result)`)
	if _, err := s.db.Write.ExecContext(ctx, `
		update branch set kept_result = result - $1 + 1
		where result - $1 + 1 > kept_result`, most); err != nil {
		return err
	}
	if _, err := s.db.Write.ExecContext(ctx, `
		update branch set kept_result = `+young+`
		where result > kept_result and `+young+" > kept_result", before); err != nil {
		return err
	}
	return s.purge(ctx, &p.Results, `
		select id
		from branch
		where kept_result > $1
			and exists (select 1 from past_occurrence o where o.branch_id = branch.id and o.until_result <= branch.kept_result)`, 0, `
		delete from past_occurrence
		where until_result <= (select kept_result from branch where id = branch_id) and {branch_id}`)
}
