package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/scan"
)

// set sets settings.
func set(t *testing.T, s *store.Store, values map[*store.Known]string) {
	t.Helper()
	require.NoError(t, s.SetKnown(t.Context(), values))
}

// scanAll scans every branch once; found gives what is in one.
func scanAll(t *testing.T, s *store.Store, found func(j *store.Job) []scan.Finding) {
	t.Helper()
	_, err := s.Enqueue(t.Context(), store.Request{Force: true})
	require.NoError(t, err)
	for {
		j, err := s.Claim(t.Context(), "test", true)
		if err != nil {
			require.ErrorIs(t, err, store.ErrNotFound)
			return
		}
		finish(t, s, j, found(j)...)
	}
}

// Which branches count for their repository is a setting, also for branches that come later.
func TestRollupScope(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "api: main=1 release/1/x=1 feature/a=1"))
		scanAll(t, s, func(j *store.Job) []scan.Finding {
			if j.Branch == "main" {
				return nil
			}
			return []scan.Finding{secret("f-"+j.Branch[:3], "a", scan.SeverityHigh)}
		})
		is := func(want store.Status, branches, open int) {
			t.Helper()
			r, err := s.Repository(t.Context(), everything, "PAY", "api")
			require.NoError(t, err)
			require.Equal(t, []int{int(want), branches, open}, []int{int(r.Status), r.Branches.Total(), r.Open.Total()})
			right(t, s)
		}
		is(store.Vulnerable, 3, 2)
		set(t, s, map[*store.Known]string{store.RollupScope: store.RollupDefault})
		is(store.Secure, 1, 0)
		set(t, s, map[*store.Known]string{store.RollupScope: store.RollupPattern})
		is(store.Vulnerable, 2, 1)
		set(t, s, map[*store.Known]string{store.RollupBranches: "main, release/*"})
		is(store.Secure, 1, 0)
		listed(t, s, project("PAY", "api: main=1 release/1/x=1 feature/a=1 release/2=1"))
		is(store.PartiallyScanned, 2, 0)
		require.Equal(t, store.Vulnerable, branch(t, s, "PAY", "api", "feature/a").Status, "a branch has its own status all the same")
		set(t, s, map[*store.Known]string{store.RollupScope: store.RollupAll})
		is(store.Vulnerable, 4, 2)
	})
}

// A severity that is too low leaves a branch secure; secrets always count.
func TestSeverityFloors(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "deps: main=1", "code: main=1", "leak: main=1"))
		scanAll(t, s, func(j *store.Job) []scan.Finding {
			f := secret("f-1", "a", scan.SeverityMedium)
			switch j.Slug {
			case "deps":
				f.Engine, f.Secret = scan.EngineDependencies, scan.Secret{}
			case "code":
				f.Engine, f.Secret = scan.EngineCode, scan.Secret{}
			}
			return []scan.Finding{f}
		})
		are := func(deps, code, leak store.Status) {
			t.Helper()
			require.Equal(t, []store.Status{deps, code, leak}, []store.Status{status(t, s, "PAY", "deps"), status(t, s, "PAY", "code"), status(t, s, "PAY", "leak")})
			list, err := s.Findings(t.Context(), everything, store.FindingFilter{Counted: true}, 10)
			require.NoError(t, err)
			counted := 0
			for _, status := range []store.Status{deps, code, leak} {
				if status == store.Vulnerable {
					counted++
				}
			}
			require.Len(t, list, counted)
			right(t, s)
		}
		are(store.Vulnerable, store.Vulnerable, store.Vulnerable)
		set(t, s, map[*store.Known]string{store.DependencyFloor: "HIGH"})
		are(store.Secure, store.Vulnerable, store.Vulnerable)
		set(t, s, map[*store.Known]string{store.DependencyFloor: "MEDIUM", store.CodeFloor: "CRITICAL"})
		are(store.Vulnerable, store.Secure, store.Vulnerable)
		list, err := s.Findings(t.Context(), everything, store.FindingFilter{}, 10)
		require.NoError(t, err)
		require.Len(t, list, 3)
		for i := range list {
			require.Equal(t, list[i].Engine == scan.EngineCode, list[i].Low)
		}
	})
}

// A file of rules that changes on the default branch makes the results of all branches old, once such files count.
func TestRulesFileMakesResultsOld(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		moved := listed(t, s, project("PAY", "api: main=1 dev=1"))
		set(t, s, map[*store.Known]string{store.RepositoryRules: "true"})
		scanWith := func(file string) {
			t.Helper()
			rules, err := s.RuleSet(t.Context())
			require.NoError(t, err)
			hash := rules.HashRulesFile([]byte(file))
			_, err = s.Enqueue(t.Context(), store.Request{Outdated: true})
			require.NoError(t, err)
			for {
				j, err := s.Claim(t.Context(), "test", true)
				if err != nil {
					break
				}
				main := branch(t, s, "PAY", "api", "main")
				require.NoError(t, s.Finish(t.Context(), j, &store.Outcome{State: store.Succeeded, Commit: j.Head, Config: rules.ConfigOf(hash, "x", ""), RulesFile: hash, RulesAt: main.Head}))
			}
		}
		scanWith("one")
		require.Equal(t, store.Secure, status(t, s, "PAY", "api"))
		rules, err := s.RuleSet(t.Context())
		require.NoError(t, err)
		require.NoError(t, s.SetRulesFile(t.Context(), moved[0].RepositoryID, "1", rules.HashRulesFile([]byte("one"))))
		require.Equal(t, store.Secure, status(t, s, "PAY", "api"))
		listed(t, s, project("PAY", "api: main=2 dev=1"))
		require.NoError(t, s.SetRulesFile(t.Context(), moved[0].RepositoryID, "1", rules.HashRulesFile([]byte("two"))))
		require.Empty(t, branch(t, s, "PAY", "api", "dev").Knowledge.Stale(), "what somebody read of an older head")
		require.NoError(t, s.SetRulesFile(t.Context(), moved[0].RepositoryID, "2", rules.HashRulesFile([]byte("two"))))
		require.Equal(t, []store.StaleReason{store.ConfigChanged}, branch(t, s, "PAY", "api", "dev").Knowledge.Stale())
		require.Equal(t, store.Outdated, status(t, s, "PAY", "api"))
		right(t, s)
		scanWith("two")
		require.Equal(t, store.Secure, status(t, s, "PAY", "api"))
		// A scan that reads a newer file tells of it too.
		listed(t, s, project("PAY", "api: main=3 dev=1"))
		scanWith("three")
		require.Equal(t, []store.StaleReason{store.ConfigChanged}, branch(t, s, "PAY", "api", "dev").Knowledge.Stale())
		scanWith("three")
		require.Equal(t, store.Secure, status(t, s, "PAY", "api"))
		set(t, s, map[*store.Known]string{store.RepositoryRules: "false"})
		require.Equal(t, store.Outdated, status(t, s, "PAY", "api"))
		right(t, s)
	})
}
