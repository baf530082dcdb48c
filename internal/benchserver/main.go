// Command benchserver fills a database with a large Bitbucket and measures the server on it: pages and calls of the API while users click, with
// an empty queue and with a full one, the queueing of a rescan, and the export of all findings.
//
//	benchserver -database FILE|postgres://...[,...] [-projects 200] [-repositories 10000] [-branches 500000] [-findings 1000000] [-users 20] [-only seed|clicks|browser]
//
// It calls only itself, on the loopback interface, for a limited time. A database that already contains projects is
// measured unchanged. At the end it writes what the users saw of each page, with a column for each database.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/access"
	_ "github.com/sluice-scan/sluice/internal/engine" // the table of engines, which the queries ask
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/connections"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/scope"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	var b bench
	flag.StringVar(&b.database, "database", "", "SQLite file or address of PostgreSQL; several with commas")
	flag.IntVar(&b.projects, "projects", 200, "projects")
	flag.IntVar(&b.repositories, "repositories", 10_000, "repositories")
	flag.IntVar(&b.branches, "branches", 500_000, "branches")
	flag.IntVar(&b.findings, "findings", 1_000_000, "findings")
	flag.IntVar(&b.users, "users", 20, "users who click")
	flag.DurationVar(&b.pause, "pause", time.Second, "mean pause of a user between two clicks")
	flag.DurationVar(&b.during, "during", 30*time.Second, "how long they click")
	flag.StringVar(&b.only, "only", "", "seed: fill the database and stop; clicks or browser: measure only those; empty for everything but the browser")
	serving := flag.Bool("serve", false, "only answer; the program starts itself so")
	flag.Parse()
	var err error
	if *serving {
		err = serve(ctx, b.database, os.Stdout)
	} else {
		err = b.runAll(ctx, os.Stdout)
	}
	stop()
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "benchserver:", err)
		os.Exit(1)
	}
}

type bench struct {
	database                                   string
	projects, repositories, branches, findings int
	users                                      int
	pause, during                              time.Duration
	only                                       string
	// url and server are the address of the server and its process.
	url    string
	server int
	// nth counts the databases, and pages is what users saw of each page while nothing waited.
	nth   int
	pages summary
}

// runAll measures each database.
func (b *bench) runAll(ctx context.Context, out io.Writer) error {
	b.pages = summary{}
	databases := strings.Split(b.database, ",")
	for b.nth, b.database = range databases {
		if err := b.run(ctx, out); err != nil {
			return fmt.Errorf("database %d: %w", b.nth+1, err)
		}
	}
	return b.pages.write(out, databases)
}

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
	}
	seeded := len(list) == 0
	for _, part := range []struct {
		table, what string
		seed        func(ctx context.Context, s *store.Store) error
	}{{"found_path", "paths and authors", seedSearch}, {"review", "a history", seedHistory}, {"package", "packages", seedPackages}} {
		var rows int
		if err := s.Read.QueryRowContext(ctx, "select count(*) from "+part.table).Scan(&rows); err != nil {
			return err
		}
		if rows > 0 {
			continue
		}
		started := time.Now()
		if err := part.seed(ctx, s); err != nil {
			return err
		}
		seeded = true
		_, _ = fmt.Fprintf(out, "seeded %s in %s\n", part.what, time.Since(started).Round(time.Second))
	}
	if seeded {
		if _, err := s.Recompute(ctx); err != nil {
			return err
		}
	}
	if err := b.addAccounts(ctx, s); err != nil {
		return err
	}
	if b.only == "seed" {
		return nil
	}
	end, err := b.startServer(ctx)
	if err != nil {
		return err
	}
	defer end()
	if b.only == "browser" {
		return b.browse(ctx, out)
	}
	costs, saw, err := b.measure(ctx, out, s, "Nothing waits")
	if err != nil {
		return err
	}
	b.pages.add(b.nth, costs, saw)
	if b.only == "clicks" {
		return nil
	}
	if err := b.export(ctx, out); err != nil {
		return err
	}
	return b.rescan(ctx, out, s)
}

// addAccounts adds the accounts of the measurement, where they are missing. The developer reads two projects and twenty repositories of others.
func (b *bench) addAccounts(ctx context.Context, s *store.Store) error {
	for _, name := range []string{admin, developer} {
		id, err := s.Accounts.Add(ctx, &accounts.Account{Name: name, Password: access.HashPassword(password), Admin: name == admin})
		if errors.Is(err, db.ErrExists) {
			continue
		}
		if err != nil {
			return err
		}
		if name == admin {
			continue
		}
		places := []string{"P008", "P009"}
		for n := range 20 {
			places = append(places, fmt.Sprintf("P%03d/repo-%05d", 10+n, 10+n))
		}
		for _, place := range places {
			if err := s.Accounts.Grant(ctx, id, place, accounts.RoleRead); err != nil {
				return err
			}
		}
	}
	return nil
}
