// Package allowance counts how often somebody does something, for all nodes together, and says when it is too often.
package allowance

import (
	"context"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/terms"
)

// Rule says how often somebody may do something.
type Rule struct {
	// What is done, and by whom; an empty Who is all together.
	What, Who string
	// Limit is how often that is allowed Within a time. The time begins with the first use, by the database's clock; when
	// the limit is reached, the next use is allowed after the end of the time.
	Limit  int
	Within time.Duration
}

// Use counts one use, and returns false if that is too often. Within a transaction it locks the count until the end.
func (r Rule) Use(ctx context.Context, d *db.DB, q db.Querier) (bool, error) {
	return db.Changed(q.ExecContext(ctx, terms.SQL(d, `
		insert into allowance (what, who, since, used)
		values ($1, $2, :now, 1)
		on conflict (what, who) do update set
			used = case when allowance.since <= :now - $3 then 1 else allowance.used + 1 end,
			since = case when allowance.since <= :now - $3 then :now else allowance.since end
		where allowance.since <= :now - $3 or allowance.used < $4`), r.What, r.Who, r.Within.Milliseconds(), r.Limit))
}

// Left reports whether another use is allowed now, without counting one.
func (r Rule) Left(ctx context.Context, d *db.DB, q db.Querier) (left bool, err error) {
	err = q.QueryRowContext(ctx, terms.SQL(d, `
		select not exists (select 1 from allowance where what = $1 and who = $2 and since > :now - $3 and used >= $4)`), r.What, r.Who, r.Within.Milliseconds(), r.Limit).Scan(&left)
	return left, err
}

// keep is how long a count is kept. No time of a rule is longer.
const keep = 24 * time.Hour

// Sweep deletes the counts whose time is over.
func Sweep(ctx context.Context, d *db.DB) error {
	_, err := d.Write.ExecContext(ctx, terms.SQL(d, "delete from allowance where since <= :now - $1"), keep.Milliseconds())
	return err
}
