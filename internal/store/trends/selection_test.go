package trends

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/testplan"
)

// TestTrendsReadTheirOwnSnapshots: those of a project, of a repository, or of what somebody may see are found by their key.
func TestTrendsReadTheirOwnSnapshots(t *testing.T) {
	t.Parallel()
	d, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "sluice.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	for _, c := range []struct {
		v  scope.Visible
		of Scope
	}{
		{scope.Visible{All: true}, Scope{Project: 3}}, {scope.Visible{All: true}, Scope{Repository: 3}}, {scope.Visible{Projects: []int64{1}, Repositories: []int64{2}}, Scope{}},
		{scope.Visible{Projects: []int64{1}, Repositories: []int64{2}}, Scope{Project: 3}},
	} {
		past, _ := selection(&c.v, c.of)
		plan := testplan.SQLite(t, d.Read, "select day from "+past+" x where day <= $1 and day < $2 order by 1", 5, 6)
		require.Contains(t, plan, "SEARCH ", "%+v", c)
		require.NotContains(t, plan, "snapshot_of_day", "%+v", c)
		require.NotRegexp(t, "SCAN (x|snapshot)\n", plan+"\n", "%+v", c)
	}
}
