package catalog

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// Admit removes from a listing the projects whose keys belong to live projects of other connections, and returns a
// warning for each. Paths, roles and settings name a project by its key alone, so two live projects must not share one.
// The project that came first keeps the key. Call Admit before anything else uses the listing.
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

// owns reports whether the roles and settings of a key belong to the project of this connection, that is, whether no
// live project of another connection has the key.
func (s *Sync) owns(ctx context.Context, tx *sql.Tx, key string) (ours bool, err error) {
	err = tx.QueryRowContext(ctx, `
		select not exists (
			select 1
			from project
			where key = $1 and connection_id <> $2 and removed_at is null)`, key, s.connection).Scan(&ours)
	return ours, err
}
