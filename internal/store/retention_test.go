package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/store/status"
	"github.com/sluice-scan/sluice/internal/store/trends"
	"github.com/sluice-scan/sluice/scan"
)

// TestRetention: old data is removed when the settings say so, and not before. Current data stays.
func TestRetention(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		now := time.Now()
		in := func(days int) time.Time { return now.AddDate(0, 0, days).Add(time.Hour) }
		purge := func(days int) string {
			t.Helper()
			p, err := s.Retention.Purge(t.Context(), in(days))
			require.NoError(t, err)
			right(t, s)
			return p.String()
		}
		listed(t, s, project("PAY", "api: main=1 dev=1", "web: main=1"))
		listed(t, s, project("OLD", "x: main=1"))
		var keys []int64
		for n := range 8 {
			_, err := s.Queue.Enqueue(t.Context(), queue.Request{Force: true, Mail: []string{"a@example.com"}})
			require.NoError(t, err)
			for range 4 {
				j := claim(t, s)
				if j.Slug == "api" && j.Branch == "main" {
					keys = append(keys, j.ID)
				}
				finish(t, s, j, secret(fmt.Sprintf("f-%d", n), "a", scan.SeverityHigh))
			}
		}
		main := branch(t, s, "PAY", "api", "main")
		require.NoError(t, s.Trends.TakeSnapshot(t.Context(), now))

		// Five results are kept, of four branches with one finding each that no longer exists.
		require.Equal(t, "12 entries of old results", purge(0))
		require.Empty(t, purge(0))
		for n := range 8 {
			want := 1
			if n < 3 {
				want = 0
			}
			require.Len(t, told(t, s, main.ID, n+1), want, n)
		}
		require.Equal(t, 4, branch(t, s, "PAY", "api", "main").KeptResult)
		set(t, s, map[*settings.Known]string{settings.KeepResults: "7"})
		require.Empty(t, purge(20))

		listed(t, s, project("PAY", "api: main=2"))
		without(t, s, "PAY")
		require.Empty(t, purge(20))
		require.NoError(t, s.Audit.Add(t.Context(), &audit.Event{Actor: "a", Action: "b"}))

		// The newest result stays, with its findings. (An unsent mail stays too.)
		mail, err := s.Mails.Take(t.Context(), true)
		require.NoError(t, err)
		require.NoError(t, s.Mails.Sent(t.Context(), mail))
		require.Equal(t, "16 entries of old results, 3 removed branches, 2 removed repositories, 1 mails, sent or given up", purge(31))
		require.Equal(t, 8, branch(t, s, "PAY", "api", "main").KeptResult)
		require.Len(t, told(t, s, main.ID, 0), 1)
		_, err = s.Queue.Scan(t.Context(), everything, keys[0])
		require.NoError(t, err)
		text := purge(401)
		require.Contains(t, text, "findings that no branch has any more")
		require.Contains(t, text, "7 ended scans")

		_, err = s.Queue.Scan(t.Context(), everything, keys[0])
		require.ErrorIs(t, err, db.ErrNotFound)
		_, err = s.Queue.Scan(t.Context(), everything, keys[7])
		require.NoError(t, err, "the branch's own result")
		require.Equal(t, status.Vulnerable, branch(t, s, "PAY", "api", "main").Status)
		points, err := s.Trends.Points(t.Context(), everything, trends.Scope{}, in(390), in(401), in(401))
		require.NoError(t, err)
		require.Equal(t, status.Counts{Vulnerable: 3}, points[0].Counts, "the last day before the limit still holds, with what has been removed since")
		require.Empty(t, purge(401))
	})
}
