package dashboard

import (
	"log/slog"
	"maps"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/dashboard/profile"
	"github.com/sluice-scan/sluice/internal/dashboard/rules"
	"github.com/sluice-scan/sluice/internal/dashboard/scans"
	"github.com/sluice-scan/sluice/internal/dashboard/settings"
	"github.com/sluice-scan/sluice/internal/dashboard/signin"
	"github.com/sluice-scan/sluice/internal/dashboard/status"
	"github.com/sluice-scan/sluice/internal/seal"
	"github.com/sluice-scan/sluice/internal/store"
)

// Options are what a dashboard needs besides the store. Control, Wake, LogLevel and Log are required.
type Options struct {
	// Control is the API's own, so that pages and API count wrong passwords and calls together.
	Control *access.Control
	// Wake says that something was put into the queue.
	Wake func()
	Log  *slog.Logger
	// Folder is where the repositories come from, for administrators of an instance that has none yet.
	Folder string
	// LogLevel is the log level of all nodes, as the API has it.
	LogLevel settings.LogLevel
	// Connections are the sources of repositories; nil for none.
	Connections connection.Lives
	// Mail sends test mails; nil sends none.
	Mail settings.Sender
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
	{Text: "Rules", Path: "/rules", Needs: access.SignedIn},
	{Text: "Settings", Path: "/settings/general", Needs: access.Grantee, Gear: true},
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
		Control: o.Control, Places: access.NewPlaces(st.Catalog), Sessions: st.Sessions, Trail: st.Audit, Header: scan, Tabs: tabs, Done: map[string]string{},
		Log: o.Log, BasePath: o.BasePath, Proxies: o.Proxies, Now: o.Now, Patience: o.Patience,
	}}
	d.table = append(d.table, page.Assets())
	for _, room := range []interface{ Routes() []page.Route }{
		&signin.Pages{Ways: o.Ways, Link: strings.TrimRight(o.Link, "/"), Box: o.Box, OnlyAdmins: o.OnlyAdmins},
		&status.Pages{Catalog: st.Catalog, Folder: o.Folder},
		scan,
		&profile.Pages{Accounts: st.Accounts},
		&rules.Pages{Policy: st.Policy, Settings: st.Settings},
		&settings.Pages{
			Values: st.Settings, Policy: st.Policy, Accounts: st.Accounts, Hooks: st.Settings, Schedules: st.Queue, Clock: st, Mails: st.Mails, Sender: o.Mail, Connections: o.Connections, LogLevel: o.LogLevel, Audit: st.Audit,
			Missing: func(key int64) settings.Missing { return st.Catalog.Sync(key) },
		},
	} {
		d.table = append(d.table, room.Routes()...)
		if says, ok := room.(interface{ Done() map[string]string }); ok {
			maps.Copy(d.core.Done, says.Done())
		}
	}
	return d
}

// Handler serves the pages.
func (d *Dashboard) Handler() http.Handler { return d.core.Handler(d.table) }
