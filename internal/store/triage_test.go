package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/store/status"
	"github.com/sluice-scan/sluice/internal/teststore"
	"github.com/sluice-scan/sluice/scan"
)

// ofBranch lists the fingerprints of a branch's findings.
func ofBranch(t *testing.T, s *store.Store, branch int64, filter findings.BranchFilter) (list []string) {
	t.Helper()
	found, err := s.Findings.OfBranch(t.Context(), branch, filter, db.Page{Limit: 100})
	require.NoError(t, err)
	for i := range found {
		list = append(list, found[i].Fingerprint)
	}
	return list
}

// TestTriageOfSeveral stores all decisions or none, recounts everything they count in, and keeps each decision.
func TestTriageOfSeveral(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "api: main=a1 x=b1", "web: main=w1"))
		scanned(t, s, secret("f-1", "a.env", scan.SeverityHigh), secret("f-2", "b.env", scan.SeverityCritical))
		main := branch(t, s, "PAY", "api", "main")
		found, err := s.Findings.OfBranch(t.Context(), main.ID, findings.BranchFilter{}, db.Page{Limit: 10})
		require.NoError(t, err)
		require.Len(t, found, 2)
		var all []*findings.Finding
		for i := range found {
			f := &found[i].Finding
			f.State, f.Reason, f.ChangedBy = findings.FalsePositive, "test data", "ada"
			all = append(all, f)
		}
		other, err := s.Findings.OfBranch(t.Context(), branch(t, s, "PAY", "web", "main").ID, findings.BranchFilter{}, db.Page{Limit: 1})
		require.NoError(t, err)
		stranger := &other[0].Finding
		stranger.State = findings.FalsePositive
		before := counters(t, s)
		lost := *stranger
		lost.RepositoryID = main.RepositoryID
		require.ErrorIs(t, s.Findings.TriageAll(t.Context(), append(all, &lost)), db.ErrNotFound, "one is of another repository")
		require.Equal(t, before, counters(t, s), "nothing was stored")
		decisions, err := s.Findings.Decisions(t.Context(), all[0].ID, 10)
		require.NoError(t, err)
		require.Empty(t, decisions)
		require.NoError(t, s.Findings.TriageAll(t.Context(), nil))

		require.NoError(t, s.Findings.TriageAll(t.Context(), append([]*findings.Finding{stranger}, all...)))
		require.Len(t, ofBranch(t, s, branch(t, s, "PAY", "web", "main").ID, findings.BranchFilter{}), 1, "of two")
		for _, name := range []string{"main", "x"} {
			require.Equal(t, status.Secure, branch(t, s, "PAY", "api", name).Status)
		}
		repaired, err := s.Recompute(t.Context())
		require.NoError(t, err)
		require.Zero(t, repaired)
		all[0].State, all[0].Reason, all[0].Assignee, all[0].ChangedBy = findings.Open, "", "bob", "bob"
		require.NoError(t, s.Findings.Triage(t.Context(), all[0]))
		known, err := s.Findings.ByID(t.Context(), &scope.Visible{Repositories: []int64{main.RepositoryID}}, []int64{all[1].ID, stranger.ID, all[0].ID, 7})
		require.NoError(t, err)
		require.Len(t, known, 2, "without those of other repositories")
		require.Less(t, known[0].ID, known[1].ID)
		for i := range known {
			require.Equal(t, known[i].State == findings.FalsePositive, known[i].Decided)
		}
		known, err = s.Findings.ByID(t.Context(), &scope.Visible{Repositories: []int64{main.RepositoryID}}, nil)
		require.NoError(t, err)
		require.Empty(t, known)
		decisions, err = s.Findings.Decisions(t.Context(), all[0].ID, 10)
		require.NoError(t, err)
		require.Len(t, decisions, 2)
		for i := range decisions {
			require.WithinDuration(t, time.Now(), decisions[i].At, time.Hour)
			decisions[i].At = time.Time{}
		}
		require.Equal(t, []findings.Decision{{By: "bob", State: findings.Open, Assignee: "bob"}, {By: "ada", State: findings.FalsePositive, Reason: "test data"}}, decisions)
	})
}

