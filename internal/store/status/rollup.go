package status

import (
	"context"
	"database/sql"
	"slices"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/settings"
)

// Rollup decides which branches count for their repositories.
type Rollup struct {
	scope    string
	patterns []string
}

// Rollup reads the settings, within a transaction.
func (s *Counters) Rollup(ctx context.Context, q db.Querier) (r Rollup, err error) {
	if r.scope, err = s.settings.ValueIn(ctx, q, settings.RollupScope); err != nil {
		return r, err
	}
	patterns, err := s.settings.ValueIn(ctx, q, settings.RollupBranches)
	r.patterns = settings.ListOf(patterns)
	return r, err
}

// Counts reports whether a branch counts.
func (r *Rollup) Counts(name string, isDefault bool) bool {
	switch r.scope {
	case settings.RollupDefault:
		return isDefault
	case settings.RollupPattern:
		return slices.ContainsFunc(r.patterns, func(p string) bool { return doublestar.MatchUnvalidated(p, name) })
	}
	return true
}

// ReviseRollup decides anew which branches count, and recounts the repositories of those that changed.
func (s *Counters) ReviseRollup(ctx context.Context, tx *sql.Tx) error {
	r, err := s.Rollup(ctx, tx)
	if err != nil {
		return err
	}
	changed := map[bool][]int64{}
	var touched []int64
	if err := db.Each(ctx, tx, `
		select id, repository_id, name, is_default, counted
		from branch
		where removed_at is null
		order by id`, nil, func(row *sql.Rows) error {
		var id, repository int64
		var name string
		var isDefault, counted bool
		err := row.Scan(&id, &repository, &name, &isDefault, &counted)
		if now := r.Counts(name, isDefault); now != counted {
			changed[now] = append(changed[now], id)
			touched = append(touched, repository)
		}
		return err
	}); err != nil || len(touched) == 0 {
		return err
	}
	slices.Sort(touched)
	touched = slices.Compact(touched)
	// Lock repositories before their branches, in the order that all transactions use.
	if err := db.Chunks(touched, db.ChunkSize, func(part []int64) error { return s.LockRepositories(ctx, tx, part) }); err != nil {
		return err
	}
	for _, now := range []bool{false, true} {
		if err := db.Chunks(changed[now], db.ChunkSize, func(part []int64) error {
			_, err := tx.ExecContext(ctx, "update branch set counted = $1 where "+db.In("id", part), now)
			return err
		}); err != nil {
			return err
		}
	}
	return s.RecountAll(ctx, tx, touched, true)
}
