package worker_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/store/status"
	"github.com/sluice-scan/sluice/internal/teststore"
)

// actions lists the entries of the audit log as "action object", oldest first.
func (b *bitbucket) actions() (list []string) {
	b.t.Helper()
	events, err := b.store.Audit.List(b.t.Context(), audit.Filter{}, db.Page{Limit: 1000})
	require.NoError(b.t, err)
	for i := range events {
		e := &events[len(events)-1-i]
		list = append(list, e.Action+" "+e.Object)
	}
	return list
}

func (b *bitbucket) statuses() map[string]string {
	b.t.Helper()
	list := map[string]string{}
	projects, err := b.store.Catalog.Projects(b.t.Context(), everything, nil, "", db.Page{Limit: 100})
	require.NoError(b.t, err)
	for _, p := range projects {
		repositories, err := b.store.Catalog.Repositories(b.t.Context(), everything, p.ID, catalog.Filter{}, db.Page{Limit: 100})
		require.NoError(b.t, err)
		for _, r := range repositories {
			list[p.Key+"/"+r.Slug] = r.Status.String()
		}
	}
	return list
}

func (b *bitbucket) move(from, to string) {
	b.t.Helper()
	require.NoError(b.t, os.Rename(filepath.Join(b.root, from), filepath.Join(b.root, to)))
}

// TestFoldersThatAreAwayForAWhile: no data is lost, and each step is recorded. If so many folders are missing that the
// volume may be the reason, nothing is deleted yet.
func TestFoldersThatAreAwayForAWhile(t *testing.T) {
	t.Parallel()
	b := newBitbucket(t)
	for _, name := range []string{"PAY/api", "PAY/web", "OPS/one", "OPS/two", "OPS/three"} {
		b.commit(name, "a.txt", "key = '"+"AKIA"+"Q3EGRZ7P2KX4MN5T'\n")
	}
	b.sync()
	_, stop := b.work(b.real())
	b.enqueue(queue.Request{Force: true})
	b.idle()
	stop()
	before := b.statuses()
	require.Equal(t, "VULNERABLE", before["PAY/api"])

	// One repository and one project are moved out of the folder and back.
	aside := t.TempDir()
	for _, name := range []string{"PAY/api", "PAY"} {
		away := filepath.Join(aside, filepath.Base(name))
		require.NoError(t, os.Rename(filepath.Join(b.root, name), away))
		b.sync()
		require.NotContains(t, b.statuses(), "PAY/api")
		require.NoError(t, os.Rename(away, filepath.Join(b.root, name)))
		b.sync()
		require.Equal(t, before, b.statuses())
	}
	require.Equal(t, []string{"gone PAY/api", "returned PAY/api", "gone PAY", "returned PAY"}, b.actions())

	// Three of five.
	b.move("OPS", ".OPS")
	b.sync()
	b.sync()
	require.Equal(t, before, b.statuses(), "a suspicious listing is held back")
	require.Equal(t, "listing.held OPS/one", b.actions()[4])
	require.Len(t, b.actions(), 5)
	held, err := teststore.Sync(t, b.store).Held(t.Context())
	require.NoError(t, err)
	require.Len(t, held, 3)
	b.move(".OPS", "OPS")
	b.sync()
	held, err = teststore.Sync(t, b.store).Held(t.Context())
	require.NoError(t, err)
	require.Empty(t, held, "they have returned")

	// A second listing after the delay confirms it.
	require.NoError(t, b.store.Policy.Set(t.Context(), map[*settings.Known]string{settings.SuspiciousMinutes: "0"}))
	b.move("OPS", ".OPS")
	b.sync()
	require.Equal(t, before, b.statuses(), "not by the first one")
	b.sync()
	require.NotContains(t, b.statuses(), "OPS/one")
	b.move(".OPS", "OPS")
	b.sync()
	require.Equal(t, before, b.statuses())

	// A volume that is not mounted: everything is missing. Only a person can confirm that.
	b.move("OPS", ".OPS")
	b.move("PAY", ".PAY")
	for range 3 {
		require.ErrorIs(t, b.syncer.Sync(t.Context()), connection.ErrEmpty)
	}
	require.ErrorIs(t, b.syncer.State().Problem, connection.ErrEmpty)
	require.Equal(t, before, b.statuses())
	n, err := teststore.Sync(t, b.store).Confirm(t.Context())
	require.NoError(t, err)
	require.Equal(t, 5, n)
	require.ErrorIs(t, b.syncer.Sync(t.Context()), connection.ErrEmpty)
	require.Empty(t, b.statuses())
	b.move(".OPS", "OPS")
	b.move(".PAY", "PAY")
	b.sync()
	require.Equal(t, before, b.statuses())
}

