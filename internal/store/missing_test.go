package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/reviews"
	"github.com/sluice-scan/sluice/internal/store/status"
	"github.com/sluice-scan/sluice/internal/teststore"
	"github.com/sluice-scan/sluice/scan"
)

// TestWhatComesBackIsAsItWas: a repository or a project that is missing from one listing has its results, counters and
// decisions when it returns. One node reports each of the two events.
func TestWhatComesBackIsAsItWas(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s, other := open(t, address), open(t, address)
		all := project("PAY", "api: main=1 dev=2", "web: main=1")
		listed(t, s, all)
		scanAll(t, s, func(j *queue.Job) (list []scan.Finding) {
			if j.Slug == "api" {
				list = append(list, secret("f-one", "a", scan.SeverityCritical), secret("f-two", "b", scan.SeverityHigh))
			}
			if j.Slug == "api" && j.Branch == "main" {
				list = append(list, secret("f-six", "c", scan.SeverityLow))
			}
			return list
		})
		before := counters(t, s)

		sync := func(p *connection.Project) (back, gone []catalog.Place) {
			t.Helper()
			for _, node := range []*store.Store{s, other} {
				done, err := teststore.Sync(t, node).Apply(t.Context(), p)
				require.NoError(t, err)
				missing, err := teststore.Sync(t, node).Missing(t.Context(), []connection.Project{*p}, true)
				require.NoError(t, err)
				more, err := teststore.Sync(t, node).Remove(t.Context(), missing)
				require.NoError(t, err)
				back, gone = append(back, done.Returned...), append(gone, more...)
			}
			right(t, s)
			return back, gone
		}
		_, gone := sync(project("PAY", "web: main=1"))
		require.Equal(t, []catalog.Place{{Name: "PAY/api"}}, gone)
		list, err := s.Findings.List(t.Context(), everything, findings.Filter{}, 10)
		require.NoError(t, err)
		require.Empty(t, list, "a deleted repository counts nowhere")
		back, _ := sync(all)
		require.Equal(t, []catalog.Place{{Name: "PAY/api"}}, back)
		require.Equal(t, before, counters(t, s))

		_, gone = sync(project("OTHER"))
		require.Equal(t, []catalog.Place{{Name: "PAY", Repositories: 2}}, gone)
		// Meanwhile one of the findings is reviewed for all repositories.
		_, err = s.Reviews.Add(t.Context(), sealer{}, 0, "ada", []reviews.NewReview{{Text: "canary-f-two"}})
		require.NoError(t, err)
		back, _ = sync(all)
		require.Contains(t, back, catalog.Place{Name: "PAY", Repositories: 2})
		require.Equal(t, status.Vulnerable, branch(t, s, "PAY", "api", "main").Status)

		// One branch of a repository, also after its head moved.
		sync(project("PAY", "api: dev=2", "web: main=1"))
		list, err = s.Findings.List(t.Context(), everything, findings.Filter{}, 10)
		require.NoError(t, err)
		require.Equal(t, []int{2, 1}, []int{len(list), list[0].Branches}, "findings of the deleted branch are not listed, and the other one counts once")
		r, err := s.Catalog.Repository(t.Context(), everything, "PAY", "api")
		require.NoError(t, err)
		require.Equal(t, status.OpenCounts{Critical: 1}, r.Open, "one finding is reviewed by now, and one is gone with its branch")
		sync(project("PAY", "api: main=7 dev=2", "web: main=8"))
		require.Equal(t, status.Vulnerable, branch(t, s, "PAY", "api", "main").Status)
		require.Equal(t, []catalog.StaleReason{catalog.NewCommits}, branch(t, s, "PAY", "api", "main").Knowledge.Stale())
		require.Equal(t, status.Outdated, branch(t, s, "PAY", "web", "main").Status)

		// The retention deletes what has been missing longer.
		sync(project("PAY", "web: main=8"))
		_, err = s.Retention.Purge(t.Context(), time.Now().AddDate(0, 0, 31))
		require.NoError(t, err)
		back, _ = sync(project("PAY", "api: main=7", "web: main=8"))
		require.Empty(t, back)
		require.Equal(t, status.NotScanned, branch(t, s, "PAY", "api", "main").Status)
	})
}

