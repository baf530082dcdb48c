package serve

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sluice-scan/sluice/internal/cli"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan/display"
)

func (r *commands) userLinkCommand() *cobra.Command {
	remove, issuer := false, ""
	cmd := &cobra.Command{
		Use: "link NAME [SUBJECT]", Short: "Let somebody sign in to an account by OpenID Connect", Args: cli.UsageArgs(cobra.RangeArgs(1, 2)),
		Long: "The subject is the provider's own id of the person. Somebody who could not sign in reads it on the page; the audit log has it too.\n" +
			"Without a subject it shows who may sign in to the account. With --remove nobody may any more, and its sessions end.",
		Example: "  sluice user link jdoe 248289761001 --oidc-issuer https://login.example.com\n  sluice user link jdoe --remove",
		RunE: func(cmd *cobra.Command, args []string) error {
			if issuer == "" {
				issuer, _ = r.Getenv("SLUICE_OIDC_ISSUER")
			}
			switch {
			case remove && len(args) > 1:
				return &variable.UsageError{Err: errors.New("--remove takes no subject: it removes all links of the account")}
			case len(args) > 1 && issuer == "":
				return &variable.UsageError{Err: errors.New("--oidc-issuer: name the provider, as sluice serve does")}
			case len(args) > 1 && (args[1] == "" || !db.Plain(args[1])):
				return &variable.UsageError{Err: errors.New("the subject is empty, or no text")}
			}
			return r.withStore(cmd, func(ctx context.Context, st *store.Store) error {
				a, err := account(ctx, st, args[0])
				switch {
				case err != nil:
					return err
				case remove:
					removed, err := st.Accounts.Unlink(ctx, a.Name)
					if err != nil {
						return err
					}
					return note(ctx, st, "account.unlinked", a.Name, fmt.Sprintf("links removed: %d", len(removed)))
				case len(args) > 1:
					return r.link(ctx, st, a, accounts.Identity{Issuer: issuer, Subject: args[1]})
				}
				return r.showLinks(ctx, st, a)
			})
		},
	}
	addServeFlags(cmd, false)
	cmd.Flags().StringVar(&issuer, "oidc-issuer", "", "the provider, as sluice serve names it (SLUICE_OIDC_ISSUER)")
	cmd.Flags().BoolVar(&remove, "remove", false, "remove all links of the account, and end its sessions")
	return cmd
}

func (r *commands) link(ctx context.Context, st *store.Store, a *accounts.Account, who accounts.Identity) error {
	err := st.Accounts.Link(ctx, a.Name, who)
	if errors.Is(err, db.ErrExists) {
		return &variable.UsageError{Err: errors.New("this person has another account; find it in the audit log, and remove its link with `sluice user link NAME --remove`")}
	}
	if err != nil {
		return err
	}
	return note(ctx, st, "account.linked", a.Name, "subject "+who.Subject+" of "+who.Issuer)
}

func (r *commands) showLinks(ctx context.Context, st *store.Store, a *accounts.Account) error {
	list, err := st.Accounts.Identities(ctx, a.ID)
	if err != nil {
		return err
	}
	for _, who := range list {
		if _, err := fmt.Fprintf(r.Stdout, "%s  %s\n", display.Line(who.Issuer), display.Line(who.Subject)); err != nil {
			return err
		}
	}
	return nil
}
