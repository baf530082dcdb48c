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

// TestTheListOfAPersonIsNotSorted: each order has an index, so that the list reads as many findings as it shows.
func TestTheListOfAPersonIsNotSorted(t *testing.T) {
	t.Parallel()
	d, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "sluice.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	accepted := Accepted
	for order, index := range map[Order]string{ByID: "finding_assignee ", Newest: "finding_assignee_seen ", Oldest: "finding_assignee_seen ", Severest: "finding_assignee_severity "} {
		for _, f := range []Filter{{Assignee: "jane", Order: order}, {Assignee: "jane", State: &accepted, Order: order}} {
			var args []any
			facts := f.facts(d, func(value any) int { args = append(args, value); return len(args) })
			plan := testplan.SQLite(t, d.Read, "select x.id from finding x join repository q on q.id = x.repository_id where q.removed_at is null"+facts+" order by "+f.by("x", false)+" limit 50", args...)
			require.Contains(t, plan, index+"(", "order %d", order)
			require.NotContains(t, plan, "TEMP B-TREE", "order %d", order)
		}
	}
}
