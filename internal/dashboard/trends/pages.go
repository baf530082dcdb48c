// Package trends shows over time what is open, what came and went, and how old it is.
package trends

import (
	"context"
	"embed"
	"net/http"
	"time"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/store/trends"
)

// Trends are the states of days. It is called by many requests at once.
type Trends interface {
	// Points returns one point for each day from the first to the last one that is known.
	Points(ctx context.Context, v *scope.Visible, of trends.Scope, from, to, now time.Time) ([]trends.Point, error)
	// Flows returns one flow for each day from the first to the last one.
	Flows(ctx context.Context, v *scope.Visible, of trends.Scope, from, to time.Time) ([]trends.Flow, error)
}

//go:embed templates
var files embed.FS

var trendPage = page.Parse(files, "trend")

// Pages are the pages of this room.
type Pages struct{ Trends Trends }

const tab = "Trends"

// Routes is their table.
func (s *Pages) Routes() []page.Route {
	return []page.Route{{Method: http.MethodGet, Path: "/trends", Needs: access.SignedIn, Tab: tab, Handle: s.trend}}
}
