// Package accounts serves accounts, groups, roles and API tokens: who may sign in, and with which roles.
package accounts

import (
	"context"
	"time"

	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/scope"
)

// Accounts stores accounts and their tokens. The case of names does not matter. An unknown account or token is
// db.ErrNotFound.
type Accounts interface {
	List(ctx context.Context) ([]accounts.Account, error)
	Get(ctx context.Context, name string) (*accounts.Account, error)
	// Add returns the id of the new account; db.ErrExists if the name is taken.
	Add(ctx context.Context, a *accounts.Account) (int64, error)
	// Edit changes an account by edit. An error of edit cancels the change. It returns accounts.ErrLastAdmin if no
	// administrator would remain.
	Edit(ctx context.Context, name string, edit func(a *accounts.Account) error) error
	// Identities lists who an account is at providers.
	Identities(ctx context.Context, account int64) ([]accounts.Identity, error)
	// Link gives an account an identity; db.ErrExists if another account has it. Unlink removes all identities of an account and ends its
	// sessions.
	Link(ctx context.Context, name string, who accounts.Identity) error
	Unlink(ctx context.Context, name string) (removed []accounts.Identity, err error)
	// Tokens lists the tokens of an account, without their texts.
	Tokens(ctx context.Context, account int64) ([]accounts.Token, error)
	AddToken(ctx context.Context, t *accounts.Token, text string) (int64, error)
	RemoveToken(ctx context.Context, account, id int64) error
}

// Groups stores groups of accounts. An unknown group is db.ErrNotFound.
type Groups interface {
	Groups(ctx context.Context) ([]accounts.Group, error)
	SetGroup(ctx context.Context, name string, members []string) error
	// FollowGroup makes a group take over the members of a group of the provider; empty makes it one of our own.
	FollowGroup(ctx context.Context, name, provider string) error
	RemoveGroup(ctx context.Context, name string) error
}

// Roles stores the roles of accounts and groups, by the name of a place. RoleNone removes a role.
type Roles interface {
	AllAccess(ctx context.Context, page db.Page) ([]accounts.Access, error)
	Grant(ctx context.Context, account int64, place string, role accounts.Role) error
	GrantGroup(ctx context.Context, group, place string, role accounts.Role) error
}

// Places returns the name of a place as the catalog writes it.
type Places interface {
	Canonical(ctx context.Context, v *scope.Visible, name string) (string, error)
}

// Resource serves the routes of accounts. All fields are required.
type Resource struct {
	Accounts Accounts
	Groups   Groups
	Roles    Roles
	Places   Places
	Now      func() time.Time
}

// Routes returns the routes of the resource.
func (s *Resource) Routes() []api.Route {
	list := append(s.accountRoutes(), s.roleRoutes()...)
	list = append(list, s.groupRoutes()...)
	list = append(list, s.identityRoutes()...)
	return append(list, s.tokenRoutes()...)
}
