package demo

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
)

// The race detector fails this test if Slow cannot take progress from several goroutines.
func TestSlowScanTakesProgressFromSeveralGoroutines(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	scan := Slow(func(_ context.Context, _ string, _ *queue.Job, progress func(int, string)) (*findings.Outcome, error) {
		var group errgroup.Group
		for percent := range 8 {
			group.Go(func() error {
				progress(percent, "c0ffee")
				return nil
			})
		}
		return &findings.Outcome{State: queue.Succeeded}, group.Wait()
	})
	_, err := scan(ctx, "", &queue.Job{}, func(_ int, commit string) {
		require.Equal(t, "c0ffee", commit)
		end()
	})
	require.ErrorIs(t, err, context.Canceled)
}
