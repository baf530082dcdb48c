package store_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/teststore"
	"github.com/sluice-scan/sluice/scan"
)

// refuse makes the database refuse a branch with this name until the returned function is called.
func refuse(t *testing.T, address, name string) (relent func()) {
	t.Helper()
	raw := rawly(t, address)
	do := func(statement string) {
		t.Helper()
		_, err := raw.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	if db.IsPostgres(address) {
		do("alter table branch add constraint refused check (name <> '" + name + "')")
		return func() { t.Helper(); do("alter table branch drop constraint refused") }
	}
	do("create trigger refused before insert on branch when new.name = '" + name + "' begin select raise(abort, 'refused'); end")
	return func() { t.Helper(); do("drop trigger refused") }
}

// TestSyncBrokenOff: what was stored before the error counts everywhere, is reported, and is queued if pushes are
// scanned. The next sync continues.
func TestSyncBrokenOff(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		require.NoError(t, s.Policy.Set(t.Context(), map[*settings.Known]string{settings.ScanOnPush: "true"}))
		relent := refuse(t, address, "bad")
		all := project("PAY", "api: main=a1 dev=a2", "none:", "web: main=w1 bad=w2", "zoo: main=z1")
		done, err := teststore.Sync(t, s).Apply(t.Context(), all)
		require.ErrorContains(t, err, "PAY/web")
		require.Len(t, done.Moved, 2, "the next sync would not report the moves before the error")
		right(t, s)
		p, err := s.Catalog.Project(t.Context(), everything, "PAY")
		require.NoError(t, err)
		require.Equal(t, []int{1, 1, 2}, []int{p.Repositories.NotScanned, p.Empty, p.Queued})

		relent()
		require.Len(t, listed(t, s, all), 3)
		right(t, s)
		p, err = s.Catalog.Project(t.Context(), everything, "PAY")
		require.NoError(t, err)
		require.Equal(t, []int{3, 1, 5}, []int{p.Repositories.NotScanned, p.Empty, p.Queued})
		require.Empty(t, listed(t, s, all))
		scanAll(t, s, func(*queue.Job) []scan.Finding { return nil })
		require.Len(t, listed(t, s, project("PAY", "api: main=a1 dev=a3", "none:", "web: main=w1 bad=w2", "zoo: main=z1")), 1)
		require.Equal(t, "dev", claim(t, s).Branch, "a push is scanned")
		_, err = s.Queue.Claim(t.Context(), "test", true)
		require.ErrorIs(t, err, db.ErrNotFound, "and nothing else is")
	})
}

// TestSyncsAndCountsAtOnce: nodes list the same repositories at the same time, and another one compares all counters
// meanwhile. The counters are right.
func TestSyncsAndCountsAtOnce(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		nodes := []*store.Store{open(t, address), open(t, address)}
		lists := [3][]string{}
		for r := range 12 {
			lists[0] = append(lists[0], fmt.Sprintf("r%d: main=%d dev=%d", r, r, r))
			if r%2 == 0 {
				lists[1] = append(lists[1], fmt.Sprintf("r%d: main=%d", r, r+1))
			}
			if r%3 == 0 {
				lists[2] = append(lists[2], fmt.Sprintf("r%d:", r))
			}
		}
		done := make(chan struct{})
		var wait, counting sync.WaitGroup
		for n, s := range nodes {
			wait.Go(func() {
				for i := range 6 {
					p := project("PAY", lists[(i*(n+1))%3]...)
					_, err := teststore.Sync(t, s).Apply(t.Context(), p)
					missing, more := teststore.Sync(t, s).Missing(t.Context(), []connection.Project{*p}, false)
					if err := errors.Join(err, more); err != nil {
						t.Error(err)
						return
					}
					if _, err := teststore.Sync(t, s).Remove(t.Context(), missing); err != nil {
						t.Error(err)
					}
				}
			})
		}
		counting.Go(func() {
			for {
				if repaired, err := nodes[0].Recompute(t.Context()); err != nil || repaired > 0 {
					t.Error("counters that were wrong:", repaired, err)
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
		wait.Wait()
		close(done)
		counting.Wait()
		right(t, nodes[0])
	})
}