// TestFindingsOfABranch: which findings a filter selects, in which order, how many places each has, and what is counted.
func TestFindingsOfABranch(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "api: main=a1 x=b1"))
		main, x := branch(t, s, "PAY", "api", "main"), branch(t, s, "PAY", "api", "x")
		scanned(t, s, secret("old", "a.env", scan.SeverityLow))
		twice := secret("twice", "Deploy/b.env", scan.SeverityHigh)
		again := twice
		again.Path, again.Excerpt, again.Related = "deploy/c.env", "again = ••••", "lib/z.go:7"
		allowed := secret("allowed", "t.env", scan.SeverityMedium)
		allowed.Suppression = &scan.Suppression{Kind: scan.SuppressedInline, Reason: "sample"}
		code := scan.Finding{Engine: "code", RuleID: "SQL_INJECTION", Title: "SQL", Severity: scan.SeverityHigh, Fingerprint: "code", Path: "q.go", Occurrence: 1, Excerpt: "query(q)"}
		_, err := s.Queue.Enqueue(t.Context(), queue.Request{Scope: queue.Scope{BranchID: x.ID}, Force: true})
		require.NoError(t, err)
		finish(t, s, claim(t, s), secret("old", "a.env", scan.SeverityLow), twice, again, allowed, code)

		require.Equal(t, []string{"code", "twice", "old"}, ofBranch(t, s, x.ID, findings.BranchFilter{}), "severity, then the newest")
		require.Equal(t, []string{"code", "twice", "allowed", "old"}, ofBranch(t, s, x.ID, findings.BranchFilter{Allowed: true}))
		require.Equal(t, []string{"twice"}, ofBranch(t, s, x.ID, findings.BranchFilter{Path: "DEPLOY/"}))
		require.Empty(t, ofBranch(t, s, x.ID, findings.BranchFilter{Path: "%"}))
		require.Equal(t, []string{"code"}, ofBranch(t, s, x.ID, findings.BranchFilter{Engine: "code"}))
		require.Equal(t, []string{"code"}, ofBranch(t, s, x.ID, findings.BranchFilter{Rule: "SQL_INJECTION"}))
		low := scan.SeverityLow
		require.Equal(t, []string{"old"}, ofBranch(t, s, x.ID, findings.BranchFilter{Severity: &low}))
		require.Equal(t, []string{"code", "twice"}, ofBranch(t, s, x.ID, findings.BranchFilter{New: true}), "the result before did not have them")
		require.Equal(t, []string{"code", "twice"}, ofBranch(t, s, x.ID, findings.BranchFilter{New: true, Base: main.ID}), "the default branch does not have them")
		require.Empty(t, ofBranch(t, s, main.ID, findings.BranchFilter{New: true}), "its first result")
		require.Empty(t, ofBranch(t, s, x.ID, findings.BranchFilter{Author: "nobody"}))

		found, err := s.Findings.OfBranch(t.Context(), x.ID, findings.BranchFilter{}, db.Page{Start: 1, Limit: 1})
		require.NoError(t, err)
		require.Len(t, found, 1)
		require.Equal(t, []any{"twice", 2, true, false, "Deploy/b.env", 3}, []any{found[0].Fingerprint, found[0].Places, found[0].New, found[0].Low, found[0].Path, found[0].Line})
		require.Equal(t, []string{"code", "twice", "old"}, ofBranch(t, s, x.ID, findings.BranchFilter{Base: x.ID}))

		f := &found[0].Finding
		f.State = findings.FalsePositive
		require.NoError(t, s.Findings.Triage(t.Context(), f))
		require.Equal(t, []string{"code", "old"}, ofBranch(t, s, x.ID, findings.BranchFilter{}))
		state := findings.FalsePositive
		require.Equal(t, []string{"twice"}, ofBranch(t, s, x.ID, findings.BranchFilter{Reviewed: true, State: &state}))
		facets, err := s.Findings.Facets(t.Context(), x.ID, findings.BranchFilter{Reviewed: true, Engine: "code", State: &state})
		require.NoError(t, err)
		require.Equal(t, []findings.Facet{
			{Engine: "code", Severity: scan.SeverityHigh, Rule: "SQL_INJECTION", RuleName: "SQL_INJECTION", State: findings.Open, Count: 1},
			{Engine: "secrets", Severity: scan.SeverityLow, Rule: "TEST", RuleName: "TEST", State: findings.Open, Count: 1}, {Engine: "secrets", Severity: scan.SeverityHigh, Rule: "TEST", RuleName: "TEST", State: findings.FalsePositive, Count: 1},
		}, facets)

		places, err := s.Findings.Places(t.Context(), f.ID, x.ID, 10)
		require.NoError(t, err)
		require.Len(t, places, 2)
		require.Equal(t, []string{"deploy/c.env", "again = ••••", "lib/z.go:7"}, []string{places[1].Path, places[1].Excerpt, places[1].Related})
		places, err = s.Findings.Places(t.Context(), f.ID, main.ID, 10)
		require.NoError(t, err)
		require.Empty(t, places)
		for _, lines := range [][3]int{{1, 2, 0}, {1, 3, 1}, {3, 9, 1}, {4, 9, 0}} {
			spots, err := s.Findings.SecretsIn(t.Context(), x.ID, "deploy/c.env", "", lines[0], lines[1])
			require.NoError(t, err)
			require.Len(t, spots, lines[2], lines)
		}
		spots, err := s.Findings.SecretsIn(t.Context(), x.ID, "q.go", "", 0, 100)
		require.NoError(t, err)
		require.Empty(t, spots, "code is no secret")
	})
}

