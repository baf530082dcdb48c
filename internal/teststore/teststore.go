// Package teststore gives tests databases of the store that already have their tables. Creating the tables takes most of
// a short test's time, and only the tests of the migrations need it.
package teststore

import (
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/connections"
	"github.com/sluice-scan/sluice/internal/testpostgres"
)

// SQLite returns the path of a new database, sluice.db in a folder that is deleted with the test.
func SQLite(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sluice.db")
	SQLiteAt(t, path)
	return path
}

// SQLiteAt writes a new database to a path at which there is no file yet.
func SQLiteAt(t testing.TB, path string) {
	t.Helper()
	content, err := sqlite()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, content, 0o600))
}

// sqlite is a database with its tables, as a file. The store has closed it, so the file is complete without a log beside
// it.
var sqlite = sync.OnceValues(func() (content []byte, err error) {
	dir, err := os.MkdirTemp("", "sluice-template")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "sluice.db")
	if err := migrate(path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

func migrate(address string) error {
	s, err := store.Open(context.Background(), address)
	if err != nil {
		return err
	}
	return s.Close()
}

// template is the database that Postgres copies.
var template struct {
	sync.Mutex
	name string
	drop func() error
}

// Postgres returns the address of a new database on a server, and drops it when the test ends. It skips the test if the
// server's address is empty. The TestMain of the package must call Run.
func Postgres(t testing.TB, server string) string {
	t.Helper()
	server = testpostgres.Given(t, server)
	return testpostgres.Copy(t, server, templateOn(t, server))
}

func templateOn(t testing.TB, server string) string {
	t.Helper()
	template.Lock()
	defer template.Unlock()
	if template.name != "" {
		return template.name
	}
	address, drop, err := testpostgres.Create(context.Background(), server)
	require.NoError(t, err)
	template.drop = drop
	require.NoError(t, migrate(address))
	u, err := url.Parse(address)
	require.NoError(t, err)
	template.name = u.Path[1:]
	return template.name
}

// clean drops the template database.
func clean() error {
	template.Lock()
	defer template.Unlock()
	drop := template.drop
	template.name, template.drop = "", nil
	if drop == nil {
		return nil
	}
	return drop()
}

// Sync returns the synchronization of the projects of a test's connection.
func Sync(t testing.TB, s *store.Store) *catalog.Sync {
	t.Helper()
	c, err := s.Connections.Ensure(t.Context(), connections.Repos, connections.KindFolder)
	require.NoError(t, err)
	return s.Catalog.Sync(c.ID)
}

// Run runs the tests of a package, drops the template database, and returns the exit code of the process.
func Run(m *testing.M) int {
	code := m.Run()
	if err := clean(); err != nil {
		_, _ = os.Stderr.WriteString(err.Error() + "\n")
		code = max(code, 1)
	}
	return code
}
