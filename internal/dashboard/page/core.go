package page

import (
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/sluice-scan/sluice/internal/access"
)

// Core is what every visit needs. Set it up before the first request and do not change it afterwards.
type Core struct {
	Control  *access.Control
	Places   access.Places
	Sessions Sessions
	Trail    access.Trail
	// Header tells what the head of each page shows.
	Header Header
	// Done are the sentences of what an action has done, by the word that the address then has as "done"; see [Visit.Done].
	Done map[string]string
	// Tabs are the entries of the navigation, in order.
	Tabs []Tab
	Log  *slog.Logger
	// BasePath is in front of every path: "/sluice"; empty for none.
	BasePath string
	// Proxies are the networks of the proxies whose X-Forwarded-For and X-Forwarded-Proto count.
	Proxies []netip.Prefix
	// Now is the time.
	Now func() time.Time
	// Patience bounds what a page asks of the database.
	Patience time.Duration
}

// Header tells what the head of each page shows. It is called by many requests at once.
type Header interface {
	// Waiting counts the scans that run and wait, of repositories that the caller may read. known is false when they are not known.
	Waiting(v *Visit) (running, waiting int, known bool)
	// Notice says what became of scans that the caller asked for; nil for nothing to say.
	Notice(v *Visit) *Notice
}

// Notice says what became of an action.
type Notice struct{ Text, Detail string }

// Tab is an entry of the navigation. Routes name it as their Tab.
type Tab struct {
	Text string
	// Path is where it leads; empty for where the caller begins.
	Path string
	// Needs is what the caller must be permitted, to see the entry.
	Needs access.Permission
}

// Handler serves a table of pages, and the pages of errors. Call [Check] first.
func (c *Core) Handler(table []Route) http.Handler {
	mux := http.NewServeMux()
	for i := range table {
		r := &table[i]
		mux.HandleFunc(r.Method+" "+c.BasePath+r.Path, func(w http.ResponseWriter, request *http.Request) { c.visit(w, request).serve(r) }) //nolint:contextcheck // the visit has the context of its request
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		// Strangers do not learn which addresses there are.
		c.visit(w, r).serve(&Route{Needs: access.SignedIn, Handle: func(*Visit) error { return NotFound("There is nothing at this address.") }}) //nolint:contextcheck // the visit has the context of its request
	})
	return mux
}
