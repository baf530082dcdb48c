// Package dependencies serves which repositories use a package, and which use it in a vulnerable version.
package dependencies

import (
	"context"

	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/dependencies"
	"github.com/sluice-scan/sluice/internal/store/scope"
)

// Dependencies are the packages of branches. A package that no visible repository uses is db.ErrNotFound.
type Dependencies interface {
	Packages(ctx context.Context, v *scope.Visible, f dependencies.Filter, page db.Page) ([]dependencies.Package, error)
	Package(ctx context.Context, v *scope.Visible, ecosystem, name string) (*dependencies.Package, error)
	Versions(ctx context.Context, v *scope.Visible, id int64) ([]dependencies.Version, error)
	Usages(ctx context.Context, v *scope.Visible, id int64, f dependencies.UsageFilter, page db.Page) ([]dependencies.Usage, error)
	// Unknown counts the repositories with scanned branches whose dependencies are not known.
	Unknown(ctx context.Context, v *scope.Visible) (int, error)
}

// Resource serves the routes of dependencies.
type Resource struct{ Dependencies Dependencies }

// Routes returns the routes of the resource.
func (s *Resource) Routes() []api.Route { return s.dependencyRoutes() }
