package worker_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/policy"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/store/status"
)

// The file of rules of the default branch applies to all branches, and a change of it makes the results of all branches
// out of date.
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
		b.enqueue(queue.Request{Outdated: true})
		b.idle()
	}
	scan()
	require.Equal(t, status.Secure, b.branch("PAY", "api", "old").Status, "files of repositories do not count yet")

	require.NoError(t, b.store.Policy.ReviseRules(t.Context(), ""))
	require.NoError(t, b.store.Policy.Set(t.Context(), map[*settings.Known]string{settings.RepositoryRules: "true"}))
	require.Equal(t, status.Outdated, b.branch("PAY", "api", "old").Status)
	scan()
	require.Equal(t, status.Vulnerable, b.branch("PAY", "api", "old").Status, "the default branch's file counts, and no other")

	b.commit("PAY/api", "b.txt", "text\n")
	b.sync()
	require.Empty(t, b.branch("PAY", "api", "old").Knowledge.Stale(), "the file is the same")
	b.commit("PAY/api", "soteri-security.yml", "custom_rules: {ours: 'mine_[0-9]{8}'}\n")
	b.sync()
	require.Equal(t, []catalog.StaleReason{catalog.ConfigChanged}, b.branch("PAY", "api", "old").Knowledge.Stale())
	scan()
	require.Equal(t, status.Secure, b.branch("PAY", "api", "old").Status)
	require.Equal(t, catalog.ScanUpToDate, b.branch("PAY", "api", "old").Knowledge.ScanStatus())
}

// A rule that takes too long, even in a single file, gets its error, and the branch is incomplete with the reason
// wherever it is shown, until the rule or the file is fixed.
func TestARuleThatTakesTooLong(t *testing.T) {
	t.Parallel()
	b := newBitbucket(t)
	b.commit("PAY/api", "a.txt", "slow_"+strings.Repeat("a", 40)+"!\n")
	b.commit("PAY/web", "a.txt", "text\n")
	b.sync()
	_, err := b.store.Policy.AddRule(t.Context(), &policy.Rule{Name: "slow", DetectorID: "SLOW", Regexp: `slow_(?=(a+)+$)\1`, Enabled: true})
	require.NoError(t, err)
	b.work(b.real())
	for range 2 {
		b.enqueue(queue.Request{Outdated: true})
		b.idle()
		rules, err := b.store.Policy.Rules(t.Context())
		require.NoError(t, err)
		require.Contains(t, rules[0].ValidationError, "took too long on lines of files of PAY/api")
		main := b.branch("PAY", "api", "main")
		require.Equal(t, status.PartiallyScanned, main.Status)
		require.Equal(t, catalog.ScanIncomplete, main.Knowledge.ScanStatus())
		require.Len(t, main.Incomplete, 1)
		require.Regexp(t, `^a.txt: rule SLOW took longer than 250ms on line 1`, main.Incomplete[0])
		require.Equal(t, status.Secure, b.branch("PAY", "web", "main").Status)
		p, err := b.store.Catalog.Project(t.Context(), everything, "PAY")
		require.NoError(t, err)
		require.Equal(t, status.PartiallyScanned, status.ProjectStatus(p.Repositories))
	}
	q, err := b.store.Queue.Scan(t.Context(), everything, b.branch("PAY", "api", "main").Success.ID)
	require.NoError(t, err)
	require.Len(t, q.Incomplete, 1)
	require.NoError(t, b.store.Policy.EditRule(t.Context(), 1, func(r *policy.Rule) error { r.ValidationError, r.Regexp = "", "slow_b+"; return nil }))
	b.enqueue(queue.Request{Outdated: true})
	b.idle()
	require.Equal(t, status.Secure, b.branch("PAY", "api", "main").Status)
	require.Empty(t, b.branch("PAY", "api", "main").Incomplete)
}

