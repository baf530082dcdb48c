package serve

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/cli"
	"github.com/sluice-scan/sluice/internal/connected"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/dashboard"
	"github.com/sluice-scan/sluice/internal/demo"
	"github.com/sluice-scan/sluice/internal/engine"
	"github.com/sluice-scan/sluice/internal/forge"
	"github.com/sluice-scan/sluice/internal/loglevel"
	"github.com/sluice-scan/sluice/internal/mail"
	"github.com/sluice-scan/sluice/internal/osv"
	"github.com/sluice-scan/sluice/internal/seal"
	"github.com/sluice-scan/sluice/internal/server"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/internal/worker"
	"github.com/sluice-scan/sluice/scan/pace"
	"github.com/sluice-scan/sluice/scan/sca/advisory"
)

// service is the running server.
type service struct {
	run    *commands
	config *serveConfig
	store  *store.Store
	log    *slog.Logger
	level  *loglevel.Override
	keys   *seal.Keys
	// demo is the made-up Bitbucket that the server shows; nil for none.
	demo *demo.Folder
}

// serve runs the server until ctx ends. c is the folder of repositories; nil for a server without one.
func (s *service) serve(ctx context.Context, listener net.Listener, c connection.Connection) error {
	branches := &worker.BranchScan{Data: s.config.Data, Variables: s.config.Variables, Version: cli.Version(), Store: s.store, Log: s.log}
	app, err := s.forge()
	if err != nil {
		return err
	}
	set, err := s.sources(ctx, c, app)
	if err != nil {
		return err
	}
	app.announce(set)
	work := worker.Options{
		Store: s.store, Connection: set.Connection, Any: set.Any, Scan: branches.Scan, Began: set.Began, Ended: set.Ended, Failed: set.Failed, Hash: s.keys.Hash, Owner: s.config.Node, Log: s.log, Timeout: s.config.ScanTimeout,
		Room: &worker.Room{Dir: s.config.Data, Least: s.config.MinFree},
	}
	if s.demo != nil {
		work.Scan, work.Beat = demo.Slow(branches.Scan), time.Second
	}
	w := worker.New(work)
	set.OnQueued(w.Wake)
	advisories, err := s.advisories(w.Wake)
	if err != nil {
		return err
	}
	if advisories != nil {
		branches.Advisories = advisories
	}
	sender := &mail.Sender{Store: s.store, Config: s.config.Mail, Log: s.log, Every: mailEvery, Post: mail.Post{Box: s.keys.Connections(), Agent: "sluice/" + cli.Version()}}
	sender.Config.Link = s.config.Link
	options := server.Options{
		BasePath: s.config.BasePath, Log: s.log, Version: cli.Version(), Keys: s.keys, Level: s.level, Work: w, Mail: sender,
		Rights: set.Rights(access.OwnRights{Roles: s.store.Accounts}),
		Rate:   s.config.Rate, Burst: s.config.Burst, Proxies: s.config.Proxies, Metrics: s.config.Metrics, OnlyAdmins: s.config.SignIn.OnlyAdmins,
	}
	looks := dashboard.Options{
		Log: s.log, Folder: s.config.Repos, Rules: engine.Described, BasePath: s.config.BasePath, Proxies: s.config.Proxies,
		Ways: s.config.SignIn.Ways, MoreWays: set.Ways, Link: s.config.Link, Box: s.keys.SignIn(), OnlyAdmins: s.config.SignIn.OnlyAdmins,
	}
	reader, sboms := connection.NewReader(set), worker.NewSBOMs(branches, set)
	options.News = sender
	options.Lines, options.Files, options.Connections, options.Connecting, options.Pairing, options.SBOMs = reader, reader, set, set, set, sboms
	looks.Source, looks.SBOMs, looks.List = reader, sboms, set.SyncAll
	remotes, err := s.store.Connections.Remotes(ctx)
	if err != nil {
		return err
	}
	if c == nil && len(remotes) == 0 {
		s.log.Warn("there is no folder of repositories and no connection: this server lists and scans nothing; start it with --repos, or add a connection with `sluice connection add`")
	}
	api, err := server.New(s.store, options)
	if err != nil {
		return err
	}
	looks.Keys, looks.Control, looks.Scans, looks.LogLevel, looks.Connections, looks.Connecting, looks.Pairing = s.keys, api.Control(), api.Scans(), api.LogLevel(), set, set, set
	looks.News = sender
	if s.config.Mail.Host != "" {
		looks.Mail = sender
	}
	pages, err := dashboard.New(s.store, looks)
	if err != nil {
		return err
	}
	api.Show(pages.Handler())
	settings, err := branches.Settings()
	if err != nil {
		return err
	}
	if err := s.store.Policy.ReviseRules(ctx, settings); err != nil {
		return fmt.Errorf("compare the results with the rules of this version: %w", err)
	}
	httpServer := &http.Server{
		Handler: s.routes(api.Handler(), set.Receiver(), app.handler()), ReadHeaderTimeout: headerTime, ReadTimeout: readTime, IdleTimeout: idleTime, MaxHeaderBytes: maxHeader,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn), TLSConfig: &tls.Config{MinVersion: tls.VersionTLS12},
	}
	firstSteps, err := s.firstSteps(ctx, branches)
	if err != nil {
		return err
	}
	// Streams of events would otherwise hold up the end.
	httpServer.RegisterOnShutdown(api.Scans().Hub.Close)
	s.greet(listener.Addr(), firstSteps)
	var background sync.WaitGroup
	workCtx, stop := context.WithCancel(ctx)
	background.Go(func() { w.Run(workCtx) })
	background.Go(func() { set.Run(workCtx) })
	if app != nil {
		background.Go(func() { app.run(workCtx) })
	}
	background.Go(func() { sender.Run(workCtx) })
	background.Go(func() { s.schedules(workCtx, w.Wake) })
	if advisories != nil {
		background.Go(func() { advisories.Run(workCtx) })
	}
	background.Go(func() { s.levels(workCtx, api) })
	if s.demo != nil {
		background.Go(func() {
			s.demo.Live(workCtx, s.store, w.Wake, func(err error) { s.log.Error("the demo could not go on", "error", err) })
		})
	}
	ended := make(chan error, 1)
	go func() {
		if s.config.TLSCert != "" {
			ended <- httpServer.ServeTLS(listener, s.config.TLSCert, s.config.TLSKey)
			return
		}
		ended <- httpServer.Serve(listener)
	}()
	select {
	case err = <-ended:
	case <-ctx.Done():
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
		defer cancel()
		err = httpServer.Shutdown(end)
		if served := <-ended; err == nil {
			err = served
		}
	}
	stop()
	background.Wait()
	s.log.Info("stopped")
	if errors.Is(err, http.ErrServerClosed) || errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	return err
}

