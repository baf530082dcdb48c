package dashboard_test

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/connections"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/testdashboard"
	"github.com/sluice-scan/sluice/internal/testpostgres"
	"github.com/sluice-scan/sluice/internal/teststore"
	"github.com/sluice-scan/sluice/internal/worker"
)

// The canaries are secrets of the real repositories. No page may have them but the one that shows a text.
var canaries = []string{"Qx7Lm2vR" + "9tKw4ZpB8nD", "hV3nT8rC" + "5yJq1XsG6mW", "Zb9Fk4uE" + "7pHd2NaL3cY", "mR6wS1jP" + "8gXo5QvT4kB"}

// databases runs a test on SQLite, and on PostgreSQL if a server is given.
func databases(t *testing.T, test func(t *testing.T, address string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, teststore.SQLite(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, teststore.Postgres(t, os.Getenv(testpostgres.Variable)))
	})
}

// onRepositories is a server over real git repositories, whose branches were really scanned.
func onRepositories(t *testing.T, address string) (s *service, root string) {
	t.Helper()
	root = t.TempDir()
	st, err := store.Open(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	require.NoError(t, testdashboard.AddAccounts(t.Context(), st))

	git := func(repository string, args ...string) {
		cmd := exec.CommandContext(t.Context(), "git", append([]string{"-C", filepath.Join(root, repository)}, args...)...)
		cmd.Env = append(os.Environ(), "GIT_AUTHOR_NAME=Ada Lovelace", "GIT_AUTHOR_EMAIL=ada@example.com", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.com", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
	}
	commit := func(repository string, files map[string]string) {
		for name, text := range files {
			path := filepath.Join(root, repository, name)
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
			require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		}
		git(repository, "add", "-A")
		git(repository, "commit", "-q", "-m", "change")
	}
	for _, repository := range []string{"PAY/api", "SHOP/web"} {
		require.NoError(t, os.MkdirAll(filepath.Join(root, repository), 0o755))
		git(repository, "init", "-q", "-b", "main")
	}
	settings := "import os\n\nDEBUG = False\nHOST = \"db.internal\"\nUSER = \"payments\"\nDB_PASSWORD = \"" + canaries[0] + "\"\nPORT = 5432\nCACHE = os.environ[\"CACHE\"]\nSMTP_PASSWORD = \"" + canaries[1] + "\"\nTIMEOUT = 30\n"
	commit("PAY/api", map[string]string{"deploy/settings.py": settings, "deploy/job.py": "from settings import *\n\napi_secret = \"" + canaries[2] + "\"\nrun(api_secret)\n", "README.md": "# api\n"})
	git("PAY/api", "checkout", "-q", "-b", "feature/login")
	commit("PAY/api", map[string]string{"login.py": "session_password = \"" + canaries[3] + "\"\n"})
	git("PAY/api", "checkout", "-q", "main")
	commit("SHOP/web", map[string]string{"settings.py": settings})

	directory, err := connection.NewDirectory(root)
	require.NoError(t, err)
	from, err := st.Connections.Ensure(t.Context(), connections.Repos, connections.KindFolder)
	require.NoError(t, err)
	log := slog.New(slog.DiscardHandler)
	require.NoError(t, (&worker.Syncer{ID: from.ID, Store: st, Connection: directory, Log: log, Every: time.Hour}).Sync(t.Context()))
	_, err = st.Queue.Enqueue(t.Context(), queue.Request{Force: true, By: "admin"})
	require.NoError(t, err)
	branches := &worker.BranchScan{Data: t.TempDir(), Variables: map[string]string{"ENGINES": "secrets"}, Version: "test", Store: st, Log: log}
	for range 3 {
		j, err := st.Queue.Claim(t.Context(), "node-1", true)
		require.NoError(t, err)
		o, err := branches.Scan(t.Context(), filepath.Join(root, j.Location), j, func(int, string) {})
		require.NoError(t, err)
		require.Empty(t, o.Incomplete)
		o.Hash = func(secret string) string { return "h(" + secret[len(secret)-3:] + ")" }
		require.NoError(t, st.Findings.Finish(t.Context(), j, o))
	}
	h, err := testdashboard.Serve(t.Context(), st, testdashboard.Options{Folder: root, Source: connection.NewReader(directory), Sleep: func(context.Context, time.Duration) error { return nil }})
	require.NoError(t, err)
	listener := httptest.NewServer(h)
	t.Cleanup(listener.Close)
	return &service{t: t, store: st, url: listener.URL}, root
}

// secretsOf gives the keys of the findings of a branch by the path of the file and, in a file with several, the line.
func (s *service) secretsOf(branch string) map[string]string {
	s.t.Helper()
	r, err := s.store.Catalog.Repository(s.t.Context(), everything, "PAY", "api")
	require.NoError(s.t, err)
	b, err := s.store.Catalog.Branch(s.t.Context(), r.ID, branch)
	require.NoError(s.t, err)
	list, err := s.store.Findings.OfBranch(s.t.Context(), b.ID, findings.BranchFilter{Allowed: true, Reviewed: true}, db.Page{Limit: 100})
	require.NoError(s.t, err)
	keys := map[string]string{}
	for i := range list {
		name := list[i].Path
		if strings.HasSuffix(name, "settings.py") {
			name += ":" + string(rune('0'+list[i].Line))
		}
		keys[name] = db.Key(list[i].ID)
	}
	return keys
}

// noCanary requires that a text has no secret.
func noCanary(t *testing.T, text, what string) {
	t.Helper()
	for _, canary := range canaries {
		require.NotContains(t, text, canary, what)
		require.NotContains(t, text, canary[:8], what)
	}
}

// TestNoPageHasASecret, for any role; and a finding stands in its code, between its neighbours.
func TestNoPageHasASecret(t *testing.T) {
	t.Parallel()
	s, _ := onRepositories(t, teststore.SQLite(t))
	keys := s.secretsOf("feature/login")
	require.Len(t, keys, 4, keys)
	for _, as := range testdashboard.Names {
		b := s.browser(as)
		paths := []string{"/projects/PAY/repos/api", "/projects/PAY/repos/api/analysis?branch=main", "/projects/PAY/repos/api/analysis?branch=feature/login&showReviewed=true&showAllowlisted=true"}
		for _, key := range keys {
			paths = append(paths, "/findings/"+key, "/findings/"+key+"?branch=feature%2Flogin")
		}
		for _, path := range paths {
			a := b.get(path)
			noCanary(t, a.text, as+path)
			if as == "nobody" {
				require.Equal(t, 404, a.status, path)
				continue
			}
			require.Equal(t, 200, a.status, path)
			require.Equal(t, "no-store", a.header.Get("Cache-Control"))
		}
	}
	page := s.browser("reader").get("/findings/" + keys["deploy/settings.py:6"]).text
	for _, part := range []string{"deploy/settings.py:6", "HOST = &#34;db.internal&#34;", "DB_PASSWORD = &#34;", "SMTP_PASSWORD = &#34;<mark>", "Revoke it first", "Ada Lovelace", "feature/login"} {
		require.Contains(t, page, part)
	}
	require.NotContains(t, page, "SHOP", "a repository that the caller may not read")
	require.Contains(t, s.browser("admin").get("/findings/"+keys["deploy/settings.py:6"]).text, "/projects/SHOP/repos/web")
}
