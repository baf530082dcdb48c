// Package dependencies shows which repositories use a package, and which use it in a vulnerable version.
package dependencies

import (
	"context"
	"embed"
	"net/http"
	"net/url"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/dependencies"
	"github.com/sluice-scan/sluice/internal/store/scope"
)

// Dependencies are the packages of branches. It is called by many requests at once. A package that no visible repository
// uses is db.ErrNotFound.
type Dependencies interface {
	Packages(ctx context.Context, v *scope.Visible, f dependencies.Filter, page db.Page) ([]dependencies.Package, error)
	Package(ctx context.Context, v *scope.Visible, ecosystem, name string) (*dependencies.Package, error)
	Versions(ctx context.Context, v *scope.Visible, id int64) ([]dependencies.Version, error)
	Usages(ctx context.Context, v *scope.Visible, id int64, f dependencies.UsageFilter, page db.Page) ([]dependencies.Usage, error)
	// Unknown counts the repositories with scanned branches whose dependencies are not known.
	Unknown(ctx context.Context, v *scope.Visible) (int, error)
	// Ecosystems lists those of all packages.
	Ecosystems(ctx context.Context) ([]string, error)
}

//go:embed templates
var files embed.FS

var (
	listPage    = page.Parse(files, "list")
	packagePage = page.Parse(files, "package")
)

// Pages are the pages of this room.
type Pages struct{ Dependencies Dependencies }

const tab = "Dependencies"

// Routes is their table.
func (s *Pages) Routes() []page.Route {
	return []page.Route{
		{Method: http.MethodGet, Path: "/dependencies", Needs: access.SignedIn, Tab: tab, Handle: s.list},
		{Method: http.MethodGet, Path: "/dependencies/package", Needs: access.SignedIn, Tab: tab, Handle: s.pkg},
	}
}

// toPackage is the path of a package's page. Its name is in the query, as names have slashes.
func toPackage(v *page.Visit, ecosystem, name string) string {
	return page.Address(v.Core.BasePath+"/dependencies/package", url.Values{"ecosystem": {ecosystem}, "name": {name}})
}
