package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/store/status"
	"github.com/sluice-scan/sluice/scan"
)

// scanned scans every branch, each with the same findings.
func scanned(t *testing.T, s *store.Store, findings ...scan.Finding) {
	t.Helper()
	done, err := s.Queue.Enqueue(t.Context(), queue.Request{Force: true, Priority: queue.PriorityRescan, By: "admin"})
	require.NoError(t, err)
	for range done.Scheduled + done.Merged {
		finish(t, s, claim(t, s), findings...)
	}
}

func TestFindingsAndTriage(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "api: main=a1 x=b1", "web: main=w1"))
		allowed := secret("f-3", "c.env", scan.SeverityLow)
		allowed.Suppression = &scan.Suppression{Kind: scan.SuppressedInline}
		scanned(t, s, secret("f-1", "a.env", scan.SeverityHigh), secret("f-2", "b.env", scan.SeverityCritical), allowed)
		list := func(filter findings.Filter) []findings.Listed {
			found, err := s.Findings.List(t.Context(), everything, filter, 100)
			require.NoError(t, err)
			return found
		}
		require.Len(t, list(findings.Filter{}), 6)
		require.Len(t, list(findings.Filter{Counted: true}), 4)
		require.Len(t, list(findings.Filter{Severities: []scan.Severity{scan.SeverityHigh, scan.SeverityLow}}), 4)
		require.Empty(t, list(findings.Filter{Engine: "code"}))
		require.Empty(t, list(findings.Filter{Rule: "OTHER"}))
		api, err := s.Catalog.Repository(t.Context(), everything, "PAY", "api")
		require.NoError(t, err)
		mine := list(findings.Filter{Repository: api.ID, Counted: true})
		require.Len(t, mine, 2)
		require.Equal(t, 2, mine[0].Branches)
		require.Equal(t, "main", mine[0].Branch)
		require.Equal(t, 3, mine[0].Line)
		require.Len(t, list(findings.Filter{Repository: api.ID, Counted: true, After: findings.ListKey{ID: mine[0].ID}}), 1)
		nothing, err := s.Findings.List(t.Context(), &scope.Visible{}, findings.Filter{}, 10)
		require.NoError(t, err)
		require.Empty(t, nothing)
		_, err = s.Findings.Get(t.Context(), &scope.Visible{}, mine[0].ID)
		require.ErrorIs(t, err, db.ErrNotFound)

		// Both findings, once decided, leave the counters of the branches, the repository and the project. They stay out after
		// a rescan.
		for i, state := range []findings.State{findings.FalsePositive, findings.Accepted} {
			f := mine[i].Finding
			f.State, f.Comment, f.ChangedBy, f.Expires = state, "test data", "w", time.Now().Add(time.Hour)
			require.NoError(t, s.Findings.Triage(t.Context(), &f))
		}
		for range 2 {
			require.Equal(t, status.Secure, branch(t, s, "PAY", "api", "x").Status)
			p, err := s.Catalog.Project(t.Context(), everything, "PAY")
			require.NoError(t, err)
			require.Equal(t, status.Counts{Secure: 1, Vulnerable: 1}, p.Repositories)
			require.Equal(t, status.OpenCounts{Critical: 1, High: 1}, p.Open)
			require.Empty(t, list(findings.Filter{Repository: api.ID, Counted: true}))
			repaired, err := s.Recompute(t.Context())
			require.NoError(t, err)
			require.Zero(t, repaired)
			scanned(t, s, secret("f-1", "a.env", scan.SeverityHigh), secret("f-2", "b.env", scan.SeverityCritical), allowed)
		}
		state := findings.Accepted
		require.Len(t, list(findings.Filter{State: &state}), 1)

		// An expired acceptance counts again.
		f, err := s.Findings.Get(t.Context(), everything, mine[1].ID)
		require.NoError(t, err)
		require.Equal(t, "test data", f.Comment)
		require.True(t, f.Decided)
		f.Expires = time.Now().Add(-time.Hour)
		require.NoError(t, s.Findings.Triage(t.Context(), &f.Finding))
		require.Equal(t, status.Vulnerable, branch(t, s, "PAY", "api", "x").Status)
		f.ID = 7
		require.ErrorIs(t, s.Findings.Triage(t.Context(), &f.Finding), db.ErrNotFound)
		name, err := s.Findings.RuleSeen(t.Context(), api.ID, "test")
		require.NoError(t, err)
		require.Equal(t, "TEST", name)
		_, err = s.Findings.RuleSeen(t.Context(), api.ID, "other")
		require.ErrorIs(t, err, db.ErrNotFound)
	})
}

