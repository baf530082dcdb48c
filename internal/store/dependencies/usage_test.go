package dependencies

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/testplan"
)

// TestAPackageIsCountedFromAnIndex: of all uses of a package, which lie far apart, only those that a page shows are read whole.
func TestAPackageIsCountedFromAnIndex(t *testing.T) {
	t.Parallel()
	d, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "sluice.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	v := &scope.Visible{All: true}
	plan := testplan.SQLite(t, d.Read, "select g.version, f.advisories"+versionsOf(v), 1)
	require.Contains(t, plan, "SEARCH u USING COVERING INDEX package_use_counts (package_id=?)")
	require.Regexp(t, `SEARCH f USING INDEX \S+ \(package_id=\? AND repository_id=\? AND version=\?\)`, plan)
	plan = testplan.SQLite(t, d.Read, "select u.advisories"+usagesOf(v, ""), 1, 50, 0)
	require.Contains(t, plan, "SEARCH u USING COVERING INDEX package_use_counts (package_id=?)")
	require.Regexp(t, `SEARCH u USING INDEX \S+ \(package_id=\? AND repository_id=\? AND version=\?\)`, plan)
}
