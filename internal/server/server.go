package server

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/sluice-scan/sluice/internal/seal"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/scan/pace"
)

// Options is what a server needs besides the store.
type Options struct {
	// BasePath stands in front of every path, for a reverse proxy: "/sluice"; empty for none.
	BasePath string
	Log      *slog.Logger
	// Now is the time; nil means time.Now.
	Now func() time.Time
	// Version is the program's own version.
	Version string
	// Lines reads the text of findings; nil shows everybody the masked excerpts.
	Lines Lines
	// Rate and Burst bound the calls of one account: Rate a second, Burst at once. 0 means 100 and 200; a negative Rate, no bound. Who
	// calls a little too fast is held up; who would have to wait longer than two seconds is refused.
	Rate  float64
	Burst int
	// Proxies are the networks of the proxies whose X-Forwarded-For is believed; nil for none.
	Proxies []netip.Prefix
	// Metrics says who gets the metrics: everybody (MetricsOpen, and when it is empty), grantees and administrators, or nobody.
	Metrics string
	// Sleep holds a call up for a while, or until ctx has ended, and then returns why; nil means the real time.
	Sleep func(ctx context.Context, d time.Duration) error
	// Keys hash and seal the texts of reviewed findings; nil answers that reviewing is not set up. Who makes the server calls
	// their Verify first.
	Keys *seal.Keys
	// Level is the override of the log's level; nil stores the setting alone.
	Level *LogOverride
	// Files reads files of repositories; nil has none.
	Files Files
	// Rights say what an account may do; nil is what the store's own groups and roles say.
	Rights Rights
	// Connections are where repositories come from; nil for none.
	Connections Connections
	// Bills makes bills of materials; nil makes none.
	Bills Bills
	// Mail sends test mails; nil sends none.
	Mail Mail
	// Work is what scans in this process, nil for nothing.
	Work Work
	// Patience bounds what a request asks of the database before it is answered; 0 means two minutes. What is streamed may
	// take longer.
	Patience time.Duration
}

// Rights are where an account's roles come from: the store's own, or a Bitbucket's. They are asked once a request, by many requests
// at once: what takes long is to be kept for a while by whoever implements them.
type Rights interface {
	// Grants gives the roles of an account that is no administrator.
	Grants(ctx context.Context, a *store.Account) (store.Grants, error)
}

// ownRights are the store's.
type ownRights struct{ store *store.Store }

func (r ownRights) Grants(ctx context.Context, a *store.Account) (store.Grants, error) {
	return r.store.Grants(ctx, a.ID)
}

// Work is told at once what it would see in the store a little later. It is called by many requests at once.
type Work interface {
	// Wake says that something was put into the queue.
	Wake()
	// Cancel says that a scan is to stop.
	Cancel(scan int64)
	// Running lists the scans that run here.
	Running() []int64
	// Paused tells why no scan is started here, "" when they are.
	Paused() string
}

// patience is longer than any change of everything takes, and shorter than what people wait for.
const patience = 2 * time.Minute

// Files reads what stands in a repository at the head of its default branch; nil bytes for a file that is not there.
type Files interface {
	File(ctx context.Context, r *store.Repository, path string) ([]byte, error)
}

// Server answers the API. It is safe for concurrent use.
type Server struct {
	store   *store.Store
	options Options
	log     *slog.Logger
	// table is the table of routes, without gaps.
	table    []route
	known    *verified
	hub      hub
	limits   limits
	metrics  metrics
	refusals refusals
	guard    guard
}

// New makes a server over a store. It is an error when the table of routes has a gap: a route that names no permission or no scope
// would be one that nobody may call, and the error names each.
func New(s *store.Store, o Options) (*Server, error) {
	made := newServer(s, o)
	made.table = made.routes()
	if err := checkRoutes(made.table); err != nil {
		return nil, err
	}
	return made, nil
}

func newServer(s *store.Store, o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rights == nil {
		o.Rights = ownRights{s}
	}
	if o.Sleep == nil {
		o.Sleep = pace.Wait
	}
	if o.Work == nil {
		o.Work = idle{}
	}
	if o.Patience == 0 {
		o.Patience = patience
	}
	return &Server{store: s, options: o, log: o.Log, known: newVerified()}
}

// idle is a process that scans nothing.
type idle struct{}

func (idle) Wake()            {}
func (idle) Cancel(int64)     {}
func (idle) Running() []int64 { return nil }
func (idle) Paused() string   { return "" }

func (s *Server) newCall(w http.ResponseWriter, r *http.Request) *call {
	var id [8]byte
	_, _ = rand.Read(id[:]) // it never fails (crypto/rand)
	c := &call{s: s, w: w, r: r, id: hex.EncodeToString(id[:])}
	w.Header().Set("X-Request-Id", c.id)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	return c
}

// serve checks who calls and what for, and answers.
func (s *Server) serve(r route) http.HandlerFunc {
	return func(w http.ResponseWriter, request *http.Request) {
		c := s.newCall(w, request)
		answer, err := c.handle(&r)
		if err != nil {
			c.refused(&r, err)
			c.fail(err)
			return
		}
		c.audit(&r)
		c.answer(answer)
	}
}

// handle checks who calls and what for, and finds the answer in bounded time: a lock that somebody holds in the database must
// not hold up callers for ever.
func (c *call) handle(r *route) (*reply, error) {
	whole := c.r
	defer func() { c.r = whole }()
	ctx, cancel := context.WithTimeout(whole.Context(), c.s.options.Patience)
	defer cancel()
	c.r = whole.WithContext(ctx)
	if err := c.authorize(r); err != nil {
		return nil, err
	}
	return r.handle(c)
}
