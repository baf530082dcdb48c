//go:build unix

package cli_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/testwait"
)

// The number of branches in a test of a full disk, and of secrets in each: enough that their results fill the small
// disk.
const (
	fullRepositories, fullBranches = 2, 5
	fullScans                      = fullRepositories * fullBranches
	fullSecrets                    = 250
)

// laden creates repositories whose branches have many secrets each.
func laden(t *testing.T) string {
	t.Helper()
	root := repositories(t, fullRepositories, 1)
	for i := range fullRepositories {
		r := &repository{t, filepath.Join(root, "PAY", fmt.Sprintf("r%d", i))}
		r.commit("secrets.txt", tokens(i*fullSecrets, (i+1)*fullSecrets))
		r.branches(fullBranches)
	}
	return root
}

// listed waits until the server has listed all repositories.
func (n *node) listed(password string, repositories int) {
	n.t.Helper()
	testwait.Until(n.t, func() bool {
		_, body := n.get("/rest/security/latest/status/projects", password)
		values, _ := body["values"].([]any)
		return len(values) == 1 && values[0].(map[string]any)["repositoryCount"] == float64(repositories)
	}, "all is listed")
}

// token creates an unused API token that may read.
func (n *node) token() string {
	n.t.Helper()
	status, text := n.call(http.MethodPost, "/rest/security/latest/tokens", `{"name":"t","scopes":["read"]}`)
	require.Equal(n.t, http.StatusCreated, status, text)
	var body struct{ Token string }
	require.NoError(n.t, json.Unmarshal([]byte(text), &body))
	return body.Token
}

// full changes settings until the disk is full. It checks the server's answers to that change and to readers.
func (n *node) full(password, token string) {
	n.t.Helper()
	var status int
	var body string
	attempt := 0
	testwait.Until(n.t, func() bool {
		// The server does not write a value that is already set.
		attempt++
		status, _, body = n.ask(http.MethodPut, fmt.Sprintf("/rest/security/latest/settings/parallel-scans?value=%d", 2+attempt%2), password)
		require.Contains(n.t, []int{http.StatusOK, http.StatusInsufficientStorage}, status, body)
		return status == http.StatusInsufficientStorage
	}, "the disk gets full")
	require.JSONEq(n.t, `{"errors":[{"context":null,"message":"nothing was changed: the disk of the database is full; reading works, and changes will work once somebody has freed space there",
		"exceptionName":"com.sluice.exception.InsufficientStorageException"}]}`, body)
	for _, path := range []string{"/rest/security/latest/status/projects", "/rest/security/latest/queue", "/rest/security/latest/findings", "/readyz", "/healthz", "/metrics"} {
		status, _, body := n.ask(http.MethodGet, path, password)
		require.Equal(n.t, http.StatusOK, status, "%s: %s", path, body)
	}
	// The server cannot record that the token was used, but still accepts it.
	status, _, body = n.ask(http.MethodGet, "/rest/security/latest/status/projects", token)
	require.Equal(n.t, http.StatusOK, status, body)
	testwait.Until(n.t, func() bool {
		return regexp.MustCompile(`"the result could not be written; retrying[^\n]*the disk of the database is full; free space there`).MatchString(n.log.String())
	}, "%s", n.log)
}

// whole checks that the database of a data folder is intact, and that each of its scans has ended exactly once, with its
// result.
func whole(t *testing.T, data string) {
	t.Helper()
	path := filepath.Join(data, "sluice.db")
	db, err := sql.Open("sqlite", path+"?_pragma=busy_timeout(10000)")
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	testwait.Until(t, func() bool { return number(t, db, "select count(*) from scan where state < 2") == 0 }, "everything is scanned")
	require.Equal(t, fullScans, number(t, db, "select count(*) from scan"))
	require.Equal(t, fullScans, number(t, db, "select count(*) from scan where state = 2 and findings = $1", fullSecrets))
	require.Equal(t, fullScans*fullSecrets, number(t, db, "select count(*) from occurrence"))
	require.Equal(t, fullRepositories*fullSecrets, number(t, db, "select count(*) from finding"))
	s, err := store.Open(t.Context(), path)
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	require.NoError(t, s.Check(t.Context()))
	repaired, err := s.Recompute(t.Context())
	require.NoError(t, err)
	require.Zero(t, repaired)
}

// stop shuts a server down.
func (n *node) stop() {
	n.t.Helper()
	require.NoError(n.t, n.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(n.t, n.cmd.Wait(), n.log)
}

// change opens the database of a stopped server.
func change(t *testing.T, data string, do func(s *store.Store)) {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(data, "sluice.db"))
	require.NoError(t, err)
	do(s)
	require.NoError(t, s.Close())
}

