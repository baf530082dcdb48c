package testdashboard

import (
	"context"
	"time"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// AddHistory makes up the days before today: snapshots, and findings that came earlier. Some findings have gone since.
func AddHistory(ctx context.Context, st *store.Store, days int) error {
	now := time.Now()
	ids, err := db.IDs(ctx, st.Read, "select id from finding order by id")
	if err != nil {
		return err
	}
	for i, id := range ids {
		age := time.Duration(i*i%days*24+i) * time.Hour
		if _, err := st.Write.ExecContext(ctx, "update finding set first_seen = $2 where id = $1", id, now.Add(-age).UnixMilli()); err != nil {
			return err
		}
	}
	// A copy of each finding has gone, so that something was fixed.
	if _, err := st.Write.ExecContext(ctx, `
		insert into finding (id, repository_id, fingerprint, engine, rule, title, severity, first_seen, last_seen, gone_at)
			select id + 1000000, repository_id, fingerprint || 'gone', engine, rule, title, severity, first_seen, first_seen, first_seen + (id % 9 + 1) * 86400000
			from finding
			where first_seen + (id % 9 + 1) * 86400000 < cast($1 as bigint)`, now.UnixMilli()); err != nil {
		return err
	}
	if _, err := st.Recompute(ctx); err != nil {
		return err
	}
	for ago := days; ago > 0; ago-- {
		if err := st.Trends.TakeSnapshot(ctx, now.AddDate(0, 0, -ago)); err != nil {
			return err
		}
	}
	// The state of those days was another one.
	_, err = st.Write.ExecContext(ctx, `
		insert into snapshot (project_id, repository_id, day, secure, vulnerable, not_scanned, partially_scanned, outdated, open_critical, open_high, open_medium, open_low)
			select s.project_id, s.repository_id, s.day + d.n, s.secure, s.vulnerable, s.not_scanned, s.partially_scanned, s.outdated,
				s.open_critical * (4 + d.n % 5) / 4, s.open_high * (9 + d.n % 7) / 6, s.open_medium * (20 - d.n % 11) / 8, s.open_low * (3 + d.n % 3)
			from snapshot s, (select 3 as n union all select 9 union all select 14 union all select 20 union all select 27 union all select 33) d
			where d.n < cast($1 as integer)`, days)
	return err
}
