package store_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store"
)

func TestRulesMakeResultsOld(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		set, err := s.RuleSet(t.Context())
		require.NoError(t, err)
		require.Len(t, set.Hash, 16)
		require.Equal(t, set.Hash+"+0000000000000000+s+x", set.ConfigOf(set.HashRulesFile([]byte("off")), "s", "x"))
		listed(t, s, project("PAY", "api: main=a1 dev=d1", "web: main=w1"))
		_, err = s.Enqueue(t.Context(), store.Request{Force: true, Priority: store.PriorityRescan})
		require.NoError(t, err)
		scan := func(config string) *store.Job {
			j := claim(t, s)
			require.NoError(t, s.Finish(t.Context(), j, &store.Outcome{State: store.Succeeded, Commit: j.Head, Config: config, Hash: hash}))
			return j
		}
		scan(set.ConfigOf(store.NoRulesFile, "0f0f", ""))
		scan(set.Hash)
		late := claim(t, s)
		require.NoError(t, s.ReviseRules(t.Context(), ""))
		require.Equal(t, store.Secure, status(t, s, "PAY", "web"), "the same rules")

		require.NoError(t, s.SwitchBuiltin(t.Context(), []string{"B", "A"}, false))
		off, err := s.RuleSet(t.Context())
		require.NoError(t, err)
		require.Equal(t, []string{"A", "B"}, off.Disabled)
		require.NotEqual(t, set.Hash, off.Hash)
		p, err := s.Project(t.Context(), everything, "PAY")
		require.NoError(t, err)
		require.Equal(t, store.Counts{Outdated: 1, PartiallyScanned: 1}, p.Repositories, "one branch is not scanned yet")
		web := branch(t, s, "PAY", "web", "main")
		require.Equal(t, []store.StaleReason{store.ConfigChanged}, web.Knowledge.Stale())
		right(t, s)

		// A scan that began before the change comes in with the old rules.
		require.NoError(t, s.Finish(t.Context(), late, &store.Outcome{State: store.Succeeded, Commit: late.Head, Config: set.Hash, Hash: hash}))
		require.True(t, branch(t, s, late.ProjectKey, late.Slug, late.Branch).Knowledge.ConfigChanged)
		require.Equal(t, store.Outdated, status(t, s, "PAY", "api"))

		// Taken back, all speak of today's rules again.
		require.NoError(t, s.SwitchBuiltin(t.Context(), []string{"A", "B"}, true))
		again, err := s.RuleSet(t.Context())
		require.NoError(t, err)
		require.Equal(t, set.Hash, again.Hash)
		require.Equal(t, store.Secure, status(t, s, "PAY", "api"))
		right(t, s)

		require.NoError(t, s.SetKnown(t.Context(), map[*store.Known]string{store.RepositoryRules: "true", store.ParallelScans: "0"}))
		require.Equal(t, store.Outdated, status(t, s, "PAY", "web"), "the files of repositories count now")
		slots, err := s.Slots(t.Context())
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
				if _, err := s.AddRule(t.Context(), &store.Rule{Name: fmt.Sprint("rule ", i), DetectorID: fmt.Sprint("RULE_", i), Regexp: "a+", Enabled: true}); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		list, err := s.Rules(t.Context())
		require.NoError(t, err)
		for i, r := range list {
			require.EqualValues(t, i+1, r.ID)
		}
		_, err = s.AddRule(t.Context(), &store.Rule{Name: "RULE 3", DetectorID: "X", Regexp: "a+"})
		require.ErrorIs(t, err, store.ErrExists)
		_, err = s.AddRule(t.Context(), &store.Rule{Name: "x", DetectorID: "RULE_3", Regexp: "a+"})
		require.ErrorIs(t, err, store.ErrExists)
		require.NoError(t, s.RemoveRule(t.Context(), 4))
		require.ErrorIs(t, s.RemoveRule(t.Context(), 4), store.ErrNotFound)

		before, err := s.RuleSet(t.Context())
		require.NoError(t, err)
		require.Len(t, before.Rules, 9)
		require.NoError(t, s.FailRule(t.Context(), list[0].DetectorID, "too slow"))
		require.NoError(t, s.FailRule(t.Context(), list[0].DetectorID, "again"))
		failed, err := s.RuleSet(t.Context())
		require.NoError(t, err)
		require.Len(t, failed.Rules, 9, "it runs all the same: who makes it slow somewhere must not switch it off everywhere")
		require.Equal(t, before.Hash, failed.Hash)
		list, err = s.Rules(t.Context())
		require.NoError(t, err)
		require.Equal(t, "too slow", list[0].ValidationError)
		require.NoError(t, s.EditRule(t.Context(), 1, func(r *store.Rule) error { r.ValidationError = ""; return nil }))
		cleared, err := s.RuleSet(t.Context())
		require.NoError(t, err)
		require.Equal(t, before.Hash, cleared.Hash)
		require.ErrorIs(t, s.EditRule(t.Context(), 4, func(*store.Rule) error { return nil }), store.ErrNotFound)
	})
}

