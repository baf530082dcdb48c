package status

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// maxMoved is up to how many inventories what changed is worked out package by package.
const maxMoved = 20

// moved is an inventory whose live branches changed: by how many, and whether the default branch came (1) or went (-1).
type moved struct {
	id                 int64
	branches, defaults int
}

var movedColumns = db.Columns[moved]{
	{SQL: "i.id", Into: func(m *moved) any { return &m.id }},
	{SQL: "count(b.id) - i.branches", Into: func(m *moved) any { return &m.branches }},
	{SQL: "max(case when b.is_default then 1 else 0 end) - case when i.in_default then 1 else 0 end", Into: func(m *moved) any { return &m.defaults }},
}

// countUses counts the live branches that have each inventory of a repository, adds up again who uses the packages of which
// that changes something, and deletes inventories that no branch has.
func (s *Counters) countUses(ctx context.Context, tx *sql.Tx, repository int64) error {
	list, err := movedColumns.List(ctx, tx, `
		from inventory i
		left join branch b on b.inventory_id = i.id and b.removed_at is null
		where i.repository_id = $1
		group by i.id, i.branches, i.in_default
		having count(b.id) <> i.branches or max(case when b.is_default then 1 else 0 end) <> case when i.in_default then 1 else 0 end
		order by i.id`, repository)
	if err != nil || len(list) == 0 {
		return err
	}
	packages, err := db.IDs(ctx, tx, movedPackages(list))
	if err != nil {
		return err
	}
	for _, m := range list {
		if _, err := tx.ExecContext(ctx, fmt.Sprintf("update inventory set branches = branches + (%d), in_default = case when in_default then 1 else 0 end + (%d) = 1 where id = $1", m.branches, m.defaults), m.id); err != nil {
			return err
		}
	}
	if err := db.Chunks(packages, db.ChunkSize, func(part []int64) error {
		return db.Execute(ctx, tx, repository, "delete from package_use where repository_id = $1 and "+db.In("package_id", part), addUses(db.In("d.package_id", part)))
	}); err != nil {
		return err
	}
	return db.Execute(ctx, tx, repository,
		"delete from dependency where inventory_id in (select i.id from inventory i where i.repository_id = $1 and not exists (select 1 from branch b where b.inventory_id = i.id))",
		"delete from inventory where repository_id = $1 and not exists (select 1 from branch b where b.inventory_id = inventory.id)")
}

// movedPackages is the query for the packages whose uses change with some inventories. When a branch moves from one
// inventory to another, what both say alike stays.
func movedPackages(list []moved) string {
	ids := make([]int64, len(list))
	var branches, defaults strings.Builder
	for i, m := range list {
		ids[i] = m.id
		fmt.Fprintf(&branches, " when %d then %d", m.id, m.branches)
		fmt.Fprintf(&defaults, " when %d then %d", m.id, m.defaults)
	}
	slices.Sort(ids)
	query := "select distinct d.package_id from dependency d where " + db.In("d.inventory_id", ids)
	if len(list) <= maxMoved {
		query += fmt.Sprintf(`
			group by d.package_id, d.version, d.relation, d.development, d.severity, d.advisories, d.fixed_version
			having sum(case d.inventory_id%s else 0 end) <> 0 or sum(case d.inventory_id%s else 0 end) <> 0`, branches.String(), defaults.String())
	}
	return query + " order by 1"
}

// addUses is the statement that adds up who uses packages: those of a repository, or of all without one. where is a
// condition on the dependencies d.
func addUses(where string) string {
	from := `
				from inventory i
				cross join dependency d
				where d.inventory_id = i.id and i.repository_id = $1 and i.branches > 0 and ` + where
	return `
		insert into package_use (package_id, repository_id, version, relation, development, branches, any_branches, in_default, severity, advisories, fixed_version)
		select u.package_id, $1, u.version, u.relation, u.development, u.branches, case when u.version = a.version then a.branches else 0 end, u.in_default, u.severity, u.advisories, u.fixed_version
		from (
			select d.package_id, d.version, coalesce(min(nullif(d.relation, 0)), 0) as relation, min(case when d.development then 1 else 0 end) = 1 as development,
				sum(i.branches) as branches, max(case when i.in_default then 1 else 0 end) = 1 as in_default,
				max(d.severity) as severity, max(d.advisories) as advisories, max(d.fixed_version) as fixed_version` + from + `
			group by d.package_id, d.version) u
		join (
			select e.package_id, sum(e.branches) as branches, min(e.version) as version
			from (
				select d.package_id, i.id, i.branches, min(d.version) as version` + from + `
				group by d.package_id, i.id, i.branches) e
			group by e.package_id) a on a.package_id = u.package_id`
}

// AddUses adds up who uses the packages of a repository whose inventories and their branches come from elsewhere.
func (s *Counters) AddUses(ctx context.Context, tx *sql.Tx, repository int64) error {
	return db.Execute(ctx, tx, repository, "delete from package_use where repository_id = $1", addUses("true"))
}
