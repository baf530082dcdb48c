package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluice-scan/sluice/internal/cli"
	"github.com/sluice-scan/sluice/internal/connected"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/connections"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/display"
)

func (r *commands) connectionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "connection",
		Short: "Manage the connections of the server to Bitbucket",
		Long:  "Works on the server's database: the one in the data folder, or DATABASE_URL. A running server follows within seconds.",
		Args:  cli.UsageArgs(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(r.connectionAddCommand(), r.connectionListCommand(), r.connectionCheckCommand(), r.connectionSyncCommand(), r.connectionRotateCommand(), r.connectionRemoveCommand())
	return cmd
}

// withConnections opens the database and the keys of the server for a command.
func (r *commands) withConnections(cmd *cobra.Command, do func(ctx context.Context, a *connected.Admin) error) error {
	c, err := loadServe(cmd, r.Getenv)
	if err != nil {
		return err
	}
	return r.withStore(cmd, func(ctx context.Context, st *store.Store) error {
		keys, err := r.serverKeys(ctx, c, st)
		if err != nil {
			return err
		}
		a := r.admin(st, keys, slog.New(slog.DiscardHandler))
		return do(ctx, &a)
	})
}

// unknown says that there is no connection with a name.
func unknown(name string) error {
	return &variable.UsageError{Err: fmt.Errorf("there is no connection %q; `sluice connection list` shows them", name)}
}

func (r *commands) connectionAddCommand() *cobra.Command {
	var s connected.Settings
	var user, consumer, authorities, file string
	var every time.Duration
	keep, unchecked := false, false
	cmd := &cobra.Command{
		Use: "add NAME URL", Short: "Add a connection, or change the one with that name", Args: cli.UsageArgs(cobra.ExactArgs(2)),
		Long: "URL is the address of a Data Center server, or of a workspace of Bitbucket Cloud: https://bitbucket.org/WORKSPACE.\n" +
			"The credential is an access token of a user, workspace, project or repository that may read; with --user, the password or token of\n" +
			"that user (Cloud: e-mail address and API token); with --consumer, the secret of an OAuth consumer of Cloud. It is read in one line\n" +
			"from --credential-file, else from SLUICE_CONNECTION_CREDENTIAL, else from standard input; never from an argument, which other users\n" +
			"of the machine see. The server is asked whether it accepts it, and it is stored encrypted.\n" +
			"Adding a connection again replaces all its settings. --keep-credential then keeps its credential.",
		Example: "  sluice connection add bitbucket https://bitbucket.example.com < token\n  sluice connection add shop https://example.com/bitbucket --include 'SHOP/*' --exclude '*/old-*' < token",
		RunE: func(cmd *cobra.Command, args []string) error {
			s.URL, s.Every = strings.TrimRight(args[1], "/"), connected.Duration(every)
			if authorities != "" {
				pem, err := os.ReadFile(authorities)
				if err != nil {
					return &variable.UsageError{Err: fmt.Errorf("--authorities: %w", err)}
				}
				s.Authorities = string(pem)
			}
			if err := errors.Join(connected.CheckName(args[0]), s.Check()); err != nil {
				return &variable.UsageError{Err: err}
			}
			var c *connected.Credential
			if !keep {
				secret, err := r.credential(file)
				if err != nil {
					return err
				}
				c = &connected.Credential{User: user, Consumer: consumer, Secret: secret}
				if err := c.Check(); err != nil {
					return &variable.UsageError{Err: err}
				}
			} else if user != "" || consumer != "" || file != "" {
				return &variable.UsageError{Err: errors.New("--user, --consumer and --credential-file are about another credential: leave out --keep-credential")}
			}
			return r.withConnections(cmd, func(ctx context.Context, a *connected.Admin) error {
				return r.addConnection(ctx, a, args[0], &s, c, !unchecked)
			})
		},
	}
	addServeFlags(cmd, false)
	f := cmd.Flags()
	f.StringVar(&user, "user", "", "the user to whom the password or token belongs; empty for an access token by itself")
	f.StringVar(&file, "credential-file", "", "file with the credential; empty for SLUICE_CONNECTION_CREDENTIAL or standard input")
	f.StringVar(&consumer, "consumer", "", "the key of the OAuth consumer of Bitbucket Cloud to which the secret belongs")
	f.BoolVar(&keep, "keep-credential", false, "change the settings and keep the credential")
	f.StringArrayVar(&s.Include, "include", nil, "pattern of PROJECT/repository that belongs to the connection, such as 'PAY/*'; without one, all do (may be repeated)")
	f.StringArrayVar(&s.Exclude, "exclude", nil, "pattern that does not belong to it; it wins over --include (may be repeated)")
	f.BoolVar(&s.Archived, "archived", false, "include archived repositories")
	f.BoolVar(&s.Forks, "forks", false, "include forks")
	f.BoolVar(&s.Personal, "personal", false, "include personal repositories")
	f.DurationVar(&every, "every", 0, "time between listings; 0 for 5m, or 45s for Bitbucket Cloud")
	f.StringVar(&authorities, "authorities", "", "file with the certificates of the authorities that signed the server's, in PEM")
	f.Float64Var(&s.Rate, "calls", 0, "calls per second to the server; 0 for 4, which its default rate limit allows")
	f.IntVar(&s.Burst, "calls-at-once", 0, "calls at once before --calls applies; 0 for 40")
	f.IntVar(&s.Hourly, "calls-an-hour", 0, "calls of the API that Bitbucket Cloud allows in an hour; 0 for 1000")
	f.BoolVar(&s.Webhooks, "webhooks", false, "create and repair webhooks, so that pushes are scanned at once; the credential must administer the projects or repositories, and the server needs --link")
	f.BoolVar(&s.Reports, "reports", false, "publish a Code Insights report on each commit that is scanned")
	f.BoolVar(&s.BuildStatus, "build-status", false, "publish a build status on each commit that is scanned; merges can require it")
	f.BoolVar(&s.SignIn, "sign-in", false, "let people sign in with their account of this Bitbucket; they see here what they may see there")
	f.BoolVar(&s.Comment, "comment", false, "keep one comment on the pull request of each branch that is scanned")
	f.BoolVar(&unchecked, "unchecked", false, "do not ask the server now")
	return cmd
}