// TestSettingsMakeResultsOld: a server that starts with other settings than the one before it knows results of those for old, and
// for right again when it has them back.
func TestSettingsMakeResultsOld(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		require.NoError(t, s.ReviseRules(t.Context(), "0123456789abcdef"))
		set, err := s.RuleSet(t.Context())
		require.NoError(t, err)
		listed(t, s, project("PAY", "api: main=a1"))
		_, err = s.Enqueue(t.Context(), store.Request{Force: true})
		require.NoError(t, err)
		j := claim(t, s)
		require.NoError(t, s.Finish(t.Context(), j, &store.Outcome{State: store.Succeeded, Commit: j.Head, Config: set.ConfigOf(store.NoRulesFile, "0123456789abcdef", "1.0"), Hash: hash}))
		require.Equal(t, store.Secure, branch(t, s, "PAY", "api", "").Status)
		for settings, want := range map[string]store.Status{"0123456789abcdef": store.Secure, "fedcba9876543210": store.Outdated} {
			require.NoError(t, s.ReviseRules(t.Context(), settings))
			require.Equal(t, want, branch(t, s, "PAY", "api", "").Status)
			right(t, s)
		}
	})
}

func TestHookSettings(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		get := func() *store.HookSetting {
			h, err := s.HookSetting(t.Context(), "PAY/api")
			require.NoError(t, err)
			return h
		}
		require.Nil(t, get())
		yes := true
		require.NoError(t, s.SetHook(t.Context(), "PAY/api", true, nil))
		require.Equal(t, &store.HookSetting{Enabled: true}, get())
		require.NoError(t, s.SetHook(t.Context(), "PAY/api", true, &yes))
		require.NoError(t, s.SetHook(t.Context(), "PAY/api", false, nil))
		require.Equal(t, &store.HookSetting{Warn: true}, get(), "the mode stays")
		require.NoError(t, s.InheritHook(t.Context(), "PAY/api"))
		require.Nil(t, get())
	})
}

func TestTheLastAdministratorStays(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		for _, name := range []string{"a", "b"} {
			_, err := s.AddAccount(t.Context(), &store.Account{Name: name, Admin: true})
			require.NoError(t, err)
		}
		var wait sync.WaitGroup
		errs := make([]error, 2)
		for i, name := range []string{"a", "b"} {
			wait.Go(func() {
				errs[i] = s.EditAccount(t.Context(), name, func(a *store.Account) error { a.Disabled = true; return nil })
			})
		}
		wait.Wait()
		require.NotEqual(t, errs[0] == nil, errs[1] == nil, "one of the two is left: %v", errs)
		require.ErrorIs(t, s.EditAccount(t.Context(), "none", nil), store.ErrNotFound)
		first, err := s.SetFirst(t.Context(), "k", "1")
		require.NoError(t, err)
		second, err := s.SetFirst(t.Context(), "k", "2")
		require.NoError(t, err)
		require.Equal(t, []string{"1", "1"}, []string{first, second})
	})
}
