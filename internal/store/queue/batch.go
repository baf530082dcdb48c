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
	// Total is the number of scans of the batch. States counts them by state, and must not be changed. For a batch that takes long to count,
	// both may be as old as ten times that.
	Total  int
	States map[State]int
}

// Done is the number of scans that have ended.
func (b *Batch) Done() int { return b.Total - b.States[Queued] - b.States[Running] }

// Batch returns a batch.
func (s *Queue) Batch(ctx context.Context, id int64) (*Batch, error) {
	list, err := s.batches(ctx, "from batch where id = $1", id)
	if err == nil && len(list) == 0 {
		err = db.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("batch: %w", err)
	}
	return &list[0], nil
}

var batchColumns = db.Columns[Batch]{
	{SQL: "id", Into: func(b *Batch) any { return &b.ID }},
	{SQL: "scope", Into: func(b *Batch) any { return &b.Scope }},
	{SQL: "mode", Into: func(b *Batch) any { return &b.Mode }},
	{SQL: "requested_by", Into: func(b *Batch) any { return &b.RequestedBy }},
	{SQL: "created_at", Into: func(b *Batch) any { return db.Time(&b.Created) }},
	{SQL: "finished_at", Into: func(b *Batch) any { return db.Time(&b.Finished) }},
	{SQL: "scheduled", Into: func(b *Batch) any { return &b.Scheduled }},
	{SQL: "merged", Into: func(b *Batch) any { return &b.Merged }},
}

// batches lists batches with their progress. The query goes on after its columns with rest: "from batch ...".
func (s *Queue) batches(ctx context.Context, rest string, args ...any) ([]Batch, error) {
	list, err := batchColumns.List(ctx, s.db.Read, rest, args...)
	if err != nil {
		return nil, err
	}
	for i := range list {
		b := &list[i]
		if b.States, err = s.progress.of(ctx, b.ID, s.countStates); err != nil {
			return nil, err
		}
		for _, n := range b.States {
			b.Total += n
		}
	}
	return list, nil
}

// countStates counts the scans of a batch by state.
func (s *Queue) countStates(ctx context.Context, batch int64) (map[State]int, error) {
	states := map[State]int{}
	return states, db.Each(ctx, s.db.Read, `
		select x.state, count(*)
		from batch_scan m
		join scan x on x.id = m.scan_id
		where m.batch_id = $1
		group by x.state`, []any{batch}, func(row *sql.Rows) error {
		var state State
		var n int
		err := row.Scan(&state, &n)
		states[state] = n
		return err
	})
}
