package worker_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/store/status"
	"github.com/sluice-scan/sluice/internal/teststore"
	"github.com/sluice-scan/sluice/internal/worker"
)

// leak is a line with a private token, assembled here so that no file of ours contains one.
func leak() string { return "url = \"https://admin:" + "Xk9#vB2pQ7w" + "@db.internal.example.net/\"\n" }

func TestScansRealRepositories(t *testing.T) {
	t.Parallel()
	b := newBitbucket(t)
	b.commit("PAY/api", "main.py", "print(1)\n")
	b.git("PAY/api", "checkout", "-q", "-b", "feature/x")
	b.commit("PAY/api", "config.py", leak())
	b.git("PAY/api", "checkout", "-q", "main")
	b.commit("~jdoe/notes.git", "a.txt", "text\n")
	b.sync()
	require.Equal(t, status.NotScanned, b.branch("PAY", "api", "main").Status)
	b.work(b.real())
	done := b.enqueue(queue.Request{Force: true, Priority: queue.PriorityRescan})
	require.Equal(t, 3, done.Scheduled)
	b.idle()
	require.Equal(t, status.Secure, b.branch("PAY", "api", "main").Status)
	require.Equal(t, status.Vulnerable, b.branch("PAY", "api", "feature/x").Status)
	require.Equal(t, status.Secure, b.branch("~jdoe", "notes", "").Status)
	require.Equal(t, 100, 100-b.branch("PAY", "api", "main").Progress)

	// New commits.
	for range 3 {
		b.commit("PAY/api", "main.py", "print("+strings.Repeat("2", 3)+b.git("PAY/api", "rev-parse", "HEAD")+")\n")
	}
	b.sync()
	main := b.branch("PAY", "api", "main")
	require.Equal(t, status.Outdated, main.Status)
	require.Equal(t, "Scanned 3 Commits Ago", main.Knowledge.ScanStatusText())

	// Only outdated branches.
	require.Equal(t, 1, b.enqueue(queue.Request{Outdated: true, Priority: queue.PriorityOutdated}).Scheduled)
	b.idle()
	require.Equal(t, catalog.ScanUpToDate, b.branch("PAY", "api", "main").Knowledge.ScanStatus())

	// The worker drops a branch that is up to date, unless the scan is forced.
	before := b.branch("PAY", "api", "main").Success.ID
	require.Zero(t, b.enqueue(queue.Request{Scope: queue.Scope{BranchID: main.ID}}).Scheduled)
	b.enqueue(queue.Request{Scope: queue.Scope{BranchID: main.ID}, Force: true})
	b.idle()
	require.NotEqual(t, before, b.branch("PAY", "api", "main").Success.ID)

	// A rewritten history.
	b.git("PAY/api", "commit", "-q", "--amend", "-m", "other")
	b.sync()
	require.Equal(t, []catalog.StaleReason{catalog.HistoryRewritten}, b.branch("PAY", "api", "main").Knowledge.Stale())

	// Deleted branches and repositories.
	b.git("PAY/api", "branch", "-q", "-D", "feature/x")
	require.NoError(t, os.RemoveAll(filepath.Join(b.root, "~jdoe")))
	b.sync()
	p, err := b.store.Catalog.Project(t.Context(), everything, "PAY")
	require.NoError(t, err)
	require.Equal(t, status.Counts{Outdated: 1}, p.Repositories)
	_, err = b.store.Catalog.Project(t.Context(), everything, "~jdoe")
	require.ErrorIs(t, err, db.ErrNotFound)
}

