package worker_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/osv"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/status"
	"github.com/sluice-scan/sluice/internal/worker"
	"github.com/sluice-scan/sluice/scan/format"
)

// advisoriesOf is a database with one advisory for an npm package, as of a day.
func advisoriesOf(t *testing.T, name, day string) []byte {
	t.Helper()
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	w, err := z.Create("GHSA-1.json")
	require.NoError(t, err)
	_, err = fmt.Fprintf(w, `{"id":"GHSA-1","summary":"bad","modified":%q,"database_specific":{"severity":"HIGH"},"affected":[{"package":{"ecosystem":"npm","name":%q},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]}]}`,
		day+"T00:00:00Z", name)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return packed.Bytes()
}

// TestNewerAdvisories: one file serves all repositories. When it is updated, branches with dependencies are scanned
// again, automatically and once. While no update is available, scans use the old file.
func TestNewerAdvisories(t *testing.T) {
	t.Parallel()
	var data atomic.Pointer[[]byte]
	var downloads atomic.Int64
	serve := func(name, day string) {
		zipped := advisoriesOf(t, name, day)
		data.Store(&zipped)
	}
	serve("right", "2026-01-01")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		downloads.Add(1)
		zipped := data.Load()
		if zipped == nil {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = w.Write(*zipped)
	}))
	t.Cleanup(server.Close)

	b := newBitbucket(t)
	lock := `{"lockfileVersion":3,"packages":{"":{"dependencies":{"left":"^1.0.0"}},` + "\n" + `"node_modules/left":{"version":"1.0.0"}}}`
	b.commit("PAY/api", "package-lock.json", lock)
	b.commit("PAY/web", "package-lock.json", lock)
	b.commit("PAY/docs", "a.txt", "text\n")
	b.sync()
	now := time.Now()
	node := func() *worker.Advisories {
		return worker.NewAdvisories(worker.AdvisoryOptions{
			Store: b.store, Path: filepath.Join(t.TempDir(), "advisories.db"), Mode: osv.UpdateAuto, Log: b.log, Every: time.Hour, Now: func() time.Time { return now },
			Client: &osv.Client{Download: server.URL, Wait: func(context.Context, time.Duration) error { return nil }},
		})
	}
	advisories := node()
	scan := &worker.BranchScan{Data: t.TempDir(), Variables: map[string]string{"ENGINES": "dependencies"}, Version: "test", Store: b.store, Log: b.log, Advisories: advisories}
	b.work(scan.Scan)
	b.enqueue(queue.Request{Outdated: true})
	b.idle()
	require.EqualValues(t, 1, downloads.Load(), "one file for all")
	api := b.branch("PAY", "api", "main")
	require.Equal(t, []any{status.Secure, 1, 0, "2026-01-01"}, []any{api.Status, api.Dependencies.Packages, api.Dependencies.Unchecked, api.Dependencies.Advisories.Format(time.DateOnly)})
	require.NoError(t, advisories.Refresh(t.Context()))
	require.EqualValues(t, 1, downloads.Load(), "it is fresh")
	before := b.branch("PAY", "docs", "main").Success.ID

	// A day later.
	serve("left", "2026-01-02")
	now = now.Add(25 * time.Hour)
	require.NoError(t, advisories.Refresh(t.Context()))
	b.idle()
	for _, slug := range []string{"api", "web"} {
		require.Equal(t, status.Vulnerable, b.branch("PAY", slug, "main").Status)
		require.Equal(t, "2026-01-02", b.branch("PAY", slug, "main").Dependencies.Advisories.Format(time.DateOnly))
	}
	require.Equal(t, before, b.branch("PAY", "docs", "main").Success.ID, "a branch without dependencies is not scanned")
	done := b.branch("PAY", "api", "main").Success.ID
	require.NoError(t, node().Refresh(t.Context()), "another node, which has nothing yet")
	require.NoError(t, advisories.Refresh(t.Context()))
	b.idle()
	require.Equal(t, done, b.branch("PAY", "api", "main").Success.ID, "once")

	// Without network access.
	data.Store(nil)
	now = now.Add(25 * time.Hour)
	require.Error(t, advisories.Refresh(t.Context()))
	b.enqueue(queue.Request{Force: true})
	b.idle()
	require.Equal(t, status.Vulnerable, b.branch("PAY", "api", "main").Status)
}

// An SBOM lists the dependencies of the current head, and their known vulnerabilities.
func TestSBOMs(t *testing.T) {
	t.Parallel()
	zipped := advisoriesOf(t, "left", "2026-01-01")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(zipped) }))
	t.Cleanup(server.Close)
	b := newBitbucket(t)
	b.commit("PAY/api", "package-lock.json", `{"lockfileVersion":3,"packages":{"":{"dependencies":{"left":"^1.0.0"}},`+"\n"+`"node_modules/left":{"version":"1.0.0"}}}`)
	b.commit("PAY/api", "a.env", leak())
	b.sync()
	directory, err := connection.NewDirectory(b.root)
	require.NoError(t, err)
	sboms := worker.NewSBOMs(&worker.BranchScan{
		Data: t.TempDir(), Variables: map[string]string{"ENGINES": "secrets"}, Version: "test", Store: b.store, Log: b.log,
		Advisories: worker.NewAdvisories(worker.AdvisoryOptions{
			Store: b.store, Path: filepath.Join(t.TempDir(), "advisories.db"), Mode: osv.UpdateAuto, Log: b.log, Now: time.Now, Client: &osv.Client{Download: server.URL},
		}),
	}, directory)
	r, err := b.store.Catalog.Repository(t.Context(), everything, "PAY", "api")
	require.NoError(t, err)
	for name, words := range map[format.Name][]string{
		format.CycloneDX: {`"bomFormat": "CycloneDX"`, `"pkg:npm/left@1.0.0"`, `"GHSA-1"`, `PAY/api`}, format.SPDX: {`"SPDX-2.3"`, `pkg:npm/left@1.0.0`, `PAY/api`},
	} {
		write, err := sboms.SBOM(t.Context(), r, "main", name)
		require.NoError(t, err)
		var text bytes.Buffer
		require.NoError(t, write(&text))
		for _, word := range words {
			require.Contains(t, text.String(), word)
		}
		require.NotContains(t, text.String(), "Xk9", "no secret")
	}
	_, err = sboms.SBOM(t.Context(), r, "none", format.SPDX)
	require.ErrorIs(t, err, db.ErrNotFound)
	b.git("PAY/api", "gc", "-q")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = sboms.SBOM(ctx, r, "main", format.SPDX)
	require.Error(t, err)
}