// TestSuspiciousListings: a listing that lacks too much at once counts only after a delay, or after a person confirms
// it.
func TestSuspiciousListings(t *testing.T) {
	t.Parallel()
	found := func(n int) []connection.Project {
		p := connection.Project{Key: "PAY"}
		for range n {
			p.Repositories = append(p.Repositories, connection.Repository{})
		}
		if n == 0 {
			return nil
		}
		return []connection.Project{p}
	}
	for _, x := range []struct {
		live, missing, share int
		want                 bool
	}{
		{10, 0, 10, false}, {10, 1, 10, false}, {10, 2, 10, false}, {10, 3, 10, true}, {30, 3, 10, false}, {31, 4, 10, true}, {2, 2, 10, true}, {1, 1, 10, true}, {10, 9, 100, false}, {10, 10, 100, true},
	} {
		m := catalog.Missing{Live: x.live, Repositories: make([]catalog.MissingRepository, x.missing)}
		require.Equal(t, x.want, m.Suspicious(found(x.live-x.missing), x.share), x)
	}
	now := time.Now()
	m := catalog.Missing{Repositories: []catalog.MissingRepository{{ID: 1}, {ID: 2, Since: now.Add(-time.Hour)}, {ID: 3, Since: now.Add(-time.Minute)}, {ID: 4, Since: now, Confirmed: true}}}
	ids := func(found []connection.Project) (list []int64) {
		for _, r := range m.Due(found, time.Hour, now).Repositories {
			list = append(list, r.ID)
		}
		return list
	}
	require.Equal(t, []int64{2, 4}, ids(found(1)))
	require.Equal(t, []int64{4}, ids(nil), "only a person can confirm an empty listing")
}

// TestUnreadableIsNotEmpty: a repository that could not be read, wholly or in part, keeps its data and says why.
func TestUnreadableIsNotEmpty(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "api: main=1 dev=2"))
		scanAll(t, s, func(j *queue.Job) (list []scan.Finding) {
			if j.Branch == "dev" {
				list = append(list, secret("f-one", "a", scan.SeverityCritical))
			}
			return list
		})
		before := counters(t, s)
		broken := project("PAY", "api:")
		broken.Repositories[0].Problem = "list references: permission denied"
		for range 2 {
			listed(t, s, broken)
			right(t, s)
			require.Equal(t, before, counters(t, s))
			for name, status := range map[string]status.Status{"main": status.Secure, "dev": status.Vulnerable} {
				b := branch(t, s, "PAY", "api", name)
				require.Equal(t, []any{catalog.ScanInternalError, status, "list references: permission denied"}, []any{b.Knowledge.ScanStatus(), b.Status, b.Problem})
			}
			require.True(t, branch(t, s, "PAY", "api", "main").IsDefault)
		}
		// One branch alone.
		part := project("PAY", "api: main=1", "new:")
		part.Repositories[0].Problem, part.Repositories[1].Problem = "branch dev: no commit", "it is a repository without HEAD"
		listed(t, s, part)
		right(t, s)
		require.Equal(t, catalog.ScanUpToDate, branch(t, s, "PAY", "api", "main").Knowledge.ScanStatus())
		require.Equal(t, catalog.ScanInternalError, branch(t, s, "PAY", "api", "dev").Knowledge.ScanStatus())
		p, err := s.Catalog.Project(t.Context(), everything, "PAY")
		require.NoError(t, err)
		require.Equal(t, []int{1, 1, 0}, []int{p.Repositories.Vulnerable, p.Repositories.NotScanned, p.Empty}, "a repository that was never read is not scanned")

		listed(t, s, project("PAY", "api: main=1 dev=2", "new:"))
		right(t, s)
		require.Equal(t, catalog.ScanUpToDate, branch(t, s, "PAY", "api", "dev").Knowledge.ScanStatus())
		r, err := s.Catalog.Repository(t.Context(), everything, "PAY", "api")
		require.NoError(t, err)
		require.Empty(t, r.Problem)
	})
}
