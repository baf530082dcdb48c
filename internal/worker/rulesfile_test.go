package worker_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store"
)

// The file of rules of the default branch holds for all branches, and a change of it makes the results of all old.
func TestRulesOfTheDefaultBranch(t *testing.T) {
	t.Parallel()
	b := newBitbucket(t)
	b.commit("PAY/api", "soteri-security.yml", "custom_rules: {ours: 'ours_[0-9]{8}'}\n")
	b.git("PAY/api", "checkout", "-q", "--orphan", "old")
	b.commit("PAY/api", "soteri-security.yml", "allowlist_paths: ['.*']\n")
	b.commit("PAY/api", "a.txt", "x = ours_12345678\n")
	b.git("PAY/api", "checkout", "-q", "main")
	b.sync()
	b.work(b.real())
	scan := func() {
		t.Helper()
		b.enqueue(store.Request{Outdated: true})
		b.idle()
	}
	scan()
	require.Equal(t, store.Secure, b.branch("PAY", "api", "old").Status, "files of repositories do not count yet")

	require.NoError(t, b.store.ReviseRules(t.Context()))
	require.NoError(t, b.store.SetKnown(t.Context(), map[*store.Known]string{store.RepositoryRules: "true"}))
	require.Equal(t, store.Outdated, b.branch("PAY", "api", "old").Status)
	scan()
	require.Equal(t, store.Vulnerable, b.branch("PAY", "api", "old").Status, "the default branch's file counts, and no other")

	b.commit("PAY/api", "b.txt", "text\n")
	b.sync()
	require.Empty(t, b.branch("PAY", "api", "old").Knowledge.Stale(), "the file is the same")
	b.commit("PAY/api", "soteri-security.yml", "custom_rules: {ours: 'mine_[0-9]{8}'}\n")
	b.sync()
	require.Equal(t, []store.StaleReason{store.ConfigChanged}, b.branch("PAY", "api", "old").Knowledge.Stale())
	scan()
	require.Equal(t, store.Secure, b.branch("PAY", "api", "old").Status)
	require.Equal(t, store.ScanUpToDate, b.branch("PAY", "api", "old").Knowledge.ScanStatus())
}

// Row 119: a rule that takes too long in many files is switched off for all scans, with the reason, and the scan that found out
// has its result all the same.
func TestRow119ARuleThatTakesTooLong(t *testing.T) {
	t.Parallel()
	b := newBitbucket(t)
	for i := range 10 {
		b.commit("PAY/api", fmt.Sprintf("f%d.txt", i), "slow_"+strings.Repeat("a", 40)+"!\n")
	}
	b.commit("PAY/api", "z.py", leak())
	b.sync()
	_, err := b.store.AddRule(t.Context(), &store.Rule{Name: "slow", DetectorID: "SLOW", Regexp: `slow_(?=(a+)+$)\1`, Enabled: true})
	require.NoError(t, err)
	b.work(b.real())
	b.enqueue(store.Request{Outdated: true})
	b.idle()
	rules, err := b.store.Rules(t.Context())
	require.NoError(t, err)
	require.Contains(t, rules[0].ValidationError, "took too long on lines of several files of PAY/api")
	main := b.branch("PAY", "api", "main")
	require.Equal(t, store.Vulnerable, main.Status)
	require.Equal(t, []store.StaleReason{store.ConfigChanged}, main.Knowledge.Stale())
	q, err := b.store.Scan(t.Context(), everything, main.Success.ID)
	require.NoError(t, err)
	require.Regexp(t, `^\d+ files were not looked at in full, the first one: f\d.txt: rule SLOW took longer than 250ms on line 1`, q.Warning)
	b.enqueue(store.Request{Outdated: true})
	b.idle()
	q, err = b.store.Scan(t.Context(), everything, b.branch("PAY", "api", "main").Success.ID)
	require.NoError(t, err)
	require.Empty(t, q.Warning)
}
