package dependencies

import (
	"errors"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/dependencies"
	"github.com/sluice-scan/sluice/scan"
)

func (s *Resource) dependencyRoutes() []api.Route {
	ofPackage := []api.Parameter{api.Required("ecosystem", "npm, PyPI, Maven and so on, as OSV writes it"), api.Required("name", "the name of the package, in any spelling of its ecosystem")}
	return []api.Route{
		{
			Method: http.MethodGet, Path: "/dependencies", Name: "listPackages",
			Needs: access.SignedIn, Scope: "read",
			Summary: "List the packages that repositories use which you may read, by name.",
			Query: append([]api.Parameter{
				api.Optional("name", "a part of the name; the package of exactly this name comes first"), api.Optional("ecosystem", "npm, PyPI, Maven and so on, as OSV writes it"), api.Optional("vulnerable", "true for packages with a known advisory"),
			}, api.PageParameters()...),
			Gives:  api.ReturnsPage(packageWire{}),
			Handle: s.packages,
		},
		{
			Method: http.MethodGet, Path: "/dependencies/package", Name: "getPackage",
			Needs: access.SignedIn, Scope: "read",
			Summary: "Get a package with the versions that are in use.",
			Query:   ofPackage,
			Gives:   api.Returns(versionsWire{}),
			Handle:  s.versions,
		},
		{
			Method: http.MethodGet, Path: "/dependencies/usages", Name: "listUsages",
			Needs: access.SignedIn, Scope: "read",
			Summary: "List the repositories that use a package: vulnerable versions first.",
			Query:   append(append(ofPackage, api.Optional("version", "this version only"), api.Optional("vulnerable", "true for vulnerable versions only")), api.PageParameters()...),
			Gives:   api.ReturnsPage(usageWire{}),
			Handle:  s.usages,
		},
	}
}

type useWire struct {
	Repositories int            `json:"repositoryCount"`
	Branches     int            `json:"branchCount"`
	Vulnerable   int            `json:"vulnerableRepositoryCount"`
	Severity     *scan.Severity `json:"severity" doc:"The highest severity of the advisories; null without any."`
	AdvisoryIDs  []string       `json:"advisoryIds" doc:"The advisories that the last scans knew."`
}

func useBody(u *dependencies.Use) useWire {
	return useWire{u.Repositories, u.Branches, u.Vulnerable, severity(u.Severity), append([]string{}, u.Advisories...)}
}

// severity is null in JSON for something without advisories.
func severity(s scan.Severity) *scan.Severity {
	if s == scan.SeverityNone {
		return nil
	}
	return &s
}

type packageWire struct {
	Ecosystem string `json:"ecosystem"`
	Name      string `json:"name"`
	useWire
}

func packageBody(p *dependencies.Package) packageWire {
	return packageWire{p.Ecosystem, p.Name, useBody(&p.Use)}
}

type versionWire struct {
	Version string `json:"version" doc:"Empty if files name no exact version."`
	Fixed   string `json:"fixedVersion,omitempty"`
	useWire
}

type versionsWire struct {
	packageWire
	Versions []versionWire `json:"versions"`
	Unknown  int           `json:"unknownRepositoryCount" doc:"Repositories with scanned branches whose dependencies are not known until the next scan."`
}

type usageWire struct {
	Project     api.ProjectRef `json:"project"`
	Repository  api.SlugRef    `json:"repository"`
	Version     string         `json:"version"`
	Relation    *scan.Relation `json:"relation" doc:"direct or transitive; null when not known."`
	Development bool           `json:"development"`
	Branches    int            `json:"branchCount"`
	Default     bool           `json:"defaultBranch" doc:"Whether the default branch uses this version."`
	Severity    *scan.Severity `json:"severity"`
	AdvisoryIDs []string       `json:"advisoryIds"`
	Fixed       string         `json:"fixedVersion,omitempty"`
}

func usageBody(u *dependencies.Usage) usageWire {
	w := usageWire{
		Project: api.ProjectRef{Key: u.ProjectKey, Name: u.ProjectName}, Repository: api.SlugRef{Slug: u.Slug, Name: u.RepositoryName}, Version: u.Version, Development: u.Development,
		Branches: u.Branches, Default: u.Default, Severity: severity(u.Severity), AdvisoryIDs: append([]string{}, u.Advisories...), Fixed: u.Fixed,
	}
	if u.Relation != scan.RelationUnknown {
		w.Relation = &u.Relation
	}
	return w
}

func (s *Resource) packages(c *api.Call) (*api.Reply, error) {
	f := dependencies.Filter{Name: c.Query("name"), Ecosystem: c.Query("ecosystem")}
	var err error
	if f.Vulnerable, err = c.Flag("vulnerable"); err != nil {
		return nil, err
	}
	return api.Paged(c, func(page db.Page) ([]dependencies.Package, error) {
		return s.Dependencies.Packages(c.Context(), c.Visible, f, page)
	}, packageBody)
}

// named finds the package that the query names.
func (s *Resource) named(c *api.Call) (*dependencies.Package, error) {
	ecosystem, name := c.Query("ecosystem"), c.Query("name")
	if ecosystem == "" || name == "" {
		return nil, api.BadRequest("name the package with ecosystem and name")
	}
	p, err := s.Dependencies.Package(c.Context(), c.Visible, ecosystem, name)
	if errors.Is(err, db.ErrNotFound) {
		return nil, api.NotFound("no repository that you may read is known to use the package %q of %q", access.Shortened(name), access.Shortened(ecosystem))
	}
	return p, err
}

func (s *Resource) versions(c *api.Call) (*api.Reply, error) {
	p, err := s.named(c)
	if err != nil {
		return nil, err
	}
	versions, err := s.Dependencies.Versions(c.Context(), c.Visible, p.ID)
	if err != nil {
		return nil, err
	}
	body := versionsWire{packageWire: packageBody(p), Versions: make([]versionWire, len(versions))}
	for i := range versions {
		v := &versions[i]
		body.Versions[i] = versionWire{v.Version, v.Fixed, useBody(&v.Use)}
	}
	if body.Unknown, err = s.Dependencies.Unknown(c.Context(), c.Visible); err != nil {
		return nil, err
	}
	return api.OK(body)
}

func (s *Resource) usages(c *api.Call) (*api.Reply, error) {
	p, err := s.named(c)
	if err != nil {
		return nil, err
	}
	var f dependencies.UsageFilter
	if version := c.Query("version"); version != "" {
		f.Version = &version
	}
	if f.Vulnerable, err = c.Flag("vulnerable"); err != nil {
		return nil, err
	}
	return api.Paged(c, func(page db.Page) ([]dependencies.Usage, error) {
		return s.Dependencies.Usages(c.Context(), c.Visible, p.ID, f, page)
	}, usageBody)
}
