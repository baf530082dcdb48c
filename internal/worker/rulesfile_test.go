package worker_test

import (
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