func TestOccurrencesInPieces(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "api: main=a1 never:x"))
		var list []scan.Finding
		for i := range 23 {
			f := secret(fmt.Sprintf("f-%d", i%7), fmt.Sprintf("p%d.env", i%3), scan.SeverityHigh)
			f.Occurrence = i
			if i == 5 {
				f.Suppression = &scan.Suppression{Kind: scan.SuppressedPath, Reason: "samples"}
			}
			list = append(list, f)
		}
		j := func() *queue.Job {
			b := branch(t, s, "PAY", "api", "main")
			_, err := s.Queue.Enqueue(t.Context(), queue.Request{Scope: queue.Scope{BranchID: b.ID}, Force: true})
			require.NoError(t, err)
			return claim(t, s)
		}()
		finish(t, s, j, list...)
		read := func(filter findings.OccurrenceFilter) (n int, last findings.Occurrence) {
			for after := (findings.OccurrenceKey{}); ; {
				piece, err := s.Findings.Occurrences(t.Context(), j.BranchID, filter, after, 4)
				require.NoError(t, err)
				n += len(piece)
				if len(piece) > 0 {
					last = piece[len(piece)-1]
					after = last.Key()
				}
				if len(piece) < 4 {
					return n, last
				}
			}
		}
		n, _ := read(findings.OccurrenceFilter{Allowed: true})
		require.Equal(t, 23, n)
		n, last := read(findings.OccurrenceFilter{})
		require.Equal(t, 22, n)
		n, _ = read(findings.OccurrenceFilter{Rule: "OTHER", Allowed: true})
		require.Zero(t, n)
		last.State = findings.FalsePositive
		require.NoError(t, s.Findings.Triage(t.Context(), &last.Finding))
		some, _ := read(findings.OccurrenceFilter{})
		require.Less(t, some, 22)
		n, _ = read(findings.OccurrenceFilter{Reviewed: true, Engine: "secrets"})
		require.Equal(t, 22, n)

		// From is inclusive, To exclusive; both are finer than the stored times.
		branches, err := s.Findings.ReportBranches(t.Context(), j.Repository, time.Time{}, time.Time{}, 0, 10)
		require.NoError(t, err)
		require.Len(t, branches, 1, "a branch that was never scanned has no report")
		at := branches[0].Scanned
		for _, bound := range []struct {
			from, to time.Time
			want     int
		}{
			{want: 1}, {from: at, want: 1}, {from: at.Add(time.Microsecond), want: 0}, {from: at.Add(-time.Microsecond), want: 1},
			{to: at, want: 0}, {to: at.Add(time.Microsecond), want: 1}, {to: at.Add(-time.Microsecond), want: 0},
		} {
			list, err := s.Findings.ReportBranches(t.Context(), j.Repository, bound.from, bound.to, 0, 10)
			require.NoError(t, err)
			require.Len(t, list, bound.want, "%+v", bound)
		}
	})
}

