// Package downloads serves files: findings as CSV of everything, a project, a repository or a branch, and the SBOM of a branch.
package downloads

import (
	"context"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/export"
	"github.com/sluice-scan/sluice/internal/quote"
	"github.com/sluice-scan/sluice/internal/store/catalog"
)

// Catalog is what there is. It is called by many requests at once.
type Catalog interface {
	export.Catalog
	export.Projects
	// Branch returns a branch by its name, the default branch for ""; db.ErrNotFound if there is none.
	Branch(ctx context.Context, repository int64, name string) (*catalog.Branch, error)
}

// Pages are the files of this room. The rooms that link to them hold it too.
type Pages struct {
	Catalog  Catalog
	Findings export.Reported
	Settings export.Settings
	// Lines reads the texts of findings, for reports that may contain them; nil for none.
	Lines quote.Lines
	// SBOMs makes SBOMs; nil makes none.
	SBOMs export.SBOMs
}

const report = "/report"

// Routes is their table.
func (s *Pages) Routes() []page.Route {
	return []page.Route{
		{Method: http.MethodGet, Path: report, Needs: access.Grantee, Long: true, Handle: s.everything},
		{Method: http.MethodGet, Path: page.ProjectPath + report, Needs: access.ProjectScanner, Long: true, Handle: s.project},
		{Method: http.MethodGet, Path: page.RepositoryPath + report, Needs: access.Scanner, Long: true, Handle: s.repository},
		{Method: http.MethodGet, Path: page.RepositoryPath + "/sbom", Needs: access.Reader, Long: true, Handle: s.sbom},
	}
}
