package server

import (
	"context"
	_ "embed"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/export"
	"github.com/sluice-scan/sluice/internal/loglevel"
	"github.com/sluice-scan/sluice/internal/quote"
	"github.com/sluice-scan/sluice/internal/scanqueue"
	"github.com/sluice-scan/sluice/internal/seal"
	"github.com/sluice-scan/sluice/internal/server/accounts"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/server/connections"
	"github.com/sluice-scan/sluice/internal/server/dependencies"
	"github.com/sluice-scan/sluice/internal/server/findings"
	"github.com/sluice-scan/sluice/internal/server/forge"
	"github.com/sluice-scan/sluice/internal/server/hooks"
	"github.com/sluice-scan/sluice/internal/server/mails"
	"github.com/sluice-scan/sluice/internal/server/operations"
	"github.com/sluice-scan/sluice/internal/server/reviews"
	"github.com/sluice-scan/sluice/internal/server/rules"
	"github.com/sluice-scan/sluice/internal/server/sbom"
	"github.com/sluice-scan/sluice/internal/server/scanning"
	"github.com/sluice-scan/sluice/internal/server/scans"
	"github.com/sluice-scan/sluice/internal/server/schedules"
	"github.com/sluice-scan/sluice/internal/server/status"
	"github.com/sluice-scan/sluice/internal/store"
)

// Options are what a server needs besides the store.
type Options struct {
	// BasePath is the prefix of every path, for a reverse proxy: "/sluice"; empty for none.
	BasePath string
	Log      *slog.Logger
	// Now returns the time; nil means time.Now.
	Now func() time.Time
	// Version is the version of the program.
	Version string
	// Lines reads the text of findings; nil means that everybody sees masked excerpts.
	Lines quote.Lines
	// Rate and Burst limit the calls of one account: Rate per second, Burst at once. 0 means 100 and 200. A negative Rate
	// means no limit. A call that comes a little too early is delayed. A call that would wait longer than two seconds is
	// refused.
	Rate  float64
	Burst int
	// Proxies are the networks of the proxies whose X-Forwarded-For is trusted; nil for none.
	Proxies []netip.Prefix
	// Metrics says who gets the metrics. It is one of the constants of operations; empty means MetricsOpen.
	Metrics string
	// Sleep waits for d and returns nil, or returns the cause if ctx ends first; nil means real time.
	Sleep func(ctx context.Context, d time.Duration) error
	// Keys hash and seal the texts of reviewed findings; nil disables reviews. Call their Verify before New.
	Keys *seal.Keys
	// Level is the override of the log level; nil only stores the setting.
	Level *loglevel.Override
	// Files reads files of repositories; nil means that repositories have no rules of their own.
	Files rules.Files
	// Rights returns the roles of an account; nil means the store's own groups and roles.
	Rights access.Rights
	// OnlyAdmins lets only administrators sign in with a password; see access.Options.
	OnlyAdmins bool
	// Connections are the sources of repositories; nil for none.
	Connections connection.Lives
	// Connecting keeps the connections to a Bitbucket; nil for a server that keeps none.
	Connecting connections.Admin
	// Pairing connects workspaces in which the Forge app was paired; nil for a server that keeps no connections.
	Pairing forge.Connecting
	// SBOMs makes SBOMs; nil makes none.
	SBOMs export.SBOMs
	// Mail sends test mails; nil sends none.
	Mail mails.Sender
	// News sends to channels; nil sends nothing.
	News mails.News
	// Work scans in this process; nil for none.
	Work Work
	// Patience limits how long the database may take to answer a request; 0 means two minutes. A stream may take longer.
	Patience time.Duration
}

// Work is the part of this process that scans. It must be safe for concurrent use.
type Work interface {
	scanqueue.Work
	operations.Paused
}

// idle is a process that scans nothing.
type idle struct{}

func (idle) Wake()            {}
func (idle) Cancel(int64)     {}
func (idle) Running() []int64 { return nil }
func (idle) Paused() string   { return "" }

// patience is longer than a change of everything takes, and shorter than people wait.
const patience = 2 * time.Minute

// descriptionFile is the description of the API. A test writes it from the table of routes and the Go types of their
// bodies (make golden), and compares it with them.
//
//go:embed openapi.json
var descriptionFile []byte

// Server answers the REST API, and hands the rest to the pages. It is safe for concurrent use.
type Server struct {
	core  *api.Core
	table []api.Route
	level *loglevel.Level
	desk  *scanqueue.Desk
}