// routes sends webhooks and calls of the Forge app to their receivers, and everything else to the API and the pages.
func (s *service) routes(api, webhooks, app http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, s.config.BasePath+forge.Path) {
			app.ServeHTTP(w, r)
			return
		}
		if strings.HasPrefix(r.URL.Path, s.config.BasePath+connected.HookPath) {
			webhooks.ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r)
	})
}

const (
	levelEvery      = 5 * time.Second
	mailEvery       = 5 * time.Second
	scheduleEvery   = 15 * time.Second
	advisoriesEvery = time.Hour
)

// schedules starts the scans that are due.
func (s *service) schedules(ctx context.Context, wake func()) {
	pace.Loop{Every: scheduleEvery, Do: func(ctx context.Context) error {
		n, err := s.runSchedules(ctx)
		if n > 0 {
			s.log.Info("scheduled scans started", "schedules", n)
			wake()
		}
		return err
	}, Problem: func(err error) { s.log.Error("scheduled scans could not be started", "error", err) }}.Run(ctx)
}

// runSchedules starts what is due by the database's clock, because the clocks of nodes may differ.
func (s *service) runSchedules(ctx context.Context) (int, error) {
	now, err := s.store.Now(ctx)
	if err != nil {
		return 0, err
	}
	return s.store.Queue.RunSchedules(ctx, now)
}

// levels applies the log level that was set on another node.
func (s *service) levels(ctx context.Context, api *server.Server) {
	pace.Loop{Every: levelEvery, Do: api.SyncLogLevel, Problem: func(err error) {
		s.log.Error("the level of the log could not be read", "error", err)
	}}.Run(ctx)
}

// advisories returns the advisories for all scans. It is nil if no scan looks up dependencies in a file.
func (s *service) advisories(wake func()) (*worker.Advisories, error) {
	c := &s.config.Scan
	if !c.LooksUp() {
		return nil, nil
	}
	o := worker.AdvisoryOptions{
		Store: s.store, Path: filepath.Join(s.config.Data, engine.AdvisoryFile), Mode: c.DBUpdate, Log: s.log, Every: advisoriesEvery, Now: time.Now, Wake: wake,
		Client: &osv.Client{Download: c.DBURL, HTTP: s.run.Network.Advisories, Agent: "sluice/" + cli.Version()},
	}
	if c.DB != "" {
		// A configured file is used unchanged.
		o.Path, o.Mode = c.DB, osv.UpdateOff
		db, err := advisory.Open(c.DB)
		if err != nil {
			return nil, &variable.UsageError{Err: fmt.Errorf("DB: %w", err)}
		}
		if err := db.Close(); err != nil {
			return nil, err
		}
	}
	if o.Mode == osv.UpdateForce {
		// Do not download them again for every scan.
		o.Mode = osv.UpdateAuto
	}
	return worker.NewAdvisories(o), nil
}

// firstSteps prepares an empty database, and returns what to tell the person who started the server; "" for nothing.
func (s *service) firstSteps(ctx context.Context, branches *worker.BranchScan) (string, error) {
	if s.demo != nil {
		return s.fillDemo(ctx, branches)
	}
	return firstAdministrator(ctx, s.store)
}

// greet prints the address of the server, and then more.
func (s *service) greet(address net.Addr, more string) {
	scheme := "http"
	if s.config.TLSCert != "" {
		scheme = "https"
	}
	text := fmt.Sprintf("Sluice is at %s://%s%s/ (stop with Ctrl-C)\nOpen this address in a browser for the dashboard; the REST API is below %[3]s/rest.\n", scheme, address, s.config.BasePath)
	// Write it at once, so that nobody reads a part of it.
	_, _ = io.WriteString(s.run.Stdout, text+more)
}
