package main

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// seedPackages gives every repository two inventories, that of its default branch and that of the others, with a hundred
// of five thousand packages each. Every repository uses the first package, a third in a vulnerable version.
func seedPackages(ctx context.Context, s *store.Store) error {
	const numbers = "with recursive n(i) as (select 1 union all select i + 1 from n where i < %d) "
	for _, statement := range []string{
		fmt.Sprintf("insert into package (id, ecosystem, key, name) "+numbers+"select i, 'npm', 'package-' || i, 'package-' || i from n", 5000),
		"insert into inventory (id, repository_id, hash, in_default) select 2 * id, id, 'main', true from repository",
		"insert into inventory (id, repository_id, hash) select 2 * id + 1, id, 'others' from repository",
		"update branch set inventory_id = 2 * repository_id + (case when is_default then 0 else 1 end) where scan_id is not null",
		"update inventory set branches = (select count(*) from branch b where b.inventory_id = inventory.id)",
		fmt.Sprintf(`insert into dependency (inventory_id, package_id, version, relation, development, severity, advisories, fixed_version) `+numbers+`
			select v.id, case when n.i = 1 then 1 else (v.id * 37 + n.i * 50) %% 4999 + 2 end, '1.' || v.id %% 7, 1 + n.i %% 2, false,
				case when v.id %% 3 = 0 and n.i = 1 then 3 else 0 end, case when v.id %% 3 = 0 and n.i = 1 then 'GHSA-1' else '' end, case when v.id %% 3 = 0 and n.i = 1 then '1.9' else '' end
			from inventory v, n`, 99),
	} {
		if _, err := s.Write.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	repositories, err := db.IDs(ctx, s.Read, "select id from repository order by id")
	if err != nil {
		return err
	}
	if err := s.Tx(ctx, func(tx *sql.Tx) error {
		for _, id := range repositories {
			if err := s.Status.AddUses(ctx, tx, id); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	return analyze(ctx, s.Write, s.Postgres)
}
