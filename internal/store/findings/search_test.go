package findings

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/testplan"
)

// TestSearchesDoNotReadAllOccurrences: they begin with the few distinct paths and authors.
func TestSearchesDoNotReadAllOccurrences(t *testing.T) {
	t.Parallel()
	d, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "sluice.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	s := &Findings{db: d}
	for text, query := range map[string]func(text string) (string, []any){"path": s.atPath, "pa": s.atPath, "somebody": s.ofAuthor} {
		sql, args := query(text)
		plan := testplan.SQLite(t, d.Read, sql, args...)
		require.NotContains(t, plan, "SCAN y", text)
		require.Regexp(t, "SEARCH y USING (COVERING )?INDEX occurrence_(path|author)", plan, text)
	}
	query, args := s.atPath("path")
	require.Contains(t, testplan.SQLite(t, d.Read, query, args...), "VIRTUAL TABLE INDEX")
}