// addConnection adds a connection, or replaces all settings of the one with that name.
func (r *commands) addConnection(ctx context.Context, a *connected.Admin, name string, s *connected.Settings, c *connected.Credential, check bool) error {
	action := "connection.added"
	said, err := a.Change(ctx, name, func(old *connected.Settings) { *old = *s }, c, check)
	switch {
	case errors.Is(err, db.ErrNotFound) && c == nil:
		return &variable.UsageError{Err: fmt.Errorf("there is no connection %q whose credential could be kept", name)}
	case errors.Is(err, db.ErrNotFound):
		said, err = a.Add(ctx, name, s, c, check)
	default:
		action = "connection.changed"
	}
	var asked *connected.AskedError
	var invalid *connected.InvalidError
	switch {
	case errors.As(err, &asked):
		return fmt.Errorf("the server was asked, and nothing is stored: %w; --unchecked stores it all the same", err)
	case errors.As(err, &invalid), errors.Is(err, db.ErrExists):
		return &variable.UsageError{Err: err}
	case err != nil:
		return err
	}
	if err := note(ctx, a.Store, action, name, s.URL); err != nil {
		return err
	}
	text := "connection " + name
	if words := said.Words(); words != "" {
		text += ": " + display.Line(words)
	}
	return r.say(text)
}

