package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/store/status"
	"github.com/sluice-scan/sluice/scan"
)

// set sets settings.
func set(t *testing.T, s *store.Store, values map[*settings.Known]string) {
	t.Helper()
	require.NoError(t, s.Policy.Set(t.Context(), values))
}

// scanAll scans every branch once; found returns the findings of one.
func scanAll(t *testing.T, s *store.Store, found func(j *queue.Job) []scan.Finding) {
	t.Helper()
	_, err := s.Queue.Enqueue(t.Context(), queue.Request{Force: true})
	require.NoError(t, err)
	for {
		j, err := s.Queue.Claim(t.Context(), "test", true)
		if err != nil {
			require.ErrorIs(t, err, db.ErrNotFound)
			return
		}
		finish(t, s, j, found(j)...)
	}
}

// A setting decides which branches count for their repository, also for branches that are added later.
func TestRollupScope(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "api: main=1 release/1/x=1 feature/a=1"))
		scanAll(t, s, func(j *queue.Job) []scan.Finding {
			if j.Branch == "main" {
				return nil
			}
			return []scan.Finding{secret("f-"+j.Branch[:3], "a", scan.SeverityHigh)}
		})
		is := func(want status.Status, branches, open int) {
			t.Helper()
			r, err := s.Catalog.Repository(t.Context(), everything, "PAY", "api")
			require.NoError(t, err)
			require.Equal(t, []int{int(want), branches, open}, []int{int(r.Status), r.Branches.Total(), r.Open.Total()})
			right(t, s)
		}
		is(status.Vulnerable, 3, 2)
		set(t, s, map[*settings.Known]string{settings.RollupScope: settings.RollupDefault})
		is(status.Secure, 1, 0)
		set(t, s, map[*settings.Known]string{settings.RollupScope: settings.RollupPattern})
		is(status.Vulnerable, 2, 1)
		set(t, s, map[*settings.Known]string{settings.RollupBranches: "main, release/*"})
		is(status.Secure, 1, 0)
		listed(t, s, project("PAY", "api: main=1 release/1/x=1 feature/a=1 release/2=1"))
		is(status.PartiallyScanned, 2, 0)
		require.Equal(t, status.Vulnerable, branch(t, s, "PAY", "api", "feature/a").Status, "a branch has its own status all the same")
		set(t, s, map[*settings.Known]string{settings.RollupScope: settings.RollupAll})
		is(status.Vulnerable, 4, 2)
	})
}

// A severity that is too low leaves a branch secure; secrets always count.
func TestSeverityFloors(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "deps: main=1", "code: main=1", "leak: main=1"))
		scanAll(t, s, func(j *queue.Job) []scan.Finding {
			f := secret("f-1", "a", scan.SeverityMedium)
			switch j.Slug {
			case "deps":
				f.Engine, f.Secret = "dependencies", scan.Secret{}
			case "code":
				f.Engine, f.Secret = "code", scan.Secret{}
			}
			return []scan.Finding{f}
		})
		are := func(deps, code, leak status.Status) {
			t.Helper()
			require.Equal(t, []status.Status{deps, code, leak}, []status.Status{statusOf(t, s, "PAY", "deps"), statusOf(t, s, "PAY", "code"), statusOf(t, s, "PAY", "leak")})
			list, err := s.Findings.List(t.Context(), everything, findings.Filter{Counted: true}, 10)
			require.NoError(t, err)
			counted := 0
			for _, want := range []status.Status{deps, code, leak} {
				if want == status.Vulnerable {
					counted++
				}
			}
			require.Len(t, list, counted)
			right(t, s)
		}
		are(status.Vulnerable, status.Vulnerable, status.Vulnerable)
		set(t, s, map[*settings.Known]string{settings.DependencyFloor: "HIGH"})
		are(status.Secure, status.Vulnerable, status.Vulnerable)
		set(t, s, map[*settings.Known]string{settings.DependencyFloor: "MEDIUM", settings.CodeFloor: "CRITICAL"})
		are(status.Vulnerable, status.Secure, status.Vulnerable)
		list, err := s.Findings.List(t.Context(), everything, findings.Filter{}, 10)
		require.NoError(t, err)
		require.Len(t, list, 3)
		for i := range list {
			require.Equal(t, list[i].Engine == "code", list[i].Low)
		}
	})
}

// Once such files count, a change of the file of rules on the default branch makes the results of all branches out of
// date.
func TestRulesFileMakesResultsOld(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		moved := listed(t, s, project("PAY", "api: main=1 dev=1"))
		set(t, s, map[*settings.Known]string{settings.RepositoryRules: "true"})
		scanWith := func(file string) {
			t.Helper()
			rules, err := s.Policy.RuleSet(t.Context())
			require.NoError(t, err)
			hash := rules.HashRulesFile([]byte(file))
			_, err = s.Queue.Enqueue(t.Context(), queue.Request{Outdated: true})
			require.NoError(t, err)
			for {
				j, err := s.Queue.Claim(t.Context(), "test", true)
				if err != nil {
					break
				}
				main := branch(t, s, "PAY", "api", "main")
				require.NoError(t, s.Findings.Finish(t.Context(), j, &findings.Outcome{State: queue.Succeeded, Commit: j.Head, Config: rules.ConfigOf(hash, "x", ""), RulesFile: hash, RulesAt: main.Head}))
			}
		}
		scanWith("one")
		require.Equal(t, status.Secure, statusOf(t, s, "PAY", "api"))
		rules, err := s.Policy.RuleSet(t.Context())
		require.NoError(t, err)
		require.NoError(t, s.Policy.SetRulesFile(t.Context(), moved[0].RepositoryID, "1", rules.HashRulesFile([]byte("one"))))
		require.Equal(t, status.Secure, statusOf(t, s, "PAY", "api"))
		listed(t, s, project("PAY", "api: main=2 dev=1"))
		require.NoError(t, s.Policy.SetRulesFile(t.Context(), moved[0].RepositoryID, "1", rules.HashRulesFile([]byte("two"))))
		require.Empty(t, branch(t, s, "PAY", "api", "dev").Knowledge.Stale(), "the file of an older head does not count")
		require.NoError(t, s.Policy.SetRulesFile(t.Context(), moved[0].RepositoryID, "2", rules.HashRulesFile([]byte("two"))))
		require.Equal(t, []catalog.StaleReason{catalog.ConfigChanged}, branch(t, s, "PAY", "api", "dev").Knowledge.Stale())
		require.Equal(t, status.Outdated, statusOf(t, s, "PAY", "api"))
		right(t, s)
		scanWith("two")
		require.Equal(t, status.Secure, statusOf(t, s, "PAY", "api"))
		// A scan that reads a newer file has the same effect.
		listed(t, s, project("PAY", "api: main=3 dev=1"))
		scanWith("three")
		require.Equal(t, []catalog.StaleReason{catalog.ConfigChanged}, branch(t, s, "PAY", "api", "dev").Knowledge.Stale())
		scanWith("three")
		require.Equal(t, status.Secure, statusOf(t, s, "PAY", "api"))
		set(t, s, map[*settings.Known]string{settings.RepositoryRules: "false"})
		require.Equal(t, status.Outdated, statusOf(t, s, "PAY", "api"))
		right(t, s)
	})
}