func TestQueueAndBatches(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "api: main=a1 x=b1", "web: main=w1", "new:"))
		listed(t, s, project("OPS", "tools: main=t1"))
		api, err := s.Catalog.Repository(t.Context(), everything, "PAY", "api")
		require.NoError(t, err)
		mine := &scope.Visible{Repositories: []int64{api.ID}}

		// A scope is limited to what the caller may see.
		done, err := s.Queue.Enqueue(t.Context(), queue.Request{Scope: queue.Scope{Visible: mine}, Force: true, By: "grantee", Priority: queue.PriorityRescan})
		require.NoError(t, err)
		require.Equal(t, 2, done.Scheduled)
		all, err := s.Queue.Enqueue(t.Context(), queue.Request{Name: "Everything", Force: true, By: "admin", Priority: queue.PriorityRescan})
		require.NoError(t, err)
		require.Equal(t, [2]int{2, 2}, [2]int{all.Scheduled, all.Merged})
		only, err := s.Queue.Enqueue(t.Context(), queue.Request{Scope: queue.Scope{ProjectID: api.ProjectID, Visible: mine}, Force: true})
		require.NoError(t, err)
		require.Equal(t, [2]int{0, 2}, [2]int{only.Scheduled, only.Merged})

		j := claim(t, s)
		_, err = s.Queue.Beat(t.Context(), j, 40, j.Head)
		require.NoError(t, err)
		list, err := s.Queue.List(t.Context(), everything, db.Page{Limit: 10})
		require.NoError(t, err)
		require.Len(t, list, 4)
		require.Equal(t, queue.Running, list[0].State, "running scans come first")
		require.Equal(t, 40, list[0].Progress)
		require.Equal(t, "Project "+j.ProjectKey+" / Repository "+j.Slug+" : "+j.Branch, list[0].String())
		few, err := s.Queue.List(t.Context(), mine, db.Page{Limit: 10})
		require.NoError(t, err)
		require.Len(t, few, 2)
		one, err := s.Queue.Scan(t.Context(), mine, few[1].ID)
		require.NoError(t, err)
		require.Equal(t, "api", one.Slug)
		for _, q := range list {
			if q.Slug == "tools" {
				_, err = s.Queue.Scan(t.Context(), mine, q.ID)
				require.ErrorIs(t, err, db.ErrNotFound)
			}
		}
		activities, err := s.Queue.Activities(t.Context())
		require.NoError(t, err)
		queued, running := 0, 0
		for _, a := range activities {
			queued += a.Queued
			running += len(a.Running)
		}
		require.Equal(t, [2]int{3, 1}, [2]int{queued, running})

		batch, err := s.Queue.Batch(t.Context(), all.Batch)
		require.NoError(t, err)
		require.Equal(t, [2]int{4, 0}, [2]int{batch.Total, batch.Done()})
		n, err := s.Queue.CancelQueued(t.Context(), mine)
		require.NoError(t, err)
		waiting := 2
		if j.Slug == "api" {
			waiting = 1
		}
		require.Equal(t, waiting, n, "only what the caller may see")
		_, err = s.Queue.CancelQueued(t.Context(), everything)
		require.NoError(t, err)
		n, err = s.Queue.CancelRunning(t.Context(), &scope.Visible{})
		require.NoError(t, err)
		require.Zero(t, n)
		n, err = s.Queue.CancelRunning(t.Context(), everything)
		require.NoError(t, err)
		require.Equal(t, 1, n)
		require.NoError(t, s.Findings.Finish(t.Context(), j, &findings.Outcome{State: queue.Cancelled}))
		batch, err = s.Queue.Batch(t.Context(), all.Batch)
		require.NoError(t, err)
		require.Equal(t, 4, batch.Done())
		require.False(t, batch.Finished.IsZero())
		counts, err := s.Queue.Counts(t.Context())
		require.NoError(t, err)
		require.Equal(t, map[queue.State]int{queue.Cancelled: 1, queue.Dropped: 3}, counts)

		// A batch without scans ends at once, and its mail is due.
		empty, err := s.Catalog.Repository(t.Context(), everything, "PAY", "new")
		require.NoError(t, err)
		none, err := s.Queue.Enqueue(t.Context(), queue.Request{Scope: queue.Scope{RepositoryID: empty.ID}, Force: true, Mail: []string{"a@example.com"}})
		require.NoError(t, err)
		batch, err = s.Queue.Batch(t.Context(), none.Batch)
		require.NoError(t, err)
		require.Zero(t, batch.Total)
		require.False(t, batch.Finished.IsZero())
		_, err = s.Queue.Batch(t.Context(), 7)
		require.ErrorIs(t, err, db.ErrNotFound)
	})
}
