package scans

import (
	"fmt"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/scanqueue"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
)

// itemRow is a scan in the queue.
type itemRow struct {
	// Key names the scan. Text is "Project / Repository : branch"; Analysis is the path of that branch, Scan that of the scan.
	Key, Text, Analysis, Scan string
	Running                   bool
	// Progress has a percent sign; empty for a scan that waits.
	Progress string
	// Since is when it was started or added. Age says that in a sentence: "started 10 s ago".
	Since figure.Moment
	Age   string
	By    string
	// Stopping is true for a running scan that was told to stop. Cancel is the path of the form that cancels; empty where the caller may not.
	Stopping bool
	Cancel   string
}

func newItemRow(v *page.Visit, q *queue.Item) itemRow {
	row := itemRow{
		Key: db.Key(q.ID), Text: q.String(), Analysis: v.ToAnalysis(q.ProjectKey, q.Slug, q.Branch), Scan: v.ToScan(q.ID), Running: q.State == queue.Running,
		Since: figure.Ago(q.Queued, v.Now), By: q.RequestedBy, Stopping: q.State == queue.Running && q.CancelRequested,
	}
	row.Age = "added " + row.Since.Words
	if row.Running {
		row.Since = figure.Ago(q.Started, v.Now)
		row.Age, row.Progress = "started "+row.Since.Words, percent(q.Progress)
	}
	row.Cancel = CancelPath(v, q)
	return row
}

// CancelPath is the path of the form that cancels a scan, with the base path; empty where the caller may not, or it is over.
func CancelPath(v *page.Visit, q *queue.Item) string {
	if q.State > queue.Running || q.CancelRequested || !scanqueue.MayCancel(v.Caller, q, access.PlaceNamed(q.ProjectKey, q.Slug)) {
		return ""
	}
	return v.ToScan(q.ID) + "/cancel"
}

func percent(n int) string { return fmt.Sprintf("%d\u00a0%%", n) }

// batchRow is a batch that has not ended.
type batchRow struct {
	Scope, By, Progress string
	// Percent is how much of it is done, from 0 to 100.
	Percent int
	Since   figure.Moment
}

// maxBatches is how many batches are shown.
const maxBatches = 20

// batches lists the batches that the caller asked for; those of others only to callers who see everything, as their names say what they scan.
func (s *Pages) batches(v *page.Visit) ([]batchRow, error) {
	by := v.Account.Name
	if v.Visible.All && v.May(access.Grantee, access.Place{}) {
		by = ""
	}
	list, err := s.Scans.OpenBatches(v.Ctx(), by, maxBatches)
	if err != nil {
		return nil, err
	}
	var rows []batchRow
	for i := range list {
		b := &list[i]
		// A single scan stands in the list of scans already.
		if b.Total <= 1 {
			continue
		}
		word := "Rescan"
		if b.Mode == "outdated" {
			word = "Scan outdated"
		}
		done, exactly := s.done(v, b)
		rows = append(rows, batchRow{word + " " + b.Scope, b.RequestedBy, atLeast(exactly) + figure.Thousands(done) + "/" + figure.Thousands(b.Total), 100 * done / b.Total, figure.Ago(b.Created, v.Now)})
	}
	return rows, nil
}
