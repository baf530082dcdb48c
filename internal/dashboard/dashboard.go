package dashboard

import (
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/dependencies"
	"github.com/sluice-scan/sluice/internal/dashboard/findings"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/dashboard/reviewed"
	"github.com/sluice-scan/sluice/internal/dashboard/scans"
	"github.com/sluice-scan/sluice/internal/dashboard/signin"
	"github.com/sluice-scan/sluice/internal/dashboard/status"
	"github.com/sluice-scan/sluice/internal/dashboard/trends"
	"github.com/sluice-scan/sluice/internal/seal"
	"github.com/sluice-scan/sluice/internal/store"
)

// Options are what a dashboard needs besides the store. Control, Wake and Log are required.
type Options struct {
	// Control is the API's own, so that pages and API count wrong passwords and calls together.
	Control *access.Control
	// Wake says that something was put into the queue.
	Wake func()
	Log  *slog.Logger
	// Keys hash and seal reviewed texts; nil means that the server has no master key.
	Keys *seal.Keys
	// Folder is where the repositories come from, for administrators of an instance that has none yet.
	Folder string
	// BasePath is in front of every path: "/sluice"; empty for none.
	BasePath string
	// Proxies are the networks of the proxies whose X-Forwarded-For and X-Forwarded-Proto count.
	Proxies []netip.Prefix
	// Ways are the ways to sign in besides the password, in order. With some, Link and Box are required.
	Ways []access.Way
	// Link is the public address of the server with its base path, to which providers send browsers back.
	Link string
	// Box seals what a browser keeps while somebody signs in elsewhere.
	Box seal.Box
	// OnlyAdmins says that passwords are for administrators alone, as the Control has it.
	OnlyAdmins bool
	// Now is the time; nil means time.Now.
	Now func() time.Time
	// Patience bounds what a page asks of the database; 0 means a minute.
	Patience time.Duration
}

// patience is longer than any page takes, and shorter than people wait.
const patience = time.Minute

// tabs are the navigation. An entry is shown to those who may open it.
var tabs = []page.Tab{
	{Text: "Projects", Needs: access.SignedIn},
	{Text: "Findings", Path: "/findings", Needs: access.SignedIn},
	{Text: "Dependencies", Path: "/dependencies", Needs: access.SignedIn},
	{Text: "Trends", Path: "/trends", Needs: access.SignedIn},
	{Text: "Reviewed", Path: "/reviewed", Needs: access.SignedIn},
}

// Dashboard answers with pages. It is safe for concurrent use.
type Dashboard struct {
	core  *page.Core
	table []page.Route
}

// New puts a dashboard together over a store. It is an error when its table of pages has a gap: nobody could open a page without a permission.
func New(st *store.Store, o Options) (*Dashboard, error) {
	d := assemble(st, o)
	if err := page.Check(d.table); err != nil {
		return nil, err
	}
	return d, nil
}

func assemble(st *store.Store, o Options) *Dashboard {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Patience == 0 {
		o.Patience = patience
	}
	scan := &scans.Pages{Catalog: st.Catalog, Queue: st.Queue, Wake: o.Wake}
	d := &Dashboard{core: &page.Core{
		Control: o.Control, Places: access.NewPlaces(st.Catalog), Sessions: st.Sessions, Trail: st.Audit, Header: scan, Done: reviewed.Done, Tabs: tabs,
		Log: o.Log, BasePath: o.BasePath, Proxies: o.Proxies, Now: o.Now, Patience: o.Patience,
	}}
	d.table = append(d.table, page.Assets())
	for _, room := range []interface{ Routes() []page.Route }{
		&signin.Pages{Ways: o.Ways, Link: strings.TrimRight(o.Link, "/"), Box: o.Box, OnlyAdmins: o.OnlyAdmins},
		&status.Pages{Catalog: st.Catalog, Folder: o.Folder},
		&dependencies.Pages{Dependencies: st.Dependencies},
		&findings.Pages{Findings: st.Findings},
		&reviewed.Pages{Reviews: st.Reviews, Keys: o.Keys},
		&trends.Pages{Trends: st.Trends},
		scan,
	} {
		d.table = append(d.table, room.Routes()...)
	}
	return d
}

// Handler serves the pages.
func (d *Dashboard) Handler() http.Handler { return d.core.Handler(d.table) }
