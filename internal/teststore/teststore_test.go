package teststore_test

import (
	"database/sql"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/testpostgres"
	"github.com/sluice-scan/sluice/internal/teststore"
)

func TestMain(m *testing.M) { os.Exit(teststore.Run(m)) }

// Each database has its tables, accepts the same as a new one, and shares nothing with the others.
func TestCopiesAreNewDatabases(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return teststore.SQLite(t) },
		"postgres": func(t *testing.T) string { return teststore.Postgres(t, os.Getenv(testpostgres.Variable)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for range 2 {
				at := address(t)
				driver := "sqlite"
				if db.IsPostgres(at) {
					driver = "pgx"
				}
				db, err := sql.Open(driver, at)
				require.NoError(t, err)
				var n int
				require.NoError(t, db.QueryRowContext(t.Context(), "select count(*) from account").Scan(&n), "before the store opens it")
				require.NoError(t, db.Close())
				require.Zero(t, n)
				s, err := store.Open(t.Context(), at)
				require.NoError(t, err)
				_, err = s.Accounts.Add(t.Context(), &accounts.Account{Name: "admin"})
				require.NoError(t, err)
				require.NoError(t, s.Close())
			}
		})
	}
}
