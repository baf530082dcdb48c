package testdashboard

import (
	"cmp"
	"context"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/connected"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/dashboard"
	"github.com/sluice-scan/sluice/internal/dashboard/finding"
	"github.com/sluice-scan/sluice/internal/dashboard/settings"
	"github.com/sluice-scan/sluice/internal/engine"
	"github.com/sluice-scan/sluice/internal/export"
	"github.com/sluice-scan/sluice/internal/loglevel"
	"github.com/sluice-scan/sluice/internal/server"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/accounts"
)

// Options change a server; the zero value is one at the root that logs nothing.
type Options struct {
	BasePath string
	Log      *slog.Logger
	// Folder is where the repositories are said to come from.
	Folder string
	// Proxies are the networks of the trusted proxies.
	Proxies []netip.Prefix
	// Ways are the ways to sign in besides the password; Link is then the address of the server, with the base path. OnlyAdmins leaves
	// passwords to administrators.
	Ways       []access.Way
	Link       string
	OnlyAdmins bool
	// Rate and Burst are those of server.Options; a Rate of 0 is no limit.
	Rate  float64
	Burst int
	// Source reads files of repositories; nil for none.
	Source finding.Source
	// SBOMs makes SBOMs; nil makes none.
	SBOMs export.SBOMs
	// Links are public addresses; nil for none.
	Links dashboard.Links
	// Now is the time of the guard against guesses, and the one that pages count from; nil is the real time.
	Now func() time.Time
	// Sleep waits; nil really waits.
	Sleep func(ctx context.Context, d time.Duration) error
	// Render sees what the templates of pages are given, and executes them; nil executes them alone.
	Render func(t *template.Template, w io.Writer, name string, data any) error
	// Between stands between the server and its callers, as a proxy does; nil for nothing.
	Between func(http.Handler) http.Handler
	// Connections are the sources of repositories; nil for those in the store, which nothing lists. Mail sends test mails; nil for
	// none.
	Connections connection.Lives
	// Fresh and Stale are those of connected.Options.
	Fresh, Stale time.Duration
	// Bitbucket is the network to it; nil for one in which no server is.
	Bitbucket http.RoundTripper
	Mail      settings.Sender
	// News sends to channels; nil sends nothing.
	News settings.News
}

// away is a network without any server.
type away struct{}

func (away) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusNotFound, Status: "404 Not Found", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
}

// Throttle lets the server give an account one page, and none after.
func (o *Options) Throttle() {
	now := time.Now()
	o.Rate, o.Burst, o.Now = 0.125, 1, func() time.Time { return now }
}

// Serve gives a server with its pages over a store.
func Serve(ctx context.Context, st *store.Store, o Options) (http.Handler, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	keys, err := testKeys()
	if err != nil {
		return nil, err
	}
	if o.Bitbucket == nil {
		o.Bitbucket = away{}
	}
	set := connected.New(connected.Options{Admin: connected.Admin{Store: st, Box: keys.Connections(), Log: o.Log, Transport: o.Bitbucket}, Link: o.Link, Fresh: o.Fresh, Stale: o.Stale})
	if err := set.Reload(ctx); err != nil {
		return nil, err
	}
	if o.Connections == nil {
		o.Connections = set
	}
	s, err := server.New(st, server.Options{Connecting: set, Pairing: set, News: o.News, Rights: set.Rights(access.OwnRights{Roles: st.Accounts}), BasePath: o.BasePath, Log: o.Log, Version: "test", Rate: cmp.Or(o.Rate, -1), Burst: o.Burst, Keys: keys, OnlyAdmins: o.OnlyAdmins, Proxies: o.Proxies, Now: o.Now, Sleep: o.Sleep, Connections: o.Connections, Mail: o.Mail, Level: &loglevel.Override{}})
	if err != nil {
		return nil, err
	}
	d, err := dashboard.New(st, dashboard.Options{
		Connecting: set, Pairing: set, MoreWays: set.Ways, News: o.News,
		Control: s.Control(), Scans: s.Scans(), Log: o.Log, Keys: keys, Folder: o.Folder, Source: o.Source, SBOMs: o.SBOMs, Links: o.Links, Rules: engine.Described, List: func() {}, BasePath: o.BasePath, Proxies: o.Proxies, Now: o.Now, LogLevel: s.LogLevel(), Connections: o.Connections, Mail: o.Mail, Render: o.Render,
		Ways: o.Ways, Link: o.Link, Box: keys.SignIn(), OnlyAdmins: o.OnlyAdmins,
	})
	if err != nil {
		return nil, err
	}
	s.Show(d.Handler())
	if o.Between != nil {
		return o.Between(s.Handler()), nil
	}
	return s.Handler(), nil
}

// Names are the accounts that AddAccounts makes, weakest first.
var Names = []string{"nobody", "reader", "grantee", "writer", "padmin", "admin"}

// Password returns the password of one of these accounts.
func Password(name string) string { return name + "-password" }

// AddAccounts makes an administrator, a grantee who reads PAY/api, one who administers PAY, one who writes PAY/api, one who reads it, and one
// without any right.
func AddAccounts(ctx context.Context, st *store.Store) error {
	grants := map[string]map[string]accounts.Role{
		"grantee": {"": accounts.RoleGrantee, "PAY/api": accounts.RoleRead}, "padmin": {"PAY": accounts.RoleProjectAdmin}, "writer": {"PAY/api": accounts.RoleWrite}, "reader": {"PAY/api": accounts.RoleRead},
	}
	for _, name := range Names {
		// The hash is a cheap one: tests sign in often.
		id, err := st.Accounts.Add(ctx, &accounts.Account{Name: name, Password: access.Cost{Memory: 8, Time: 1}.Hash(Password(name)), Admin: name == "admin"})
		if err != nil {
			return err
		}
		for scope, role := range grants[name] {
			if err := st.Accounts.Grant(ctx, id, scope, role); err != nil {
				return err
			}
		}
	}
	return nil
}
