package cli_test

import (
	"bufio"
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/testpostgres"
	"github.com/sluice-scan/sluice/internal/teststore"
	"github.com/sluice-scan/sluice/internal/testwait"
)

// repositories creates a folder of real repositories: PROJECT/name with branches b0 to bn.
func repositories(t *testing.T, count, branches int) string {
	t.Helper()
	root := t.TempDir()
	for i := range count {
		r := &repository{t, filepath.Join(root, "PAY", fmt.Sprintf("r%d", i))}
		require.NoError(t, os.MkdirAll(r.dir, 0o755))
		r.git("init", "-q", "-b", "b0")
		r.commit("main.py", fmt.Sprintf("print(%d)\n", i))
		r.branches(branches)
	}
	return root
}

// branches creates branches b1 to bn-1 at the current commit, with one process for all.
func (r *repository) branches(n int) {
	r.t.Helper()
	var commands strings.Builder
	for b := 1; b < n; b++ {
		fmt.Fprintf(&commands, "create refs/heads/b%d HEAD\n", b)
	}
	cmd := exec.CommandContext(r.t.Context(), "git", "-C", r.dir, "update-ref", "--stdin")
	cmd.Stdin = strings.NewReader(commands.String())
	out, err := cmd.CombinedOutput()
	require.NoError(r.t, err, "%s", out)
}

// node is a server that runs as a process.
type node struct {
	t        *testing.T
	cmd      *exec.Cmd
	url      string
	password string
	// accounts are the names and passwords of a demo. first is what the server printed first.
	accounts [][2]string
	first    string
	// log is the log of the server.
	log *lockedLog
}

