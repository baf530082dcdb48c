// Package testpostgres gives tests databases on a real PostgreSQL.
package testpostgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/stretchr/testify/require"
)

// Variable is the environment variable with the address of the server; tests read it themselves. The CI sets it.
const Variable = "SLUICE_TEST_POSTGRES"

// Given returns the address of a server, and skips the test if it is empty.
func Given(t testing.TB, server string) string {
	t.Helper()
	if server == "" {
		t.Skipf("PostgreSQL was not given (%s)", Variable)
	}
	return server
}

// Database creates an empty database on a server, drops it when the test ends, and returns its address. It skips the
// test if the server's address is empty.
func Database(t testing.TB, server string) string {
	t.Helper()
	return Copy(t, Given(t, server), "template1")
}

// Copy is like Database, but copies the content of another database of the server, which must have no connections.
func Copy(t testing.TB, server, of string) string {
	t.Helper()
	address, drop, err := create(t.Context(), server, of)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, drop()) })
	return address
}

// Create creates an empty database on a server and returns its address; drop deletes it.
func Create(ctx context.Context, server string) (address string, drop func() error, err error) {
	return create(ctx, server, "template1")
}

func create(ctx context.Context, server, of string) (address string, drop func() error, err error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", nil, err
	}
	db, err := sql.Open("pgx", server)
	if err != nil {
		return "", nil, err
	}
	name := fmt.Sprintf("sluice_%d_%d", time.Now().UnixNano(), rand.Uint32()) //nolint:gosec // a name that no other test has
	if _, err := db.ExecContext(ctx, "create database "+name+" template "+of); err != nil {
		return "", nil, errors.Join(err, db.Close())
	}
	u.Path = "/" + name
	return u.String(), func() error {
		_, err := db.ExecContext(context.WithoutCancel(ctx), "drop database "+name+" with (force)")
		return errors.Join(err, db.Close())
	}, nil
}
