package pace_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/pace"
)

// The tests run in synctest bubbles, whose clock advances when all goroutines wait.

func TestWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		require.NoError(t, pace.Wait(t.Context(), time.Hour))
		require.Equal(t, time.Hour, time.Since(begun))
		require.NoError(t, pace.Wait(t.Context(), 0))
		require.NoError(t, pace.Wait(t.Context(), -time.Hour))
		require.Equal(t, time.Hour, time.Since(begun))

		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		require.ErrorIs(t, pace.Wait(ctx, time.Hour), context.DeadlineExceeded)
		require.Equal(t, time.Hour+time.Minute, time.Since(begun))
		require.ErrorIs(t, pace.Wait(ctx, 0), context.DeadlineExceeded)
	})
}

func TestLoopBeginsAtOnceAndKeepsItsPace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		var at []time.Duration
		pace.Loop{Every: time.Minute, Do: func(context.Context) error {
			at = append(at, time.Since(begun))
			switch len(at) {
			case 2:
				time.Sleep(20 * time.Second) // shorter than the pace
			case 3:
				time.Sleep(150 * time.Second) // longer: one missed run starts at once, the other is skipped
			case 6:
				return pace.ErrDone
			}
			return nil
		}}.Run(t.Context())
		require.Equal(t, []time.Duration{0, time.Minute, 2 * time.Minute, 270 * time.Second, 5 * time.Minute, 6 * time.Minute}, at)
	})
}

func TestLoopIsWoken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		wake, n := make(chan struct{}, 1), 0
		go pace.Loop{Every: time.Hour, Wake: wake, Do: func(context.Context) error { n++; return nil }}.Run(ctx)
		synctest.Wait()
		require.Equal(t, 1, n)
		wake <- struct{}{}
		synctest.Wait()
		require.Equal(t, 2, n)
		cancel()
	})
}

func TestLoopTellsErrorsAndGoesOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		broken := errors.New("broken")
		var told []error
		n := 0
		loop := pace.Loop{Every: time.Second, Problem: func(err error) { told = append(told, err) }, Do: func(ctx context.Context) error {
			if n++; n == 3 {
				cancel()
				return ctx.Err()
			}
			return broken
		}}
		loop.Run(ctx)
		require.Equal(t, []error{broken, broken}, told, "the end of the loop is not a problem")
		loop.Run(ctx)
		require.Equal(t, 3, n, "nothing is done when it has ended")
		pace.Loop{Every: time.Second, Do: func(context.Context) error {
			if n++; n == 5 {
				return pace.ErrDone
			}
			return broken
		}}.Run(t.Context())
		require.Equal(t, 5, n, "without anybody to tell")
	})
}
