package dashboard

import (
	"html/template"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/dashboard/analysis"
	"github.com/sluice-scan/sluice/internal/dashboard/dependencies"
	"github.com/sluice-scan/sluice/internal/dashboard/downloads"
	"github.com/sluice-scan/sluice/internal/dashboard/finding"
	"github.com/sluice-scan/sluice/internal/dashboard/findings"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/dashboard/profile"
	"github.com/sluice-scan/sluice/internal/dashboard/reviewed"
	"github.com/sluice-scan/sluice/internal/dashboard/rules"
	"github.com/sluice-scan/sluice/internal/dashboard/scans"
	"github.com/sluice-scan/sluice/internal/dashboard/settings"
	"github.com/sluice-scan/sluice/internal/dashboard/signin"
	"github.com/sluice-scan/sluice/internal/dashboard/status"
	"github.com/sluice-scan/sluice/internal/dashboard/trends"
	"github.com/sluice-scan/sluice/internal/export"
	"github.com/sluice-scan/sluice/internal/scanqueue"
	"github.com/sluice-scan/sluice/internal/seal"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret"
)

// Options are what a dashboard needs besides the store. Control, Scans, LogLevel and Log are required.
type Options struct {
	// Control is the API's own, so that pages and API count wrong passwords and calls together.
	Control *access.Control
	// Scans is the API's own, so that the queue is read once for all.
	Scans *scanqueue.Desk
	Log   *slog.Logger
	// Keys hash and seal reviewed texts; nil means that the server has no master key.
	Keys *seal.Keys
	// Folder is where the repositories come from, and List makes the server look there now without waiting for the end. They are empty and nil
	// for a server without a folder.
	Folder string
	List   func()
	// Source reads files of repositories; nil shows what the store has.
	Source finding.Source
	// SBOMs makes SBOMs; nil makes none.
	SBOMs export.SBOMs
	// Rules describes the rules of the engines. It is called once, when a page needs it first; nil for none.
	Rules func() []scan.Rule
	// Links are the public addresses of branches and lines; nil where they are not known.
	Links Links
	// LogLevel is the log level of all nodes, as the API has it.
	LogLevel settings.LogLevel
	// Connections are the sources of repositories; nil for none.
	Connections connection.Lives
	// Connecting keeps the connections to a Bitbucket; nil for a server that keeps none.
	Connecting settings.Connecting
	// Pairing connects workspaces in which the Forge app was paired; nil for a server that keeps no connections.
	Pairing settings.Pairing
	// Mail sends test mails; nil sends none. News sends to channels; nil sends nothing.
	Mail settings.Sender
	News settings.News
	// BasePath is in front of every path: "/sluice"; empty for none.
	BasePath string
	// Proxies are the networks of the proxies whose X-Forwarded-For and X-Forwarded-Proto count.
	Proxies []netip.Prefix
	// Ways are the ways to sign in besides the password, in order. With some, Link and Box are required.
	Ways []access.Way
	// MoreWays are further ways to sign in, which may change; nil for none.
	MoreWays func() []access.Way
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
	// Render writes the template of a name with its data; nil executes it.
	Render func(t *template.Template, w io.Writer, name string, data any) error
}

// Links are public addresses in the service that holds the repositories. It is called by many requests at once.
type Links interface {
	analysis.Links
	finding.Links
}

// connectedTo returns a function that reports whether repositories come from a Bitbucket.
func connectedTo(lives connection.Lives) func() bool {
	return func() bool {
		return lives != nil && slices.ContainsFunc(lives.Connections(), func(x connection.Live) bool { return x.Type != connection.TypeDirectory })
	}
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
	{Text: "Rules", Path: "/rules", Needs: access.SignedIn},
	{Text: "Settings", Path: "/settings/general", Needs: access.Grantee, Gear: true},
}

