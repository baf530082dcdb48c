package queue

import (
	"context"
	"database/sql"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// maxCounted is up to how many scans a batch is counted for a page. A larger one takes seconds to count.
const maxCounted = 10_000

// Brief is a batch in so far as it can be told at once.
type Brief struct {
	ID                       int64
	Scope, Mode, RequestedBy string
	Created, Finished        time.Time
	// Total is the number of its scans, and Merged how many of them waited already.
	Total, Merged int
	// Open is how many of its scans have not ended. It is -1 for a batch that is too large to be counted.
	Open int
}

const briefColumns = `
	select b.id, b.scope, b.mode, b.requested_by, b.created_at, b.finished_at, b.scheduled, b.merged
	from batch b
	where `

// OpenBatches lists the batches of an account that have not ended, the newest first; those of all accounts if by is empty.
func (s *Queue) OpenBatches(ctx context.Context, by string, limit int) ([]Brief, error) {
	return s.briefs(ctx, briefColumns+`b.finished_at is null and ($1 = '' or b.requested_by = $1)
		order by b.created_at desc, b.id desc
		limit $2`, by, limit)
}

// BatchInBrief returns a batch in so far as it can be told at once; db.ErrNotFound if there is none.
func (s *Queue) BatchInBrief(ctx context.Context, id int64) (*Brief, error) {
	list, err := s.briefs(ctx, briefColumns+`b.id = $1`, id)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, db.ErrNotFound
	}
	return &list[0], nil
}

func (s *Queue) briefs(ctx context.Context, query string, args ...any) ([]Brief, error) {
	var list []Brief
	var counted []int64
	index := map[int64]int{}
	err := db.Each(ctx, s.db.Read, query, args, func(row *sql.Rows) error {
		var b Brief
		var created, finished sql.NullInt64
		scheduled := 0
		if err := row.Scan(&b.ID, &b.Scope, &b.Mode, &b.RequestedBy, &created, &finished, &scheduled, &b.Merged); err != nil {
			return err
		}
		b.Created, b.Finished, b.Total = db.At(created), db.At(finished), scheduled+b.Merged
		switch {
		case b.Total <= maxCounted:
			counted = append(counted, b.ID)
			// Scans that were running already have joined it without being counted when it was made.
			b.Total = 0
		case b.Finished.IsZero():
			b.Open = -1
		}
		index[b.ID] = len(list)
		list = append(list, b)
		return nil
	})
	if err != nil || len(counted) == 0 {
		return list, err
	}
	err = db.Each(ctx, s.db.Read, `
		select m.batch_id, x.state, count(*)
		from batch_scan m
		join scan x on x.id = m.scan_id
		where `+db.In("m.batch_id", counted)+`
		group by m.batch_id, x.state`, nil, func(row *sql.Rows) error {
		var id int64
		var state State
		n := 0
		if err := row.Scan(&id, &state, &n); err != nil {
			return err
		}
		b := &list[index[id]]
		b.Total += n
		if state <= Running {
			b.Open += n
		}
		return nil
	})
	return list, err
}
