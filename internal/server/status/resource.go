// Package status serves the security status of projects, repositories and branches, now and over time. Reading it never
// schedules a scan.
package status

import (
	"context"
	"time"

	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/store/trends"
)

// Catalog lists projects, repositories and branches by name. name matches a part of the display name, in any case.
type Catalog interface {
	// Projects lists the visible projects: personal or normal ones, both for nil.
	Projects(ctx context.Context, v *scope.Visible, personal *bool, name string, page db.Page) ([]catalog.Project, error)
	Repositories(ctx context.Context, v *scope.Visible, project int64, f catalog.Filter, page db.Page) ([]catalog.Repository, error)
	Branches(ctx context.Context, repository int64, f catalog.Filter, page db.Page) ([]catalog.Branch, error)
}

// Trends returns one point for each day from the first to the last one.
type Trends interface {
	// Points gives the days that are known, without a gap between them, and Flows what came and went on each day.
	Points(ctx context.Context, v *scope.Visible, of trends.Scope, from, to, now time.Time) ([]trends.Point, error)
	Flows(ctx context.Context, v *scope.Visible, of trends.Scope, from, to time.Time) ([]trends.Flow, error)
}

// Resource serves the routes of status and trends. All fields are required.
type Resource struct {
	Catalog Catalog
	Trends  Trends
	Now     func() time.Time
}

// Routes returns the routes of the resource.
func (s *Resource) Routes() []api.Route { return append(s.statusRoutes(), s.trendRoutes()...) }
