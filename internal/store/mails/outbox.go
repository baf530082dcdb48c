package mails

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/status"
	"github.com/sluice-scan/sluice/internal/store/terms"
)

// Report is the content of a mail about a batch that has ended.
type Report struct {
	Batch                          int64
	Scope, Mode, By                string
	Created, Finished              time.Time
	Succeeded, Failed              int
	Cancelled, Dropped             int
	Secure, Vulnerable, NotScanned int
	// Incomplete counts the branches that were not scanned in full and have no open finding.
	Incomplete int
	// Appeared and Vanished are the total numbers of findings that the branches gained and lost with these scans.
	Appeared, Vanished int
	// Repositories are the ten with the most open findings. Errors are scans that failed, at most ten.
	Repositories []ReportRepository
	Errors       []ReportError
}

// ReportRepository is a repository of a report.
type ReportRepository struct {
	ProjectKey, Slug string
	Open             status.OpenCounts
}

// ReportError is a scan that failed.
type ReportError struct {
	Scan                     int64
	ProjectKey, Slug, Branch string
	Reason                   string
}

// maxReported limits the repositories and the errors that a report names.
const maxReported = 10

// Report returns the report of a batch, about its scans at a place; empty for all.
func (s *Mails) Report(ctx context.Context, batch int64, place string) (*Report, error) {
	r := &Report{Batch: batch}
	var created, finished sql.NullInt64
	err := s.db.Read.QueryRowContext(ctx, `
		select scope, mode, requested_by, created_at, finished_at
		from batch
		where id = $1`, batch).Scan(&r.Scope, &r.Mode, &r.By, &created, &finished)
	if err != nil {
		return nil, db.Found(err)
	}
	r.Created, r.Finished = db.At(created), db.At(finished)
	states := map[queue.State]*int{queue.Succeeded: &r.Succeeded, queue.Failed: &r.Failed, queue.Cancelled: &r.Cancelled, queue.Dropped: &r.Dropped}
	const scans = `
		from batch_scan m
		join scan s on s.id = m.scan_id
		join branch b on b.id = s.branch_id
		where m.batch_id = $1 and (cast($2 as text) = '' or s.repository_id in (
			select w.id
			from repository w
			join project q on q.id = w.project_id
			where q.key = $2 or q.key || '/' || w.slug = $2))`
	err = errors.Join(db.Each(ctx, s.db.Read, "select s.state, count(*), sum(s.appeared), sum(s.vanished)"+scans+`
		group by s.state`, []any{batch, place}, func(row *sql.Rows) error {
		var state queue.State
		var n, appeared, vanished int
		err := row.Scan(&state, &n, &appeared, &vanished)
		r.Appeared, r.Vanished = r.Appeared+appeared, r.Vanished+vanished
		if to := states[state]; to != nil {
			*to = n
		}
		return err
	}), db.Each(ctx, s.db.Read, "select b.status, count(*)"+scans+` and b.removed_at is null
		group by b.status`, []any{batch, place}, func(row *sql.Rows) error {
		var of status.Status
		var n int
		err := row.Scan(&of, &n)
		switch of {
		case status.Vulnerable:
			r.Vulnerable = n
		case status.NotScanned:
			r.NotScanned = n
		case status.PartiallyScanned:
			r.Incomplete = n
		default:
			r.Secure += n
		}
		return err
	}), db.Each(ctx, s.db.Read, `
		select p.key, r.slug, r.open_critical, r.open_high, r.open_medium, r.open_low
		from repository r
		join project p on p.id = r.project_id
		where r.id in (select s.repository_id`+scans+`) and r.open_critical + r.open_high + r.open_medium + r.open_low > 0
		order by r.open_critical desc, r.open_high desc, r.open_medium desc, r.open_low desc, p.key, r.slug
		limit $3`, []any{batch, place, maxReported}, func(row *sql.Rows) error {
		var x ReportRepository
		err := row.Scan(&x.ProjectKey, &x.Slug, &x.Open.Critical, &x.Open.High, &x.Open.Medium, &x.Open.Low)
		r.Repositories = append(r.Repositories, x)
		return err
	}), db.Each(ctx, s.db.Read, terms.SQL(s.db, `
		select s.id, p.key, r.slug, b.name, s.error
		from batch_scan m
		join scan s on s.id = m.scan_id
		join branch b on b.id = s.branch_id
		join repository r on r.id = s.repository_id
		join project p on p.id = r.project_id
		where m.batch_id = $1 and s.state = :failed and (cast($2 as text) = '' or p.key = $2 or p.key || '/' || r.slug = $2)
		order by s.id
		limit $3`), []any{batch, place, maxReported}, func(row *sql.Rows) error {
		var e ReportError
		err := row.Scan(&e.Scan, &e.ProjectKey, &e.Slug, &e.Branch, &e.Reason)
		r.Errors = append(r.Errors, e)
		return err
	}))
	return r, err
}
