package store_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/policy"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/store/status"
)

func TestRulesMakeResultsOld(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		set, err := s.Policy.RuleSet(t.Context())
		require.NoError(t, err)
		require.Len(t, set.Hash, 16)
		require.Equal(t, set.Hash+"+0000000000000000+s+x", set.ConfigOf(set.HashRulesFile([]byte("off")), "s", "x"))
		listed(t, s, project("PAY", "api: main=a1 dev=d1", "web: main=w1"))
		_, err = s.Queue.Enqueue(t.Context(), queue.Request{Force: true, Priority: queue.PriorityRescan})
		require.NoError(t, err)
		scan := func(config string) *queue.Job {
			j := claim(t, s)
			require.NoError(t, s.Findings.Finish(t.Context(), j, &findings.Outcome{State: queue.Succeeded, Commit: j.Head, Config: config, Hash: hash}))
			return j
		}
		scan(set.ConfigOf(policy.NoRulesFile, "0f0f", ""))
		scan(set.Hash)
		late := claim(t, s)
		require.NoError(t, s.Policy.ReviseRules(t.Context(), ""))
		require.Equal(t, status.Secure, statusOf(t, s, "PAY", "web"), "the same rules")

		require.NoError(t, s.Policy.SwitchBuiltin(t.Context(), []string{"B", "A"}, false))
		off, err := s.Policy.RuleSet(t.Context())
		require.NoError(t, err)
		require.Equal(t, []string{"A", "B"}, off.Disabled)
		require.NotEqual(t, set.Hash, off.Hash)
		p, err := s.Catalog.Project(t.Context(), everything, "PAY")
		require.NoError(t, err)
		require.Equal(t, status.Counts{Outdated: 1, PartiallyScanned: 1}, p.Repositories, "one branch is not scanned yet")
		web := branch(t, s, "PAY", "web", "main")
		require.Equal(t, []catalog.StaleReason{catalog.ConfigChanged}, web.Knowledge.Stale())
		right(t, s)

		// A scan that began before the change ends with the old rules.
		require.NoError(t, s.Findings.Finish(t.Context(), late, &findings.Outcome{State: queue.Succeeded, Commit: late.Head, Config: set.Hash, Hash: hash}))
		require.True(t, branch(t, s, late.ProjectKey, late.Slug, late.Branch).Knowledge.ConfigChanged)
		require.Equal(t, status.Outdated, statusOf(t, s, "PAY", "api"))

		// After the change is undone, all results match the current rules again.
		require.NoError(t, s.Policy.SwitchBuiltin(t.Context(), []string{"A", "B"}, true))
		again, err := s.Policy.RuleSet(t.Context())
		require.NoError(t, err)
		require.Equal(t, set.Hash, again.Hash)
		require.Equal(t, status.Secure, statusOf(t, s, "PAY", "api"))
		right(t, s)

		require.NoError(t, s.Policy.Set(t.Context(), map[*settings.Known]string{settings.RepositoryRules: "true", settings.ParallelScans: "0"}))
		require.Equal(t, status.Outdated, statusOf(t, s, "PAY", "web"), "the files of repositories count now")
		slots, err := s.Settings.Slots(t.Context())
		require.NoError(t, err)
		require.Positive(t, slots)
	})
}