// New assembles a server over a store. It returns an error that names each gap if the table of routes has gaps, because
// nobody could call a route without a permission or a scope.
func New(st *store.Store, o Options) (*Server, error) {
	s := assemble(st, o)
	if err := api.Check(s.table); err != nil {
		return nil, err
	}
	return s, nil
}

func assemble(st *store.Store, o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rights == nil {
		o.Rights = access.OwnRights{Roles: st.Accounts}
	}
	if o.Work == nil {
		o.Work = idle{}
	}
	if o.Patience == 0 {
		o.Patience = patience
	}
	places := access.NewPlaces(st.Catalog)
	hub := scanqueue.NewHub(st.Queue)
	metrics := &operations.Metrics{For: o.Metrics, Version: o.Version, Counts: st.Queue, Activities: hub, Work: o.Work}
	control := access.New(st.Accounts, st.Audit, access.Options{Log: o.Log, Now: o.Now, Sleep: o.Sleep, Rate: o.Rate, Burst: o.Burst, Rights: o.Rights, OnlyAdmins: o.OnlyAdmins})
	s := &Server{
		core: &api.Core{
			Control: control, Places: places, Branches: st.Catalog, Trail: st.Audit, Log: o.Log, Proxies: o.Proxies, BasePath: o.BasePath, Patience: o.Patience, Count: metrics.Count,
		},
		level: &loglevel.Level{Settings: st.Settings, Override: o.Level, Log: o.Log},
		desk:  &scanqueue.Desk{Queue: st.Queue, Work: o.Work, Hub: hub},
	}
	addresses := &mails.Addresses{Settings: st.Settings}
	scan := &scans.Resource{Queue: st.Queue, Desk: s.desk, Addresses: addresses, Now: o.Now}
	rule := &rules.Resource{Policy: st.Policy, Findings: st.Findings, Settings: st.Settings, Files: o.Files}
	review := &reviews.Resource{Reviews: st.Reviews, RuleNames: rule, Keys: o.Keys}
	description := &operations.Description{File: descriptionFile, Version: o.Version, BasePath: o.BasePath}
	for _, room := range []interface{ Routes() []api.Route }{
		&status.Resource{Catalog: st.Catalog, Trends: st.Trends, Now: o.Now},
		scan,
		&findings.Resource{
			Findings: st.Findings, Catalog: st.Catalog, Accounts: st.Accounts, Settings: st.Settings, Scans: scan, RuleNames: rule, Lines: o.Lines, Now: o.Now, BasePath: o.BasePath,
		},
		&operations.Health{Database: st, Work: o.Work, Log: o.Log}, metrics, description,
		review, rule,
		&hooks.Resource{Settings: st.Settings, Policy: st.Policy, Reviewed: review, Trail: st.Audit},
		&schedules.Resource{Queue: st.Queue, Clock: st, Now: o.Now},
		&scanning.Resource{Settings: st.Settings},
		&connections.Resource{Missing: func(key int64) connections.Missing { return st.Catalog.Sync(key) }, Source: o.Connections, Admin: o.Connecting},
		&forge.Resource{Installations: st.Installations, Hash: o.Keys.Hash, Connecting: o.Pairing},
		&mails.Resource{Mails: st.Mails, Addresses: addresses, Sender: o.Mail, Channels: st.Mails, News: o.News, Keys: o.Keys},
		&sbom.Resource{SBOMs: o.SBOMs},
		&operations.Settings{Values: st.Settings, Policy: st.Policy}, &operations.LogLevel{Level: s.level},
		&dependencies.Resource{Dependencies: st.Dependencies},
		&accounts.Resource{Accounts: st.Accounts, Groups: st.Accounts, Roles: st.Accounts, Places: places, Now: o.Now},
		&operations.Audit{Log: st.Audit},
	} {
		s.table = append(s.table, room.Routes()...)
	}
	description.Table = s.table
	return s
}

// Handler serves the API, and what Show was given.
func (s *Server) Handler() http.Handler { return s.core.Handler(s.table) }

// Show makes the server answer with pages what is not the API's. Call it before Handler.
func (s *Server) Show(pages http.Handler) { s.core.Pages = pages }

// Control decides who calls. Pages take the same one, so that guesses and calls are counted together.
func (s *Server) Control() *access.Control { return s.core.Control }

// Scans changes the queue and watches it. Pages take the same one, so that the queue is read once for all.
func (s *Server) Scans() *scanqueue.Desk { return s.desk }

// LogLevel is the log level of all nodes, for the pages.
func (s *Server) LogLevel() *loglevel.Level { return s.level }

// SyncLogLevel applies the log level that another node has set. Call it every few seconds.
func (s *Server) SyncLogLevel(ctx context.Context) error { return s.level.Sync(ctx) }
