package store

import "context"

// endBatches ends the batches of scans, without any of all, whose scans have all ended.
//
// Of two transactions of PostgreSQL that end the last two scans of a batch at the same time, neither sees the end of the other:
// there it runs when they are committed, and the later one ends the batch.
func (s *Store) endBatches(ctx context.Context, q querier, scans ...int64) error {
	const end = ` where finished_at is null
		and not exists (select 1 from batch_scan m join scan x on x.id = m.scan_id where m.batch_id = batch.id and x.state < 2)`
	statement := "update batch set finished_at = " + s.now + end
	if len(scans) == 0 {
		_, err := q.ExecContext(ctx, statement)
		return err
	}
	return chunks(scans, recountChunk, func(part []int64) error {
		_, err := q.ExecContext(ctx, statement+" and id in (select batch_id from batch_scan where "+in("scan_id", part)+")")
		return err
	})
}

// endedAfter ends the batches of scans once their end is committed.
func (s *Store) endedAfter(ctx context.Context, scans ...int64) {
	if s.postgres && len(scans) > 0 {
		// The scans have ended, and that stands. What does not come to its end here does with endIdleBatches, or Recompute.
		_ = s.endBatches(ctx, s.write, scans...)
	}
}

// endIdleBatches ends all batches when nothing waits or runs: one whose last scan ended with a node that was lost right then,
// or with its branch.
func (s *Store) endIdleBatches(ctx context.Context) error {
	var open bool
	err := s.read.QueryRowContext(ctx, `select exists (select 1 from batch where finished_at is null)
		and not exists (select 1 from scan where state = 0) and not exists (select 1 from scan where state = 1)`).Scan(&open)
	if err != nil || !open {
		return err
	}
	return s.endBatches(ctx, s.write)
}