// TestFilesThatMayNotGrow runs a server whose files cannot grow, as on a full disk or quota. The server reports it,
// continues to serve reads, and damages nothing. Without the limit it scans everything.
func TestFilesThatMayNotGrow(t *testing.T) {
	t.Parallel()
	root, data := laden(t), filepath.Join(t.TempDir(), "data")
	args := []string{"--repos", root, "--data", data, "--node", "a"}
	first := startNode(t, nil, args...)
	password := first.password
	first.listed(password, fullRepositories)
	token := first.token()
	first.stop()
	change(t, data, func(s *store.Store) {
		done, err := s.Queue.Enqueue(t.Context(), queue.Request{Force: true, Priority: queue.PriorityRescan})
		require.NoError(t, err)
		require.Equal(t, fullScans, done.Scheduled)
	})
	info, err := os.Stat(filepath.Join(data, "sluice.db"))
	require.NoError(t, err)
	limited := startNode(t, []string{fmt.Sprintf("%s=%d", fileLimit, info.Size()+100<<10)}, args...)
	limited.full(password, token)
	limited.stop()
	change(t, data, func(s *store.Store) {
		require.NoError(t, s.Check(t.Context()), "nothing is damaged")
		require.NoError(t, s.Queue.Release(t.Context(), "a"), "what ran when it could not be written that it does not")
	})
	startNode(t, nil, args...)
	whole(t, data)
}

// TestFullDisk fills the disk of a server while it scans. After space is freed, the server continues by itself.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	if err := mountSmall(data, 24<<20); err != nil {
		t.Skipf("a small disk cannot be mounted here: %v", err)
	}
	t.Cleanup(func() { require.NoError(t, syscall.Unmount(data, 0)) })
	ballast := filepath.Join(data, "ballast")
	n := startNode(t, nil, "--repos", laden(t), "--data", data, "--min-free", "1KB", "--node", "a")
	n.listed(n.password, fullRepositories)
	token := n.token()
	require.NoError(t, os.WriteFile(ballast, make([]byte, free(t, data)-300<<10), 0o600))
	status, _, body := n.ask(http.MethodPut, "/rest/security/latest/status/total_rescan", n.password)
	require.Equal(t, http.StatusAccepted, status, body)
	n.full(n.password, token)
	require.NoError(t, os.Remove(ballast))
	whole(t, data)
	db, err := sql.Open("sqlite", filepath.Join(data, "sluice.db"))
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	t.Logf("%d scans took more than one attempt", number(t, db, "select count(*) from scan where attempt > 1"))
	status, _, body = n.ask(http.MethodPut, "/rest/security/latest/settings/parallel-scans?value=2", n.password)
	require.Equal(t, http.StatusOK, status, body)
	n.stop()
}

func free(t *testing.T, dir string) int64 {
	t.Helper()
	var s syscall.Statfs_t
	require.NoError(t, syscall.Statfs(dir, &s))
	return int64(s.Bavail) * int64(s.Bsize) //nolint:unconvert // of other types elsewhere
}

// TestScansWaitWhenTheDiskIsLow: if the disk has less free space than configured, the server starts no scan, reports
// that, and still answers.
func TestScansWaitWhenTheDiskIsLow(t *testing.T) {
	t.Parallel()
	root, data := laden(t), filepath.Join(t.TempDir(), "data")
	args := []string{"--repos", root, "--data", data, "--node", "a"}
	low := startNode(t, []string{"SLUICE_MIN_FREE=1000000000GB"}, args...)
	low.listed(low.password, fullRepositories)
	status, _, body := low.ask(http.MethodPut, "/rest/security/latest/status/total_rescan", low.password)
	require.Equal(t, http.StatusAccepted, status, body)
	status, _, body = low.ask(http.MethodGet, "/readyz", low.password)
	require.Equal(t, http.StatusOK, status, "it is in service")
	require.Contains(t, body, "ok, but scans wait: the disk of the data folder has")
	_, _, body = low.ask(http.MethodGet, "/metrics", low.password)
	require.Contains(t, body, "\nsluice_scans_paused 1\n")
	require.Contains(t, body, fmt.Sprintf("\nsluice_queue_length %d\n", fullScans))
	require.Equal(t, 1, strings.Count(low.log.String(), "scans wait:"), "it is said once")
	low.stop()
	enough := startNode(t, nil, args...)
	whole(t, data)
	_, _, body = enough.ask(http.MethodGet, "/readyz", low.password)
	require.Equal(t, "ok\n", body)
	_, _, body = enough.ask(http.MethodGet, "/metrics", low.password)
	require.Contains(t, body, "\nsluice_scans_paused 0\n")
}
