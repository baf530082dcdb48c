package store_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestDue: once per period among all callers, and independently for each task.
func TestDue(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		night := time.Date(2026, 1, 1, 23, 0, 0, 0, time.UTC)
		const day = 24 * time.Hour
		for _, c := range []struct {
			what   string
			period time.Duration
			at     time.Time
			due    bool
		}{
			{"a", day, night, true}, {"a", day, night, false}, {"b", time.Hour, night, true}, {"a", day, night.Add(59 * time.Minute), false}, {"b", time.Hour, night.Add(59 * time.Minute), false},
			{"a", day, night.Add(time.Hour), true}, {"b", time.Hour, night.Add(time.Hour), true}, {"a", day, night.Add(2 * time.Hour), false},
		} {
			due, err := s.Settings.Due(t.Context(), c.what, c.period, c.at)
			require.NoError(t, err)
			require.Equal(t, c.due, due, "%s at %s", c.what, c.at)
		}
		var told atomic.Int64
		var nodes sync.WaitGroup
		for range 5 {
			nodes.Go(func() {
				due, err := s.Settings.Due(context.Background(), "a", day, night.Add(2*day))
				if err != nil {
					t.Error(err)
				}
				if due {
					told.Add(1)
				}
			})
		}
		nodes.Wait()
		require.EqualValues(t, 1, told.Load())
	})
}
