package status

import (
	"context"
	"database/sql"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// LockPolicy makes changes of the policy exclude each other and incoming results, so that a result counts by the policy
// at the time when it is saved. Results share the lock. Take it before all other locks.
func (s *Counters) LockPolicy(ctx context.Context, tx *sql.Tx, change bool) error {
	if change {
		return s.db.Lock(ctx, tx, db.LockPolicy)
	}
	return s.db.LockShared(ctx, tx, db.LockPolicy)
}

// LockRepositories is LockRepository for several repositories, in the order of their ids.
func (s *Counters) LockRepositories(ctx context.Context, tx *sql.Tx, ids []int64) error {
	if !s.db.Postgres {
		return nil
	}
	_, err := tx.ExecContext(ctx, `
		select 1
		from repository
		where `+db.In("id", ids)+`
		order by id
		for no key update`)
	return err
}

// LockRepository makes other transactions that count the repository wait, so that each sees what the one before wrote.
// SQLite has one writer anyway. The lock permits the checks of foreign keys, which take a share lock on the row. With an
// exclusive lock, two transactions that both hold such a share would wait for each other.
func (s *Counters) LockRepository(ctx context.Context, tx *sql.Tx, id int64) error {
	if !s.db.Postgres {
		return nil
	}
	_, err := tx.ExecContext(ctx, "select 1 from repository where id = $1 for no key update", id)
	return err
}
