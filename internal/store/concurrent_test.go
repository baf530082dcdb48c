package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/reviews"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/scan"
)

// TestReviewsAndRulesWhileScansEnd: whatever runs concurrently, in the end every counter is right, and no transactions
// have deadlocked.
func TestReviewsAndRulesWhileScansEnd(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		var repositories []int64
		for _, key := range []string{"PAY", "OPS"} {
			listed(t, s, project(key, "api: main=1 dev=2", "web: main=3", "cli: main=4"))
			for _, slug := range []string{"api", "web", "cli"} {
				r, err := s.Catalog.Repository(t.Context(), everything, key, slug)
				require.NoError(t, err)
				repositories = append(repositories, r.ID)
			}
		}
		var wait sync.WaitGroup
		several := func(n int, what string, do func() error) {
			wait.Go(func() {
				for range n {
					if err := do(); err != nil {
						t.Error(what, err)
						return
					}
				}
			})
		}
		texts := func() (list []reviews.NewReview) {
			for range 1 + rand.IntN(4) {
				list = append(list, reviews.NewReview{Text: fmt.Sprintf("canary-f-%03d", rand.IntN(6))})
			}
			return list
		}
		for range 3 {
			several(20, "enqueue", func() error {
				_, err := s.Queue.Enqueue(t.Context(), queue.Request{Force: true, Priority: queue.PriorityRescan, By: "a"})
				return err
			})
			several(40, "claim and finish", func() error {
				j, err := s.Queue.Claim(t.Context(), "w", true)
				if errors.Is(err, db.ErrNotFound) {
					return nil
				}
				if err != nil {
					return err
				}
				set, err := s.Policy.RuleSet(t.Context())
				if err != nil {
					return err
				}
				o := &findings.Outcome{State: queue.Succeeded, Commit: j.Head, Config: set.Hash, Hash: hash}
				for range rand.IntN(4) {
					n := rand.IntN(6)
					o.Findings = append(o.Findings, secret(fmt.Sprintf("f-%03d", n), fmt.Sprint("p", n), scan.Severity(1+n%4)))
				}
				return s.Findings.Finish(t.Context(), j, o)
			})
		}
		for range 2 {
			several(10, "review all", func() error { _, err := s.Reviews.Add(t.Context(), sealer{}, 0, "a", texts()); return err })
			several(10, "review one", func() error {
				_, err := s.Reviews.Add(t.Context(), sealer{}, repositories[rand.IntN(len(repositories))], "a", texts())
				return err
			})
			several(10, "take back", func() error {
				_, err := s.Reviews.Remove(t.Context(), sealer{}, 0, []reviews.RemoveReview{{Text: texts()[0].Text}, {Text: texts()[0].Text}})
				return err
			})
			several(10, "switch", func() error { return s.Policy.SwitchBuiltin(t.Context(), []string{"A"}, rand.IntN(2) == 0) })
		}
		several(5, "take all back", func() error { _, err := s.Reviews.RemoveAll(t.Context(), 0); return err })
		wait.Wait()
		before := counters(t, s)
		right(t, s)
		require.NoError(t, s.Policy.ReviseRules(t.Context(), ""))
		require.Equal(t, before, counters(t, s), "no result of older rules was missed")
	})
}

// TestClusterLimit: all nodes together run no more scans than the setting allows, however many claim at once, except one
// interactive scan.
func TestClusterLimit(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		var repositories []string
		for i := range 12 {
			repositories = append(repositories, fmt.Sprintf("r%02d: main=1", i))
		}
		listed(t, s, project("PAY", repositories...))
		set(t, s, map[*settings.Known]string{settings.ClusterScans: "3"})
		_, err := s.Queue.Enqueue(t.Context(), queue.Request{Force: true, Priority: queue.PriorityRescan})
		require.NoError(t, err)
		var claimed atomic.Int64
		claimAll := func(bulk bool) int64 {
			claimed.Store(0)
			var nodes sync.WaitGroup
			for n := range 6 {
				nodes.Go(func() {
					for range 3 {
						switch _, err := s.Queue.Claim(context.Background(), fmt.Sprintf("node-%d", n), bulk); {
						case err == nil:
							claimed.Add(1)
						case !errors.Is(err, db.ErrNotFound):
							t.Error(err)
						}
					}
				})
			}
			nodes.Wait()
			return claimed.Load()
		}
		require.EqualValues(t, 3, claimAll(true))
		require.Zero(t, claimAll(true))
		for _, slug := range []string{"r10", "r11"} {
			_, err = s.Queue.Enqueue(t.Context(), queue.Request{Scope: queue.Scope{BranchID: branch(t, s, "PAY", slug, "main").ID}, Force: true, Priority: queue.PriorityInteractive})
			require.NoError(t, err)
		}
		require.EqualValues(t, 1, claimAll(true))
		require.Zero(t, claimAll(false))
		set(t, s, map[*settings.Known]string{settings.ClusterScans: "0"})
		require.EqualValues(t, 8, claimAll(true))
	})
}
