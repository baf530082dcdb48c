package store_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/connections"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// TestTheCallsOfAnHourAreCounted, by connection and group, by several callers at once.
func TestTheCallsOfAnHourAreCounted(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		id, err := s.Connections.Put(t.Context(), "cloud", connections.KindCloud, "{}", nil)
		require.NoError(t, err)
		other, err := s.Connections.Put(t.Context(), "other", connections.KindCloud, "{}", nil)
		require.NoError(t, err)
		l := s.Connections.Ledger(id)
		var allowed atomic.Int64
		var callers sync.WaitGroup
		for range 4 {
			callers.Go(func() {
				for range 10 {
					ok, _, err := l.Spend(t.Context(), "repositories", 1, 25)
					if err == nil && ok {
						allowed.Add(1)
					}
				}
			})
		}
		callers.Wait()
		// Two callers at once may both see the last place free.
		require.GreaterOrEqual(t, allowed.Load(), int64(25))
		require.LessOrEqual(t, allowed.Load(), int64(28))
		spend := func(l *connections.Ledger, group string, calls, most int) (bool, time.Time) {
			ok, free, err := l.Spend(t.Context(), group, calls, most)
			require.NoError(t, err)
			return ok, free
		}
		ok, free := spend(l, "repositories", 1, 25)
		require.False(t, ok)
		now, err := s.Now(t.Context())
		require.NoError(t, err)
		require.WithinRange(t, free, now.Add(59*time.Minute), now.Add(62*time.Minute))
		ok, _ = spend(l, "hooks", 5, 5)
		require.True(t, ok)
		ok, _ = spend(l, "hooks", 1, 5)
		require.False(t, ok)
		ok, _ = spend(l, "git", 6, 5)
		require.False(t, ok, "more at once than the limit")
		ok, _ = spend(s.Connections.Ledger(other), "repositories", 25, 25)
		require.True(t, ok)
		spent, err := s.Connections.Spent(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, map[string]int{"repositories": int(allowed.Load()), "hooks": 5}, spent)

		// They leave the hour minute by minute.
		_, err = s.Write.ExecContext(t.Context(), "update api_call set minute = minute - 61 where call_group = 'hooks'")
		require.NoError(t, err)
		ok, _ = spend(l, "hooks", 5, 5)
		require.True(t, ok)
	})
}

// TestOwedReportsComeBack after a delay that doubles, each to one node, and are forgotten in the end.
func TestOwedReportsComeBack(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		id, err := s.Connections.Put(t.Context(), "cloud", connections.KindCloud, "{}", nil)
		require.NoError(t, err)
		next := func() int64 {
			branch, err := s.Connections.NextOwed(t.Context(), id, time.Hour)
			if branch == 0 {
				require.ErrorIs(t, err, db.ErrNotFound)
				return 0
			}
			require.NoError(t, err)
			return branch
		}
		require.Zero(t, next())
		var delays []time.Duration
		for range 3 {
			owed, err := s.Connections.Owe(t.Context(), id, 7, time.Minute)
			require.NoError(t, err)
			require.True(t, owed)
			require.Zero(t, next())
			var due int64
			require.NoError(t, s.Read.QueryRowContext(t.Context(), "select due_at from unreported").Scan(&due))
			now, err := s.Now(t.Context())
			require.NoError(t, err)
			delays = append(delays, time.UnixMilli(due).Sub(now).Round(time.Minute))
		}
		require.Equal(t, []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute}, delays)
		_, err = s.Connections.Owe(t.Context(), id, 8, time.Minute)
		require.NoError(t, err)
		_, err = s.Write.ExecContext(t.Context(), "update unreported set due_at = branch_id")
		require.NoError(t, err)
		require.Equal(t, []int64{7, 8, 0}, []int64{next(), next(), next()})
		require.NoError(t, s.Connections.Paid(t.Context(), 8))
		for range 4 {
			owed, err := s.Connections.Owe(t.Context(), id, 7, time.Minute)
			require.NoError(t, err)
			require.True(t, owed)
		}
		owed, err := s.Connections.Owe(t.Context(), id, 7, time.Minute)
		require.NoError(t, err)
		require.False(t, owed)
		var n int
		require.NoError(t, s.Read.QueryRowContext(t.Context(), "select count(*) from unreported").Scan(&n))
		require.Zero(t, n)
	})
}
