package db

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestConnectionsStayOpen: as many as may be used at once are kept, and not opened again for the next callers.
func TestConnectionsStayOpen(t *testing.T) {
	t.Parallel()
	d, err := Open(t.Context(), filepath.Join(t.TempDir(), "sluice.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	for range 3 {
		var list []*sql.Conn
		for range readers {
			c, err := d.Read.Conn(t.Context())
			require.NoError(t, err)
			list = append(list, c)
		}
		for _, c := range list {
			require.NoError(t, c.Close())
		}
	}
	stats := d.Read.Stats()
	require.Equal(t, readers, stats.Idle)
	require.Zero(t, stats.MaxIdleClosed)
}
