package policy

import (
	"context"
	"database/sql"
	"maps"
	"slices"

	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/store/status"
)

// Set sets several settings at once; the caller has checked their values. What depends on them, such as counters,
// changes in the same transaction. A value equal to the default is stored too, so that it stays if the default changes.
func (s *Policy) Set(ctx context.Context, values map[*settings.Known]string) error {
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		if err := s.status.LockPolicy(ctx, tx, true); err != nil {
			return err
		}
		for k, value := range values {
			if err := s.settings.SetIn(ctx, tx, k.Name, value); err != nil {
				return err
			}
		}
		for _, x := range []struct {
			revise func(ctx context.Context, tx *sql.Tx) error
			of     func(k *settings.Known) bool
		}{
			{s.reviseRules, func(k *settings.Known) bool { return k == settings.RepositoryRules }},
			{s.status.ReviseRollup, func(k *settings.Known) bool { return k == settings.RollupScope || k == settings.RollupBranches }},
			{s.status.ReviseFloors, status.IsFloor},
		} {
			if !slices.ContainsFunc(slices.Collect(maps.Keys(values)), x.of) {
				continue
			}
			if err := x.revise(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
}