// Code that is not understood, and rules that cannot be run where they are missed, make a branch incomplete, with reasons.
func TestCodeThatIsNotUnderstoodIsIncomplete(t *testing.T) {
	t.Parallel()
	b := newBitbucket(t)
	b.commit("PAY/api", "a.py", "from flask import request\neval(request.args['a'])  # nosemgrep\n"+strings.Repeat("def (((\n", 9))
	b.commit("PAY/web", "a.py", "x = 1\n")
	b.commit("PAY/docs", "README.md", "words\n")
	b.sync()
	b.work(b.engines("code"))
	b.enqueue(queue.Request{Outdated: true})
	b.idle()
	main := b.branch("PAY", "api", "main")
	require.Equal(t, status.PartiallyScanned, main.Status)
	require.Len(t, main.Incomplete, 1)
	require.Regexp(t, `^a.py: 6\d of 1\d\d bytes could not be understood`, main.Incomplete[0])
	require.Equal(t, status.PartiallyScanned, b.branch("PAY", "docs", "main").Status, "nothing is known of it")
	require.Equal(t, []string{"no engine found anything that it can look at"}, b.branch("PAY", "docs", "main").Incomplete)
	require.Equal(t, status.Secure, b.branch("PAY", "web", "main").Status)
}

// TestAFileThatCannotBeRead: the branch is incomplete, and earlier findings in the file stay.
func TestAFileThatCannotBeRead(t *testing.T) {
	t.Parallel()
	b := newBitbucket(t)
	b.commit("PAY/api", "a.py", leak())
	b.commit("PAY/api", "b.txt", "text\n")
	b.sync()
	b.work(b.real())
	b.enqueue(queue.Request{Outdated: true})
	b.idle()
	require.Equal(t, status.Vulnerable, b.branch("PAY", "api", "main").Status)
	for _, name := range []string{"a.py", "b.txt"} {
		blob := b.git("PAY/api", "rev-parse", "HEAD:"+name)
		require.NoError(t, os.Remove(filepath.Join(b.root, "PAY/api/.git/objects", blob[:2], blob[2:])))
		require.NoError(t, os.Remove(filepath.Join(b.root, "PAY/api", name)))
	}
	b.enqueue(queue.Request{Force: true})
	b.idle()
	main := b.branch("PAY", "api", "main")
	require.Equal(t, []any{status.Vulnerable, catalog.ScanIncomplete, 1}, []any{main.Status, main.Knowledge.ScanStatus(), main.Open.Total()})
	require.Len(t, main.Incomplete, 1, "the other one is known to be clean")
}

// TestMistakesInRulesOfARepository: each mistake is a warning of its scans with its line, and the log names the
// repository.
func TestMistakesInRulesOfARepository(t *testing.T) {
	t.Parallel()
	b := newBitbucket(t)
	log := &lines{}
	b.log = slog.New(slog.NewTextHandler(log, nil))
	require.NoError(t, b.store.Policy.Set(t.Context(), map[*settings.Known]string{settings.RepositoryRules: "true"}))
	b.commit("PAY/api", "soteri-security.yml", "rules:\n  - NO_SUCH_RULE\nrulez: [x]\ncustom_rules:\n  ours: '([a-z'\n  empty:\nallowlist_paths: ['[']\ninherit_builtin_rules: perhaps\n")
	b.commit("PAY/web", "soteri-security.yml", "rules:\n  - RSA\n bad: [\n")
	b.commit("PAY/fine", "soteri-security.yml", "custom_rules: {ours: 'ours_[0-9]{8}'}\n")
	b.sync()
	b.work(b.real())
	b.enqueue(queue.Request{Outdated: true})
	b.idle()
	api := b.branch("PAY", "api", "main")
	require.Len(t, api.Warnings, 6, api.Warnings)
	text := strings.Join(api.Warnings, "\n")
	for _, words := range []string{"soteri-security.yml:2", "NO_SUCH_RULE", "soteri-security.yml:3", "rulez", "soteri-security.yml:5", "soteri-security.yml:6", "soteri-security.yml:7", "soteri-security.yml:8"} {
		require.Contains(t, text, words)
	}
	require.Equal(t, status.Secure, api.Status, "without its own rules the built-in ones have looked at everything")
	web := b.branch("PAY", "web", "main")
	require.Len(t, web.Warnings, 1)
	require.Contains(t, web.Warnings[0], "line ")
	require.Empty(t, b.branch("PAY", "fine", "main").Warnings)
	for _, name := range []string{"PAY/api", "PAY/web"} {
		require.Contains(t, log.String(), "repository="+name)
	}
	require.NotContains(t, log.String(), "repository=PAY/fine")
}

// lines is a log that one goroutine reads while others write.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	// Every scan logs these lines.
	if bytes.Contains(p, []byte("msg=\"scan ")) {
		return len(p), nil
	}
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
