package status

import (
	"cmp"
	"math"
	"net/http"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/dashboard/scans"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/status"
)

// listBody is what the pages of the three levels show alike.
type listBody struct {
	Heading, Key, Summary string
	// Above are the levels above this one.
	Above []page.Link
	// Total is the bar of everything that the page is about.
	Total figure.Bar
	// Menu are the actions of the whole page; nil when the caller may do none.
	Menu   *scans.Menu
	Filter *filter
	Rows   any
	// Nothing is true when there is nothing to show, also without a filter.
	Nothing bool
	Problem string
	// Place is the path of the place, for those who may change its settings; empty for others.
	Place string
}

// projectRow is a project in the list.
type projectRow struct {
	Name, Key, Path string
	Personal        bool
	Bar             figure.Bar
	Empty           int
	Open            figure.Open
	Activity        activity
	Menu            *scans.Menu
}

// activity says when something was scanned last, and what is being scanned.
type activity struct {
	Running, Queued int
	Last            figure.Moment
}

// projectsBody is the list of projects.
type projectsBody struct {
	listBody
	// Unscanned scans everything, where nothing was scanned yet and the caller may do so; nil elsewhere.
	Unscanned *scans.Menu
	// Away is true for an administrator of a server that does not have the repositories.
	Away bool
}

// instance is the page of everything.
func (s *Pages) instance(v *page.Visit) error { return s.projectList(v, "Projects", true) }

// projects is the list of the projects that the caller may read.
func (s *Pages) projects(v *page.Visit) error { return s.projectList(v, "Your projects", false) }

func (s *Pages) projectList(v *page.Visit, heading string, instance bool) error {
	f := newFilter(v, true, "risk")
	all, err := s.visibleProjects(v, f.kind)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		other := all
		if f.kind != "all" {
			if other, err = s.visibleProjects(v, "all"); err != nil {
				return err
			}
		}
		if len(other) == 0 {
			return s.first(v, heading)
		}
	}
	body := projectsBody{listBody: listBody{Heading: heading, Filter: f}, Away: instance && s.Folder == "" && !s.Connected() && v.Can(access.Admin)}
	var total status.Counts
	empty, active := 0, 0
	for i := range all {
		total, empty, active = sum(total, all[i].Repositories), empty+all[i].Empty, active+all[i].Queued+all[i].Running
	}
	body.Total = figure.NewBar("Repositories", total, true)
	body.Summary = figure.Count(total.Total()+empty, "repository", "repositories") + emptyWords(empty) + " in " + figure.Count(len(all), "project", "projects")
	if instance && len(all) > 0 {
		body.Menu = scans.MenuIf(v, v.Core.BasePath, "everything", access.Grantee, s.Files.OfEverything(v)...)
		if total.Total() > 0 && !scanned(total) && active == 0 {
			body.Unscanned = body.Menu
		}
	}
	chosen := slices.DeleteFunc(slices.Clone(all), func(p catalog.Project) bool {
		return f.status != nil && status.ProjectStatus(p.Repositories) != *f.status || !strings.Contains(strings.ToLower(p.Name), strings.ToLower(f.Name))
	})
	orderProjects(chosen, f.order)
	from := min(f.Start(), len(chosen))
	rows := make([]projectRow, 0, page.RowsOfPage)
	for _, p := range page.Paged(&f.List, chosen[from:], len(all)) {
		rows = append(rows, s.projectRow(v, &p))
	}
	body.Rows = rows
	return v.Show(http.StatusOK, projectsPage, heading, body)
}

// visibleProjects gives all visible projects of a type. They are all read, as the bar over the list adds them up.
func (s *Pages) visibleProjects(v *page.Visit, kind string) ([]catalog.Project, error) {
	var personal *bool
	if kind != "all" {
		is := kind == "personal"
		personal = &is
	}
	return s.Catalog.Projects(v.Ctx(), v.Visible, personal, "", db.Page{Limit: math.MaxInt32})
}

// orderProjects orders projects that are by name.
func orderProjects(list []catalog.Project, by catalog.Order) {
	slices.SortStableFunc(list, func(a, b catalog.Project) int {
		switch by {
		case catalog.ByRisk:
			return cmp.Or(cmp.Compare(b.Open.Critical, a.Open.Critical), cmp.Compare(b.Open.High, a.Open.High), cmp.Compare(b.Open.Medium, a.Open.Medium), cmp.Compare(b.Open.Low, a.Open.Low))
		case catalog.ByScan:
			return b.LastScan.Compare(a.LastScan)
		}
		return 0
	})
}

func (s *Pages) projectRow(v *page.Visit, p *catalog.Project) projectRow {
	path := v.ToProject(p.Key)
	at := access.Place{Project: p}
	row := projectRow{
		Name: p.Name, Key: p.Key, Path: path, Personal: p.Personal, Bar: figure.NewBar("Repositories", p.Repositories, true), Empty: p.Empty,
		Open: figure.NewOpen(p.Open, scanned(p.Repositories)), Activity: activity{p.Running, p.Queued, figure.Ago(p.LastScan, v.Now)},
	}
	if v.May(access.ProjectScanner, at) {
		row.Menu = scans.MenuOf(v, path, p.Name, s.Files.OfProject(v, p.Key)...)
	}
	return row
}

// scanned reports whether anything of counts was looked at.
func scanned(c status.Counts) bool { return c.Total() > c.NotScanned }

func sum(a, b status.Counts) status.Counts {
	return status.Counts{
		Secure: a.Secure + b.Secure, Vulnerable: a.Vulnerable + b.Vulnerable, NotScanned: a.NotScanned + b.NotScanned, PartiallyScanned: a.PartiallyScanned + b.PartiallyScanned,
		Outdated: a.Outdated + b.Outdated,
	}
}

// emptyWords tells of repositories without branches, which no bar counts.
func emptyWords(n int) string {
	if n == 0 {
		return ""
	}
	return " (" + figure.Thousands(n) + " empty)"
}
