package dashboard

import (
	"cmp"
	"context"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/status"
)

// listBody is what the pages of the three levels show alike.
type listBody struct {
	Heading, Key, Summary string
	// Above are the levels above this one.
	Above []link
	// Total is the bar of everything that the page is about.
	Total bar
	// Menu are the actions of the whole page; nil when the caller may do none.
	Menu   *menu
	Filter *filter
	Rows   any
	// Nothing is true when there is nothing to show, also without a filter.
	Nothing bool
	Problem string
}

type link struct{ Text, Path string }

// projectRow is a project in the list.
type projectRow struct {
	Name, Key, Path string
	Personal        bool
	Bar             bar
	Empty           int
	Open            open
	Activity        activity
	Menu            *menu
}

// activity says when something was scanned last, and what is being scanned.
type activity struct {
	Running, Queued int
	Last            moment
}

// projectsBody is the list of projects.
type projectsBody struct {
	listBody
	// Folder is where the repositories come from, for an administrator of an instance without any.
	Folder string
}

// instance is the page of everything.
func (v *visit) instance() error { return v.projectList("Projects", true) }

// projects is the list of the projects that the caller may read.
func (v *visit) projects() error { return v.projectList("Your projects", false) }

func (v *visit) projectList(heading string, instance bool) error {
	f := v.filter(true, "risk")
	all, err := v.visibleProjects(v.ctx(), f.kind)
	if err != nil {
		return err
	}
	body := projectsBody{listBody: listBody{Heading: heading, Filter: f}}
	var total status.Counts
	empty := 0
	for i := range all {
		total, empty = sum(total, all[i].Repositories), empty+all[i].Empty
	}
	body.Total = newBar("Repositories", total, true)
	body.Summary = count(total.Total()+empty, "repository", "repositories") + emptyWords(empty) + " in " + count(len(all), "project", "projects")
	body.Nothing = len(all) == 0 && f.kind == "all"
	if len(all) == 0 && !body.Nothing {
		other, err := v.visibleProjects(v.ctx(), "all")
		if err != nil {
			return err
		}
		body.Nothing = len(other) == 0
	}
	if body.Nothing && instance && v.may(access.Admin) {
		body.Folder = v.d.Folder
	}
	if instance && len(all) > 0 {
		body.Menu = v.menu("", "everything", access.Grantee)
	}
	chosen := slices.DeleteFunc(slices.Clone(all), func(p catalog.Project) bool {
		return f.status != nil && status.ProjectStatus(p.Repositories) != *f.status || !strings.Contains(strings.ToLower(p.Name), strings.ToLower(f.Name))
	})
	orderProjects(chosen, f.order)
	from := min(f.start, len(chosen))
	rows := make([]projectRow, 0, rowsOfPage)
	for _, p := range paged(f, chosen[from:], len(all)) {
		rows = append(rows, v.projectRow(&p))
	}
	body.Rows = rows
	return v.page(http.StatusOK, "projects", heading, body)
}

// visibleProjects gives all visible projects of a type. They are all read, as the bar over the list adds them up.
func (v *visit) visibleProjects(ctx context.Context, kind string) ([]catalog.Project, error) {
	var personal *bool
	if kind != "all" {
		is := kind == "personal"
		personal = &is
	}
	return v.d.Catalog.Projects(ctx, v.Visible, personal, "", db.Page{Limit: math.MaxInt32})
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

func (v *visit) projectRow(p *catalog.Project) projectRow {
	path := projectLink(p.Key)
	at := access.Place{Project: p}
	row := projectRow{
		Name: p.Name, Key: p.Key, Path: v.d.BasePath + path, Personal: p.Personal, Bar: newBar("Repositories", p.Repositories, true), Empty: p.Empty,
		Open: newOpen(p.Open, scanned(p.Repositories)), Activity: activity{p.Running, p.Queued, ago(p.LastScan, v.now)},
	}
	if v.May(access.ProjectScanner, at) {
		row.Menu = v.menuOf(path, p.Name)
	}
	return row
}

func projectLink(key string) string { return "/projects/" + url.PathEscape(key) }

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
	return " (" + thousands(n) + " empty)"
}
