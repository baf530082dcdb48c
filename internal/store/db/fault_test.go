package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"
)

func TestFaultsAreToldApart(t *testing.T) {
	t.Parallel()
	postgres := func(code string) error { return fmt.Errorf("save: %w", &pgconn.PgError{Code: code}) }
	for _, x := range []struct {
		name              string
		err               error
		unavailable, full bool
	}{
		{"none", nil, false, false},
		{"anything", errors.New("x"), false, false},
		{"a file that ends early", io.ErrUnexpectedEOF, false, false},
		{"a connection that ends early", errors.Join(errors.New("x"), lost(io.ErrUnexpectedEOF)), true, false},
		{"nobody answers", fmt.Errorf("dial: %w", ErrSilent), true, false},
		{"a bad connection", driver.ErrBadConn, true, false},
		{"a closed connection", pgconn.ErrConnClosed, true, false},
		{"too late", context.DeadlineExceeded, true, false},
		{"the caller left", context.Canceled, false, false},
		{"the server stops", postgres("57P01"), true, false},
		{"the server starts", postgres("57P03"), true, false},
		{"too many connections", postgres("53300"), true, false},
		{"a broken connection", postgres("08006"), true, false},
		{"a session that was silent in a transaction", postgres("25P03"), true, false},
		{"a wrong password", postgres("28P01"), false, false},
		{"a wrong value", postgres("22P02"), false, false},
		{"a full disk of PostgreSQL", postgres("53100"), false, true},
		{"a full disk", fmt.Errorf("write: %w", syscall.ENOSPC), false, true},
	} {
		require.Equal(t, x.unavailable, Unavailable(x.err), x.name)
		require.Equal(t, x.full, Full(x.err), x.name)
	}
}

// set writes a row.
func set(t *testing.T, s *DB, value string) error {
	_, err := s.Write.ExecContext(t.Context(), "insert into setting (key, value) values ('test', $1) on conflict (key) do update set value = excluded.value", value)
	return err
}

// TestAFullSQLite uses SQLite's own limit on pages: the write fails, reads work, and the next write succeeds when there
// is space again.
func TestAFullSQLite(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "sluice.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	_, err = s.Write.ExecContext(t.Context(), "pragma max_page_count = 1") // SQLite takes this for the current number of pages
	require.NoError(t, err)
	large := make([]byte, 1<<20)
	for i := range large {
		large[i] = 'x'
	}
	err = set(t, s, string(large))
	require.Error(t, err)
	require.True(t, Full(err), err)
	require.False(t, Unavailable(err))
	var rows int
	require.NoError(t, s.Read.QueryRowContext(t.Context(), "select count(*) from setting where key = 'test'").Scan(&rows))
	require.Zero(t, rows)
	require.NoError(t, s.Check(t.Context()))
	_, err = s.Write.ExecContext(t.Context(), "pragma max_page_count = 1000000")
	require.NoError(t, err)
	require.NoError(t, set(t, s, string(large)))
}

// TestALockOfAnotherProcess: the error counts as unavailable, so a retry may succeed.
func TestALockOfAnotherProcess(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sluice.db")
	s, err := Open(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	other, err := Open(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, other.Close()) })
	tx, err := other.Write.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = s.Write.ExecContext(t.Context(), "pragma busy_timeout = 10")
	require.NoError(t, err)
	err = set(t, s, "b")
	require.True(t, Unavailable(err), err)
	require.NoError(t, tx.Rollback())
	require.NoError(t, set(t, s, "b"))
}
