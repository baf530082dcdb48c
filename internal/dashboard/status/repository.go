package status

import (
	"net/http"

	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/dashboard/scans"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/store/catalog"
)

// repositoryRow is a repository in the list of a project.
type repositoryRow struct {
	Name, Path string
	Status     figure.Look
	Bar        figure.Bar
	// Empty is true for one without branches.
	Empty bool
	// DefaultBranch is empty if the repository has none.
	DefaultBranch string
	DefaultStatus figure.Look
	Open          figure.Open
	Activity      activity
	// Problem is why it could not be read; Missing is since when listings lack it.
	Problem string
	Missing figure.Moment
	Menu    *scans.Menu
}

// repositories is the page of a project.
func (s *Pages) repositories(v *page.Visit) error {
	p := v.Project
	f := newFilter(v, false, "risk")
	list, err := s.Catalog.Repositories(v.Ctx(), v.Visible, p.ID, f.stored(), f.Rows())
	if err != nil {
		return err
	}
	n := p.Repositories.Total() + p.Empty
	place := ""
	if v.Can(access.ProjectAdmin) {
		place = v.ToProject(p.Key)
	}
	body := listBody{
		Heading: p.Name, Key: p.Key, Summary: figure.Count(n, "repository", "repositories") + emptyWords(p.Empty), Above: []page.Link{{Text: "Projects", Path: v.Home()}},
		Total: figure.NewBar("Repositories", p.Repositories, true), Filter: f, Nothing: n == 0, Place: place,
	}
	if v.Can(access.ProjectScanner) {
		body.Menu = scans.MenuOf(v, v.ToProject(p.Key), p.Name, s.Files.OfProject(v, p.Key)...)
	}
	rows := []repositoryRow{}
	for _, r := range page.Paged(&f.List, list, n) {
		rows = append(rows, s.repositoryRow(v, &r))
	}
	body.Rows = rows
	return v.Show(http.StatusOK, repositoriesPage, p.Name, body)
}

func (s *Pages) repositoryRow(v *page.Visit, r *catalog.Repository) repositoryRow {
	path := v.ToRepository(r.ProjectKey, r.Slug)
	row := repositoryRow{
		Name: r.Name, Path: path, Status: figure.LookOf(r.Status), Bar: figure.NewBar("Branches", r.Branches, false), Empty: r.Branches.Total() == 0,
		DefaultBranch: r.DefaultBranch, DefaultStatus: figure.LookOf(r.DefaultStatus), Open: figure.NewOpen(r.Open, scanned(r.Branches)), Activity: activity{r.Running, r.Queued, figure.Ago(r.LastScan, v.Now)},
		Problem: r.Problem, Missing: figure.Ago(r.Missing, v.Now),
	}
	if !row.Empty && v.May(access.Scanner, access.Place{Project: v.Project, Repository: r}) {
		row.Menu = scans.MenuOf(v, path, r.ProjectName+" / "+r.Name, s.Files.OfRepository(v, r.ProjectKey, r.Slug)...)
	}
	return row
}
