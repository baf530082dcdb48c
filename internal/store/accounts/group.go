package accounts

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// Group is a set of accounts that share roles.
type Group struct {
	ID   int64
	Name string
	// Members are the names of the accounts, sorted.
	Members []string
	// Provider is the provider's name of the group whose members this group takes over; empty for a group of our own.
	Provider string
}

// Groups lists all groups by name.
func (s *Accounts) Groups(ctx context.Context) ([]Group, error) {
	var list []Group
	err := db.Each(ctx, s.db.Read, `
		select g.id, g.name, g.provider_group, coalesce(a.name, '')
		from account_group g
		left join membership m on m.group_id = g.id
		left join account a on a.id = m.account_id
		order by g.name, a.name`, nil, func(row *sql.Rows) error {
		var id int64
		var name, provider, member string
		err := row.Scan(&id, &name, &provider, &member)
		if len(list) == 0 || list[len(list)-1].ID != id {
			list = append(list, Group{ID: id, Name: name, Members: []string{}, Provider: provider})
		}
		if g := &list[len(list)-1]; member != "" {
			g.Members = append(g.Members, member)
		}
		return err
	})
	return list, err
}

// SetGroup creates a group or replaces the members of an existing one. It returns ErrNotFound, with the names, if
// accounts do not exist.
func (s *Accounts) SetGroup(ctx context.Context, name string, members []string) error {
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		var id int64
		if err := tx.QueryRowContext(ctx, `
			insert into account_group (id, name)
			values ($1, $2)
			on conflict (name) do update set name = excluded.name
			returning id`, s.db.NextIDs(1), strings.ToLower(name)).Scan(&id); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "delete from membership where group_id = $1", id); err != nil {
			return err
		}
		var missing []string
		for _, member := range distinct(members) {
			done, err := tx.ExecContext(ctx, `
				insert into membership (group_id, account_id)
				select cast($1 as bigint), id
				from account
				where name = $2`, id, member)
			if err != nil {
				return err
			}
			n, err := db.Affected(done)
			if err != nil {
				return err
			}
			if n == 0 {
				missing = append(missing, member)
			}
		}
		if len(missing) > 0 {
			return fmt.Errorf("%w: there is no account %s", db.ErrNotFound, strings.Join(missing, ", "))
		}
		return nil
	})
}

// FollowGroup makes a group take over the members of a group of the provider, each at the next sign-in there; empty makes it a group of our
// own, whose members stay. It creates the group if there is none.
func (s *Accounts) FollowGroup(ctx context.Context, name, provider string) error {
	_, err := s.db.Write.ExecContext(ctx, `
		insert into account_group (id, name, provider_group)
		values ($1, $2, $3)
		on conflict (name) do update set provider_group = excluded.provider_group`, s.db.NextIDs(1), strings.ToLower(name), provider)
	return err
}

// distinct returns the names in lower case, sorted, without duplicates.
func distinct(names []string) []string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = strings.ToLower(name)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// RemoveGroup removes a group and its roles; ErrNotFound if no group has that name.
func (s *Accounts) RemoveGroup(ctx context.Context, name string) error {
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		id, err := s.groupID(ctx, tx, name)
		if err != nil {
			return err
		}
		return db.Execute(ctx, tx, id, "delete from group_access where group_id = $1", "delete from membership where group_id = $1", "delete from account_group where id = $1")
	})
}

func (s *Accounts) groupID(ctx context.Context, q db.Querier, name string) (id int64, err error) {
	err = q.QueryRowContext(ctx, "select id from account_group where name = $1", strings.ToLower(name)).Scan(&id)
	return id, db.Found(err)
}

// GrantGroup is Grant for all members of a group; ErrNotFound if no group has that name.
func (s *Accounts) GrantGroup(ctx context.Context, name, scope string, role Role) error {
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		id, err := s.groupID(ctx, tx, name)
		if err != nil {
			return err
		}
		if role == RoleNone {
			_, err := tx.ExecContext(ctx, "delete from group_access where group_id = $1 and scope = $2", id, scope)
			return err
		}
		_, err = tx.ExecContext(ctx, `
			insert into group_access (group_id, scope, role)
			values ($1, $2, $3)
			on conflict (group_id, scope) do update set role = excluded.role`, id, scope, role)
		return err
	})
}
