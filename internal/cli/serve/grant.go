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
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/db"
	visible "github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/variable"
)

func (r *commands) userGrantCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "grant NAME|@GROUP ROLE [SCOPE]", Short: "Give an account or a group a role: READ, WRITE, PROJECT_ADMIN, GRANTEE, NONE", Args: cli.UsageArgs(cobra.RangeArgs(2, 3)),
		Long:    "The scope is the key of a project, or key/repository. Without a scope it is the whole instance.",
		Example: "  sluice user grant jdoe WRITE PAY/api\n  sluice user grant @payments PROJECT_ADMIN PAY\n  sluice user grant auditor READ",
		RunE: func(cmd *cobra.Command, args []string) error {
			var role accounts.Role
			if err := role.UnmarshalText([]byte(args[1])); err != nil {
				return &variable.UsageError{Err: err}
			}
			scope, err := roleScope(args[2:], role)
			if err != nil {
				return &variable.UsageError{Err: err}
			}
			return r.withStore(cmd, func(ctx context.Context, st *store.Store) error {
				everything := &visible.Visible{All: true}
				scope, err := access.NewPlaces(st.Catalog).Canonical(ctx, everything, scope)
				if err != nil {
					return err
				}
				if err := give(ctx, st, args[0], scope, role); err != nil {
					return err
				}
				return note(ctx, st, "access.changed", args[0], "scope="+scope+" role="+role.String())
			})
		},
	}
	addServeFlags(cmd, false)
	return cmd
}

// roleScope reads the scope of a role from the arguments after the role; "" is the instance.
func roleScope(args []string, role accounts.Role) (string, error) {
	if len(args) == 0 {
		return "", nil
	}
	scope, err := access.ParsePlaceName(args[0])
	switch {
	case err == nil:
		return scope, access.CheckRole(role, scope)
	case role == accounts.RoleNone:
		// An old role may have a scope that new roles may not have.
		return args[0], nil
	}
	return "", fmt.Errorf("the scope %q: %w", args[0], err)
}

// give gives a role to an account, or to a group with the prefix @.
func give(ctx context.Context, st *store.Store, who, scope string, role accounts.Role) error {
	if group, ok := strings.CutPrefix(who, "@"); ok {
		err := st.Accounts.GrantGroup(ctx, group, scope, role)
		if errors.Is(err, db.ErrNotFound) {
			return &variable.UsageError{Err: fmt.Errorf("there is no group %s; `sluice user group %s NAME...` makes it", group, group)}
		}
		return err
	}
	a, err := account(ctx, st, who)
	if err != nil {
		return err
	}
	return st.Accounts.Grant(ctx, a.ID, scope, role)
}

// account finds an account by its name.
func account(ctx context.Context, st *store.Store, name string) (*accounts.Account, error) {
	a, err := st.Accounts.Get(ctx, name)
	if errors.Is(err, db.ErrNotFound) {
		return nil, &variable.UsageError{Err: fmt.Errorf("there is no account %s; `sluice user list` shows them", name)}
	}
	return a, err
}
