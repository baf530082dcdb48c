package dashboard

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/store/sessions"
)

// Catalog is what there is. It is called by many requests at once.
type Catalog interface {
	access.Catalog
	// Projects lists the visible projects by name; personal says which kind, nil for both. name is a part of the display name.
	Projects(ctx context.Context, v *scope.Visible, personal *bool, name string, page db.Page) ([]catalog.Project, error)
	Repositories(ctx context.Context, v *scope.Visible, project int64, f catalog.Filter, page db.Page) ([]catalog.Repository, error)
	Branches(ctx context.Context, repository int64, f catalog.Filter, page db.Page) ([]catalog.Branch, error)
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

// Sessions are people who have signed in. They are called by many requests at once.
type Sessions interface {
	Start(ctx context.Context, account int64, text, agent, replaces string, l sessions.Limits) error
	// Use gives the account of a session; db.ErrNotFound for one that does not count.
	Use(ctx context.Context, text string, l sessions.Limits) (*accounts.Account, error)
	End(ctx context.Context, text string) error
}

// Options are what a dashboard needs. All fields are required but Folder, BasePath, Proxies, Now and Patience.
type Options struct {
	Catalog  Catalog
	Queue    Queue
	Sessions Sessions
	Trail    access.Trail
	// Control is the API's own, so that pages and API count wrong passwords and calls together.
	Control *access.Control
	// Wake says that something was put into the queue.
	Wake func()
	Log  *slog.Logger
	// Folder is where the repositories come from, for administrators of an instance that has none yet.
	Folder string
	// BasePath is in front of every path: "/sluice"; empty for none.
	BasePath string
	// Proxies are the networks of the proxies whose X-Forwarded-For counts.
	Proxies []netip.Prefix
	// Now is the time; nil means time.Now.
	Now func() time.Time
	// Patience bounds what a page asks of the database; 0 means a minute.
	Patience time.Duration
}

// patience is longer than any page takes, and shorter than people wait.
const patience = time.Minute

// Dashboard answers with pages. It is safe for concurrent use.
type Dashboard struct {
	Options
	places access.Places
	looks  *looks
	table  []Route
}

// New puts a dashboard together. It is an error when its table of pages has a gap: nobody could open a page without a permission.
func New(o Options) (*Dashboard, error) {
	d := assemble(o)
	if err := check(d.table); err != nil {
		return nil, err
	}
	return d, nil
}

func assemble(o Options) *Dashboard {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Patience == 0 {
		o.Patience = patience
	}
	d := &Dashboard{Options: o, places: access.NewPlaces(o.Catalog), looks: newLooks()}
	d.table = d.routes()
	return d
}

// Handler serves the pages.
func (d *Dashboard) Handler() http.Handler {
	mux := http.NewServeMux()
	for i := range d.table {
		r := &d.table[i]
		mux.HandleFunc(r.Method+" "+d.BasePath+r.Path, func(w http.ResponseWriter, request *http.Request) { d.visit(w, request).serve(r) }) //nolint:contextcheck // the visit has the context of its request
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		// Strangers do not learn which addresses there are.
		d.visit(w, r).serve(&Route{Needs: access.SignedIn, Handle: func(*visit) error { return notFound("There is nothing at this address.") }}) //nolint:contextcheck // the visit has the context of its request
	})
	return mux
}
