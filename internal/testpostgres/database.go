// Package testpostgres gives tests databases on a real PostgreSQL.
package testpostgres

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/url"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/stretchr/testify/require"
)

// Variable is the environment variable with the address of the server; tests read it themselves. The test of the CI gives it.
const Variable = "SLUICE_TEST_POSTGRES"

// Given gives the address of a server back, and skips the test when it is empty.
func Given(t *testing.T, server string) string {
	t.Helper()
	if server == "" {
		t.Skipf("PostgreSQL was not given (%s)", Variable)
	}
	return server
}

// Database makes an empty database on a server, drops it when the test ends, and gives its address. It skips the test when the
// server's address is empty.
func Database(t *testing.T, server string) string {
	t.Helper()
	u, err := url.Parse(Given(t, server))
	require.NoError(t, err)
	db, err := sql.Open("pgx", server)
	require.NoError(t, err)
	name := fmt.Sprintf("sluice_%d_%d", time.Now().UnixNano(), rand.Uint32())
	_, err = db.ExecContext(t.Context(), "create database "+name)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := db.ExecContext(context.Background(), "drop database "+name+" with (force)")
		require.NoError(t, err)
		require.NoError(t, db.Close())
	})
	u.Path = "/" + name
	return u.String()
}
