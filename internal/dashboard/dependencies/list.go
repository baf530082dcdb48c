package dependencies

import (
	"net/http"
	"strings"

	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/dependencies"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/display"
)

// Texts of repositories are shown up to these widths, so that a page stays small. Of many advisories the first are shown.
const (
	maxName       = 120
	maxVersion    = 60
	maxAdvisories = 4
)

// use counts who uses a package or a version.
type use struct {
	Repositories, Branches string
	// Vulnerable is empty if nobody uses it in a vulnerable version.
	Vulnerable string
	// Severity is the highest one; nil without advisories.
	Severity   *figure.Severity
	Advisories advisories
}

func useOf(u *dependencies.Use) use {
	w := use{Repositories: figure.Thousands(u.Repositories), Branches: figure.Thousands(u.Branches), Severity: severityOf(u.Severity), Advisories: advisoriesOf(u.Advisories)}
	if u.Vulnerable > 0 {
		w.Vulnerable = figure.Thousands(u.Vulnerable)
	}
	return w
}

func severityOf(s scan.Severity) *figure.Severity {
	if s == scan.SeverityNone {
		return nil
	}
	shown := figure.SeverityOf(s)
	return &shown
}

// advisories are the first ones, and how many more there are.
type advisories struct {
	First []string
	More  int
}

func advisoriesOf(ids []string) advisories {
	a := advisories{More: max(0, len(ids)-maxAdvisories)}
	for _, id := range ids[:min(len(ids), maxAdvisories)] {
		a.First = append(a.First, display.CutEnd(display.Line(id), maxVersion))
	}
	return a
}

// packageRow is a package in the list.
type packageRow struct {
	Name, Path, Ecosystem string
	use
}

// listFilter is what the address of the list chooses.
type listFilter struct {
	page.List
	Name       string
	Ecosystems []page.Choice
	Vulnerable bool
}

// Clear is the address of the list without filters.
func (f *listFilter) Clear() string { return f.Only() }

type listBody struct {
	Filter *listFilter
	Rows   []packageRow
	// Nothing is true if no package is known at all.
	Nothing bool
	// Unknown says how many repositories are not known; empty if none are.
	Unknown string
}

func (s *Pages) list(v *page.Visit) error {
	q := v.Request.URL.Query()
	f := listFilter{List: v.List(), Name: strings.TrimSpace(q.Get("name")), Vulnerable: q.Get("vulnerable") == "true"}
	stored := dependencies.Filter{Name: f.Name, Vulnerable: f.Vulnerable}
	f.Keep("name", f.Name)
	if f.Vulnerable {
		f.Keep("vulnerable", "true")
	}
	names, err := s.Dependencies.Ecosystems(v.Ctx())
	if err != nil {
		return err
	}
	f.Ecosystems = []page.Choice{{Word: "Any ecosystem", Chosen: true}}
	for _, name := range names {
		is := q.Get("ecosystem") == name
		if is {
			stored.Ecosystem = name
			f.Ecosystems[0].Chosen = false
			f.Keep("ecosystem", name)
		}
		f.Ecosystems = append(f.Ecosystems, page.Choice{Value: name, Word: shownVersion(name), Chosen: is})
	}
	f.Chosen = f.Name != "" || f.Vulnerable || stored.Ecosystem != ""
	list, err := s.Dependencies.Packages(v.Ctx(), v.Visible, stored, f.Rows())
	if err != nil {
		return err
	}
	b := listBody{}
	for _, p := range page.Paged(&f.List, list, 0) {
		b.Rows = append(b.Rows, packageRow{display.CutEnd(display.Line(p.Name), maxName), toPackage(v, p.Ecosystem, p.Name), shownVersion(p.Ecosystem), useOf(&p.Use)})
	}
	if b.Unknown, err = s.unknown(v); err != nil {
		return err
	}
	b.Filter, b.Nothing = &f, len(b.Rows) == 0 && !f.Chosen && f.Start() == 0
	return v.Show(http.StatusOK, listPage, "Dependencies", b)
}

// unknown says how many repositories are not known; empty if none are.
func (s *Pages) unknown(v *page.Visit) (string, error) {
	n, err := s.Dependencies.Unknown(v.Ctx(), v.Visible)
	if err != nil || n == 0 {
		return "", err
	}
	return figure.Count(n, "repository", "repositories"), nil
}