// TestRenamedFolders: a repository whose folder is renamed or moved, and one whose project is renamed, keep their
// results. The audit log records the renames.
func TestRenamedFolders(t *testing.T) {
	t.Parallel()
	b := newBitbucket(t)
	b.commit("PAY/api.git", "config.py", leak())
	b.sync()
	b.work(b.real())
	b.enqueue(queue.Request{Force: true})
	b.idle()
	before := b.branch("PAY", "api", "main")
	require.Equal(t, status.Vulnerable, before.Status)
	places := []string{"PAY/api", "PAY/gateway", "OPS/gateway", "TOOLS/gateway"}
	for i, move := range [][2]string{{"PAY/api.git", "PAY/gateway.git"}, {"PAY/gateway.git", "OPS/gateway.git"}, {"OPS", "TOOLS"}} {
		to := filepath.Join(b.root, move[1])
		require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o755))
		require.NoError(t, os.Rename(filepath.Join(b.root, move[0]), to))
		b.sync()
		project, slug, _ := strings.Cut(places[i+1], "/")
		after := b.branch(project, slug, "main")
		if runtime.GOOS == "linux" {
			require.Equal(t, []any{before.ID, status.Vulnerable}, []any{after.ID, after.Status}, places[i+1])
		} else {
			require.Equal(t, status.NotScanned, after.Status, "it counts as another one")
		}
		_, err := b.store.Catalog.Repository(t.Context(), everything, strings.Split(places[i], "/")[0], strings.Split(places[i], "/")[1])
		require.ErrorIs(t, err, db.ErrNotFound)
	}
	if runtime.GOOS == "linux" {
		events, err := b.store.Audit.List(t.Context(), audit.Filter{Action: "renamed"}, db.Page{Limit: 10})
		require.NoError(t, err)
		require.Len(t, events, 3)
		require.Equal(t, []string{"TOOLS", "was OPS"}, []string{events[0].Object, events[0].Detail})
		require.Equal(t, []string{"PAY/gateway", "was PAY/api"}, []string{events[2].Object, events[2].Detail})
	}
}

func TestAtMostTwoBulkScansAtOnce(t *testing.T) {
	t.Parallel()
	b := newBitbucket(t)
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		b.commit("PAY/"+name, "x", name)
	}
	b.sync()
	var running, most atomic.Int64
	release := make(chan struct{})
	b.work(func(ctx context.Context, _ string, j *queue.Job, _ func(int, string)) (*findings.Outcome, error) {
		n := running.Add(1)
		defer running.Add(-1)
		for {
			m := most.Load()
			if n <= m || most.CompareAndSwap(m, n) {
				break
			}
		}
		select {
		case <-release:
		case <-ctx.Done():
		}
		return &findings.Outcome{State: queue.Succeeded, Commit: j.Head, Config: "c"}, ctx.Err()
	})
	b.enqueue(queue.Request{Force: true, Priority: queue.PriorityRescan})
	b.wait("two run", func() bool { return running.Load() == 2 })

	// One more place is reserved for an interactive scan.
	urgent := b.branch("PAY", "e", "main")
	b.enqueue(queue.Request{Scope: queue.Scope{BranchID: urgent.ID}, Force: true, Priority: queue.PriorityInteractive})
	b.wait("three run", func() bool { return running.Load() == 3 })
	require.EqualValues(t, 3, most.Load())

	// The limit changes without a restart.
	require.NoError(t, b.store.Settings.Set(t.Context(), settings.ParallelScans.Name, "4"))
	b.wait("four run", func() bool { return running.Load() == 4 })
	close(release)
	b.idle()
}

func TestCancelOfARunningScan(t *testing.T) {
	t.Parallel()
	for _, inside := range []bool{true, false} {
		t.Run(fmt.Sprintf("inside %t", inside), func(t *testing.T) { t.Parallel(); cancelRunning(t, inside) })
	}
}

func cancelRunning(t *testing.T, inside bool) {
	t.Helper()
	b := newBitbucket(t)
	b.commit("PAY/api", "x", "1")
	b.sync()
	started := make(chan struct{})
	w, _ := b.work(func(ctx context.Context, _ string, _ *queue.Job, _ func(int, string)) (*findings.Outcome, error) {
		close(started)
		<-ctx.Done()
		return nil, context.Cause(ctx)
	})
	scan := b.enqueue(queue.Request{Scope: queue.Scope{BranchID: b.branch("PAY", "api", "main").ID}, Force: true}).Scan
	<-started
	w.Cancel(scan + 1)
	require.Equal(t, []int64{scan}, w.Running())
	if inside {
		// A cancellation on this node does not wait for the next heartbeat.
		w.Cancel(scan)
	} else {
		_, err := b.store.Queue.Cancel(t.Context(), scan)
		require.NoError(t, err)
	}
	b.wait("it is cancelled", func() bool { return b.branch("PAY", "api", "main").Knowledge.ScanStatus() == catalog.ScanCancelled })
}

