package dependencies

import (
	"errors"
	"net/http"
	"strings"

	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/dependencies"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/display"
)

// maxVersions is how many versions the page of a package lists.
const maxVersions = 100

// versionRow is a version of the package.
type versionRow struct {
	// Version is empty if files name no exact one. Path shows its repositories.
	Version, Path string
	Fixed         string
	use
}

// usageRow is a repository that uses the package.
type usageRow struct {
	Project, Repository page.Link
	Version, Relation   string
	Development         bool
	Branches            string
	Default             bool
	Severity            *figure.Severity
	Advisories          advisories
	Fixed               string
}

// usageFilter is what the address of the list of repositories chooses.
type usageFilter struct {
	page.List
	Ecosystem, Name, Version string
	Vulnerable               bool
}

// Clear is the address of the page without filters.
func (f *usageFilter) Clear() string { return f.Only("ecosystem", "name") }

type packageBody struct {
	Name, Ecosystem string
	Above           []page.Link
	Use             use
	Versions        []versionRow
	// MoreVersions counts the versions that are not listed.
	MoreVersions int
	Filter       *usageFilter
	Rows         []usageRow
	Unknown      string
	// Missing is true if no visible repository is known to use it.
	Missing bool
}

func (s *Pages) pkg(v *page.Visit) error {
	q := v.Request.URL.Query()
	f := usageFilter{List: v.List(), Ecosystem: strings.TrimSpace(q.Get("ecosystem")), Name: strings.TrimSpace(q.Get("name")), Version: q.Get("version"), Vulnerable: q.Get("vulnerable") == "true"}
	b := packageBody{Ecosystem: display.CutEnd(display.Line(f.Ecosystem), maxName), Name: display.CutEnd(display.Line(f.Name), maxName), Above: []page.Link{{Text: "Dependencies", Path: v.Core.BasePath + "/dependencies"}}}
	for name, value := range map[string]string{"ecosystem": f.Ecosystem, "name": f.Name, "version": f.Version} {
		f.Keep(name, value)
	}
	if f.Vulnerable {
		f.Keep("vulnerable", "true")
	}
	f.Chosen = f.Version != "" || f.Vulnerable
	p, err := s.Dependencies.Package(v.Ctx(), v.Visible, f.Ecosystem, f.Name)
	switch {
	case errors.Is(err, db.ErrNotFound):
		b.Missing = true
	case err != nil:
		return err
	default:
		b.Name, b.Use = display.CutEnd(display.Line(p.Name), maxName), useOf(&p.Use)
		if err := s.fill(v, &b, &f, p); err != nil {
			return err
		}
	}
	if b.Unknown, err = s.unknown(v); err != nil {
		return err
	}
	b.Filter = &f
	return v.Show(http.StatusOK, packagePage, b.Name, b)
}

// fill reads the versions and the repositories of a package.
func (s *Pages) fill(v *page.Visit, b *packageBody, f *usageFilter, p *dependencies.Package) error {
	versions, err := s.Dependencies.Versions(v.Ctx(), v.Visible, p.ID)
	if err != nil {
		return err
	}
	b.MoreVersions = max(0, len(versions)-maxVersions)
	for i := range versions[:min(len(versions), maxVersions)] {
		x := &versions[i]
		path := toPackage(v, p.Ecosystem, p.Name)
		if x.Version != "" {
			path = f.With("version", x.Version)
		}
		b.Versions = append(b.Versions, versionRow{shownVersion(x.Version), path, shownVersion(x.Fixed), useOf(&x.Use)})
	}
	stored := dependencies.UsageFilter{Vulnerable: f.Vulnerable}
	if f.Version != "" {
		stored.Version = &f.Version
	}
	list, err := s.Dependencies.Usages(v.Ctx(), v.Visible, p.ID, stored, f.Rows())
	if err != nil {
		return err
	}
	for _, u := range page.Paged(&f.List, list, 0) {
		b.Rows = append(b.Rows, usageRow{
			Project: page.Link{Text: u.ProjectName, Path: v.ToProject(u.ProjectKey)}, Repository: page.Link{Text: u.RepositoryName, Path: v.ToRepository(u.ProjectKey, u.Slug)}, Version: shownVersion(u.Version),
			Relation: relationWord(u.Relation), Development: u.Development, Branches: figure.Count(u.Branches, "branch", "branches"), Default: u.Default, Severity: severityOf(u.Severity),
			Advisories: advisoriesOf(u.Advisories), Fixed: shownVersion(u.Fixed),
		})
	}
	return nil
}

func shownVersion(text string) string { return display.CutEnd(display.Line(text), maxVersion) }

func relationWord(r scan.Relation) string {
	switch r {
	case scan.RelationDirect:
		return "direct"
	case scan.RelationTransitive:
		return "indirect"
	}
	return ""
}