func TestRules(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		var wait sync.WaitGroup
		for i := range 10 {
			wait.Go(func() {
				if _, err := s.Policy.AddRule(t.Context(), &policy.Rule{Name: fmt.Sprint("rule ", i), DetectorID: fmt.Sprint("RULE_", i), Regexp: "a+", Enabled: true}); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		list, err := s.Policy.Rules(t.Context())
		require.NoError(t, err)
		for i, r := range list {
			require.EqualValues(t, i+1, r.ID)
		}
		_, err = s.Policy.AddRule(t.Context(), &policy.Rule{Name: "RULE 3", DetectorID: "X", Regexp: "a+"})
		require.ErrorIs(t, err, db.ErrExists)
		_, err = s.Policy.AddRule(t.Context(), &policy.Rule{Name: "x", DetectorID: "RULE_3", Regexp: "a+"})
		require.ErrorIs(t, err, db.ErrExists)
		require.NoError(t, s.Policy.RemoveRule(t.Context(), 4))
		require.ErrorIs(t, s.Policy.RemoveRule(t.Context(), 4), db.ErrNotFound)

		before, err := s.Policy.RuleSet(t.Context())
		require.NoError(t, err)
		require.Len(t, before.Rules, 9)
		require.NoError(t, s.Policy.FailRule(t.Context(), list[0].DetectorID, "too slow"))
		require.NoError(t, s.Policy.FailRule(t.Context(), list[0].DetectorID, "again"))
		failed, err := s.Policy.RuleSet(t.Context())
		require.NoError(t, err)
		require.Len(t, failed.Rules, 9, "it keeps running: a file that makes it slow in one repository must not disable it everywhere")
		require.Equal(t, before.Hash, failed.Hash)
		list, err = s.Policy.Rules(t.Context())
		require.NoError(t, err)
		require.Equal(t, "too slow", list[0].ValidationError)
		require.NoError(t, s.Policy.EditRule(t.Context(), 1, func(r *policy.Rule) error { r.ValidationError = ""; return nil }))
		cleared, err := s.Policy.RuleSet(t.Context())
		require.NoError(t, err)
		require.Equal(t, before.Hash, cleared.Hash)
		require.ErrorIs(t, s.Policy.EditRule(t.Context(), 4, func(*policy.Rule) error { return nil }), db.ErrNotFound)
	})
}

// TestSettingsMakeResultsOld: a server with other settings than the one before marks the results as out of date. With
// the old settings they are current again.
func TestSettingsMakeResultsOld(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		require.NoError(t, s.Policy.ReviseRules(t.Context(), "0123456789abcdef"))
		set, err := s.Policy.RuleSet(t.Context())
		require.NoError(t, err)
		listed(t, s, project("PAY", "api: main=a1"))
		_, err = s.Queue.Enqueue(t.Context(), queue.Request{Force: true})
		require.NoError(t, err)
		j := claim(t, s)
		require.NoError(t, s.Findings.Finish(t.Context(), j, &findings.Outcome{State: queue.Succeeded, Commit: j.Head, Config: set.ConfigOf(policy.NoRulesFile, "0123456789abcdef", "1.0"), Hash: hash}))
		require.Equal(t, status.Secure, branch(t, s, "PAY", "api", "").Status)
		for settings, want := range map[string]status.Status{"0123456789abcdef": status.Secure, "fedcba9876543210": status.Outdated} {
			require.NoError(t, s.Policy.ReviseRules(t.Context(), settings))
			require.Equal(t, want, branch(t, s, "PAY", "api", "").Status)
			right(t, s)
		}
	})
}

func TestHookSettings(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		get := func() *settings.HookSetting {
			h, err := s.Settings.HookSetting(t.Context(), "PAY/api")
			require.NoError(t, err)
			return h
		}
		require.Nil(t, get())
		yes := true
		require.NoError(t, s.Settings.SetHook(t.Context(), "PAY/api", true, nil))
		require.Equal(t, &settings.HookSetting{Enabled: true}, get())
		require.NoError(t, s.Settings.SetHook(t.Context(), "PAY/api", true, &yes))
		require.NoError(t, s.Settings.SetHook(t.Context(), "PAY/api", false, nil))
		require.Equal(t, &settings.HookSetting{Warn: true}, get(), "the mode stays")
		require.NoError(t, s.Settings.InheritHook(t.Context(), "PAY/api"))
		require.Nil(t, get())
	})
}

func TestTheLastAdministratorStays(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		for _, name := range []string{"a", "b"} {
			_, err := s.Accounts.Add(t.Context(), &accounts.Account{Name: name, Admin: true})
			require.NoError(t, err)
		}
		var wait sync.WaitGroup
		errs := make([]error, 2)
		for i, name := range []string{"a", "b"} {
			wait.Go(func() {
				errs[i] = s.Accounts.Edit(t.Context(), name, func(a *accounts.Account) error { a.Disabled = true; return nil })
			})
		}
		wait.Wait()
		require.NotEqual(t, errs[0] == nil, errs[1] == nil, "one of the two is left: %v", errs)
		require.ErrorIs(t, s.Accounts.Edit(t.Context(), "none", nil), db.ErrNotFound)
		first, err := s.Settings.SetFirst(t.Context(), "k", "1")
		require.NoError(t, err)
		second, err := s.Settings.SetFirst(t.Context(), "k", "2")
		require.NoError(t, err)
		require.Equal(t, []string{"1", "1"}, []string{first, second})
	})
}
