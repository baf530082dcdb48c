package store_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
)

// TestTheLastScansOfABatchEndTogether: if scans end at the same moment, exactly one of them ends the batch, and its mail
// is sent.
func TestTheLastScansOfABatchEndTogether(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		var repositories []string
		for i := range 8 {
			repositories = append(repositories, fmt.Sprintf("r%d: main=1", i))
		}
		listed(t, s, project("PAY", repositories...))
		for round := range 20 {
			done, err := s.Queue.Enqueue(t.Context(), queue.Request{Force: true, Priority: queue.PriorityRescan})
			require.NoError(t, err)
			require.Equal(t, len(repositories), done.Scheduled)
			var ends sync.WaitGroup
			for range repositories {
				j := claim(t, s)
				ends.Go(func() {
					if err := s.Findings.Finish(t.Context(), j, &findings.Outcome{State: queue.Succeeded, Commit: j.Head}); err != nil {
						t.Error(err)
					}
				})
			}
			ends.Wait()
			b, err := s.Queue.Batch(t.Context(), done.Batch)
			require.NoError(t, err)
			require.False(t, b.Finished.IsZero(), "round %d: %+v", round, b)
		}
	})
}

// TestABatchEndsWithItsBranches: queued scans are dropped with their branch, and the batch ends.
func TestABatchEndsWithItsBranches(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "api: main=1"))
		done, err := s.Queue.Enqueue(t.Context(), queue.Request{Force: true})
		require.NoError(t, err)
		listed(t, s, project("PAY", "api:"))
		_, err = s.Queue.Reap(t.Context())
		require.NoError(t, err)
		b, err := s.Queue.Batch(t.Context(), done.Batch)
		require.NoError(t, err)
		require.False(t, b.Finished.IsZero())
	})
}
