package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/trends"
	"github.com/sluice-scan/sluice/scan"
)

// TestFlowsOfRepositoriesThatWereNeverCounted: a database that is older than the lives of findings tells the same, before
// and after they are counted. Wrong ones are noticed and corrected.
func TestFlowsOfRepositoriesThatWereNeverCounted(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "api: main=a1", "web: main=w1", "empty: main=e1"))
		scanAll(t, s, func(j *queue.Job) []scan.Finding {
			if j.Slug == "empty" {
				return nil
			}
			return []scan.Finding{secret("f-1", "a", scan.SeverityHigh), secret("f-2", "b", scan.SeverityLow)}
		})
		now := time.Now()
		flows := func() []trends.Flow {
			t.Helper()
			list, err := s.Trends.Flows(t.Context(), everything, trends.Scope{}, now.AddDate(0, 0, -1), now.AddDate(0, 0, 1))
			require.NoError(t, err)
			return list
		}
		want := flows()
		require.Equal(t, 4, want[0].New+want[1].New+want[2].New)
		right(t, s)
		change := func(statement string) {
			t.Helper()
			_, err := s.Write.ExecContext(t.Context(), statement)
			require.NoError(t, err)
		}
		change("delete from life where repository_id in (select id from repository where slug <> 'web')")
		require.Equal(t, want, flows(), "from the rows")
		repaired, err := s.Recompute(t.Context())
		require.NoError(t, err)
		require.Zero(t, repaired, "what was never counted was not wrong")
		var rows int
		require.NoError(t, s.Read.QueryRowContext(t.Context(), "select count(*) from life").Scan(&rows))
		require.Equal(t, 3, rows)
		require.Equal(t, want, flows())

		change("update finding set first_seen = first_seen - cast(40 as bigint) * 86400000")
		repaired, err = s.Recompute(t.Context())
		require.NoError(t, err)
		require.Equal(t, 2, repaired)
		right(t, s)
		require.Zero(t, flows()[0].New+flows()[1].New)
		change("update life set lives = (select w.lives from life w join repository r on r.id = w.repository_id where r.slug = 'empty')")
		require.Empty(t, flows()[1].Ages)
		_, err = s.Recompute(t.Context())
		require.NoError(t, err)
		require.InDelta(t, 40, flows()[1].Ages[scan.SeverityHigh], 1)
	})
}

// TestTrendsOfOlderDatabases: the snapshots of all projects are added up by day, also on days on which only some had one.
func TestTrendsOfOlderDatabases(t *testing.T) {
	t.Parallel()
	emptyDatabases(t, func(t *testing.T, address string) {
		raw := rawly(t, address)
		provider, err := db.Migrations(raw, db.IsPostgres(address))
		require.NoError(t, err)
		_, err = provider.UpTo(t.Context(), 33)
		require.NoError(t, err)
		for _, statement := range []string{
			"insert into connection (id, name, kind, created_at) values (1, 'repos', 'folder', 0)",
			"insert into project (id, connection_id, key, name, personal, removed_at) values (1, 1, 'PAY', 'Payments', false, null), (2, 1, 'OPS', 'Operations', false, null), (3, 1, 'OLD', 'Old', false, 5)",
			"insert into repository (id, project_id, slug, name, location) values (4, 1, 'api', 'api', 'PAY/api')",
			`insert into snapshot (project_id, repository_id, day, secure, vulnerable, not_scanned, partially_scanned, outdated, open_critical, open_high, open_medium, open_low) values
				(1, 0, 10, 1, 0, 0, 0, 0, 0, 5, 0, 0), (1, 4, 10, 7, 7, 7, 7, 7, 7, 7, 7, 7), (1, 0, 14, 0, 1, 0, 0, 0, 0, 6, 0, 0),
				(2, 0, 12, 2, 0, 0, 0, 3, 0, 20, 0, 0), (3, 0, 11, 0, 0, 4, 0, 0, 0, 100, 0, 1), (3, 0, 13, 0, 0, 0, 0, 0, 0, 0, 0, 0)`,
		} {
			_, err := raw.ExecContext(t.Context(), statement)
			require.NoError(t, err, statement)
		}
		s := open(t, address)
		day := func(n int) time.Time { return time.Unix(int64(n)*24*60*60, 0).UTC() }
		points, err := s.Trends.Points(t.Context(), everything, trends.Scope{}, day(8), day(15), day(30))
		require.NoError(t, err)
		var high, all []int
		for _, p := range points {
			high, all = append(high, p.Open.High), append(all, p.Counts.Total())
		}
		require.Equal(t, day(10), points[0].Day)
		require.Equal(t, []int{5, 105, 125, 25, 26, 26}, high)
		require.Equal(t, []int{1, 5, 10, 6, 6, 6}, all)
		points, err = s.Trends.Points(t.Context(), everything, trends.Scope{Project: 1}, day(12), day(14), day(30))
		require.NoError(t, err)
		require.Equal(t, []int{5, 5, 6}, []int{points[0].Open.High, points[1].Open.High, points[2].Open.High})
	})
}
