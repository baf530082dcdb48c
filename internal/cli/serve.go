package cli

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/base32"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/mail"
	"github.com/sluice-scan/sluice/internal/pipe"
	"github.com/sluice-scan/sluice/internal/seal"
	"github.com/sluice-scan/sluice/internal/server"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/worker"
)

func (r *run) serveCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve a whole Bitbucket: know its repositories and branches, scan them, answer the REST API",
		Long: "Knows every project, repository and branch of a folder of git repositories (PROJECT/repository.git), scans them, and\n" +
			"answers the REST API. It needs nothing else: the first start makes its database in the data folder and prints the\n" +
			"password of an administrator, once. With DATABASE_URL several nodes share a PostgreSQL.",
		Example: "  sluice serve --repos /var/git\n  DATABASE_URL=postgres://sluice@db/sluice sluice serve --repos /var/git --listen :7080",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := loadServe(cmd, r.Getenv)
			if err != nil {
				return err
			}
			return r.serve(cmd.Context(), c)
		},
	}
	addServeFlags(cmd, true)
	return cmd
}

// The time limits of the server. An export of everything may take long to write.
const (
	headerTime   = 10 * time.Second
	readTime     = 5 * time.Minute
	idleTime     = 2 * time.Minute
	shutdownTime = 20 * time.Second
	maxHeader    = 64 << 10
)

func (r *run) serve(ctx context.Context, c *serveConfig) error {
	level := &server.LogOverride{}
	log := slog.New(level.Handler(slog.NewJSONHandler(r.Stderr, nil)))
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return &pipe.UsageError{Err: fmt.Errorf("--data: %w", err)}
	}
	directory, err := connection.NewDirectory(c.Repos)
	if err != nil {
		return &pipe.UsageError{Err: fmt.Errorf("--repos: %w", err)}
	}
	st, err := store.Open(ctx, c.address())
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer func() { _ = st.Close() }()
	keys, err := r.serverKeys(ctx, c, st)
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return &pipe.UsageError{Err: fmt.Errorf("--listen: %w; name another address", err)}
	}
	defer func() { _ = listener.Close() }()
	password, err := firstAdministrator(ctx, st)
	if err != nil {
		return err
	}
	s := &service{run: r, config: c, store: st, log: log, level: level, keys: keys}
	return s.serve(ctx, listener, directory, password)
}

// masterKeyFile is in the data folder, for a server that is given no key.
const masterKeyFile = "master.key"

// serverKeys reads the master key: that of SLUICE_MASTER_KEY, which all nodes of one database share, or else that of the data
// folder, where the first start makes one.
func (r *run) serverKeys(ctx context.Context, c *serveConfig, st *store.Store) (keys *seal.Keys, err error) {
	const variable = "SLUICE_MASTER_KEY"
	if text, ok := r.Getenv(variable); ok && text != "" {
		if keys, err = seal.Parse(text); err != nil {
			return nil, &pipe.UsageError{Err: fmt.Errorf("%s: %w", variable, err)}
		}
	} else if keys, _, err = seal.LoadOrCreate(filepath.Join(c.Data, masterKeyFile)); err != nil {
		return nil, &pipe.UsageError{Err: fmt.Errorf("master key: %w", err)}
	}
	if err := keys.Verify(ctx, st); errors.Is(err, seal.ErrWrongKey) {
		return nil, &pipe.UsageError{Err: fmt.Errorf("%w; give the key of the first node in %s, or bring back its %s", err, variable, masterKeyFile)}
	} else if err != nil {
		return nil, fmt.Errorf("compare the master key with the database: %w", err)
	}
	return keys, nil
}

// firstAdministrator makes an administrator when there is no account at all, and gives the password, which is shown once.
func firstAdministrator(ctx context.Context, st *store.Store) (password string, err error) {
	accounts, err := st.Accounts(ctx)
	if err != nil || len(accounts) > 0 {
		return "", err
	}
	password = newPassword()
	_, err = st.AddAccount(ctx, &store.Account{Name: "admin", Password: server.HashPassword(password), Admin: true})
	if errors.Is(err, store.ErrExists) {
		return "", nil // another node was faster, and shows its own
	}
	return password, err
}

// newPassword makes a password of 100 random bits.
func newPassword() string {
	var b [13]byte
	_, _ = rand.Read(b[:]) // it never fails (crypto/rand)
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:]))[:20]
}

// service is the server while it runs.
type service struct {
	run    *run
	config *serveConfig
	store  *store.Store
	log    *slog.Logger
	level  *server.LogOverride
	keys   *seal.Keys
}

