package queue

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/store/terms"
	"github.com/sluice-scan/sluice/internal/testplan"
)

// TestTheFirstOfALongQueueAreFoundWithoutSortingIt, for somebody who sees everything.
func TestTheFirstOfALongQueueAreFoundWithoutSortingIt(t *testing.T) {
	t.Parallel()
	d, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "sluice.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	plan := testplan.SQLite(t, d.Read, terms.SQL(d, firstWaiting(&scope.Visible{All: true})), 26, 0)
	require.Contains(t, plan, "INDEX scan_in_order")
	require.NotContains(t, plan, "TEMP B-TREE")
}
