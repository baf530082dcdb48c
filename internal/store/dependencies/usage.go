package dependencies

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/scan"
)

// Use counts who uses a package, or a version of it, within what a caller may see.
type Use struct {
	// Repositories and Branches are those that use it; Vulnerable are the repositories with an advisory on it.
	Repositories, Branches, Vulnerable int
	// Severity is the highest one of the advisories; SeverityNone without any.
	Severity scan.Severity
	// Advisories are the ids of the advisories that the last scans knew, in order; nil for none.
	Advisories []string
}

// Package is a package that somebody uses.
type Package struct {
	ID              int64
	Ecosystem, Name string
	Use
}

// Version is a version of a package that somebody uses.
type Version struct {
	// Version is empty for packages whose files name no exact one.
	Version string
	// Fixed is the smallest version without a known advisory; empty if it is not needed, or there is none. It and the
	// advisories are as the last scan of the repository that was first here knew them, of those where it is vulnerable.
	Fixed string
	Use
}

// Usage is a version of a package in a repository.
type Usage struct {
	ProjectKey, ProjectName, Slug, RepositoryName string
	Version                                       string
	Relation                                      scan.Relation
	Development                                   bool
	// Branches counts the branches that use it. Default is true if the default branch does.
	Branches int
	Default  bool

	Severity   scan.Severity
	Advisories []string
	Fixed      string
}

// Filter selects packages. An empty field matches all.
type Filter struct {
	// Name is a part of the name, in any case. The package of exactly that name comes first.
	Name, Ecosystem string
	// Vulnerable selects packages with an advisory.
	Vulnerable bool
}

// UsageFilter selects usages of a package. Its zero value matches all.
type UsageFilter struct {
	// Version is the wanted one; nil for all.
	Version    *string
	Vulnerable bool
}

// visible is a join of the visible repositories q with a column, which must be theirs; empty if all are visible.
func visible(v *scope.Visible, column string) string {
	if v.All {
		return ""
	}
	return " join repository q on q.id = " + column + " and " + v.Condition("q.id", "q.project_id")
}

