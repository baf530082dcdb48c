package accounts

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/scope"
)

// ErrLastAdmin is returned for a change after which no administrator could sign in.
var ErrLastAdmin = errors.New("it is the last administrator")

// Edit lets edit change an account; the id and the name stay. It returns ErrLastAdmin if no administrator could sign in
// afterwards, and ErrNotFound for an unknown account.
func (s *Accounts) Edit(ctx context.Context, name string, edit func(a *Account) error) error {
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		if s.db.Postgres {
			// If two administrators disable each other at the same time, the second one waits.
			if _, err := tx.ExecContext(ctx, "lock table account in share row exclusive mode"); err != nil {
				return err
			}
		}
		a, err := accountColumns.One(ctx, tx, "from account where name = $1", strings.ToLower(name))
		if err != nil {
			return err
		}
		administers := a.Admin && !a.Disabled
		if err := edit(a); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, endSessions, a.ID, a.Password, a.Disabled); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, changeAccount, a.ID, a.Email, a.Password, a.Admin, a.Disabled); err != nil {
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

// Access is the role of an account or a group in a scope: "" for the instance, a project's key, or key/slug.
type Access struct {
	// Exactly one of the two is set.
	Account, Group string
	Scope          string
	Role           Role
}

// AllAccess lists all roles: first those of accounts, by name and scope, then those of groups.
func (s *Accounts) AllAccess(ctx context.Context, page db.Page) ([]Access, error) {
	var list []Access
	err := db.Each(ctx, s.db.Read, `
		select account, account_group, scope, role
		from (
			select a.name as account, '' as account_group, x.scope as scope, x.role as role
			from access x
			join account a on a.id = x.account_id
			union all
			select '', g.name, y.scope, y.role
			from group_access y
			join account_group g on g.id = y.group_id) z
		order by account_group, account, scope
		limit $1 offset $2`, []any{page.Limit, page.Start}, func(row *sql.Rows) error {
		var g Access
		err := row.Scan(&g.Account, &g.Group, &g.Scope, &g.Role)
		list = append(list, g)
		return err
	})
	return list, err
}

// Grants are the roles of an account, its own and those of its groups.
type Grants struct {
	// Grantee is true if the account has RoleGrantee.
	Grantee bool
	// Roles maps a scope to the role there: "" for the instance, a project's key, or key/slug. It does not contain RoleGrantee.
	Roles map[string]Role
	// remote are roles that a Bitbucket gives, by their names; ids are those of their places.
	remote map[string]Role
	ids    scope.Visible
}

// RemoteGrant is a role that a Bitbucket gives, at a project or at one of its repositories.
type RemoteGrant struct {
	// Repository and Slug are zero for a whole project.
	Project, Repository int64
	Key, Slug           string
	Role                Role
}

// AddRemote adds the roles that a Bitbucket gives.
func (g *Grants) AddRemote(list []RemoteGrant) {
	if g.remote == nil && len(list) > 0 {
		g.remote = make(map[string]Role, len(list))
	}
	for i := range list {
		x := &list[i]
		if x.Repository == 0 {
			g.remote[x.Key] = max(g.remote[x.Key], x.Role)
			g.ids.Projects = append(g.ids.Projects, x.Project)
			continue
		}
		name := x.Key + "/" + x.Slug
		g.remote[name] = max(g.remote[name], x.Role)
		g.ids.Repositories = append(g.ids.Repositories, x.Repository)
	}
}

// Grants returns the roles of an account.
func (s *Accounts) Grants(ctx context.Context, account int64) (Grants, error) {
	g := Grants{Roles: map[string]Role{}}
	err := db.Each(ctx, s.db.Read, `
		select scope, role
		from access
		where account_id = $1
		union all
		select x.scope, x.role
		from group_access x
		join membership m on m.group_id = x.group_id
		where m.account_id = $1`, []any{account}, func(row *sql.Rows) error {
		var scope string
		var role Role
		err := row.Scan(&scope, &role)
		if role == RoleGrantee {
			g.Grantee = true
		} else {
			g.Roles[scope] = max(g.Roles[scope], role)
		}
		return err
	})
	return g, err
}

// Role returns the role in a project, or in one of its repositories if slug is set.
func (g *Grants) Role(projectKey, slug string) Role {
	role := max(g.Roles[""], g.Roles[projectKey], g.remote[projectKey])
	if slug != "" {
		name := projectKey + "/" + slug
		role = max(role, g.Roles[name], g.remote[name])
	}
	return role
}

// Visible resolves grants into the projects and repositories that an account may see, in the order of their names. Call it once per request.
func (s *Accounts) Visible(ctx context.Context, grants *Grants) (*scope.Visible, error) {
	v := &scope.Visible{All: grants.Roles[""] >= RoleRead}
	for _, scope := range slices.Sorted(maps.Keys(grants.Roles)) {
		if v.All || scope == "" || grants.Roles[scope] < RoleRead {
			continue
		}
		// A grant may name a place that does not exist yet. It may also name several: a deleted project and a live one of
		// another connection.
		if key, slug, isRepository := strings.Cut(scope, "/"); isRepository {
			ids, err := db.IDs(ctx, s.db.Read, `
				select r.id
				from project p
				cross join repository r
				where p.key = $1 and r.project_id = p.id and r.slug = $2`, key, slug)
			if err != nil {
				return nil, err
			}
			v.Repositories = append(v.Repositories, ids...)
		} else {
			ids, err := db.IDs(ctx, s.db.Read, "select id from project where key = $1", key)
			if err != nil {
				return nil, err
			}
			v.Projects = append(v.Projects, ids...)
		}
	}
	if !v.All {
		v.Projects, v.Repositories = append(v.Projects, grants.ids.Projects...), append(v.Repositories, grants.ids.Repositories...)
	}
	return v, nil
}
