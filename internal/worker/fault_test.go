package worker_test

import (
	"bytes"
	"context"
	"database/sql"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/cutwire"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/connections"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/status"
	"github.com/sluice-scan/sluice/internal/testgit"
	"github.com/sluice-scan/sluice/internal/testpostgres"
	"github.com/sluice-scan/sluice/internal/teststore"
	"github.com/sluice-scan/sluice/internal/worker"
	"github.com/sluice-scan/sluice/scan"
)

// log is a log that one goroutine reads while others write.
type log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (l *log) count(words string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.b.String(), words)
}

// listen returns a log of everything that starts from now on.
func (b *bitbucket) listen() *log {
	l := &log{}
	b.log = slog.New(slog.NewTextHandler(l, nil))
	return l
}

// overPostgres makes a bitbucket whose store is behind a wire to its own database, and returns the address of that
// database.
func overPostgres(t *testing.T) (b *bitbucket, wire *cutwire.Wire, direct string) {
	t.Helper()
	direct = teststore.Postgres(t, os.Getenv(testpostgres.Variable))
	u, err := url.Parse(direct)
	require.NoError(t, err)
	wire, err = cutwire.Start(t.Context(), u.Host)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, wire.Close()) })
	u.Host = wire.Address()
	return newBitbucketAt(t, u.String()), wire, direct
}

// behind changes the database without the store.
func behind(t *testing.T, driver, address, statement string, args ...any) {
	t.Helper()
	db, err := sql.Open(driver, address)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	_, err = db.ExecContext(t.Context(), statement, args...)
	require.NoError(t, err)
}

// hold waits, as a long scan does.
func hold(ctx context.Context, release <-chan struct{}) {
	select {
	case <-release:
	case <-ctx.Done():
	}
}

// age expires the lease of every running scan, as if time had passed.
const age = "update scan set heartbeat_at = heartbeat_at - 60000 where state = 1"

// TestAResultWaitsForTheDatabase: the network to the database is cut during a scan. The scan continues, and its result
// is written once, when the network is back.
func TestAResultWaitsForTheDatabase(t *testing.T) {
	t.Parallel()
	for name, cut := range map[string]func(w *cutwire.Wire){"cut": (*cutwire.Wire).Cut, "frozen": (*cutwire.Wire).Freeze} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, wire, _ := overPostgres(t)
			b.commit("PAY/api", "x", "1")
			b.sync()
			l := b.listen()
			started, release := make(chan struct{}), make(chan struct{})
			var scans atomic.Int64
			b.work(func(ctx context.Context, _ string, j *queue.Job, _ func(int, string)) (*findings.Outcome, error) {
				scans.Add(1)
				close(started)
				hold(ctx, release)
				return &findings.Outcome{State: queue.Succeeded, Commit: j.Head, Config: "c"}, ctx.Err()
			})
			b.enqueue(queue.Request{Force: true})
			<-started
			cut(wire)
			b.wait("the queue cannot be read", func() bool { return l.count("the queue cannot be read") == 1 })
			close(release)
			b.wait("the result cannot be written", func() bool { return l.count("the result could not be written; retrying") > 0 })
			wire.Heal()
			b.wait("it is written", func() bool { return l.count("scan ended") == 1 })
			b.wait("the queue is back", func() bool { return l.count("the queue can be read again") == 1 })
			require.EqualValues(t, 1, scans.Load(), "it was scanned once")
			require.Equal(t, status.Secure, b.branch("PAY", "api", "main").Status)
			require.Equal(t, 1, l.count("the queue cannot be read"), "a lasting state is logged once")
		})
	}
}

// TestAResultIsDroppedAfterItsLease: the network is cut for longer than the lease. Another node takes the scan, and the
// result of the first node is dropped.
func TestAResultIsDroppedAfterItsLease(t *testing.T) {
	t.Parallel()
	b, wire, direct := overPostgres(t)
	b.commit("PAY/api", "x", "1")
	b.sync()
	l := b.listen()
	started, release := make(chan struct{}), make(chan struct{})
	_, stop := b.work(func(ctx context.Context, _ string, j *queue.Job, _ func(int, string)) (*findings.Outcome, error) {
		close(started)
		hold(ctx, release)
		return &findings.Outcome{State: queue.Succeeded, Commit: j.Head, Config: "c", Findings: []scan.Finding{finding("of the first")}}, nil
	}, func(o *worker.Options) { o.Lease, o.Beat = 2*time.Second, time.Hour })
	b.enqueue(queue.Request{Force: true})
	<-started
	wire.Cut()
	close(release)
	b.wait("it is dropped", func() bool { return l.count("could not be written and is dropped") == 1 })
	stop()
	wire.Heal()
	b.wait("the database answers", func() bool { return b.store.Ping(t.Context()) == nil })
	behind(t, "pgx", direct, age)
	var attempt atomic.Int64
	b.work(func(_ context.Context, _ string, j *queue.Job, _ func(int, string)) (*findings.Outcome, error) {
		attempt.Store(int64(j.Attempt))
		return &findings.Outcome{State: queue.Succeeded, Commit: j.Head, Config: "c"}, nil
	}, func(o *worker.Options) { o.Owner = "node-2" })
	b.wait("the other one has scanned", func() bool { return l.count("scan ended") == 1 })
	require.EqualValues(t, 2, attempt.Load())
	require.Equal(t, status.Secure, b.branch("PAY", "api", "main").Status, "the result of the second counts")
}

