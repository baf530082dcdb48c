package store_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/scope"
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

// TestBatchesInBrief: the open ones of an account or of all, the newest first, with what is left of each; a large one is not counted.
func TestBatchesInBrief(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "api: main=1 next=1", "web: main=1"))
		api, web := branch(t, s, "PAY", "api", "main"), branch(t, s, "PAY", "web", "main")
		ask := func(by string, scope queue.Scope) int64 {
			done, err := s.Queue.Enqueue(t.Context(), queue.Rescan(scope, by+"'s", by, false))
			require.NoError(t, err)
			return done.Batch
		}
		first, second := ask("jane", queue.Scope{RepositoryID: api.RepositoryID}), ask("joe", queue.Scope{})
		third := ask("jane", queue.Scope{BranchID: web.ID})
		finish(t, s, claim(t, s))
		list, err := s.Queue.OpenBatches(t.Context(), "jane", 10)
		require.NoError(t, err)
		require.Len(t, list, 1, "the branch of its own came first, and has ended")
		require.Equal(t, []any{first, "jane's", "rescan", 2, 2, 0}, []any{list[0].ID, list[0].Scope, list[0].Mode, list[0].Total, list[0].Open, list[0].Merged})
		list, err = s.Queue.OpenBatches(t.Context(), "", 10)
		require.NoError(t, err)
		require.Len(t, list, 2)
		require.Equal(t, []any{second, 3, 2, 2}, []any{list[0].ID, list[0].Total, list[0].Open, list[0].Merged})
		list, err = s.Queue.OpenBatches(t.Context(), "", 1)
		require.NoError(t, err)
		require.Len(t, list, 1)
		b, err := s.Queue.BatchInBrief(t.Context(), third)
		require.NoError(t, err)
		require.Zero(t, b.Open)
		require.False(t, b.Finished.IsZero())
		_, err = s.Queue.BatchInBrief(t.Context(), 7)
		require.ErrorIs(t, err, db.ErrNotFound)

		_, err = s.Write.ExecContext(t.Context(), "update batch set scheduled = 500000 where id = $1", first)
		require.NoError(t, err)
		b, err = s.Queue.BatchInBrief(t.Context(), first)
		require.NoError(t, err)
		require.Equal(t, []int{-1, 500000}, []int{b.Open, b.Total})
	})
}

// TestTheQueueInPages: what runs, then what waits, over the borders of pages, to those who may read it.
func TestTheQueueInPages(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "api: a=1 b=1 c=1 d=1 e=1", "web: f=1"))
		_, err := s.Queue.Enqueue(t.Context(), queue.Rescan(queue.Scope{}, "", "admin", false))
		require.NoError(t, err)
		claim(t, s)
		claim(t, s)
		all, err := s.Queue.List(t.Context(), everything, db.Page{Limit: 10})
		require.NoError(t, err)
		require.Len(t, all, 6)
		for i, q := range all {
			require.Equal(t, i < 2, q.State == queue.Running)
		}
		for _, limit := range []int{1, 2, 3, 4, 6} {
			var list []queue.Item
			for start := 0; start < 8; start += limit {
				part, err := s.Queue.List(t.Context(), everything, db.Page{Start: start, Limit: limit})
				require.NoError(t, err)
				list = append(list, part...)
			}
			require.Equal(t, all, list, limit)
		}
		mine, err := s.Queue.List(t.Context(), &scope.Visible{Repositories: []int64{branch(t, s, "PAY", "web", "f").RepositoryID}}, db.Page{Limit: 10})
		require.NoError(t, err)
		require.Len(t, mine, 1)
	})
}