// done are the sentences of what an action has done.
var done = map[string]string{
	status.Looked: "Sluice is looking at the folder of repositories. Load this page again in a moment.",
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
	files := &downloads.Pages{Catalog: st.Catalog, Findings: st.Findings, Settings: st.Settings, Lines: o.Source, SBOMs: o.SBOMs}
	scan := &scans.Pages{Catalog: st.Catalog, Scans: st.Queue, Desk: o.Scans}
	d := &Dashboard{core: &page.Core{
		Control: o.Control, Places: access.NewPlaces(st.Catalog), Sessions: st.Sessions, Trail: st.Audit, Header: scan, Tabs: tabs, Done: maps.Clone(done),
		Log: o.Log, BasePath: o.BasePath, Proxies: o.Proxies, Now: o.Now, Patience: o.Patience, Render: o.Render,
	}}
	d.table = append(d.table, page.Own()...)
	for _, room := range []interface{ Routes() []page.Route }{
		&signin.Pages{Ways: o.Ways, More: o.MoreWays, Link: strings.TrimRight(o.Link, "/"), Box: o.Box, OnlyAdmins: o.OnlyAdmins},
		&status.Pages{Catalog: st.Catalog, Folder: o.Folder, Files: files, List: o.List, Connected: connectedTo(o.Connections)},
		&analysis.Pages{Catalog: st.Catalog, Findings: st.Findings, Files: files, Scans: st.Queue, Links: o.Links},
		files,
		&finding.Pages{Catalog: st.Catalog, Findings: st.Findings, Accounts: st.Accounts, Source: o.Source, Redact: secret.NewRedactor(), Rule: described(o.Rules), Links: o.Links},
		&dependencies.Pages{Dependencies: st.Dependencies},
		&findings.Pages{Findings: st.Findings},
		&reviewed.Pages{Reviews: st.Reviews, Keys: o.Keys},
		&trends.Pages{Trends: st.Trends},
		scan,
		&profile.Pages{Accounts: st.Accounts},
		&rules.Pages{Policy: st.Policy, Settings: st.Settings},
		&settings.Pages{
			Values: st.Settings, Policy: st.Policy, Accounts: st.Accounts, Hooks: st.Settings, Places: st.Settings, Schedules: st.Queue, Clock: st, Mails: st.Mails, Sender: o.Mail, Connections: o.Connections, LogLevel: o.LogLevel, Audit: st.Audit,
			Missing: func(key int64) settings.Missing { return st.Catalog.Sync(key) }, Connecting: o.Connecting, Installations: st.Installations, Hash: hashOf(o.Keys), Pairing: o.Pairing, Channels: st.Mails, News: o.News, Seals: sealsOf(o.Keys),
		},
	} {
		d.table = append(d.table, room.Routes()...)
		if says, ok := room.(interface{ Done() map[string]string }); ok {
			maps.Copy(d.core.Done, says.Done())
		}
	}
	return d
}

// sealsOf seals the addresses of channels; nil without a master key.
func sealsOf(k *seal.Keys) *seal.Box {
	if k == nil {
		return nil
	}
	box := k.Connections()
	return &box
}

// hashOf makes the hashes of pairing codes; nil without a master key.
func hashOf(k *seal.Keys) func(text string) string {
	if k == nil {
		return nil
	}
	return k.Hash
}

// Handler serves the pages.
func (d *Dashboard) Handler() http.Handler { return d.core.Handler(d.table) }

// described finds the rules of a list by engine and id. It reads the list once, when it is asked first.
func described(rules func() []scan.Rule) func(e scan.Engine, id string) (scan.Rule, bool) {
	type key struct {
		engine scan.Engine
		id     string
	}
	all := sync.OnceValue(func() map[key]scan.Rule {
		known := map[key]scan.Rule{}
		if rules != nil {
			for _, r := range rules() {
				known[key{r.Engine, r.ID}] = r
			}
		}
		return known
	})
	return func(e scan.Engine, id string) (scan.Rule, bool) {
		r, ok := all()[key{e, id}]
		return r, ok
	}
}
