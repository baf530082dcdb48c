// Package scans starts scans from the pages, asks before many of them start, and says what became of them.
package scans

import (
	"context"
	"embed"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/scope"
)

// Catalog is what can be scanned. It is called by many requests at once.
type Catalog interface {
	// Projects lists the visible projects by name; personal says which kind, nil for both. name is a part of the display name.
	Projects(ctx context.Context, v *scope.Visible, personal *bool, name string, page db.Page) ([]catalog.Project, error)
	// Branch returns a branch by its name; db.ErrNotFound if there is none.
	Branch(ctx context.Context, repository int64, name string) (*catalog.Branch, error)
}

// Queue holds the scans. It is called by many requests at once.
type Queue interface {
	Enqueue(ctx context.Context, r queue.Request) (queue.Enqueued, error)
	// Batch returns the progress of a batch; db.ErrNotFound if there is none.
	Batch(ctx context.Context, id int64) (*queue.Batch, error)
	// Activities gives what waits and runs, by repository.
	Activities(ctx context.Context) ([]queue.Activity, error)
}

//go:embed templates
var files embed.FS

var confirmPage = page.Parse(files, "confirm")

// Pages are the pages of this room. They also tell what the head of every page shows of the queue.
type Pages struct {
	Catalog Catalog
	Queue   Queue
	// Wake says that something was put into the queue.
	Wake func()
}

const tab = "Projects"

// Routes is their table.
func (s *Pages) Routes() []page.Route {
	return []page.Route{
		{Method: http.MethodGet, Path: "/rescan", Needs: access.Grantee, Tab: tab, Handle: s.confirm},
		{Method: http.MethodPost, Path: "/scan", Needs: access.Grantee, Tab: tab, Handle: s.scan},
		{Method: http.MethodGet, Path: page.ProjectPath + "/rescan", Needs: access.ProjectScanner, Tab: tab, Handle: s.confirm},
		{Method: http.MethodPost, Path: page.ProjectPath + "/scan", Needs: access.ProjectScanner, Tab: tab, Handle: s.scan},
		{Method: http.MethodPost, Path: page.RepositoryPath + "/scan", Needs: access.Scanner, Tab: tab, Handle: s.scan},
	}
}
