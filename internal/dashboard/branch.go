package dashboard

import (
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// branchRow is a branch in the list of a repository.
type branchRow struct {
	Name    string
	Default bool
	Status  statusLook
	// Stale lists why the result no longer describes the head; nil when it does.
	Stale []string
	// Scan is the scan status; ScanClass is its class.
	Scan, ScanClass string
	// Progress is the progress of the running scan, with a percent sign; empty when no scan runs. Again is true when another scan waits.
	Progress string
	Again    bool
	Open     open
	// Scanned is true when there is a result: then there are details.
	Scanned bool
	Head    string
	HeadAt  moment
	// Started, Took and Node are those of the last scan; Commit is the one of the last result.
	Started      moment
	Took         span
	Node, Commit string
	// Failure is why the last scan has no result, with the key of the scan under which the log tells more.
	Failure, ScanKey string
	// Incomplete is true when the last result does not speak of everything; Gaps say of what.
	Incomplete bool
	Gaps       []string
	Warnings   []string
	Problem    string
	Menu       *menu
}

// branches is the page of a repository.
func (v *visit) branches() error {
	r := v.Repository
	f := v.filter(false, "name")
	list, err := v.d.Catalog.Branches(v.ctx(), r.ID, f.stored(), f.page())
	if err != nil {
		return err
	}
	n := r.Branches.Total()
	body := listBody{
		Heading: r.Name, Summary: count(n, "branch", "branches"), Above: []link{{"Projects", v.home()}, {r.ProjectName, v.d.BasePath + projectLink(r.ProjectKey)}},
		Total: newBar("Branches", r.Branches, false), Filter: f, Nothing: n == 0, Problem: r.Problem,
	}
	path := repositoryLink(r.ProjectKey, r.Slug)
	may := v.may(access.Scanner)
	if may && n > 0 {
		body.Menu = v.menuOf(path, r.ProjectName+" / "+r.Name)
	}
	rows := []branchRow{}
	for _, b := range paged(f, list, n) {
		row := v.branchRow(&b)
		if may {
			row.Menu = v.menuOf(path, r.ProjectName+" / "+r.Name+" : "+b.Name)
			row.Menu.Branch = b.Name
		}
		rows = append(rows, row)
	}
	body.Rows = rows
	return v.page(http.StatusOK, "branches", r.Name, body)
}

func (v *visit) branchRow(b *catalog.Branch) branchRow {
	k := &b.Knowledge
	row := branchRow{
		Name: b.Name, Default: b.IsDefault, Status: lookOf(b.Status), Scan: k.ScanStatusText(), ScanClass: scanClasses[k.ScanStatus()], Again: b.Running != 0 && b.Waiting != 0,
		Open: newOpen(b.Open, k.Scanned), Scanned: k.Scanned, Head: short(b.Head), HeadAt: ago(b.HeadAt, v.now), Started: ago(b.Last.Started, v.now), Took: took(b.Last.Started, b.Last.Ended),
		Node: b.Last.Owner, Commit: short(k.Commit), Incomplete: k.Incomplete, Gaps: b.Incomplete, Warnings: b.Warnings, Problem: b.Problem,
	}
	if b.Running != 0 {
		row.Progress = thousands(b.Progress) + "\u00a0%"
	}
	for _, reason := range k.Stale() {
		row.Stale = append(row.Stale, staleWords[reason])
	}
	if k.ScanStatus() == catalog.ScanInternalError && b.Last.Error != "" {
		row.Failure, row.ScanKey = b.Last.Error, db.Key(b.Last.ID)
	}
	return row
}

// scanClasses are the classes of scan statuses: what needs nobody, what somebody may want to see, what went wrong.
var scanClasses = map[catalog.ScanStatus]string{
	catalog.ScanNotScanned: "quiet", catalog.ScanQueued: "busy", catalog.ScanScanning: "busy", catalog.ScanUpToDate: "good", catalog.ScanCommitsAgo: "old", catalog.ScanIncomplete: "old",
	catalog.ScanCancelled: "quiet", catalog.ScanInternalError: "bad",
}
