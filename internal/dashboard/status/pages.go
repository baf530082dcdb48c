// Package status shows what is secure, what is not, and what nobody has looked at: the instance and its projects, the repositories of a
// project, the branches of a repository.
package status

import (
	"context"
	"embed"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/downloads"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/scope"
)

// Catalog is what there is. It is called by many requests at once.
type Catalog interface {
	// Projects lists the visible projects by name; personal says which kind, nil for both. name is a part of the display name.
	Projects(ctx context.Context, v *scope.Visible, personal *bool, name string, page db.Page) ([]catalog.Project, error)
	Repositories(ctx context.Context, v *scope.Visible, project int64, f catalog.Filter, page db.Page) ([]catalog.Repository, error)
	Branches(ctx context.Context, repository int64, f catalog.Filter, page db.Page) ([]catalog.Branch, error)
}

//go:embed templates
var files embed.FS

var (
	projectsPage     = page.Parse(files, "projects")
	repositoriesPage = page.Parse(files, "repositories")
	firstPage        = page.Parse(files, "first")
	branchesPage     = page.Parse(files, "branches")
)

// Pages are the pages of this room.
type Pages struct {
	Catalog Catalog
	// Folder is where the repositories come from; empty for a server without a folder.
	Folder string
	// Files are what can be downloaded.
	Files *downloads.Pages
	// Connected reports whether repositories come from a Bitbucket too.
	Connected func() bool
	// List makes the server list the folder now; nil for a server without a folder. It does not wait for the end.
	List func()
}

const tab = "Projects"

// Routes is their table.
func (s *Pages) Routes() []page.Route {
	return []page.Route{
		{Method: http.MethodGet, Path: "/{$}", Needs: access.Grantee, Tab: tab, Handle: s.instance},
		{Method: http.MethodGet, Path: "/projects", Needs: access.SignedIn, Tab: tab, Handle: s.projects},
		{Method: http.MethodPost, Path: "/list", Needs: access.Admin, Tab: tab, Handle: s.look},
		{Method: http.MethodGet, Path: page.ProjectPath, Needs: access.Reader, Tab: tab, Handle: s.repositories},
		{Method: http.MethodGet, Path: page.RepositoryPath, Needs: access.Reader, Tab: tab, Handle: s.branches},
	}
}