// lockedLog is a log that can be read while a process writes it.
type lockedLog struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// startNode starts a server and waits until it prints its address.
func startNode(t *testing.T, env []string, args ...string) *node {
	t.Helper()
	cmd, _ := process(t, append(env, "DB_UPDATE=off", "ENGINES=secrets"), append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	n := &node{t: t, cmd: cmd, log: &lockedLog{}}
	cmd.Stderr = n.log
	cmd.Stdout = nil
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	lines := bufio.NewReader(out)
	first, err := lines.ReadString('\n')
	require.NoError(t, err, "it says where it is: %s", n.log)
	n.url = strings.TrimSuffix(regexp.MustCompile(`https?://\S+`).FindString(first), "/")
	require.NotEmpty(t, n.url, first)
	// The server prints its first message in one write, so the rest is in the buffer. The first time it contains a
	// password.
	rest, err := lines.Peek(lines.Buffered())
	require.NoError(t, err)
	n.first = first + string(rest)
	if _, text, ok := strings.Cut(n.first, "with the password "); ok {
		n.password, _, _ = strings.Cut(text, "\n")
	}
	for _, found := range regexp.MustCompile(`name (\S+) +password (\S+)`).FindAllStringSubmatch(n.first, -1) {
		n.accounts = append(n.accounts, [2]string{found[1], found[2]})
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	return n
}

// get reads a JSON answer as the administrator.
func (n *node) get(path, password string) (int, map[string]any) {
	n.t.Helper()
	request, err := http.NewRequestWithContext(n.t.Context(), http.MethodGet, n.url+path, nil)
	require.NoError(n.t, err)
	request.SetBasicAuth("admin", password)
	response, err := http.DefaultClient.Do(request)
	require.NoError(n.t, err)
	defer func() { _ = response.Body.Close() }()
	var body map[string]any
	_ = json.NewDecoder(response.Body).Decode(&body)
	return response.StatusCode, body
}

// TestServeStartsWithNothing: one command and a folder are enough. The server creates the database and one
// administrator.
func TestServeStartsWithNothing(t *testing.T) {
	t.Parallel()
	root, data := repositories(t, 2, 2), filepath.Join(t.TempDir(), "data")
	n := startNode(t, nil, "--repos", root, "--data", data)
	require.NotEmpty(t, n.password)
	testwait.Until(t, func() bool {
		_, body := n.get("/rest/security/latest/status/projects", n.password)
		values, _ := body["values"].([]any)
		return len(values) == 1 && values[0].(map[string]any)["repositoryCount"] == 2.0
	})
	status, _ := n.get("/rest/security/latest/status/projects", "wrong-password")
	require.Equal(t, http.StatusUnauthorized, status)
	require.NoError(t, n.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, n.cmd.Wait(), "an orderly stop is a success")
	again := startNode(t, nil, "--repos", root, "--data", data)
	require.Empty(t, again.password, "the password is shown once")
	status, _ = again.get("/rest/security/latest/status/projects", n.password)
	require.Equal(t, http.StatusOK, status)

	// The server reports all problems at once and exits with 2.
	ran := inProcess(t, []string{"DATABASE_URL=mysql://u:canary@h/d", "SMTP_URL=canary"}, "serve", "--repos", "/nowhere", "--listen", "x", "--base-path", "y", "--tls-cert", "z", "--sync", "soon")
	require.Equal(t, 2, ran.code)
	for _, words := range []string{"--repos: /nowhere is not a folder", "--listen:", "--base-path:", "--tls-cert:", "--sync:", "DATABASE_URL:", "SMTP_URL:"} {
		require.Contains(t, ran.stderr, words)
	}
	require.NotContains(t, ran.stderr, "canary")
}

// TestKilledWhileWriting kills the only server of an embedded database again and again while it scans. The database is
// intact after each kill, and in the end every branch is scanned.
func TestKilledWhileWriting(t *testing.T) {
	t.Parallel()
	root, data := repositories(t, 4, 10), filepath.Join(t.TempDir(), "data")
	database := filepath.Join(data, "sluice.db")
	first := startNode(t, nil, "--repos", root, "--data", data)
	require.NotEmpty(t, first.password)
	testwait.Until(t, func() bool {
		_, body := first.get("/rest/security/latest/status/projects", first.password)
		values, _ := body["values"].([]any)
		return len(values) == 1 && values[0].(map[string]any)["repositoryCount"] == 4.0
	}, "all is listed")
	require.NoError(t, first.cmd.Process.Kill())
	_ = first.cmd.Wait()
	random := rand.New(rand.NewPCG(1, 2))
	for range 40 {
		s, err := store.Open(t.Context(), database)
		require.NoError(t, err)
		require.NoError(t, s.Check(t.Context()))
		_, err = s.Queue.Enqueue(t.Context(), queue.Request{Force: true, Priority: queue.PriorityRescan})
		require.NoError(t, err)
		require.NoError(t, s.Close())
		n, said := process(t, []string{"DB_UPDATE=off", "ENGINES=secrets", "SLUICE_SYNC=1s"}, "serve", "--listen", "127.0.0.1:0", "--repos", root, "--data", data)
		require.NoError(t, n.Start())
		// The server dies during one of its first database changes, independent of its start time. A fast server may have
		// nothing more to write before that.
		writes, changes := written(t, database), 1+random.IntN(8)
		db, err := sql.Open("sqlite", database+"?_pragma=busy_timeout(10000)")
		require.NoError(t, err)
		testwait.Until(t, func() bool {
			if now := written(t, database); now != writes {
				writes, changes = now, changes-1
			}
			return changes == 0 || number(t, db, "select count(*) from scan where state < 2") == 0
		}, "it writes: %s", said)
		require.NoError(t, n.Process.Kill())
		_ = n.Wait()
		require.NoError(t, db.Close())
	}
	s, err := store.Open(t.Context(), database)
	require.NoError(t, err)
	require.NoError(t, s.Queue.Release(t.Context(), hostname(t)), "what was running when it was killed")
	startNode(t, nil, "--repos", root, "--data", data)
	var last *catalog.Project
	testwait.Until(t, func() bool {
		last, err = s.Catalog.Project(t.Context(), &scope.Visible{All: true}, "PAY")
		return err == nil && last.Repositories.Secure == 4 && last.Queued == 0
	}, "%s", seen{&last})
	repaired, err := s.Recompute(t.Context())
	require.NoError(t, err)
	require.Zero(t, repaired)
	require.NoError(t, s.Close())
}

// written identifies a state of a SQLite database by the time of the last write to its log of changes, and the length of
// that log.
func written(t *testing.T, database string) string {
	t.Helper()
	info, err := os.Stat(database + "-wal")
	if errors.Is(err, fs.ErrNotExist) {
		return "closed"
	}
	require.NoError(t, err)
	return fmt.Sprint(info.ModTime().UnixNano(), info.Size())
}

// seen prints a project as it is when the test fails.
type seen struct{ project **catalog.Project }

func (s seen) String() string { return fmt.Sprintf("the last that was seen: %+v", *s.project) }

func hostname(t *testing.T) string {
	t.Helper()
	name, err := os.Hostname()
	require.NoError(t, err)
	return name
}

// TestTwoNodes scans real branches with two servers on one PostgreSQL. One is killed. One is stopped until its lease has
// expired, and then continues. Every branch has one result, the counters are right, and nothing is lost or duplicated.
func TestTwoNodes(t *testing.T) {
	t.Parallel()
	const all = 20 * 20
	address := teststore.Postgres(t, os.Getenv(testpostgres.Variable))
	root := repositories(t, 20, 20)
	st, err := store.Open(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	require.NoError(t, st.Settings.Set(t.Context(), settings.ParallelScans.Name, "4"))
	start := func(name string) *node {
		return startNode(t, []string{"DATABASE_URL=" + address, "SLUICE_MASTER_KEY=" + strings.Repeat("5a", 32)}, "--repos", root, "--data", t.TempDir(), "--node", name)
	}
	a, b := start("a"), start("b")
	everything := &scope.Visible{All: true}
	testwait.Until(t, func() bool {
		p, err := st.Catalog.Project(t.Context(), everything, "PAY")
		return err == nil && p.Repositories.NotScanned == 20
	})
	done, err := st.Queue.Enqueue(t.Context(), queue.Request{Force: true, Priority: queue.PriorityRescan})
	require.NoError(t, err)
	require.Equal(t, all, done.Scheduled)
	db, err := sql.Open("pgx", address)
	require.NoError(t, err)
	defer func() { _ = db.Close() }()
	count := func(query string) (n int) {
		require.NoError(t, db.QueryRowContext(t.Context(), query).Scan(&n))
		return n
	}
	ended := func() int { return count("select count(*) from scan where state = 2") }
	testwait.Until(t, func() bool { return ended() >= all/20 }, "scans end")
	require.NoError(t, a.cmd.Process.Kill())
	killed := ended()
	testwait.Until(t, func() bool { return ended() > killed+all/20 }, "the other node goes on")
	// The other node is stopped for longer than its lease while a third one works, and then continues as a zombie. The test
	// moves the time of the last heartbeat back, so that the leases of this node and of the dead one expire by the
	// database's clock.
	require.NoError(t, b.cmd.Process.Signal(syscall.SIGSTOP))
	const held = "select count(*) from scan where state = 1 and owner in ('a', 'b')"
	require.Positive(t, count("select count(*) from scan where state < 2"), "it sleeps while there is work")
	_, err = db.ExecContext(t.Context(), "update scan set heartbeat_at = heartbeat_at - $1 where state = 1 and owner in ('a', 'b')", 2*queue.Lease.Milliseconds())
	require.NoError(t, err)
	start("c")
	testwait.Until(t, func() bool { return count(held) == 0 }, "the third one takes what the others hold")
	require.NoError(t, b.cmd.Process.Signal(syscall.SIGCONT))
	testwait.Until(t, func() bool {
		p, err := st.Catalog.Project(t.Context(), everything, "PAY")
		return err == nil && p.Repositories.Secure == 20 && p.Queued == 0
	})
	require.Equal(t, all, count("select count(*) from scan"), "no scan more than was asked for")
	require.Equal(t, all, count("select count(*) from scan where state = 2"), "every scan ended once")
	require.Equal(t, all, count("select count(*) from branch b join scan s on s.id = b.scan_id where s.state = 2"))
	repaired, err := st.Recompute(t.Context())
	require.NoError(t, err)
	require.Zero(t, repaired)
}

func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	data, backup := t.TempDir(), filepath.Join(t.TempDir(), "backup.db")
	require.Zero(t, inProcess(t, nil, "user", "add", "ada", "--data", data).code)
	require.Zero(t, inProcess(t, nil, "backup", backup, "--data", data).code)
	require.Zero(t, inProcess(t, nil, "user", "add", "bob", "--data", data).code)
	require.Contains(t, inProcess(t, nil, "user", "list", "--data", data).stdout, "bob")
	damaged := filepath.Join(t.TempDir(), "damaged.db")
	text, err := os.ReadFile(backup)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(damaged, text[:len(text)/2], 0o600))
	bad := inProcess(t, nil, "restore", damaged, "--data", data)
	require.Equal(t, 2, bad.code)
	require.Contains(t, bad.stderr, "the database is unchanged")
	require.Contains(t, inProcess(t, nil, "user", "list", "--data", data).stdout, "bob")
	require.Zero(t, inProcess(t, nil, "restore", backup, "--data", data).code)
	list := inProcess(t, nil, "user", "list", "--data", data).stdout
	require.Contains(t, list, "ada")
	require.NotContains(t, list, "bob")
}
