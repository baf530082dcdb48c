package catalog

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// Admit leaves out of a listing the projects whose keys live projects of other connections have, and says why. Paths, roles and
// settings name a project by its key alone, so that two live projects must not share one; the project that came first keeps it.
// Admit comes before everything else that is done with a listing.
func (s *Sync) Admit(ctx context.Context, found []connection.Project) (admitted []connection.Project, refused []connection.Skipped, err error) {
	taken := map[string]string{}
	if err := db.Each(ctx, s.db.Read, `
		select p.key, c.name
		from project p
		join connection c on c.id = p.connection_id
		where p.removed_at is null and p.connection_id <> $1`, []any{s.connection}, func(row *sql.Rows) error {
		var key, name string
		err := row.Scan(&key, &name)
		taken[key] = name
		return err
	}); err != nil {
		return nil, nil, err
	}
	if len(taken) == 0 {
		return found, nil, nil
	}
	for i := range found {
		p := &found[i]
		if name, ok := taken[p.Key]; ok {
			refused = append(refused, connection.Skipped{Name: p.Key, Reason: fmt.Sprintf("the connection %q has a project with this key; rename one of the two", name)})
			continue
		}
		admitted = append(admitted, *p)
	}
	return admitted, refused, nil
}

// owns reports whether the roles and settings of a key belong to the project of this connection: no live project of another
// connection has the key.
func (s *Sync) owns(ctx context.Context, tx *sql.Tx, key string) (ours bool, err error) {
	err = tx.QueryRowContext(ctx, `
		select not exists (
			select 1
			from project
			where key = $1 and connection_id <> $2 and removed_at is null)`, key, s.connection).Scan(&ours)
	return ours, err
}
