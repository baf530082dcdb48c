package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/scan"
)

// TestRecomputeRepairs: every wrong counter, and no other.
func TestRecomputeRepairs(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "api: main=1 dev=1", "web: main=1", "empty:"))
		scanAll(t, s, func(j *queue.Job) []scan.Finding {
			if j.Slug == "api" {
				return []scan.Finding{secret("f-1", "a", scan.SeverityHigh), secret("f-2", "a", scan.SeverityLow)}
			}
			return nil
		})
		_, err := s.Queue.Enqueue(t.Context(), queue.Request{Force: true})
		require.NoError(t, err)
		db := rawly(t, address)
		want := counters(t, s)
		right(t, s)
		for table, columns := range map[string][]string{
			"branch":     {"status", "open_critical", "open_high", "open_medium", "open_low"},
			"repository": {"status", "secure", "vulnerable", "not_scanned", "outdated", "open_critical", "open_high", "open_medium", "open_low", "queued", "best_priority"},
			"project":    {"secure", "vulnerable", "not_scanned", "partially_scanned", "outdated", "empty"},
		} {
			for _, column := range columns {
				_, err := db.ExecContext(t.Context(), "update "+table+" set "+column+" = "+column+" + 1 where id = (select min(id) from "+table+")")
				require.NoError(t, err)
				repaired, err := s.Recompute(t.Context())
				require.NoError(t, err)
				require.NotZero(t, repaired, "%s.%s", table, column)
				require.Equal(t, want, counters(t, s), "%s.%s", table, column)
				right(t, s)
			}
		}
	})
}