// TestAStoppedServerGivesBack: its scans return to the queue, and another worker runs them. None is lost or runs twice.
func TestAStoppedServerGivesBack(t *testing.T) {
	t.Parallel()
	b := newBitbucket(t)
	b.commit("PAY/api", "x", "1")
	b.sync()
	started := make(chan struct{})
	_, stop := b.work(func(ctx context.Context, _ string, _ *queue.Job, _ func(int, string)) (*findings.Outcome, error) {
		close(started)
		<-ctx.Done()
		return nil, context.Cause(ctx)
	})
	b.enqueue(queue.Request{Force: true})
	<-started
	stop()
	require.Equal(t, catalog.ScanQueued, b.branch("PAY", "api", "main").Knowledge.ScanStatus())
	var scans atomic.Int64
	b.work(func(_ context.Context, _ string, j *queue.Job, _ func(int, string)) (*findings.Outcome, error) {
		scans.Add(1)
		return &findings.Outcome{State: queue.Succeeded, Commit: j.Head, Config: "c"}, nil
	})
	b.idle()
	require.EqualValues(t, 1, scans.Load())
	require.Equal(t, status.Secure, b.branch("PAY", "api", "main").Status)
}

func TestFailuresAndPanics(t *testing.T) {
	t.Parallel()
	b := newBitbucket(t)
	b.commit("PAY/api", "x", "1")
	b.commit("PAY/web", "x", "1")
	b.sync()
	b.work(func(_ context.Context, _ string, j *queue.Job, _ func(int, string)) (*findings.Outcome, error) {
		if j.Slug == "web" {
			panic("secret text")
		}
		return nil, errBroken
	})
	b.enqueue(queue.Request{Force: true})
	b.idle()
	require.Equal(t, catalog.ScanInternalError, b.branch("PAY", "api", "main").Knowledge.ScanStatus())
	require.Equal(t, "the engine is broken", b.branch("PAY", "api", "main").Last.Error)
	require.Equal(t, "the scan crashed (string); please report it", b.branch("PAY", "web", "main").Last.Error)
}

// TestABranchThatIsDeletedWhileQueued is dropped without an error.
func TestABranchThatIsDeletedWhileQueued(t *testing.T) {
	t.Parallel()
	b := newBitbucket(t)
	b.commit("PAY/api", "x", "1")
	b.git("PAY/api", "branch", "gone")
	b.sync()
	b.enqueue(queue.Request{Force: true})
	b.git("PAY/api", "branch", "-q", "-D", "gone")
	b.work(b.real())
	b.idle()
	require.Equal(t, catalog.ScanNotScanned, b.branch("PAY", "api", "gone").Knowledge.ScanStatus())
	require.Equal(t, status.Secure, b.branch("PAY", "api", "main").Status)
}

// TestDistancesOfAnEarlierProgram: a process that ended between storing a new head and counting the commits leaves the
// counting to the next one.
func TestDistancesOfAnEarlierProgram(t *testing.T) {
	t.Parallel()
	b := newBitbucket(t)
	b.commit("PAY/api", "a.txt", "one\n")
	b.sync()
	b.work(b.real())
	b.enqueue(queue.Request{Force: true})
	b.idle()
	b.commit("PAY/api", "a.txt", "two\n")
	b.commit("PAY/api", "a.txt", "three\n")
	list, err := b.syncer.Connection.List(t.Context())
	require.NoError(t, err)
	require.True(t, list.Whole)
	done, err := teststore.Sync(t, b.store).Apply(t.Context(), &list.Projects[0])
	require.NoError(t, err)
	require.Len(t, done.Moved, 1)
	require.Nil(t, b.branch("PAY", "api", "main").Knowledge.Behind)
	b.sync()
	require.Nil(t, b.branch("PAY", "api", "main").Knowledge.Behind, "only a new process measures what an earlier one left")
	next := &worker.Syncer{Store: b.store, Connection: b.syncer.Connection, ID: b.syncer.ID, Log: b.log}
	require.NoError(t, next.Sync(t.Context()))
	require.Equal(t, "Scanned 2 Commits Ago", b.branch("PAY", "api", "main").Knowledge.ScanStatusText())
}
