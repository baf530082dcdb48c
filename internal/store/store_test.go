package store_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/status"
	"github.com/sluice-scan/sluice/scan"
)

func TestSyncAndStatus(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		moved := listed(t, s, project("PAY", "api: main=a1 feature/x=f1", "web: main=w1", "new:"))
		require.Len(t, moved, 3)
		require.Empty(t, listed(t, s, project("PAY", "api: main=a1 feature/x=f1", "web: main=w1", "new:")), "the same again")
		require.Equal(t, "PAY {Secure:0 Vulnerable:0 NotScanned:2 PartiallyScanned:0 Outdated:0} empty 1 open {Critical:0 High:0 Medium:0 Low:0} queued 0\n"+
			"  api NOT_SCANNED {Secure:0 Vulnerable:0 NotScanned:2 PartiallyScanned:0 Outdated:0} open {Critical:0 High:0 Medium:0 Low:0} queued 0\n"+
			"  new NOT_SCANNED {Secure:0 Vulnerable:0 NotScanned:0 PartiallyScanned:0 Outdated:0} open {Critical:0 High:0 Medium:0 Low:0} queued 0\n"+
			"  web NOT_SCANNED {Secure:0 Vulnerable:0 NotScanned:1 PartiallyScanned:0 Outdated:0} open {Critical:0 High:0 Medium:0 Low:0} queued 0\n", counters(t, s))

		done, err := s.Queue.Enqueue(t.Context(), queue.Request{Force: true, Priority: queue.PriorityRescan, By: "admin"})
		require.NoError(t, err)
		require.Equal(t, 3, done.Scheduled)
		for range 3 {
			j := claim(t, s)
			if j.Branch == "feature/x" {
				finish(t, s, j, secret("f-1", "a.env", scan.SeverityHigh), secret("f-2", "b.env", scan.SeverityCritical))
			} else {
				finish(t, s, j)
			}
		}
		require.Equal(t, status.Vulnerable, branch(t, s, "PAY", "api", "feature/x").Status)
		require.Equal(t, status.Secure, branch(t, s, "PAY", "api", "").Status)
		require.Equal(t, catalog.ScanUpToDate, branch(t, s, "PAY", "api", "").Knowledge.ScanStatus())
		p, err := s.Catalog.Project(t.Context(), everything, "PAY")
		require.NoError(t, err)
		require.Equal(t, status.Counts{Secure: 1, Vulnerable: 1}, p.Repositories)
		require.Equal(t, status.OpenCounts{Critical: 1, High: 1}, p.Open)
		require.Equal(t, status.Vulnerable, status.ProjectStatus(p.Repositories))

		// New commits make a clean branch outdated; a vulnerable one stays vulnerable.
		moved = listed(t, s, project("PAY", "api: main=a2 feature/x=f2", "web: main=w1", "new:"))
		require.Len(t, moved, 2)
		main := branch(t, s, "PAY", "api", "main")
		require.Equal(t, status.Outdated, main.Status)
		require.Nil(t, main.Knowledge.Behind, "by how much is not known yet")
		require.Equal(t, status.Vulnerable, branch(t, s, "PAY", "api", "feature/x").Status)

		// A deleted branch leaves the counters; so do a repository and a project.
		listed(t, s, project("PAY", "api: main=a2", "web: main=w1"))
		p, err = s.Catalog.Project(t.Context(), everything, "PAY")
		require.NoError(t, err)
		require.Equal(t, status.Counts{Secure: 1, Outdated: 1}, p.Repositories)
		require.Zero(t, p.Open.Total()+p.Empty)
		without(t, s, "OTHER")
		_, err = s.Catalog.Project(t.Context(), everything, "PAY")
		require.ErrorIs(t, err, db.ErrNotFound)
		repaired, err := s.Recompute(t.Context())
		require.NoError(t, err)
		require.Zero(t, repaired)
	})
}