// TestDamagedRepositories: whatever breaks in a repository is reported once, and its data stays.
func TestDamagedRepositories(t *testing.T) {
	t.Parallel()
	b := newBitbucket(t)
	var log bytes.Buffer
	b.syncer.Log = slog.New(slog.NewTextHandler(&log, nil))
	b.commit("PAY/api", "a.txt", "key = '"+"AKIA"+"Q3EGRZ7P2KX4MN5T'\n")
	b.git("PAY/api", "branch", "dev")
	b.sync()
	_, stop := b.work(b.real())
	b.enqueue(queue.Request{Force: true})
	b.idle()
	stop()
	git := filepath.Join(b.root, "PAY/api/.git")
	for name, damage := range map[string]struct {
		do, undo func() error
		// left is what can still be read.
		left []string
	}{
		"no HEAD":        {func() error { return os.Rename(git+"/HEAD", git+"/x") }, func() error { return os.Rename(git+"/x", git+"/HEAD") }, nil},
		"no refs":        {func() error { return os.Rename(git+"/refs", git+"/x") }, func() error { return os.Rename(git+"/x", git+"/refs") }, nil},
		"no objects":     {func() error { return os.Rename(git+"/objects", git+"/x") }, func() error { return os.Rename(git+"/x", git+"/objects") }, nil},
		"empty ref":      {rewrite(git+"/refs/heads/dev", ""), rewriteWith(git+"/refs/heads/dev", git+"/refs/heads/main"), []string{"main"}},
		"zeros as ref":   {rewrite(git+"/refs/heads/dev", strings.Repeat("\x00", 41)), rewriteWith(git+"/refs/heads/dev", git+"/refs/heads/main"), []string{"main"}},
		"empty HEAD":     {rewrite(git+"/HEAD", ""), rewrite(git+"/HEAD", "ref: refs/heads/main\n"), []string{"dev", "main"}},
		"zeros packed":   {rewrite(git+"/packed-refs", strings.Repeat("\x00", 200)+"\n"), func() error { return os.Remove(git + "/packed-refs") }, []string{"dev", "main"}},
		"a foreign kind": {rewrite(git+"/config", "[core]\n\trepositoryformatversion = 1\n[extensions]\n\trefstorage = reftable\n"), rewrite(git+"/config", "[core]\n\tbare = false\n"), nil},
	} {
		log.Reset()
		require.NoError(t, damage.do(), name)
		for range 3 {
			require.Error(t, b.syncer.Sync(t.Context()), name)
		}
		require.Equal(t, 1, strings.Count(log.String(), "repository=PAY/api"), "%s: %s", name, log.String())
		r, err := b.store.Catalog.Repository(t.Context(), everything, "PAY", "api")
		require.NoError(t, err, name)
		require.NotEmpty(t, r.Problem, name)
		require.Equal(t, status.Vulnerable, r.Status, name)
		require.Equal(t, "main", r.DefaultBranch, name)
		for _, branch := range []string{"main", "dev"} {
			want := catalog.ScanInternalError
			for _, left := range damage.left {
				if left == branch {
					want = catalog.ScanUpToDate
				}
			}
			require.Equal(t, want, b.branch("PAY", "api", branch).Knowledge.ScanStatus(), "%s: %s", name, branch)
		}
		require.NoError(t, damage.undo(), name)
		b.sync()
		require.Equal(t, catalog.ScanUpToDate, b.branch("PAY", "api", "dev").Knowledge.ScanStatus(), name)
	}
	require.Empty(t, b.actions(), "it was never gone")

	// A folder that is not a repository is also reported once.
	log.Reset()
	outside := t.TempDir()
	require.NoError(t, os.Symlink(outside, filepath.Join(b.root, "PAY/link")))
	require.NoError(t, os.Symlink(filepath.Join(outside, "nothing"), filepath.Join(b.root, "PAY/dangling")))
	require.NoError(t, os.Symlink(outside, filepath.Join(b.root, "LINK")))
	require.NoError(t, os.Mkdir(filepath.Join(b.root, "PAY/notes"), 0o755))
	b.commit("bare-in-root", "a.txt", "x")
	b.sync()
	b.sync()
	for _, name := range []string{"PAY/link", "PAY/dangling", "LINK", "PAY/notes", "bare-in-root"} {
		require.Equal(t, 1, strings.Count(log.String(), "place="+name+" "), log.String())
	}
	require.Len(t, b.syncer.State().Skipped, 5)
}

func rewrite(path, text string) func() error {
	return func() error { return os.WriteFile(path, []byte(text), 0o600) }
}

func rewriteWith(path, from string) func() error {
	return func() error {
		text, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		return os.WriteFile(path, text, 0o600)
	}
}
