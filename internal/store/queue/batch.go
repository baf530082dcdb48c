package queue

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/terms"
)

// EndBatches ends the batches whose scans have all ended, among the batches of the given scans; without any, among all.
//
// If two PostgreSQL transactions end the last two scans of a batch at the same time, neither sees the end of the other.
// So on PostgreSQL EndBatches runs after they are committed, and the later one ends the batch.
func (s *Queue) EndBatches(ctx context.Context, q db.Querier, scans ...int64) error {
	statement := terms.SQL(s.db, `
		update batch set finished_at = :now
		where finished_at is null and not exists (
			select 1
			from batch_scan m
			join scan x on x.id = m.scan_id
			where m.batch_id = batch.id and x.state <= :running)`)
	if len(scans) == 0 {
		_, err := q.ExecContext(ctx, statement)
		return err
	}
	return db.Chunks(scans, db.ChunkSize, func(part []int64) error {
		_, err := q.ExecContext(ctx, statement+" and id in (select batch_id from batch_scan where "+db.In("scan_id", part)+")")
		return err
	})
}

// EndedAfter ends the batches of scans after the end of the scans is committed.
func (s *Queue) EndedAfter(ctx context.Context, scans ...int64) {
	if s.db.Postgres && len(scans) > 0 {
		// The end of the scans is already committed. If this fails, endIdleBatches or Recompute ends the batch later.
		_ = s.EndBatches(ctx, s.db.Write, scans...)
	}
}

// endIdleBatches ends all batches while nothing waits or runs. This covers a batch whose last scan ended on a node that
// was lost at that moment, or with its branch.
func (s *Queue) endIdleBatches(ctx context.Context) error {
	var open bool
	err := s.db.Read.QueryRowContext(ctx, terms.SQL(s.db, `
		select exists (select 1 from batch where finished_at is null)
			and not exists (select 1 from scan where state = :queued)
			and not exists (select 1 from scan where state = :running)`)).Scan(&open)
	if err != nil || !open {
		return err
	}
	return s.EndBatches(ctx, s.db.Write)
}

// Batch is the result of one request for scans.
type Batch struct {
	ID                       int64
	Scope, Mode, RequestedBy string
	Created, Finished        time.Time
	// Scheduled and Merged are the counts that Enqueue returned.
	Scheduled, Merged int
	// Total is the number of scans of the batch. States counts them by state.
	Total  int
	States map[State]int
}

// Done is the number of scans that have ended.
func (b *Batch) Done() int { return b.Total - b.States[Queued] - b.States[Running] }

// Batch returns a batch.
func (s *Queue) Batch(ctx context.Context, id int64) (*Batch, error) {
	b := &Batch{ID: id, States: map[State]int{}}
	var created, finished sql.NullInt64
	err := s.db.Read.QueryRowContext(ctx, `
		select scope, mode, requested_by, created_at, finished_at, scheduled, merged
		from batch
		where id = $1`, id).
		Scan(&b.Scope, &b.Mode, &b.RequestedBy, &created, &finished, &b.Scheduled, &b.Merged)
	if err != nil {
		return nil, fmt.Errorf("batch: %w", db.Found(err))
	}
	b.Created, b.Finished = db.At(created), db.At(finished)
	err = db.Each(ctx, s.db.Read, `
		select x.state, count(*)
		from batch_scan m
		join scan x on x.id = m.scan_id
		where m.batch_id = $1
		group by x.state`, []any{id}, func(row *sql.Rows) error {
		var state State
		var n int
		err := row.Scan(&state, &n)
		b.States[state] = n
		b.Total += n
		return err
	})
	return b, err
}