func (s *service) serve(ctx context.Context, listener net.Listener, c connection.Connection, password string) error {
	scan := &worker.BranchScan{Data: s.config.Data, Variables: s.variables(), Version: Version(), Store: s.store, Log: s.log}
	w := worker.New(worker.Options{
		Store: s.store, Connection: c, Scan: scan.Scan, Hash: s.keys.Hash, Owner: s.config.Node, Log: s.log, Timeout: s.config.ScanTimeout,
	})
	syncer := &worker.Syncer{Store: s.store, Connection: c, Log: s.log, Every: s.config.Sync, Wake: w.Wake}
	reader := connection.NewReader(c)
	api := server.New(s.store, server.Options{
		BasePath: s.config.BasePath, Log: s.log, Version: Version(), Lines: reader, Files: reader, Keys: s.keys, Level: s.level, Work: w, Connections: connections{syncer, s.config.Repos},
	})
	if err := s.store.ReviseRules(ctx); err != nil {
		return fmt.Errorf("compare the results with the rules of this version: %w", err)
	}
	httpServer := &http.Server{
		Handler: api.Handler(), ReadHeaderTimeout: headerTime, ReadTimeout: readTime, IdleTimeout: idleTime, MaxHeaderBytes: maxHeader,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn), TLSConfig: &tls.Config{MinVersion: tls.VersionTLS12},
	}
	s.greet(listener.Addr(), password)
	var background sync.WaitGroup
	workCtx, stop := context.WithCancel(ctx)
	background.Go(func() { w.Run(workCtx) })
	background.Go(func() { syncer.Run(workCtx) })
	background.Go(func() {
		(&mail.Sender{Store: s.store, Config: s.config.Mail, Log: s.log, Every: mailEvery}).Run(workCtx)
	})
	background.Go(func() { s.schedules(workCtx, w.Wake) })
	background.Go(func() { s.levels(workCtx, api) })
	ended := make(chan error, 1)
	go func() {
		if s.config.TLSCert != "" {
			ended <- httpServer.ServeTLS(listener, s.config.TLSCert, s.config.TLSKey)
			return
		}
		ended <- httpServer.Serve(listener)
	}()
	var err error
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

// directoryID names the only connection.
const directoryID = "directory"

// connections tell the API of the folder of repositories.
type connections struct {
	syncer *worker.Syncer
	folder string
}

func (c connections) Connections() []server.Connection {
	state := c.syncer.State()
	x := server.Connection{ID: directoryID, Type: "DIRECTORY", Name: c.folder, Synced: state.Last, Syncing: state.Running}
	if state.Problem != nil {
		x.Problem = state.Problem.Error()
	}
	return []server.Connection{x}
}

func (c connections) Sync(id string) bool {
	if id != directoryID {
		return false
	}
	c.syncer.Request()
	return true
}

const (
	levelEvery    = 5 * time.Second
	mailEvery     = 5 * time.Second
	scheduleEvery = 15 * time.Second
)

// schedules starts the scans that are due.
func (s *service) schedules(ctx context.Context, wake func()) {
	ticker := time.NewTicker(scheduleEvery)
	defer ticker.Stop()
	for {
		n, err := s.store.RunSchedules(ctx, time.Now())
		if err != nil && ctx.Err() == nil {
			s.log.Error("scheduled scans could not be started", "error", err)
		}
		if n > 0 {
			s.log.Info("scheduled scans started", "schedules", n)
			wake()
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// levels takes over what other nodes were told to log.
func (s *service) levels(ctx context.Context, api *server.Server) {
	ticker := time.NewTicker(levelEvery)
	defer ticker.Stop()
	for {
		if err := api.SyncLogLevel(ctx); err != nil && ctx.Err() == nil {
			s.log.Error("the level of the log could not be read", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// variables are those of the pipe that hold for every scan: the process's own, without what a pipeline says of itself.
func (s *service) variables() map[string]string {
	variables := map[string]string{}
	for _, name := range []string{"ENGINES", "DB", "DB_UPDATE", "DB_URL", "OSV_API", "KEV", "EPSS", "RULES", "MAX_FILE_SIZE", "ARCHIVES"} {
		if value, ok := s.run.Getenv(name); ok && value != "" {
			variables[name] = value
		}
	}
	return variables
}

// greet says where the server is, and the password of the first administrator, once.
func (s *service) greet(address net.Addr, password string) {
	scheme := "http"
	if s.config.TLSCert != "" {
		scheme = "https"
	}
	_, _ = fmt.Fprintf(s.run.Stdout, "Sluice is at %s://%s%s/ (stop with Ctrl-C)\n", scheme, address, s.config.BasePath)
	if password != "" {
		_, _ = fmt.Fprintf(s.run.Stdout, "The first administrator is admin, with the password %s\nIt is shown this once; `sluice user password admin` sets another.\n", password)
	}
}