func TestOneQueuedAndOneRunning(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "api: main=a1"))
		b := branch(t, s, "PAY", "api", "main")
		request := queue.Request{Scope: queue.Scope{BranchID: b.ID}, Priority: queue.PriorityRescan, Force: true, By: "a"}
		var wait sync.WaitGroup
		var mu sync.Mutex
		scheduled := 0
		for range 20 {
			wait.Go(func() {
				done, err := s.Queue.Enqueue(t.Context(), request)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				}
				scheduled += done.Scheduled
			})
		}
		wait.Wait()
		require.Equal(t, 1, scheduled, "the same scan asked for 20 times in parallel is one scan")
		j := claim(t, s)
		_, err := s.Queue.Claim(t.Context(), "other", true)
		require.ErrorIs(t, err, db.ErrNotFound)

		// While it runs, one more scan can wait, and only one.
		done, err := s.Queue.Enqueue(t.Context(), request)
		require.NoError(t, err)
		require.Equal(t, 1, done.Scheduled)
		done, err = s.Queue.Enqueue(t.Context(), request)
		require.NoError(t, err)
		require.Equal(t, 1, done.Merged)
		_, err = s.Queue.Claim(t.Context(), "other", true)
		require.ErrorIs(t, err, db.ErrNotFound, "not while the branch is being scanned")
		finish(t, s, j)
		finish(t, s, claim(t, s))

		// Up to date now: without force nothing is scheduled.
		request.Force = false
		done, err = s.Queue.Enqueue(t.Context(), request)
		require.NoError(t, err)
		require.Equal(t, [3]int{0, 0, 1}, [3]int{done.Scheduled, done.Merged, done.Skipped})
		require.Zero(t, done.Scan)
	})
}

// TestAttachesToARunningScan: a request joins a scan that is already running at the head.
func TestAttachesToARunningScan(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "api: main=a1"))
		b := branch(t, s, "PAY", "api", "main")
		request := queue.Request{Scope: queue.Scope{BranchID: b.ID}, Priority: queue.PriorityInteractive, By: "a"}
		first, err := s.Queue.Enqueue(t.Context(), request)
		require.NoError(t, err)
		j := claim(t, s)
		require.Equal(t, first.Scan, j.ID)
		_, err = s.Queue.Beat(t.Context(), j, 10, j.Head)
		require.NoError(t, err)
		again, err := s.Queue.Enqueue(t.Context(), request)
		require.NoError(t, err)
		require.Equal(t, [2]int{0, 1}, [2]int{again.Scheduled, again.Skipped})
		require.Equal(t, j.ID, again.Scan)
	})
}

// TestOrderOfTheQueue: the best priority first, then the repositories in turn, then the oldest scan.
func TestOrderOfTheQueue(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "big: a=1 b=1 c=1 d=1", "small: main=1", "tiny: main=1"))
		_, err := s.Queue.Enqueue(t.Context(), queue.Request{Force: true, Priority: queue.PriorityRescan})
		require.NoError(t, err)
		urgent := branch(t, s, "PAY", "big", "d")
		_, err = s.Queue.Enqueue(t.Context(), queue.Request{Scope: queue.Scope{BranchID: urgent.ID}, Force: true, Priority: queue.PriorityInteractive})
		require.NoError(t, err)
		only, err := s.Queue.Claim(t.Context(), "test", false)
		require.NoError(t, err)
		require.Equal(t, "d", only.Branch, "the queued scan got the better priority")
		_, err = s.Queue.Claim(t.Context(), "test", false)
		require.ErrorIs(t, err, db.ErrNotFound)
		var slugs []string
		for range 5 {
			slugs = append(slugs, claim(t, s).Slug)
		}
		require.ElementsMatch(t, []string{"small", "tiny"}, slugs[:2], "a large repository does not hold up the others")
		require.Equal(t, []string{"big", "big", "big"}, slugs[2:])
	})
}

func TestCancel(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "api: a=1 b=1 c=1"))
		_, err := s.Queue.Enqueue(t.Context(), queue.Request{Force: true, Priority: queue.PriorityRescan})
		require.NoError(t, err)
		j := claim(t, s)
		was, err := s.Queue.Cancel(t.Context(), j.ID)
		require.NoError(t, err)
		require.Equal(t, queue.Running, was)
		cancel, err := s.Queue.Beat(t.Context(), j, 50, "")
		require.NoError(t, err)
		require.True(t, cancel)
		require.NoError(t, s.Findings.Finish(t.Context(), j, &findings.Outcome{State: queue.Cancelled}))
		require.Equal(t, catalog.ScanCancelled, branch(t, s, "PAY", "api", j.Branch).Knowledge.ScanStatus())
		require.Equal(t, status.NotScanned, branch(t, s, "PAY", "api", j.Branch).Status)

		n, err := s.Queue.CancelQueued(t.Context(), everything)
		require.NoError(t, err)
		require.Equal(t, 2, n)
		for _, name := range []string{"a", "b", "c"} {
			if name != j.Branch {
				require.Equal(t, catalog.ScanNotScanned, branch(t, s, "PAY", "api", name).Knowledge.ScanStatus(), "a scan that never started leaves no trace")
			}
		}
		was, err = s.Queue.Cancel(t.Context(), j.ID)
		require.NoError(t, err)
		require.Equal(t, queue.Cancelled, was)
		_, err = s.Queue.Cancel(t.Context(), 7)
		require.ErrorIs(t, err, db.ErrNotFound)
	})
}

