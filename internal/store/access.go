package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
)

// ErrLastAdmin is returned for a change that would leave nobody who may administer.
var ErrLastAdmin = errors.New("it is the last administrator")

// EditAccount changes an account that edit is given, but for its id and name. ErrLastAdmin is returned when no administrator
// would be left who can sign in, ErrNotFound when there is no such account.
func (s *Store) EditAccount(ctx context.Context, name string, edit func(a *Account) error) error {
	return s.tx(ctx, func(tx *sql.Tx) error {
		if s.postgres {
			// Two administrators who switch each other off at once: the second one waits.
			if _, err := tx.ExecContext(ctx, "lock table account in share row exclusive mode"); err != nil {
				return err
			}
		}
		a, err := scanAccount(tx.QueryRowContext(ctx, accountColumns+"name = $1", strings.ToLower(name)))
		if err != nil {
			return err
		}
		administers := a.Admin && !a.Disabled
		if err := edit(a); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "update account set email = $2, password = $3, admin = $4, disabled = $5 where id = $1", a.ID, a.Email, a.Password, a.Admin, a.Disabled); err != nil {
			return err
		}
		if !administers || a.Admin && !a.Disabled {
			return nil
		}
		left := 0
		if err := tx.QueryRowContext(ctx, "select count(*) from account where admin and not disabled").Scan(&left); err != nil {
			return err
		}
		if left == 0 {
			return ErrLastAdmin
		}
		return nil
	})
}

// Access is a role that an account has within a scope: "" for the instance, a project's key, or key/slug.
type Access struct {
	Account string
	Scope   string
	Role    Role
}

// AllAccess lists all roles by account and scope.
func (s *Store) AllAccess(ctx context.Context, page Page) ([]Access, error) {
	var list []Access
	err := each(ctx, s.read, "select a.name, x.scope, x.role from access x join account a on a.id = x.account_id order by a.name, x.scope limit $1 offset $2", []any{page.Limit, page.Start}, func(row *sql.Rows) error {
		var g Access
		err := row.Scan(&g.Account, &g.Scope, &g.Role)
		list = append(list, g)
		return err
	})
	return list, err
}
