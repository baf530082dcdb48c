package policy

import (
	"context"
	"database/sql"
	"slices"

	"github.com/sluice-scan/sluice/internal/store/settings"
)

// Set sets several settings at once, whose values were checked; what follows from them, such as the counters, changes in
// the same transaction. A value that is the default is stored too: it stays when the default changes.
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
			of     []*settings.Known
		}{{s.reviseRules, []*settings.Known{settings.RepositoryRules}}, {s.status.ReviseRollup, []*settings.Known{settings.RollupScope, settings.RollupBranches}}, {s.status.ReviseFloors, []*settings.Known{settings.DependencyFloor, settings.CodeFloor}}} {
			if !slices.ContainsFunc(x.of, func(k *settings.Known) bool { _, set := values[k]; return set }) {
				continue
			}
			if err := x.revise(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
}
