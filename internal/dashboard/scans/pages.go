// Package scans starts scans from the pages, shows the queue and each scan, follows both, cancels scans, and asks before many start or end.
package scans

import (
	"context"
	"embed"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/scanqueue"
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

// Scans holds the scans. It is called by many requests at once.
type Scans interface {
	Enqueue(ctx context.Context, r queue.Request) (queue.Enqueued, error)
	// BatchInBrief returns the progress of a batch; db.ErrNotFound if there is none.
	BatchInBrief(ctx context.Context, id int64) (*queue.Brief, error)
	// OpenBatches lists the batches of an account that have not ended, the newest first; those of all accounts if by is empty.
	OpenBatches(ctx context.Context, by string, limit int) ([]queue.Brief, error)
	// List lists the visible scans that run, then those that wait, in the order in which they start.
	List(ctx context.Context, v *scope.Visible, page db.Page) ([]queue.Item, error)
	// Scan returns a visible scan; db.ErrNotFound if there is none.
	Scan(ctx context.Context, v *scope.Visible, id int64) (*queue.Item, error)
}

//go:embed templates
var files embed.FS

var (
	confirmPage       = page.Parse(files, "confirm")
	queuePage         = page.Parse(files, "queue")
	menuPart          = page.Parse(files, "menu")
	cancelConfirmPage = page.Parse(files, "cancel")
	scanPage          = page.Parse(files, "scan")
)

// Pages are the pages of this room. They also tell what the head of every page shows of the queue.
type Pages struct {
	Catalog Catalog
	Scans   Scans
	// Desk watches and changes the queue.
	Desk *scanqueue.Desk
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

		{Method: http.MethodGet, Path: "/queue", Needs: access.SignedIn, Handle: s.queue},
		{Method: http.MethodGet, Path: "/queue/menu", Needs: access.SignedIn, Handle: s.menu},
		{Method: http.MethodGet, Path: "/queue/cancel", Needs: access.Grantee, Handle: s.confirmCancel},
		{Method: http.MethodPost, Path: "/queue/cancel", Needs: access.Grantee, Handle: s.cancelAll},
		{Method: http.MethodGet, Path: "/scans/{scanKey}", Needs: access.SignedIn, Handle: s.one},
		{Method: http.MethodPost, Path: "/scans/{scanKey}/cancel", Needs: access.SignedIn, Handle: s.cancel},

		{Method: http.MethodGet, Path: "/events", Needs: access.SignedIn, Live: true, Handle: s.events},
		{Method: http.MethodGet, Path: page.ProjectPath + "/events", Needs: access.Reader, Live: true, Handle: s.events},
		{Method: http.MethodGet, Path: page.RepositoryPath + "/events", Needs: access.Reader, Live: true, Handle: s.events},
	}
}

// Done are the sentences of what the forms of this room have done.
func (s *Pages) Done() map[string]string {
	return map[string]string{
		"scan-cancelled":  "The scan is cancelled. If it was running, it stops within a few seconds.",
		"scans-cancelled": "The scans are cancelled. Those that were running stop within a few seconds.",
	}
}
