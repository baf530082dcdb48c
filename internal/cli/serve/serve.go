package serve

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/cli"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/demo"
	"github.com/sluice-scan/sluice/internal/loglevel"
	"github.com/sluice-scan/sluice/internal/seal"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/variable"
)

func (r *commands) serveCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve a whole Bitbucket: list its repositories and branches, scan them, answer the REST API",
		Long: "Lists every project, repository and branch of a folder of git repositories (PROJECT/repository.git) and of its connections\n" +
			"(sluice connection), scans them, and answers the REST API. It needs nothing else: the first start creates its database in the\n" +
			"data folder and prints the password of an administrator, once. With DATABASE_URL, several nodes share a PostgreSQL.",
		Example: "  sluice serve --demo\n  sluice serve --repos /var/git\n  DATABASE_URL=postgres://sluice@db/sluice sluice serve --repos /var/git --listen :7080",
		Args:    cli.UsageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := loadServe(cmd, r.Getenv)
			if err != nil {
				return err
			}
			if c.Demo {
				return r.demo(cmd.Context(), c)
			}
			return r.serve(cmd.Context(), c, nil)
		},
	}
	addServeFlags(cmd, true)
	return cmd
}

// The time limits of the server. A full export may take long to write.
const (
	headerTime   = 10 * time.Second
	readTime     = 5 * time.Minute
	idleTime     = 2 * time.Minute
	shutdownTime = 20 * time.Second
	maxHeader    = 64 << 10
)

// serve runs a server until ctx ends. made is the made-up Bitbucket of a demo; nil for a real server.
func (r *commands) serve(ctx context.Context, c *serveConfig, made *demo.Folder) error {
	level := &loglevel.Override{}
	options := &slog.HandlerOptions{}
	if made != nil {
		// What people need to sign in must not scroll away.
		options.Level = slog.LevelWarn
	}
	log := slog.New(level.Handler(slog.NewJSONHandler(r.Stderr, options)))
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return &variable.UsageError{Err: fmt.Errorf("--data: %w", err)}
	}
	var from connection.Connection
	switch {
	case made != nil:
		from = made
	case c.Repos != "":
		directory, err := connection.NewDirectory(c.Repos)
		if err != nil {
			return &variable.UsageError{Err: fmt.Errorf("--repos: %w", err)}
		}
		from = directory
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
		return &variable.UsageError{Err: fmt.Errorf("--listen: %w; name another address", err)}
	}
	defer func() { _ = listener.Close() }()
	s := &service{run: r, config: c, store: st, log: log, level: level, keys: keys, demo: made}
	return s.serve(ctx, listener, from)
}

// masterKeyFile is the key file in the data folder of a server that gets no key.
const masterKeyFile = "master.key"

// masterKeyVariable contains the master key that several nodes share.
const masterKeyVariable = "SLUICE_MASTER_KEY"

// serverKeys reads the master key: SLUICE_MASTER_KEY, which all nodes of one database share, or else the key file of the
// data folder, which the first start creates.
func (r *commands) serverKeys(ctx context.Context, c *serveConfig, st *store.Store) (keys *seal.Keys, err error) {
	if text, ok := r.Getenv(masterKeyVariable); ok && text != "" {
		if keys, err = seal.Parse(text); err != nil {
			return nil, &variable.UsageError{Err: fmt.Errorf("%s: %w", masterKeyVariable, err)}
		}
	} else if keys, _, err = seal.LoadOrCreate(filepath.Join(c.Data, masterKeyFile)); err != nil {
		return nil, &variable.UsageError{Err: fmt.Errorf("master key: %w", err)}
	}
	if err := keys.Verify(ctx, st.Settings); errors.Is(err, seal.ErrWrongKey) {
		return nil, &variable.UsageError{Err: fmt.Errorf("%w; set the first node's key in %s, or restore its %s; if a rotation was interrupted, run it again", err, masterKeyVariable, masterKeyFile)}
	} else if err != nil {
		return nil, fmt.Errorf("compare the master key with the database: %w", err)
	}
	return keys, nil
}

// firstAdministrator creates an administrator if there is no account, and returns what to tell the person who started the server, once.
func firstAdministrator(ctx context.Context, st *store.Store) (text string, err error) {
	list, err := st.Accounts.List(ctx)
	if err != nil || len(list) > 0 {
		return "", err
	}
	password := newPassword()
	_, err = st.Accounts.Add(ctx, &accounts.Account{Name: "admin", Password: access.HashPassword(password), Admin: true})
	if errors.Is(err, db.ErrExists) {
		return "", nil // another node was faster, and shows its own password
	}
	return fmt.Sprintf("The first administrator is admin, with the password %s\nThis is shown only once; `sluice user password admin` sets another one.\n", password), err
}

// newPassword returns a password with 100 random bits.
func newPassword() string {
	var b [13]byte
	_, _ = rand.Read(b[:]) // it never fails (crypto/rand)
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:]))[:20]
}
