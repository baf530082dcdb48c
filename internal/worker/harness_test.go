package worker_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/connections"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/teststore"
	"github.com/sluice-scan/sluice/internal/testwait"
	"github.com/sluice-scan/sluice/internal/worker"
)

var everything = &scope.Visible{All: true}

// bitbucket is a folder of real repositories, with a store and the syncer between them.
type bitbucket struct {
	t      testing.TB
	root   string
	store  *store.Store
	syncer *worker.Syncer
	log    *slog.Logger
}

func newBitbucket(t testing.TB) *bitbucket {
	t.Helper()
	return newBitbucketAt(t, teststore.SQLite(t))
}

// newBitbucketAt is newBitbucket with the database at an address.
func newBitbucketAt(t testing.TB, address string) *bitbucket {
	t.Helper()
	b := &bitbucket{t: t, root: t.TempDir(), log: slog.New(slog.DiscardHandler)}
	var err error
	b.store, err = store.Open(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.store.Close()) })
	directory, err := connection.NewDirectory(b.root)
	require.NoError(t, err)
	from, err := b.store.Connections.Ensure(t.Context(), connections.Repos, connections.KindFolder)
	require.NoError(t, err)
	b.syncer = &worker.Syncer{ID: from.ID, Store: b.store, Connection: directory, Log: b.log, Every: time.Hour}
	return b
}

// git runs git in a repository, PROJECT/name.
func (b *bitbucket) git(repository string, args ...string) string {
	b.t.Helper()
	cmd := exec.CommandContext(b.t.Context(), "git", args...)
	cmd.Dir = filepath.Join(b.root, repository)
	cmd.Env = append(os.Environ(), "GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@example.com",
		"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
	out, err := cmd.CombinedOutput()
	require.NoError(b.t, err, "git %v: %s", args, out)
	return strings.TrimSpace(string(out))
}

// commit commits a file to the checked-out branch, and creates the repository if it does not exist.
func (b *bitbucket) commit(repository, name, text string) string {
	b.t.Helper()
	dir := filepath.Join(b.root, repository)
	if _, err := os.Stat(dir); err != nil {
		require.NoError(b.t, os.MkdirAll(dir, 0o755))
		b.git(repository, "init", "-q", "-b", "main")
	}
	require.NoError(b.t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	b.git(repository, "add", "-A")
	b.git(repository, "commit", "-q", "-m", "change")
	return b.git(repository, "rev-parse", "HEAD")
}

func (b *bitbucket) sync() {
	b.t.Helper()
	require.NoError(b.t, b.syncer.Sync(b.t.Context()))
}

// branch returns a branch as the store has it.
func (b *bitbucket) branch(project, slug, name string) *catalog.Branch {
	b.t.Helper()
	r, err := b.store.Catalog.Repository(b.t.Context(), everything, project, slug)
	require.NoError(b.t, err)
	found, err := b.store.Catalog.Branch(b.t.Context(), r.ID, name)
	require.NoError(b.t, err)
	return found
}

// only is the connections of a server that has one.
func only(id int64, c connection.Opener) func(id int64) connection.Opener {
	return func(asked int64) connection.Opener {
		if asked != id {
			return nil
		}
		return c
	}
}

// work runs a worker with a scan until the test ends or stop is called; change changes its options.
func (b *bitbucket) work(do worker.Scan, change ...func(o *worker.Options)) (w *worker.Worker, stop func()) {
	b.t.Helper()
	directory, err := connection.NewDirectory(b.root)
	require.NoError(b.t, err)
	options := worker.Options{
		Store: b.store, Connection: only(b.syncer.ID, directory), Scan: do, Hash: func(secret string) string { return "hash" }, Owner: "node-1", Log: b.log, Timeout: time.Minute,
		Poll: 10 * time.Millisecond, Beat: 20 * time.Millisecond,
	}
	for _, f := range change {
		f(&options)
	}
	w = worker.New(options)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.Run(ctx)
	}()
	stop = func() {
		cancel()
		<-ended
	}
	b.t.Cleanup(stop)
	return w, stop
}

// real is the program's own scan, for secrets.
func (b *bitbucket) real() worker.Scan { return b.engines("secrets") }

// engines is real with other engines.
func (b *bitbucket) engines(names string) worker.Scan {
	scan := &worker.BranchScan{Data: b.t.TempDir(), Variables: map[string]string{"ENGINES": names}, Version: "test", Store: b.store, Log: b.log}
	return scan.Scan
}

func (b *bitbucket) enqueue(r queue.Request) queue.Enqueued {
	b.t.Helper()
	done, err := b.store.Queue.Enqueue(b.t.Context(), r)
	require.NoError(b.t, err)
	return done
}

// wait waits until a condition is true; these tests have no other clocks.
func (b *bitbucket) wait(what string, holds func() bool) {
	b.t.Helper()
	testwait.Until(b.t, holds, "%s", what)
}

func (b *bitbucket) idle() {
	b.t.Helper()
	b.wait("the queue is empty", func() bool {
		list, err := b.store.Catalog.Projects(b.t.Context(), everything, nil, "", db.Page{Limit: 100})
		require.NoError(b.t, err)
		for _, p := range list {
			repositories, err := b.store.Catalog.Repositories(b.t.Context(), everything, p.ID, catalog.Filter{}, db.Page{Limit: 100})
			require.NoError(b.t, err)
			for _, r := range repositories {
				if r.Queued+r.Running > 0 {
					return false
				}
			}
		}
		return true
	})
}

var errBroken = errors.New("the engine is broken")