// TestWhereElseAProblemIs: in other branches and repositories, without repositories that the caller may not read and branches that no longer have it.
func TestWhereElseAProblemIs(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("SHOP", "a: main=s1"))
		_, err := teststore.Sync(t, s).Apply(t.Context(), project("PAY", "api: main=a1 gone=b1 x=c1", "web: main=w1"))
		require.NoError(t, err)
		scanned(t, s, secret("same", "a.env", scan.SeverityHigh))
		_, err = teststore.Sync(t, s).Apply(t.Context(), project("PAY", "api: main=a1 x=c1", "web: main=w1"))
		require.NoError(t, err)
		api, err := s.Catalog.Repository(t.Context(), everything, "PAY", "api")
		require.NoError(t, err)
		found, err := s.Findings.OfBranch(t.Context(), branch(t, s, "PAY", "api", "x").ID, findings.BranchFilter{}, db.Page{Limit: 1})
		require.NoError(t, err)
		where := func(v *scope.Visible, limit int) (list []string) {
			places, err := s.Findings.Elsewhere(t.Context(), v, &found[0].Finding, limit)
			require.NoError(t, err)
			for _, p := range places {
				require.Equal(t, 1, p.Places)
				list = append(list, p.ProjectKey+"/"+p.Slug+":"+p.Branch)
			}
			return list
		}
		require.Equal(t, []string{"PAY/api:main", "PAY/api:x", "PAY/web:main", "SHOP/a:main"}, where(everything, 10))
		require.Equal(t, []string{"PAY/api:main", "PAY/api:x"}, where(&scope.Visible{Repositories: []int64{api.ID}}, 10))
		require.Equal(t, []string{"PAY/api:main"}, where(everything, 1))
		require.Empty(t, where(&scope.Visible{}, 10))
	})
}

// TestDecisionsGoWithTheirFindings: when a repository was deleted long ago, and when a finding was.
func TestDecisionsGoWithTheirFindings(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "api: main=a1", "web: main=w1"))
		scanned(t, s, secret("f-1", "a.env", scan.SeverityHigh))
		for _, slug := range []string{"api", "web"} {
			found, err := s.Findings.OfBranch(t.Context(), branch(t, s, "PAY", slug, "main").ID, findings.BranchFilter{}, db.Page{Limit: 1})
			require.NoError(t, err)
			found[0].State = findings.FalsePositive
			require.NoError(t, s.Findings.Triage(t.Context(), &found[0].Finding))
		}
		scanned(t, s)
		listed(t, s, project("PAY", "api: main=a1"))
		left := func() (n int) {
			require.NoError(t, s.Read.QueryRowContext(t.Context(), "select count(*) from decision").Scan(&n))
			return n
		}
		require.Equal(t, 2, left())
		for range 3 {
			_, err := s.Retention.Purge(t.Context(), time.Now().AddDate(30, 0, 0))
			require.NoError(t, err)
		}
		require.Zero(t, left())
	})
}
