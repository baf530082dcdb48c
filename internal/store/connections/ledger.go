package connections

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/terms"
)

// Ledger counts the calls of one connection, over all nodes and restarts. It implements bitbucket.Ledger. It counts by
// minutes, so a call stays in the hour for up to a minute longer than Bitbucket counts it.
type Ledger struct {
	db *db.DB
	id int64
}

// Ledger returns the ledger of a connection.
func (s *Connections) Ledger(id int64) *Ledger { return &Ledger{s.db, id} }

// window is how many minutes back a call counts.
const window = "60"

// Spend adds calls to a group, if at most most are then within the last hour. ok is false if not; free is then when the
// oldest of them leaves the hour.
func (l *Ledger) Spend(ctx context.Context, group string, calls, most int) (ok bool, free time.Time, err error) {
	ok, err = db.Changed(l.db.Write.ExecContext(ctx, terms.SQL(l.db, `
		insert into api_call (connection_id, call_group, minute, calls)
		select cast($1 as bigint), cast($2 as text), :now / 60000, cast($3 as integer)
		where cast($3 as integer) <= cast($4 as integer) - (
			select coalesce(sum(calls), 0)
			from api_call
			where connection_id = cast($1 as bigint) and call_group = cast($2 as text) and minute >= :now / 60000 - `+window+`)
		on conflict (connection_id, call_group, minute) do update set calls = api_call.calls + excluded.calls`), l.id, group, calls, most))
	if err != nil || ok {
		return ok, free, err
	}
	var oldest sql.NullInt64
	err = l.db.Read.QueryRowContext(ctx, terms.SQL(l.db, "select min(minute) from api_call where connection_id = $1 and call_group = $2 and minute >= :now / 60000 - "+window), l.id, group).Scan(&oldest)
	return false, time.UnixMilli((oldest.Int64 + 61) * 60000), err
}

// Spent returns how many calls a connection made within the last hour, by group.
func (s *Connections) Spent(ctx context.Context, id int64) (map[string]int, error) {
	spent := map[string]int{}
	return spent, db.Each(ctx, s.db.Read, terms.SQL(s.db, `
		select call_group, sum(calls)
		from api_call
		where connection_id = $1 and minute >= :now / 60000 - `+window+`
		group by call_group`), []any{id}, func(row *sql.Rows) error {
		var group string
		var calls int
		err := row.Scan(&group, &calls)
		spent[group] = calls
		return err
	})
}

// maxOwed is how often a report is tried. The last attempt comes after about an hour.
const maxOwed = 7

// Owe stores that a report about a branch is to be published. If nobody calls Paid, it is due after a delay that doubles
// with each attempt. After the last attempt it is forgotten: owed is false then.
func (s *Connections) Owe(ctx context.Context, id, branch int64, delay time.Duration) (owed bool, err error) {
	var attempts int
	err = s.db.Write.QueryRowContext(ctx, terms.SQL(s.db, `
		insert into unreported (branch_id, connection_id, attempts, due_at)
		values ($1, $2, 1, :now + $3)
		on conflict (branch_id) do update set
			attempts = unreported.attempts + 1,
			due_at = :now + $3 * (cast(1 as bigint) << unreported.attempts)
		returning attempts`), branch, id, delay.Milliseconds()).Scan(&attempts)
	if err != nil || attempts <= maxOwed {
		return true, err
	}
	return false, s.Paid(ctx, branch)
}

// Paid stores that the report about a branch is published, or that none is to be.
func (s *Connections) Paid(ctx context.Context, branch int64) error {
	_, err := s.db.Write.ExecContext(ctx, "delete from unreported where branch_id = $1", branch)
	return err
}

// NextOwed takes a branch whose report is due; db.ErrNotFound if there is none. It is due again after delay.
func (s *Connections) NextOwed(ctx context.Context, id int64, delay time.Duration) (branch int64, err error) {
	var n int
	// Usually nothing is due, and a read disturbs nobody.
	if err := s.db.Read.QueryRowContext(ctx, terms.SQL(s.db, "select count(*) from unreported where connection_id = $1 and due_at <= :now"), id).Scan(&n); err != nil || n == 0 {
		return 0, errors.Join(err, none(n))
	}
	err = s.db.Write.QueryRowContext(ctx, terms.SQL(s.db, `
		update unreported set due_at = :now + $2
		where connection_id = $1 and due_at <= :now and branch_id = (
			select branch_id
			from unreported
			where connection_id = $1 and due_at <= :now
			order by due_at, branch_id
			limit 1)
		returning branch_id`), id, delay.Milliseconds()).Scan(&branch)
	return branch, db.Found(err)
}
