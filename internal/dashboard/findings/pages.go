// Package findings lists the findings of all repositories that the caller may read.
package findings

import (
	"context"
	"embed"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/scope"
)

// Findings is where findings are. It is called by many requests at once.
type Findings interface {
	// List lists findings in the order of the filter, at most limit.
	List(ctx context.Context, v *scope.Visible, filter findings.Filter, limit int) ([]findings.Listed, error)
}

//go:embed templates
var files embed.FS

var listPage = page.Parse(files, "list")

// Pages are the pages of this room.
type Pages struct{ Findings Findings }

const tab = "Findings"

// Routes is their table.
func (s *Pages) Routes() []page.Route {
	return []page.Route{{Method: http.MethodGet, Path: "/findings", Needs: access.SignedIn, Tab: tab, Handle: s.list}}
}