func (r *commands) connectionListCommand() *cobra.Command {
	skipped := false
	cmd := &cobra.Command{
		Use: "list", Short: "List the connections, with their state", Args: cli.UsageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.withStore(cmd, func(ctx context.Context, st *store.Store) error {
				rows, err := st.Connections.Remotes(ctx)
				if err != nil {
					return err
				}
				for i := range rows {
					spent, err := st.Connections.Spent(ctx, rows[i].ID)
					if err != nil {
						return err
					}
					if err := r.showConnection(&rows[i], spent, skipped); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	addServeFlags(cmd, false)
	cmd.Flags().BoolVar(&skipped, "skipped", false, "also list what the last listing left out, and why")
	return cmd
}

// showConnection prints a connection: one line, and more lines for what is wrong.
func (r *commands) showConnection(row *connections.Remote, spent map[string]int, skipped bool) error {
	s, err := connected.ParseSettings(row.Settings)
	if err != nil {
		return err
	}
	listed := "not listed yet"
	if !row.Synced.IsZero() {
		listed = "listed " + row.Synced.UTC().Format("2006-01-02 15:04:05 UTC")
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%-20s  %-40s  %s", row.Name, s.URL, listed)
	if n := len(row.Skipped); n > 0 {
		fmt.Fprintf(&text, ", %s left out", scan.Plural(n, "place", "places"))
	}
	text.WriteByte('\n')
	for _, b := range s.Budgets(spent) {
		fmt.Fprintf(&text, "    calls in the last hour: %d of %d (%s)\n", b.Used, b.Limit, b.Group)
	}
	if s.Webhooks {
		heard := "none came yet"
		if !row.Hook.Heard.IsZero() {
			heard = "the last one came " + row.Hook.Heard.UTC().Format("2006-01-02 15:04:05 UTC")
		}
		fmt.Fprintf(&text, "    webhooks: %s\n", heard)
	}
	for _, line := range []struct{ title, text string }{{"inactive", row.Inactive}, {"problem", row.Problem}, {"webhooks", row.Hook.Problem}} {
		if line.text != "" {
			fmt.Fprintf(&text, "    %s: %s\n", line.title, strings.ReplaceAll(display.Line(strings.ReplaceAll(line.text, "\n", "; ")), "\t", " "))
		}
	}
	if skipped {
		for _, x := range row.Skipped {
			fmt.Fprintf(&text, "    left out: %s: %s\n", display.Line(x.Name), display.Line(x.Reason))
		}
	}
	_, err = io.WriteString(r.Stdout, text.String())
	return err
}

func (r *commands) connectionCheckCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "check NAME", Short: "Ask the server of a connection whether it accepts the credential", Args: cli.UsageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.withConnections(cmd, func(ctx context.Context, a *connected.Admin) error {
				said, err := a.Probe(ctx, args[0])
				if errors.Is(err, db.ErrNotFound) {
					return unknown(args[0])
				}
				if err != nil {
					return fmt.Errorf("connection %s: %w", args[0], err)
				}
				return r.say(display.Line(said.Words()))
			})
		},
	}
	addServeFlags(cmd, false)
	return cmd
}

func (r *commands) connectionSyncCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "sync NAME", Short: "Make the running server list a connection now, also one that is inactive", Args: cli.UsageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.withConnections(cmd, func(ctx context.Context, a *connected.Admin) error {
				row, err := a.Store.Connections.Remote(ctx, args[0])
				if errors.Is(err, db.ErrNotFound) {
					return unknown(args[0])
				}
				if err != nil {
					return err
				}
				if err := a.Store.Connections.Request(ctx, row.ID); err != nil {
					return err
				}
				if err := note(ctx, a.Store, "connection.synced", row.Name, ""); err != nil {
					return err
				}
				return r.say("a running server lists " + row.Name + " within seconds; `sluice connection list` shows the outcome")
			})
		},
	}
	addServeFlags(cmd, false)
	return cmd
}

func (r *commands) connectionRotateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "rotate NAME", Short: "Give the webhooks of a connection another secret", Args: cli.UsageArgs(cobra.ExactArgs(1)),
		Long: "A running server changes the webhooks in Bitbucket at once. It accepts the former secret for a day, so that no event is lost.",
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.withConnections(cmd, func(ctx context.Context, a *connected.Admin) error {
				switch err := a.Rotate(ctx, args[0]); {
				case errors.Is(err, db.ErrNotFound):
					return unknown(args[0])
				case errors.Is(err, connected.ErrNoHooks):
					return &variable.UsageError{Err: fmt.Errorf("%w; add it again with --webhooks", err)}
				case err != nil:
					return err
				}
				if err := note(ctx, a.Store, "connection.rotated", args[0], ""); err != nil {
					return err
				}
				return r.say("the webhooks of " + args[0] + " have another secret")
			})
		},
	}
	addServeFlags(cmd, false)
	return cmd
}

func (r *commands) connectionRemoveCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "remove NAME", Short: "Remove a connection with its credential and its repositories", Args: cli.UsageArgs(cobra.ExactArgs(1)),
		Long: "Deletes the credential at once, and the webhooks in Bitbucket. The results of its repositories are kept for as long as the setting keepRemovedDays says:\n" +
			"until then, adding the connection again under the same name brings them back.",
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.withConnections(cmd, func(ctx context.Context, a *connected.Admin) error {
				done, err := a.Disconnect(ctx, args[0])
				if errors.Is(err, db.ErrNotFound) {
					return unknown(args[0])
				}
				if err != nil {
					return err
				}
				if done.Left != "" {
					_, _ = fmt.Fprintln(r.Stderr, done.Left)
				}
				if err := note(ctx, a.Store, "connection.removed", args[0], done.Words()); err != nil {
					return err
				}
				return r.say("connection " + args[0] + " is removed " + done.Words())
			})
		},
	}
	addServeFlags(cmd, false)
	return cmd
}
