package dashboard

import (
	"net/http"
	"net/url"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/store/catalog"
)

// repositoryRow is a repository in the list of a project.
type repositoryRow struct {
	Name, Path string
	Status     statusLook
	Bar        bar
	// Empty is true for one without branches.
	Empty bool
	// DefaultBranch is empty if the repository has none.
	DefaultBranch string
	DefaultStatus statusLook
	Open          open
	Activity      activity
	// Problem is why it could not be read; Missing is since when listings lack it.
	Problem string
	Missing moment
	Menu    *menu
}

// repositories is the page of a project.
func (v *visit) repositories() error {
	p := v.Project
	f := v.filter(false, "risk")
	list, err := v.d.Catalog.Repositories(v.ctx(), v.Visible, p.ID, f.stored(), f.page())
	if err != nil {
		return err
	}
	n := p.Repositories.Total() + p.Empty
	body := listBody{
		Heading: p.Name, Key: p.Key, Summary: count(n, "repository", "repositories") + emptyWords(p.Empty), Above: []link{{"Projects", v.home()}},
		Total: newBar("Repositories", p.Repositories, true), Filter: f, Nothing: n == 0,
	}
	if v.may(access.ProjectScanner) {
		body.Menu = v.menuOf(projectLink(p.Key), p.Name)
	}
	rows := []repositoryRow{}
	for _, r := range paged(f, list, n) {
		rows = append(rows, v.repositoryRow(&r))
	}
	body.Rows = rows
	return v.page(http.StatusOK, "repositories", p.Name, body)
}

func (v *visit) repositoryRow(r *catalog.Repository) repositoryRow {
	path := repositoryLink(r.ProjectKey, r.Slug)
	row := repositoryRow{
		Name: r.Name, Path: v.d.BasePath + path, Status: lookOf(r.Status), Bar: newBar("Branches", r.Branches, false), Empty: r.Branches.Total() == 0,
		DefaultBranch: r.DefaultBranch, DefaultStatus: lookOf(r.DefaultStatus), Open: newOpen(r.Open, scanned(r.Branches)), Activity: activity{r.Running, r.Queued, ago(r.LastScan, v.now)},
		Problem: r.Problem, Missing: ago(r.Missing, v.now),
	}
	if !row.Empty && v.May(access.Scanner, access.Place{Project: v.Project, Repository: r}) {
		row.Menu = v.menuOf(path, r.ProjectName+" / "+r.Name)
	}
	return row
}

func repositoryLink(key, slug string) string {
	return projectLink(key) + "/repos/" + url.PathEscape(slug)
}
