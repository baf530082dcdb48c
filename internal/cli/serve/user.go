package serve

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/cli"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan/display"
)

func (r *commands) userCommand() *cobra.Command {
	user := &cobra.Command{
		Use:   "user",
		Short: "Manage the accounts of the server in its database",
		Long: "Works on the server's database: the one in the data folder, or DATABASE_URL. With --password-stdin it reads a password from\n" +
			"standard input; otherwise it creates one and shows it once.",
		Args: cli.UsageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	user.AddCommand(r.userAddCommand(), r.userPasswordCommand(), r.userGrantCommand(), r.userListCommand(), r.userDisableCommand(), r.userGroupCommand(), r.userLinkCommand())
	return user
}

// withStore opens the server's database for a command.
func (r *commands) withStore(cmd *cobra.Command, do func(ctx context.Context, st *store.Store) error) error {
	c, err := loadServe(cmd, r.Getenv)
	if err != nil {
		return err
	}
	st, err := store.Open(cmd.Context(), c.address())
	if err != nil {
		return fmt.Errorf("open the database %s: %w; name the server's folder with --data", r.databaseName(c), err)
	}
	return errors.Join(do(cmd.Context(), st), st.Close())
}

// databaseName names a database without its password.
func (r *commands) databaseName(c *serveConfig) string {
	if c.Database != "" {
		return "DATABASE_URL"
	}
	return c.address()
}

// password reads a password for an account, or creates one and shows it.
func (r *commands) password(name string, fromStdin bool) (string, error) {
	if !fromStdin {
		password := newPassword()
		_, err := fmt.Fprintf(r.Stdout, "password: %s\n", password)
		return password, err
	}
	line, err := bufio.NewReader(r.Stdin).ReadString('\n')
	password := strings.TrimRight(line, "\r\n")
	if password == "" && err != nil {
		return "", &variable.UsageError{Err: errors.New("there is no password on standard input")}
	}
	if err := access.CheckNewPassword(strings.ToLower(name), password); err != nil {
		return "", &variable.UsageError{Err: fmt.Errorf("the password: %w", err)}
	}
	return password, nil
}

// commandLine is the actor of changes by these commands.
const commandLine = "command line"

// note records a change in the audit log.
func note(ctx context.Context, st *store.Store, action, object, detail string) error {
	return st.Audit.Add(ctx, &audit.Event{Actor: commandLine, Action: action, Object: object, Detail: detail})
}

func (r *commands) userAddCommand() *cobra.Command {
	admin, stdin, email := false, false, ""
	cmd := &cobra.Command{
		Use: "add NAME", Short: "Add an account", Args: cli.UsageArgs(cobra.ExactArgs(1)),
		Example: "  sluice user add jdoe --email jdoe@example.com\n  sluice user add root --admin --password-stdin < password.txt",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := access.CheckName(strings.ToLower(args[0])); err != nil {
				return &variable.UsageError{Err: fmt.Errorf("the name %q: %w", args[0], err)}
			}
			return r.withStore(cmd, func(ctx context.Context, st *store.Store) error {
				password, err := r.password(args[0], stdin)
				if err != nil {
					return err
				}
				_, err = st.Accounts.Add(ctx, &accounts.Account{Name: args[0], Email: email, Password: access.HashPassword(password), Admin: admin})
				if errors.Is(err, db.ErrExists) {
					return &variable.UsageError{Err: fmt.Errorf("the account %s already exists; `sluice user password %s` sets another password", args[0], args[0])}
				}
				if err != nil {
					return err
				}
				return note(ctx, st, "account.added", args[0], fmt.Sprintf("admin=%t", admin))
			})
		},
	}
	addServeFlags(cmd, false)
	cmd.Flags().BoolVar(&admin, "admin", false, "the account has all permissions")
	cmd.Flags().StringVar(&email, "email", "", "address for its mails")
	cmd.Flags().BoolVar(&stdin, "password-stdin", false, "read the password from standard input")
	return cmd
}

// change changes an account. what describes the change.
func (r *commands) change(cmd *cobra.Command, name, what string, do func(a *accounts.Account) error) error {
	return r.withStore(cmd, func(ctx context.Context, st *store.Store) error {
		a, err := account(ctx, st, name)
		if err == nil {
			err = do(a)
		}
		if err != nil {
			return err
		}
		if err := st.Accounts.Change(ctx, a); err != nil {
			return err
		}
		return note(ctx, st, "account.changed", a.Name, what)
	})
}

func (r *commands) userPasswordCommand() *cobra.Command {
	stdin := false
	cmd := &cobra.Command{
		Use: "password NAME", Short: "Set another password", Args: cli.UsageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.change(cmd, args[0], "password", func(a *accounts.Account) error {
				password, err := r.password(args[0], stdin)
				a.Password = access.HashPassword(password)
				return err
			})
		},
	}
	addServeFlags(cmd, false)
	cmd.Flags().BoolVar(&stdin, "password-stdin", false, "read the password from standard input")
	return cmd
}

func (r *commands) userDisableCommand() *cobra.Command {
	back := false
	cmd := &cobra.Command{
		Use: "disable NAME", Short: "Switch an account off, with its tokens", Args: cli.UsageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.change(cmd, args[0], fmt.Sprintf("disabled=%t", !back), func(a *accounts.Account) error {
				a.Disabled = !back
				return nil
			})
		},
	}
	addServeFlags(cmd, false)
	cmd.Flags().BoolVar(&back, "undo", false, "switch it on again")
	return cmd
}

func (r *commands) userListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "list", Short: "List the accounts and groups", Args: cli.UsageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.withStore(cmd, func(ctx context.Context, st *store.Store) error {
				accounts, err := st.Accounts.List(ctx)
				if err != nil {
					return err
				}
				for i := range accounts {
					a := &accounts[i]
					words := []string{}
					if a.Admin {
						words = append(words, "administrator")
					}
					if a.Disabled {
						words = append(words, "switched off")
					}
					if _, err := fmt.Fprintf(r.Stdout, "%-20s  %-30s  %s\n", display.Line(a.Name), display.Line(a.Email), strings.Join(words, ", ")); err != nil {
						return err
					}
				}
				groups, err := st.Accounts.Groups(ctx)
				if err != nil {
					return err
				}
				for _, g := range groups {
					members := strings.Join(g.Members, ", ")
					if g.Provider != "" {
						members += " (of the provider's group " + g.Provider + ")"
					}
					if _, err := fmt.Fprintf(r.Stdout, "@%-19s  %s\n", display.Line(g.Name), display.Line(strings.TrimSpace(members))); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	addServeFlags(cmd, false)
	return cmd
}
