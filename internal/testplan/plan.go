// Package testplan tells tests how a database answers a query, so that they can hold the use of an index instead of a time.
package testplan

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// SQLite returns the steps in which SQLite answers a query, one a line (https://sqlite.org/eqp.html).
func SQLite(t testing.TB, q db.Querier, query string, args ...any) string {
	t.Helper()
	var steps []string
	require.NoError(t, db.Each(t.Context(), q, "explain query plan "+query, args, func(row *sql.Rows) error {
		var id, parent, unused int
		var step string
		err := row.Scan(&id, &parent, &unused, &step)
		steps = append(steps, step)
		return err
	}))
	return strings.Join(steps, "\n")
}