// Packages lists the packages that visible repositories use: the one of exactly the wanted name first, then by name.
func (s *Dependencies) Packages(ctx context.Context, v *scope.Visible, f Filter, page db.Page) ([]Package, error) {
	args := []any{page.Limit, page.Start, strings.ToLower(f.Name)}
	from, vulnerable := "package_use u", ""
	if f.Vulnerable {
		vulnerable = " and u.severity > 0"
		if !s.db.Postgres {
			// SQLite would read all uses of each package.
			from += " indexed by package_use_vulnerable"
		}
	}
	where := "exists (select 1 from " + from + " where u.package_id = p.id" + vulnerable + ")"
	if !v.All {
		where = "p.id in (select u.package_id from package_use u" + visible(v, "u.repository_id") + " where true" + vulnerable + ")"
	}
	if f.Name != "" {
		args = append(args, db.Like(f.Name))
		where += " and " + s.db.Has("p.name", len(args))
	}
	if f.Ecosystem != "" {
		args = append(args, f.Ecosystem)
		where += fmt.Sprintf(" and p.ecosystem = $%d", len(args))
	}
	// Without a name, the order is that of the index.
	order := "lower(p.name), p.ecosystem, p.id"
	if f.Name != "" {
		order = "case when lower(p.name) = cast($3 as text) then 0 else 1 end, " + order
	} else {
		where += " and cast($3 as text) = ''"
	}
	list, err := packageColumns.List(ctx, s.db.Read, `
		from package p
		where `+where+`
		order by `+order+`
		limit $1 offset $2`, args...)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	ids := make([]int64, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	uses, err := s.uses(ctx, v, ids)
	for i := range list {
		list[i].Use = uses[list[i].ID]
	}
	return list, err
}

var packageColumns = db.Columns[Package]{
	{SQL: "p.id", Into: func(p *Package) any { return &p.ID }},
	{SQL: "p.ecosystem", Into: func(p *Package) any { return &p.Ecosystem }},
	{SQL: "p.name", Into: func(p *Package) any { return &p.Name }},
}

// Package returns a package by its name in any spelling of its ecosystem; db.ErrNotFound if no visible repository uses it.
func (s *Dependencies) Package(ctx context.Context, v *scope.Visible, ecosystem, name string) (*Package, error) {
	key := cut(scan.Ecosystem(ecosystem).Normal(name))
	p, err := packageColumns.One(ctx, s.db.Read, "from package p where p.ecosystem = $1 and p.key = $2", ecosystem, key)
	if err != nil {
		return nil, err
	}
	uses, err := s.uses(ctx, v, []int64{p.ID})
	if err != nil {
		return nil, err
	}
	if p.Use = uses[p.ID]; p.Repositories == 0 {
		return nil, db.ErrNotFound
	}
	return p, nil
}

// uses counts who uses packages.
func (s *Dependencies) uses(ctx context.Context, v *scope.Visible, ids []int64) (map[int64]Use, error) {
	uses := map[int64]Use{}
	if err := db.Each(ctx, s.db.Read, `
		select g.package_id, count(*), sum(g.branches), count(case when g.severity > 0 then 1 end), max(g.severity)
		from (
			select u.package_id, u.repository_id, max(u.any_branches) as branches, max(u.severity) as severity
			from package_use u`+visible(v, "u.repository_id")+`
			where `+db.In("u.package_id", ids)+`
			group by u.package_id, u.repository_id) g
		group by g.package_id`, nil, func(row *sql.Rows) error {
		var id int64
		var u Use
		err := row.Scan(&id, &u.Repositories, &u.Branches, &u.Vulnerable, &u.Severity)
		uses[id] = u
		return err
	}); err != nil {
		return nil, err
	}
	if err := db.Each(ctx, s.db.Read, `
		select distinct d.package_id, d.advisories
		from dependency d
		join inventory i on i.id = d.inventory_id and i.branches > 0`+visible(v, "i.repository_id")+`
		where d.severity > 0 and `+db.In("d.package_id", ids), nil, func(row *sql.Rows) error {
		var id int64
		var text string
		err := row.Scan(&id, &text)
		u := uses[id]
		u.Advisories = append(u.Advisories, strings.Fields(text)...)
		uses[id] = u
		return err
	}); err != nil {
		return nil, err
	}
	for id, u := range uses {
		slices.Sort(u.Advisories)
		u.Advisories = slices.Compact(u.Advisories)
		uses[id] = u
	}
	return uses, nil
}

// Versions lists the versions of a package that visible repositories use: vulnerable ones first, then those that most
// repositories use.
func (s *Dependencies) Versions(ctx context.Context, v *scope.Visible, id int64) ([]Version, error) {
	// Of the repositories only what an index holds is read, because the rows of a package lie far apart.
	return db.Columns[Version]{
		{SQL: "g.version", Into: func(x *Version) any { return &x.Version }},
		{SQL: "g.repositories", Into: func(x *Version) any { return &x.Repositories }},
		{SQL: "g.branches", Into: func(x *Version) any { return &x.Branches }},
		{SQL: "g.vulnerable", Into: func(x *Version) any { return &x.Vulnerable }},
		{SQL: "g.severity", Into: func(x *Version) any { return &x.Severity }},
		{SQL: "coalesce(f.fixed_version, '')", Into: func(x *Version) any { return &x.Fixed }},
		{SQL: "coalesce(f.advisories, '')", Into: func(x *Version) any { return (*words)(&x.Advisories) }},
	}.List(ctx, s.db.Read, versionsOf(v), id)
}

// versionsOf is what [Dependencies.Versions] reads.
func versionsOf(v *scope.Visible) string {
	return `
		from (
			select u.version, count(*) as repositories, sum(u.branches) as branches, count(case when u.severity > 0 then 1 end) as vulnerable, max(u.severity) as severity,
				min(case when u.severity > 0 then u.repository_id end) as first
			from package_use u` + visible(v, "u.repository_id") + `
			where u.package_id = $1
			group by u.version) g
		left join package_use f on f.package_id = $1 and f.repository_id = g.first and f.version = g.version
		order by g.severity desc, g.repositories desc, g.version`
}

// Usages lists the repositories that use a package, with a row for each version: the highest severity first, then by
// project and repository.
func (s *Dependencies) Usages(ctx context.Context, v *scope.Visible, id int64, f UsageFilter, page db.Page) ([]Usage, error) {
	args := []any{id, page.Limit, page.Start}
	where := ""
	if f.Version != nil {
		args = append(args, *f.Version)
		where += fmt.Sprintf(" and u.version = $%d", len(args))
	}
	if f.Vulnerable {
		where += " and u.severity > 0"
	}
	return usageColumns.List(ctx, s.db.Read, usagesOf(v, where), args...)
}

// usagesOf is what [Dependencies.Usages] reads. An index is enough to choose the rows; only those of the page are read whole.
func usagesOf(v *scope.Visible, where string) string {
	return `
		from (
			select u.repository_id, u.version, u.severity, p.key, p.name as project, r.slug, r.name
			from package_use u
			cross join repository r
			cross join project p
			where u.package_id = $1 and r.id = u.repository_id and p.id = r.project_id and ` + v.Condition("r.id", "r.project_id") + where + `
			order by u.severity desc, p.key, r.slug, u.version
			limit $2 offset $3) c
		cross join package_use u
		where u.package_id = $1 and u.repository_id = c.repository_id and u.version = c.version
		order by c.severity desc, c.key, c.slug, c.version`
}

var usageColumns = db.Columns[Usage]{
	{SQL: "c.key", Into: func(u *Usage) any { return &u.ProjectKey }},
	{SQL: "c.project", Into: func(u *Usage) any { return &u.ProjectName }},
	{SQL: "c.slug", Into: func(u *Usage) any { return &u.Slug }},
	{SQL: "c.name", Into: func(u *Usage) any { return &u.RepositoryName }},
	{SQL: "u.version", Into: func(u *Usage) any { return &u.Version }},
	{SQL: "u.relation", Into: func(u *Usage) any { return &u.Relation }},
	{SQL: "u.development", Into: func(u *Usage) any { return &u.Development }},
	{SQL: "u.branches", Into: func(u *Usage) any { return &u.Branches }},
	{SQL: "u.in_default", Into: func(u *Usage) any { return &u.Default }},
	{SQL: "u.severity", Into: func(u *Usage) any { return &u.Severity }},
	{SQL: "u.advisories", Into: func(u *Usage) any { return (*words)(&u.Advisories) }},
	{SQL: "u.fixed_version", Into: func(u *Usage) any { return &u.Fixed }},
}

// words is the destination for ids with blanks between them; nil for an empty text.
type words []string

// Scan implements [sql.Scanner].
func (w *words) Scan(value any) error {
	text, ok := value.(string)
	if bytes, is := value.([]byte); is {
		text, ok = string(bytes), true
	}
	if !ok {
		return fmt.Errorf("words are stored as %T, not as text", value)
	}
	if *w = strings.Fields(text); len(*w) == 0 {
		*w = nil
	}
	return nil
}

// Unknown counts the visible repositories with a branch that was scanned and whose dependencies are not known: no engine
// looked for them, or the result is from before they were stored.
func (s *Dependencies) Unknown(ctx context.Context, v *scope.Visible) (repositories int, err error) {
	err = s.db.Read.QueryRowContext(ctx, `
		select count(distinct b.repository_id)
		from branch b
		join repository q on q.id = b.repository_id
		where b.inventory_id is null and b.scan_id is not null and b.removed_at is null and q.removed_at is null and `+v.Condition("q.id", "q.project_id")).Scan(&repositories)
	return repositories, err
}

// Ecosystems lists the ecosystems of all packages, in order.
func (s *Dependencies) Ecosystems(ctx context.Context) (list []string, err error) {
	err = db.Each(ctx, s.db.Read, "select distinct ecosystem from package order by ecosystem", nil, func(row *sql.Rows) error {
		var name string
		err := row.Scan(&name)
		list = append(list, name)
		return err
	})
	return list, err
}
