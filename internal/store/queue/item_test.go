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

// TestRunningScansAreFoundAmongAllOthers by an index, for the queue and for the counts of projects.
func TestRunningScansAreFoundAmongAllOthers(t *testing.T) {
	t.Parallel()
	d, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "sluice.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	for _, query := range []string{"select x.id " + itemSource + terms.Runs + " order by +x.id", "select y.project_id from scan x cross join repository y where y.id = x.repository_id and " + terms.Runs + " group by y.project_id"} {
		require.Contains(t, testplan.SQLite(t, d.Read, terms.Numbered(query)), "SEARCH x USING INDEX scan_heartbeat")
	}
}
