package analysis

import (
	"errors"

	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/dashboard/scans"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// head says what is known about a branch, and offers what can be done with it.
type head struct {
	Above        []page.Link
	Branch       string
	Default      bool
	Status       figure.Look
	Scan         figure.ScanState
	Open         figure.Open
	Scanned      bool
	Stale        []string
	Started      figure.Moment
	Took         figure.Span
	Node         string
	Commit, Head string
	HeadAt       figure.Moment
	Incomplete   bool
	Gaps         []string
	Warnings     []string
	Problem      string
	// Failure is why the last scan has no result, with the key of the scan under which the log tells more.
	Failure, ScanKey string
	// Menu are the scans that can be started; nil when the caller may start none.
	Menu *scans.Menu
	// Cancels are the forms that cancel what runs or waits, for those who may.
	Cancels []page.Link
	// Files are what can be downloaded.
	Files []page.Link
	// Link is the public page of the branch; empty where that is not known.
	Link string
	// Back is where the browser goes after a scan was cancelled.
	Back string
}

func newHead(v *page.Visit, b *catalog.Branch) head {
	r, k := v.Repository, &b.Knowledge
	path := v.ToRepository(r.ProjectKey, r.Slug)
	h := head{
		Above:  []page.Link{{Text: "Projects", Path: v.Home()}, {Text: r.ProjectName, Path: v.ToProject(r.ProjectKey)}, {Text: r.Name, Path: path}},
		Branch: b.Name, Default: b.IsDefault, Status: figure.LookOf(b.Status), Scan: figure.ScanStateOf(b), Open: figure.NewOpen(b.Open, k.Scanned), Scanned: k.Scanned,
		Started: figure.Ago(b.Last.Started, v.Now), Took: figure.Took(b.Last.Started, b.Last.Ended), Node: b.Last.Owner, Commit: figure.Short(k.Commit), Head: figure.Short(b.Head), HeadAt: figure.Ago(b.HeadAt, v.Now),
		Incomplete: k.Incomplete, Gaps: b.Incomplete, Warnings: b.Warnings, Problem: b.Problem, Back: v.Here(),
	}
	for _, reason := range k.Stale() {
		h.Stale = append(h.Stale, figure.StaleWords[reason])
	}
	if k.ScanStatus() == catalog.ScanInternalError && b.Last.Error != "" {
		h.Failure, h.ScanKey = b.Last.Error, db.Key(b.Last.ID)
	}
	if v.Can(access.Scanner) {
		h.Menu = scans.MenuOf(v, path, r.ProjectName+" / "+r.Name+" : "+b.Name)
		h.Menu.Branch = b.Name
	}
	return h
}

// cancels are the forms that cancel the scans of a branch that run or wait. A scan that ends meanwhile has none.
func (s *Pages) cancels(v *page.Visit, b *catalog.Branch) (list []page.Link, err error) {
	for _, scan := range []struct {
		id   int64
		text string
	}{{b.Running, "Cancel the scan"}, {b.Waiting, "Cancel the queued scan"}} {
		if scan.id == 0 {
			continue
		}
		q, err := s.Scans.Scan(v.Ctx(), v.Visible, scan.id)
		if errors.Is(err, db.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if path := scans.CancelPath(v, q); path != "" {
			list = append(list, page.Link{Text: scan.text, Path: path})
		}
	}
	return list, nil
}
