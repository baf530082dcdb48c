package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/testpostgres"
	"github.com/sluice-scan/sluice/internal/teststore"
	"github.com/sluice-scan/sluice/scan"
)

func TestMain(m *testing.M) { os.Exit(teststore.Run(m)) }

// databases runs a test on SQLite, and on PostgreSQL if a server is given. Each test has a new database with its tables.
func databases(t *testing.T, test func(t *testing.T, address string)) {
	t.Helper()
	on(t, test, teststore.SQLite, teststore.Postgres)
}

// emptyDatabases is databases without tables.
func emptyDatabases(t *testing.T, test func(t *testing.T, address string)) {
	t.Helper()
	on(t, test, func(t testing.TB) string { return filepath.Join(t.TempDir(), "sluice.db") }, testpostgres.Database)
}

func on(t *testing.T, test func(t *testing.T, address string), sqlite func(t testing.TB) string, postgres func(t testing.TB, server string) string) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, sqlite(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, postgres(t, os.Getenv(testpostgres.Variable)))
	})
}

func open(t *testing.T, address string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

var everything = &scope.Visible{All: true}

// project is a project with repositories written as "name: branch=head branch=head".
func project(key string, repositories ...string) *connection.Project {
	p := &connection.Project{Key: key, Name: "Project " + key, Personal: strings.HasPrefix(key, "~")}
	for _, text := range repositories {
		name, rest, _ := strings.Cut(text, ":")
		r := connection.Repository{Slug: name, Name: "Repository " + name, Location: key + "/" + name}
		for _, word := range strings.Fields(rest) {
			branch, head, _ := strings.Cut(word, "=")
			if r.DefaultBranch == "" {
				r.DefaultBranch = branch
			}
			r.Branches = append(r.Branches, connection.Branch{Name: branch, Head: head, HeadAt: time.UnixMilli(1_700_000_000_000)})
		}
		p.Repositories = append(p.Repositories, r)
	}
	return p
}

// listed stores a project as a listing of it alone does: what is missing in it is deleted.
func listed(t *testing.T, s *store.Store, p *connection.Project) []catalog.Moved {
	t.Helper()
	done, err := teststore.Sync(t, s).Apply(t.Context(), p)
	require.NoError(t, err)
	missing, err := teststore.Sync(t, s).Missing(t.Context(), []connection.Project{*p}, false)
	require.NoError(t, err)
	_, err = teststore.Sync(t, s).Remove(t.Context(), missing)
	require.NoError(t, err)
	return done.Moved
}

// without deletes the projects with other keys.
func without(t *testing.T, s *store.Store, keys ...string) {
	t.Helper()
	missing, err := teststore.Sync(t, s).Missing(t.Context(), nil, true)
	require.NoError(t, err)
	missing.Projects = slices.DeleteFunc(missing.Projects, func(p catalog.MissingProject) bool { return slices.Contains(keys, p.Key) })
	missing.Repositories = slices.DeleteFunc(missing.Repositories, func(r catalog.MissingRepository) bool { return slices.Contains(keys, r.ProjectKey) })
	_, err = teststore.Sync(t, s).Remove(t.Context(), missing)
	require.NoError(t, err)
}

func claim(t *testing.T, s *store.Store) *queue.Job {
	t.Helper()
	j, err := s.Queue.Claim(t.Context(), "test", true)
	require.NoError(t, err)
	return j
}

// secret is a finding of a secret.
func secret(fingerprint, path string, severity scan.Severity) scan.Finding {
	return scan.Finding{
		Engine: "secrets", RuleID: "TEST", Title: "Test", Severity: severity, Fingerprint: fingerprint, Path: path, Occurrence: 1,
		Position: scan.Position{StartLine: 3, StartColumn: 1, EndLine: 3, EndColumn: 9}, Excerpt: "key = ••••", Secret: scan.NewSecret("canary-" + fingerprint),
	}
}

func hash(text string) string { return "h(" + text[len(text)-3:] + ")" }

// finish ends a job with findings.
func finish(t *testing.T, s *store.Store, j *queue.Job, list ...scan.Finding) {
	t.Helper()
	require.NoError(t, s.Findings.Finish(t.Context(), j, &findings.Outcome{State: queue.Succeeded, Commit: j.Head, Config: "rules", Findings: list, Hash: hash}))
}

func branch(t *testing.T, s *store.Store, key, slug, name string) *catalog.Branch {
	t.Helper()
	r, err := s.Catalog.Repository(t.Context(), everything, key, slug)
	require.NoError(t, err)
	b, err := s.Catalog.Branch(t.Context(), r.ID, name)
	require.NoError(t, err)
	return b
}

// counters writes all counters as text, for comparisons.
func counters(t *testing.T, s *store.Store) string {
	t.Helper()
	var b strings.Builder
	projects, err := s.Catalog.Projects(t.Context(), everything, nil, "", db.Page{Limit: 1000})
	require.NoError(t, err)
	for _, p := range projects {
		fmt.Fprintf(&b, "%s %+v empty %d open %+v queued %d\n", p.Key, p.Repositories, p.Empty, p.Open, p.Queued)
		repositories, err := s.Catalog.Repositories(t.Context(), everything, p.ID, catalog.Filter{}, db.Page{Limit: 1000})
		require.NoError(t, err)
		for _, r := range repositories {
			fmt.Fprintf(&b, "  %s %s %+v open %+v queued %d\n", r.Slug, r.Status, r.Branches, r.Open, r.Queued)
		}
	}
	return b.String()
}
