// Command benchserver fills a database with a large Bitbucket and measures the server on it: status pages at a steady
// rate, the queueing of a rescan, and the export of all findings.
//
//	benchserver -database FILE|postgres://... [-projects 200] [-repositories 10000] [-branches 500000] [-findings 1000000]
//
// It calls only itself, on the loopback interface, for a limited time. A database that already contains projects is
// measured unchanged.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/sluice-scan/sluice/internal/access"
	_ "github.com/sluice-scan/sluice/internal/engine" // the table of engines, which the queries ask
	"github.com/sluice-scan/sluice/internal/server"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/connections"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/scope"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	var b bench
	flag.StringVar(&b.database, "database", "", "SQLite file or address of PostgreSQL")
	flag.IntVar(&b.projects, "projects", 200, "projects")
	flag.IntVar(&b.repositories, "repositories", 10_000, "repositories")
	flag.IntVar(&b.branches, "branches", 500_000, "branches")
	flag.IntVar(&b.findings, "findings", 1_000_000, "findings")
	flag.IntVar(&b.rate, "rate", 50, "requests a second")
	flag.DurationVar(&b.during, "during", 20*time.Second, "how long status pages are asked for")
	flag.Parse()
	err := b.run(ctx, os.Stdout)
	stop()
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "benchserver:", err)
		os.Exit(1)
	}
}

type bench struct {
	database                                   string
	projects, repositories, branches, findings int
	rate                                       int
	during                                     time.Duration
	url                                        string
}

const (
	account  = "bench"
	password = "bench-password"
)

func (b *bench) run(ctx context.Context, out io.Writer) error {
	if b.database == "" {
		return fmt.Errorf("name the database with -database")
	}
	s, err := store.Open(ctx, b.database)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	list, err := s.Catalog.Projects(ctx, &scope.Visible{All: true}, nil, "", db.Page{Limit: 1})
	if err != nil {
		return err
	}
	if len(list) == 0 {
		started := time.Now()
		from, err := s.Connections.Ensure(ctx, connections.Repos, connections.KindFolder)
		if err != nil {
			return err
		}
		if err := b.seed(ctx, from.ID); err != nil {
			return err
		}
		_, _ = fmt.Fprintf(out, "seeded %d projects, %d repositories, %d branches, %d findings in %s\n", b.projects, b.repositories, b.branches, b.findings, time.Since(started).Round(time.Second))
		started = time.Now()
		if _, err := s.Recompute(ctx); err != nil {
			return err
		}
		_, _ = fmt.Fprintf(out, "counted in %s\n", time.Since(started).Round(time.Second))
		if _, err := s.Accounts.Add(ctx, &accounts.Account{Name: account, Password: access.HashPassword(password), Admin: true}); err != nil {
			return err
		}
	}
	var packages int
	if err := s.Read.QueryRowContext(ctx, "select count(*) from package").Scan(&packages); err != nil {
		return err
	}
	if packages == 0 {
		started := time.Now()
		if err := seedPackages(ctx, s); err != nil {
			return err
		}
		_, _ = fmt.Fprintf(out, "seeded packages in %s\n", time.Since(started).Round(time.Second))
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	served, err := server.New(s, server.Options{Log: slog.New(slog.DiscardHandler), Rate: -1})
	if err != nil {
		return err
	}
	api := &http.Server{Handler: served.Handler(), ReadHeaderTimeout: time.Minute}
	go func() { _ = api.Serve(listener) }()
	defer func() { _ = api.Close() }()
	b.url = "http://" + listener.Addr().String() + "/rest/security/latest"
	return b.measure(ctx, out, s)
}
