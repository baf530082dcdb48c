package worker_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store/connections"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/teststore"
)

// TestTwoFoldersKeepTheirProjects: two syncers of one store, each with its own folder, do not touch each other's
// projects. A project whose key belongs to the other folder is reported as skipped, and is read once the other one is
// gone.
func TestTwoFoldersKeepTheirProjects(t *testing.T) {
	t.Parallel()
	address := teststore.SQLite(t)
	a, b := newBitbucketAt(t, address), newBitbucketAt(t, address)
	second, err := b.store.Connections.Ensure(t.Context(), "second", connections.KindFolder)
	require.NoError(t, err)
	b.syncer.ID = second.ID
	first := a.commit("PAY/api", "a.txt", "a")
	a.commit("OPS/run", "a.txt", "a")
	other := b.commit("PAY/api", "b.txt", "b")
	b.commit("LIB/core", "b.txt", "b")
	for range 2 {
		a.sync()
		b.sync()
		require.Equal(t, first, a.branch("PAY", "api", "main").Head)
		a.branch("OPS", "run", "main")
		a.branch("LIB", "core", "main")
		require.Empty(t, a.syncer.State().Skipped)
		require.Equal(t, []connection.Skipped{{Name: "PAY", Reason: `the connection "repos" has a project with this key; rename one of the two`}}, b.syncer.State().Skipped)
	}
	require.NoError(t, os.RemoveAll(filepath.Join(a.root, "PAY")))
	a.sync()
	b.sync()
	require.Equal(t, other, a.branch("PAY", "api", "main").Head)
	require.Empty(t, b.syncer.State().Skipped)
}

// TestAWorkerOpensItsOwnConnection: a repository at the same location in another folder is a different repository, and
// is not scanned instead.
func TestAWorkerOpensItsOwnConnection(t *testing.T) {
	t.Parallel()
	address := teststore.SQLite(t)
	a, b := newBitbucketAt(t, address), newBitbucketAt(t, address)
	second, err := b.store.Connections.Ensure(t.Context(), "second", connections.KindFolder)
	require.NoError(t, err)
	b.syncer.ID = second.ID
	b.commit("LIB/core", "b.txt", "b")
	b.sync()
	a.commit("LIB/core", "a.txt", "a")
	id := a.enqueue(queue.Request{Force: true}).Batch
	a.work(a.real())
	a.idle()
	batch, err := a.store.Queue.Batch(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, map[queue.State]int{queue.Failed: 1}, batch.States)
	require.False(t, a.branch("LIB", "core", "main").Knowledge.Scanned)
}