// TestFencing: the result of a worker that counted as lost is refused.
func TestFencing(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "api: main=1"))
		_, err := s.Queue.Enqueue(t.Context(), queue.Request{Force: true})
		require.NoError(t, err)
		zombie := claim(t, s)
		require.NoError(t, s.Queue.Release(t.Context(), "test"))
		_, err = s.Queue.Beat(t.Context(), zombie, 1, "")
		require.ErrorIs(t, err, queue.ErrLost)
		j := claim(t, s)
		require.Equal(t, zombie.ID, j.ID)
		require.Equal(t, 1, j.Attempt, "an orderly stop costs no attempt")
		require.ErrorIs(t, s.Findings.Finish(t.Context(), zombie, &findings.Outcome{State: queue.Succeeded, Commit: "1", Findings: []scan.Finding{secret("z-1", "z", scan.SeverityHigh)}, Hash: hash}), queue.ErrLost)
		finish(t, s, j)
		require.Equal(t, status.Secure, branch(t, s, "PAY", "api", "main").Status)
		require.ErrorIs(t, s.Findings.Finish(t.Context(), j, &findings.Outcome{State: queue.Failed}), queue.ErrLost, "once")
	})
}

func TestFailuresAreTriedAgain(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "api: main=1"))
		_, err := s.Queue.Enqueue(t.Context(), queue.Request{Force: true})
		require.NoError(t, err)
		for attempt := 1; attempt <= 3; attempt++ {
			j := claim(t, s)
			require.Equal(t, attempt, j.Attempt)
			require.NoError(t, s.Findings.Finish(t.Context(), j, &findings.Outcome{State: queue.Failed, Reason: "the object is corrupt", Retry: 1}))
		}
		_, err = s.Queue.Claim(t.Context(), "test", true)
		require.ErrorIs(t, err, db.ErrNotFound)
		b := branch(t, s, "PAY", "api", "main")
		require.Equal(t, catalog.ScanInternalError, b.Knowledge.ScanStatus())
		require.Equal(t, "the object is corrupt", b.Last.Error)
	})
}

// TestCountersEqualTheSlowQuery after random histories.
func TestCountersEqualTheSlowQuery(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		random := rand.New(rand.NewPCG(1, 2))
		var jobs []*queue.Job
		for step := range 150 {
			switch random.IntN(6) {
			case 0, 1:
				var repositories []string
				for r := range random.IntN(4) {
					text := fmt.Sprintf("r%d:", r)
					for b := range random.IntN(4) {
						text += fmt.Sprintf(" b%d=%d", b, random.IntN(3))
					}
					repositories = append(repositories, text)
				}
				listed(t, s, project(fmt.Sprintf("P%d", random.IntN(3)), repositories...))
			case 2:
				_, err := s.Queue.Enqueue(t.Context(), queue.Request{Force: random.IntN(2) == 0, Priority: queue.Priority(random.IntN(5))})
				require.NoError(t, err)
			case 3:
				j, err := s.Queue.Claim(t.Context(), "test", true)
				if err == nil {
					jobs = append(jobs, j)
				} else {
					require.ErrorIs(t, err, db.ErrNotFound)
				}
			case 4:
				if len(jobs) > 0 {
					j := jobs[0]
					jobs = jobs[1:]
					o := &findings.Outcome{State: queue.State(2 + random.IntN(4)), Commit: j.Head, Hash: hash}
					for range random.IntN(4) {
						o.Findings = append(o.Findings, secret(fmt.Sprintf("f-%d", random.IntN(5)), fmt.Sprintf("p%d", random.IntN(2)), scan.Severity(1+random.IntN(4))))
					}
					if err := s.Findings.Finish(t.Context(), j, o); !errors.Is(err, queue.ErrLost) {
						require.NoError(t, err)
					}
				}
			case 5:
				if random.IntN(4) == 0 {
					_, err := s.Queue.CancelQueued(t.Context(), everything)
					require.NoError(t, err)
				} else if len(jobs) > 0 {
					_, err := s.Queue.Cancel(t.Context(), jobs[random.IntN(len(jobs))].ID)
					require.NoError(t, err)
				}
			}
			if step%15 == 14 {
				before := counters(t, s)
				repaired, err := s.Recompute(t.Context())
				require.NoError(t, err)
				require.Equal(t, before, counters(t, s), "step %d", step)
				require.Zero(t, repaired, "step %d", step)
			}
		}
	})
}
