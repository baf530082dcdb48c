package queue

import (
	"context"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/terms"
)

// EndBatches ends the batches of scans, without any of all, whose scans have all ended.
//
// Of two transactions of PostgreSQL that end the last two scans of a batch at the same time, neither sees the end of the other:
// there it runs when they are committed, and the later one ends the batch.
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

// EndedAfter ends the batches of scans once their end is committed.
func (s *Queue) EndedAfter(ctx context.Context, scans ...int64) {
	if s.db.Postgres && len(scans) > 0 {
		// The scans have ended, and that stands. What does not come to its end here does with endIdleBatches, or Recompute.
		_ = s.EndBatches(ctx, s.db.Write, scans...)
	}
}

// endIdleBatches ends all batches when nothing waits or runs: one whose last scan ended with a node that was lost right then,
// or with its branch.
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
