// Package analysis shows what the last scan of a branch found, with filters, and lets people decide about it.
package analysis

import (
	"context"
	"embed"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/downloads"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/scope"
)

// Catalog is what there is. It is called by many requests at once.
type Catalog interface {
	// Branch returns a branch by its name, the default branch for ""; db.ErrNotFound if there is none.
	Branch(ctx context.Context, repository int64, name string) (*catalog.Branch, error)
}

// Findings are the results of scans. It is called by many requests at once.
type Findings interface {
	// OfBranch lists the findings of a branch: the highest severity first, then the newest.
	OfBranch(ctx context.Context, branch int64, filter findings.BranchFilter, page db.Page) ([]findings.InBranch, error)
	// Facets counts them by what can be chosen from a list.
	Facets(ctx context.Context, branch int64, filter findings.BranchFilter) ([]findings.Facet, error)
}

// Scans are what runs and waits. It is called by many requests at once.
type Scans interface {
	// Scan returns a scan; db.ErrNotFound if there is none, or the caller may not read its repository.
	Scan(ctx context.Context, v *scope.Visible, id int64) (*queue.Item, error)
}

// Links are public addresses of branches. It is called by many requests at once.
type Links interface {
	// Branch is the address of a branch; empty where that is not known.
	Branch(r *catalog.Repository, branch string) string
}

//go:embed templates
var files embed.FS

var analysisPage = page.Parse(files, "analysis")

// Pages are the pages of this room.
type Pages struct {
	Catalog  Catalog
	Findings Findings
	// Files are what can be downloaded.
	Files *downloads.Pages
	// Scans are what runs and waits, and who asked for it.
	Scans Scans
	// Links is nil where no address is known.
	Links Links
}

const tab = "Projects"

// Routes is their table.
func (s *Pages) Routes() []page.Route {
	return []page.Route{
		{Method: http.MethodGet, Path: page.RepositoryPath + "/analysis", Needs: access.Reader, Tab: tab, Handle: s.analysis},
	}
}
