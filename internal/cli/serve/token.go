package serve

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/cli"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan/display"
)

func (r *commands) tokenCommand() *cobra.Command {
	token := &cobra.Command{
		Use:   "token",
		Short: "Manage the API tokens of the server in its database",
		Long:  "Works on the server's database: the one in the data folder, or DATABASE_URL. The API offers the same to accounts.",
		Args:  cli.UsageArgs(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	token.AddCommand(r.tokenAddCommand(), r.tokenListCommand(), r.tokenRemoveCommand())
	return token
}

func (r *commands) tokenAddCommand() *cobra.Command {
	var scopes []string
	days := 0
	cmd := &cobra.Command{
		Use: "add USER NAME", Short: "Create an API token for an account, and show it once", Args: cli.UsageArgs(cobra.ExactArgs(2)),
		Example: "  sluice token add ci nightly --scopes read,scan --days 90",
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.withStore(cmd, func(ctx context.Context, st *store.Store) error {
				a, err := account(ctx, st, args[0])
				if err != nil {
					return err
				}
				t, text, bad := access.NewToken(a.ID, args[1], scopes, days, time.Now())
				if bad != nil {
					var problems []error
					for _, x := range bad {
						problems = append(problems, fmt.Errorf("%s: %w", x.Field, x.Err))
					}
					return &variable.UsageError{Err: errors.Join(problems...)}
				}
				id, err := st.Accounts.AddToken(ctx, t, text)
				if err != nil {
					return err
				}
				if err := note(ctx, st, "token.added", a.Name, "token "+db.Key(id)+" scopes="+strings.Join(t.Scopes, ",")); err != nil {
					return err
				}
				_, err = fmt.Fprintf(r.Stdout, "token %s: %s\n", db.Key(id), text)
				return err
			})
		},
	}
	addServeFlags(cmd, false)
	cmd.Flags().StringSliceVar(&scopes, "scopes", []string{"read"}, "permissions of the token, separated by commas: "+strings.Join(access.TokenScopes, ", "))
	cmd.Flags().IntVar(&days, "days", 0, "number of days for which it is valid; 0 for no end")
	return cmd
}

func (r *commands) tokenListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "list USER", Short: "List the API tokens of an account", Args: cli.UsageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.withStore(cmd, func(ctx context.Context, st *store.Store) error {
				a, err := account(ctx, st, args[0])
				if err != nil {
					return err
				}
				list, err := st.Accounts.Tokens(ctx, a.ID)
				if err != nil {
					return err
				}
				for i := range list {
					t := &list[i]
					if _, err := fmt.Fprintf(r.Stdout, "%-14s  %-20s  %-30s  valid until %s, used %s\n", db.Key(t.ID), display.Line(t.Name), strings.Join(t.Scopes, ","),
						dayOr(t.Expires, "it is removed"), dayOr(t.Used, "never")); err != nil {
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

// dayOr formats the day of a time in UTC, or returns none for the zero time.
func dayOr(t time.Time, none string) string {
	if t.IsZero() {
		return none
	}
	return t.UTC().Format(time.DateOnly)
}

func (r *commands) tokenRemoveCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "remove USER TOKEN", Short: "Remove an API token, by the name that list shows first", Args: cli.UsageArgs(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.withStore(cmd, func(ctx context.Context, st *store.Store) error {
				a, err := account(ctx, st, args[0])
				if err != nil {
					return err
				}
				id, ok := db.ParseKey(args[1])
				if err = db.ErrNotFound; ok {
					err = st.Accounts.RemoveToken(ctx, a.ID, id)
				}
				if errors.Is(err, db.ErrNotFound) {
					// Do not repeat the argument: it may be the token itself.
					return &variable.UsageError{Err: fmt.Errorf("%s has no such token; `sluice token list %s` shows them", a.Name, a.Name)}
				}
				if err != nil {
					return err
				}
				return note(ctx, st, "token.removed", a.Name, "token "+db.Key(id))
			})
		},
	}
	addServeFlags(cmd, false)
	return cmd
}
