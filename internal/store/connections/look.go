package connections

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/terms"
)

// Look is a repository at which somebody must look, because an event said so.
type Look struct {
	// Location is its text; empty means the whole connection. Branch wants a scan even if it is up to date; empty for none.
	Location, Branch string

	asked int64
}

// Ask asks for a look. Many requests for one repository are one look.
func (s *Connections) Ask(ctx context.Context, q db.Querier, id int64, l Look) error {
	if l.Location == "" {
		_, err := q.ExecContext(ctx, "update connection set due_at = 0, revision = revision + 1 where id = $1", id)
		return err
	}
	_, err := q.ExecContext(ctx, terms.SQL(s.db, `
		insert into look (connection_id, location, branch, asked_at)
		values ($1, $2, $3, :now)
		on conflict (connection_id, location, branch) do update set asked_at = case when look.asked_at >= :now then look.asked_at + 1 else :now end`), id, l.Location, l.Branch)
	return err
}

// lookLease is how long a look belongs to the node that took it.
const lookLease = 2 * time.Minute

// NextLook takes the oldest look of a connection; db.ErrNotFound if there is none. Looked ends it.
func (s *Connections) NextLook(ctx context.Context, id int64) (l Look, err error) {
	// Usually nothing waits, and a read disturbs nobody.
	if n, err := s.Looks(ctx, id); err != nil || n == 0 {
		return l, errors.Join(err, none(n))
	}
	err = s.db.Write.QueryRowContext(ctx, terms.SQL(s.db, `
		update look set held_until = :now + $2
		where connection_id = $1 and held_until <= :now and (location, branch) = (
			select location, branch
			from look
			where connection_id = $1 and held_until <= :now
			order by asked_at, location, branch
			limit 1)
		returning location, branch, asked_at`), id, lookLease.Milliseconds()).Scan(&l.Location, &l.Branch, &l.asked)
	return l, db.Found(err)
}

func none(n int) error {
	if n == 0 {
		return db.ErrNotFound
	}
	return nil
}

// Looked ends a look. If another event came meanwhile, the look is due again. If the look failed for now, again is when it
// is due again; 0 if it is done.
func (s *Connections) Looked(ctx context.Context, id int64, l Look, again time.Duration) error {
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		if again == 0 {
			if _, err := tx.ExecContext(ctx, "delete from look where connection_id = $1 and location = $2 and branch = $3 and asked_at = $4", id, l.Location, l.Branch, l.asked); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, terms.SQL(s.db, "update look set held_until = :now + $4 where connection_id = $1 and location = $2 and branch = $3"), id, l.Location, l.Branch, again.Milliseconds())
		return err
	})
}

// Looks counts the looks that wait.
func (s *Connections) Looks(ctx context.Context, id int64) (n int, err error) {
	err = s.db.Read.QueryRowContext(ctx, "select count(*) from look where connection_id = $1", id).Scan(&n)
	return n, err
}
