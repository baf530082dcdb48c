package status

import (
	"net/http"

	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/dashboard/scans"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// branchRow is a branch in the list of a repository.
type branchRow struct {
	Name string
	// Path is the page of its findings.
	Path    string
	Default bool
	Status  figure.Look
	// Stale lists why the result no longer describes the head; nil when it does.
	Stale []string
	// Scan is the scan status; ScanClass is its class.
	Scan, ScanClass string
	// Progress is the progress of the running scan, with a percent sign, and RunningKey its key; empty when no scan runs. Again is true when
	// another scan waits.
	Progress, RunningKey string
	Again                bool
	Open                 figure.Open
	// Scanned is true when there is a result: then there are details.
	Scanned bool
	Head    string
	HeadAt  figure.Moment
	// Started, Took and Node are those of the last scan; Commit is the one of the last result.
	Started      figure.Moment
	Took         figure.Span
	Node, Commit string
	// Failure is why the last scan has no result, with the key of the scan under which the log tells more.
	Failure, ScanKey string
	// Incomplete is true when the last result does not speak of everything; Gaps say of what.
	Incomplete bool
	Gaps       []string
	Warnings   []string
	Problem    string
	Menu       *scans.Menu
}

// branches is the page of a repository.
func (s *Pages) branches(v *page.Visit) error {
	r := v.Repository
	f := newFilter(v, false, "name")
	list, err := s.Catalog.Branches(v.Ctx(), r.ID, f.stored(), f.Rows())
	if err != nil {
		return err
	}
	n := r.Branches.Total()
	body := listBody{
		Heading: r.Name, Summary: figure.Count(n, "branch", "branches"), Above: []page.Link{{Text: "Projects", Path: v.Home()}, {Text: r.ProjectName, Path: v.ToProject(r.ProjectKey)}},
		Total: figure.NewBar("Branches", r.Branches, false), Filter: f, Nothing: n == 0, Problem: r.Problem,
	}
	path := v.ToRepository(r.ProjectKey, r.Slug)
	if v.Can(access.ProjectAdmin) {
		body.Place = path
	}
	may := v.Can(access.Scanner)
	if may && n > 0 {
		body.Menu = scans.MenuOf(v, path, r.ProjectName+" / "+r.Name, s.Files.OfRepository(v, r.ProjectKey, r.Slug)...)
	}
	rows := []branchRow{}
	for _, b := range page.Paged(&f.List, list, n) {
		row := s.branchRow(v, &b)
		row.Path = v.ToAnalysis(r.ProjectKey, r.Slug, b.Name)
		if may {
			row.Menu = scans.MenuOf(v, path, r.ProjectName+" / "+r.Name+" : "+b.Name, s.Files.FindingsOf(v, b.Name, b.Knowledge.Scanned)...)
			row.Menu.Branch = b.Name
		}
		rows = append(rows, row)
	}
	body.Rows = rows
	return v.Show(http.StatusOK, branchesPage, r.Name, body)
}

func (s *Pages) branchRow(v *page.Visit, b *catalog.Branch) branchRow {
	k := &b.Knowledge
	row := branchRow{
		Name: b.Name, Default: b.IsDefault, Status: figure.LookOf(b.Status), Scan: k.ScanStatusText(), ScanClass: figure.ScanClass(k.ScanStatus()), Again: b.Running != 0 && b.Waiting != 0,
		Open: figure.NewOpen(b.Open, k.Scanned), Scanned: k.Scanned, Head: figure.Short(b.Head), HeadAt: figure.Ago(b.HeadAt, v.Now), Started: figure.Ago(b.Last.Started, v.Now), Took: figure.Took(b.Last.Started, b.Last.Ended),
		Node: b.Last.Owner, Commit: figure.Short(k.Commit), Incomplete: k.Incomplete, Gaps: b.Incomplete, Warnings: b.Warnings, Problem: b.Problem,
	}
	if b.Running != 0 {
		row.Progress, row.RunningKey = figure.Thousands(b.Progress)+"\u00a0%", db.Key(b.Running)
	}
	for _, reason := range k.Stale() {
		row.Stale = append(row.Stale, figure.StaleWords[reason])
	}
	if k.ScanStatus() == catalog.ScanInternalError && b.Last.Error != "" {
		row.Failure, row.ScanKey = b.Last.Error, db.Key(b.Last.ID)
	}
	return row
}