func finding(fingerprint string) scan.Finding {
	return scan.Finding{Engine: "secrets", RuleID: "TEST", Title: "Test", Severity: scan.SeverityHigh, Fingerprint: fingerprint, Path: "x", Occurrence: 1}
}

// TestAZombieChangesNothing: a node that was frozen for longer than its lease returns with a result after another node
// has scanned.
func TestAZombieChangesNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sluice.db")
	b := newBitbucketAt(t, path)
	b.commit("PAY/api", "x", "1")
	b.sync()
	l := b.listen()
	b.enqueue(queue.Request{Force: true})
	started, release := make(chan struct{}), make(chan struct{})
	clean := func(_ context.Context, _ string, j *queue.Job, _ func(int, string)) (*findings.Outcome, error) {
		return &findings.Outcome{State: queue.Succeeded, Commit: j.Head, Config: "c"}, nil
	}
	var begun atomic.Bool
	b.work(func(ctx context.Context, dir string, j *queue.Job, progress func(int, string)) (*findings.Outcome, error) {
		if begun.Swap(true) {
			// Its first heartbeat has told it so; after that it may claim the scan again.
			return clean(ctx, dir, j, progress)
		}
		close(started)
		hold(ctx, release)
		return &findings.Outcome{State: queue.Succeeded, Commit: j.Head, Config: "c", Findings: []scan.Finding{finding("of the zombie")}}, nil
	}, func(o *worker.Options) { o.Beat, o.Poll = time.Hour, time.Hour })
	<-started
	// Its first heartbeat may still be on its way.
	b.wait("its lease is over", func() bool {
		if l.count("scan ended") == 1 {
			// Its own upkeep has returned the scan, and it was claimed again.
			return true
		}
		behind(t, "sqlite", path+"?_pragma=busy_timeout(10000)", age)
		taken, err := b.store.Queue.Reap(t.Context())
		require.NoError(t, err)
		return taken == 1 || b.branch("PAY", "api", "main").Knowledge.ScanStatus() == catalog.ScanQueued
	})
	b.work(clean, func(o *worker.Options) { o.Owner = "node-2" })
	b.wait("the other one has scanned", func() bool { return l.count("scan ended") == 1 })
	close(release)
	// A late first heartbeat has told it already.
	b.wait("the zombie's result is refused", func() bool {
		return l.count("the result is dropped: the scan has already ended")+l.count("scan given back") == 1
	})
	require.Equal(t, status.Secure, b.branch("PAY", "api", "main").Status, "the zombie's findings do not count\n%s", l)
	require.Equal(t, 1, l.count("scan ended"))
}

// TestScansWaitForSpace: while the disk of the data folder is short of space, no scan is claimed, and one log line says
// so. Then everything continues.
func TestScansWaitForSpace(t *testing.T) {
	t.Parallel()
	b := newBitbucket(t)
	b.commit("PAY/api", "x", "1")
	b.sync()
	l := b.listen()
	var free, asked atomic.Uint64
	free.Store(100 << 20)
	w, _ := b.work(b.real(), func(o *worker.Options) {
		o.Room = &worker.Room{Free: func(string) (uint64, uint64, error) { asked.Add(1); return free.Load(), 1 << 40, nil }}
	})
	b.enqueue(queue.Request{Force: true})
	b.wait("it was looked several times", func() bool { return asked.Load() > 5 })
	require.Equal(t, catalog.ScanQueued, b.branch("PAY", "api", "main").Knowledge.ScanStatus())
	require.Equal(t, 1, l.count("scans wait: the disk of the data folder has 100 MB left, and 256 MB are kept free"))
	require.Contains(t, w.Paused(), "free space there")
	free.Store(400 << 20)
	b.idle()
	require.Equal(t, status.Secure, b.branch("PAY", "api", "main").Status)
	require.Empty(t, w.Paused())
	require.Equal(t, 1, l.count("there is space again"))
}

// TestMain makes this test binary a node if the test of poison starts it as one.
func TestMain(m *testing.M) {
	if root := os.Getenv("SLUICE_TEST_POISON"); root != "" {
		os.Exit(poisoned(root, os.Getenv("SLUICE_TEST_DATABASE")))
	}
	testgit.ClearHookEnv()
	os.Exit(teststore.Run(m))
}

// diedOfPoison is the exit code of a node that a scan killed.
const diedOfPoison = 97

