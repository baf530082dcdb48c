package serve

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/cli"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/variable"
)

func (r *commands) userGroupCommand() *cobra.Command {
	remove, provider := false, ""
	cmd := &cobra.Command{
		Use: "group GROUP [NAME...]", Short: "Make a group of accounts, or set the members of one", Args: cli.UsageArgs(cobra.MinimumNArgs(1)),
		Long: "With --provider-group, the group takes over the members of a group of the OpenID Connect provider: each joins or leaves it when\n" +
			"signing in. With an empty name it is a group of the server's own again.",
		Example: "  sluice user group payments jdoe ada\n  sluice user group payments --provider-group /teams/payments\n  sluice user group payments --remove",
		RunE: func(cmd *cobra.Command, args []string) error {
			name := strings.ToLower(strings.TrimPrefix(args[0], "@"))
			if err := access.CheckName(name); err != nil {
				return &variable.UsageError{Err: fmt.Errorf("the name %q: %w", args[0], err)}
			}
			follow := cmd.Flags().Changed("provider-group")
			switch {
			case remove && follow:
				return &variable.UsageError{Err: errors.New("--remove and --provider-group exclude each other")}
			case (remove || follow) && len(args) > 1:
				return &variable.UsageError{Err: errors.New("--remove and --provider-group take no members")}
			}
			return r.withStore(cmd, func(ctx context.Context, st *store.Store) error {
				action, what, err := "group.changed", fmt.Sprintf("%d members", len(args)-1), error(nil)
				switch {
				case remove:
					action, err = "group.removed", st.Accounts.RemoveGroup(ctx, name)
				case follow:
					what, err = "provider group "+provider, st.Accounts.FollowGroup(ctx, name, provider)
				default:
					err = st.Accounts.SetGroup(ctx, name, args[1:])
				}
				if errors.Is(err, db.ErrNotFound) {
					return &variable.UsageError{Err: fmt.Errorf("group %s: %w; `sluice user list` shows the accounts and groups", name, err)}
				}
				if err != nil {
					return err
				}
				return note(ctx, st, action, name, what)
			})
		},
	}
	addServeFlags(cmd, false)
	cmd.Flags().BoolVar(&remove, "remove", false, "remove the group, with its roles")
	cmd.Flags().StringVar(&provider, "provider-group", "", "take over the members of this group of the OpenID Connect provider")
	return cmd
}