// poisoned is a node that works until nothing waits. The scan of a repository named poison kills it.
func poisoned(root, database string) int {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	s, err := store.Open(ctx, database)
	if err != nil {
		return 1
	}
	defer func() { _ = s.Close() }()
	directory, err := connection.NewDirectory(root)
	if err != nil {
		return 1
	}
	from, err := s.Connections.Ensure(ctx, connections.Repos, connections.KindFolder)
	if err != nil {
		return 1
	}
	worker.New(worker.Options{
		Store: s, Connection: only(from.ID, directory), Owner: "poisoned", Log: slog.New(slog.DiscardHandler), Timeout: time.Minute, Poll: 10 * time.Millisecond,
		Scan: func(_ context.Context, _ string, j *queue.Job, _ func(int, string)) (*findings.Outcome, error) {
			if j.Slug == "poison" {
				os.Exit(diedOfPoison)
			}
			return &findings.Outcome{State: queue.Succeeded, Commit: j.Head, Config: "c"}, nil
		},
	}).Run(ctx)
	return 0
}

// TestAScanThatKillsItsProcess is tried three times and then fails with a reason; all other scans run.
func TestAScanThatKillsItsProcess(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sluice.db")
	b := newBitbucketAt(t, path)
	b.commit("PAY/poison", "x", "1")
	b.commit("PAY/api", "x", "1")
	b.sync()
	b.enqueue(queue.Request{Force: true, Scope: queue.Scope{RepositoryID: b.repository("PAY", "poison")}})
	for attempt := 1; attempt <= 3; attempt++ {
		require.Equal(t, catalog.ScanQueued, b.branch("PAY", "poison", "main").Knowledge.ScanStatus(), "before attempt %d", attempt)
		node := exec.CommandContext(t.Context(), os.Args[0])
		node.Env = append(os.Environ(), "SLUICE_TEST_POISON="+b.root, "SLUICE_TEST_DATABASE="+path)
		var ended *exec.ExitError
		require.ErrorAs(t, node.Run(), &ended)
		require.Equal(t, diedOfPoison, ended.ExitCode())
		require.Equal(t, catalog.ScanScanning, b.branch("PAY", "poison", "main").Knowledge.ScanStatus(), "the dead say nothing")
		behind(t, "sqlite", path+"?_pragma=busy_timeout(10000)", age)
		taken, err := b.store.Queue.Reap(t.Context())
		require.NoError(t, err)
		require.Equal(t, 1, taken)
	}
	dead := b.branch("PAY", "poison", "main")
	require.Equal(t, catalog.ScanInternalError, dead.Knowledge.ScanStatus())
	require.Equal(t, "the worker was lost 3 times while it scanned this: its log may tell more", dead.Last.Error)
	b.enqueue(queue.Request{Outdated: true, Scope: queue.Scope{RepositoryID: b.repository("PAY", "api")}})
	b.work(b.real())
	b.idle()
	require.Equal(t, status.Secure, b.branch("PAY", "api", "main").Status)
	require.Equal(t, catalog.ScanInternalError, b.branch("PAY", "poison", "main").Knowledge.ScanStatus(), "nobody tries it again")
}

// repository returns the id of a repository.
func (b *bitbucket) repository(project, slug string) int64 {
	b.t.Helper()
	r, err := b.store.Catalog.Repository(b.t.Context(), everything, project, slug)
	require.NoError(b.t, err)
	return r.ID
}

// TestANodeTakesItsOwnScansUpAtOnce: a node that restarts under its name does not wait for its own leases. A scan that
// kills its process every time still fails in the end.
func TestANodeTakesItsOwnScansUpAtOnce(t *testing.T) {
	t.Parallel()
	b := newBitbucket(t)
	log := &lines{}
	b.log = slog.New(slog.NewTextHandler(log, nil))
	b.commit("PAY/api", "a.txt", "text\n")
	b.sync()
	b.enqueue(queue.Request{Force: true})
	_, err := b.store.Queue.Claim(t.Context(), "node-1", true)
	require.NoError(t, err)
	_, stop := b.work(b.real())
	b.idle()
	stop()
	require.Equal(t, status.Secure, b.branch("PAY", "api", "main").Status)
	require.Contains(t, log.String(), "took back scans that this node was running when it was lost")
	require.NotContains(t, log.String(), "workers without a heartbeat")

	b.enqueue(queue.Request{Force: true})
	for {
		_, err := b.store.Queue.Claim(t.Context(), "node-1", true)
		if err != nil {
			require.ErrorIs(t, err, db.ErrNotFound)
			break
		}
		n, err := b.store.Queue.Recover(t.Context(), "another")
		require.NoError(t, err)
		require.Zero(t, n)
		n, err = b.store.Queue.Recover(t.Context(), "node-1")
		require.NoError(t, err)
		require.Equal(t, 1, n)
	}
	require.Equal(t, catalog.ScanInternalError, b.branch("PAY", "api", "main").Knowledge.ScanStatus())
}
