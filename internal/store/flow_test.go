package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/store/trends"
	"github.com/sluice-scan/sluice/scan"
)

// TestFlows: what a scan finds is new, what no live branch has any more is fixed, and what does not count is neither.
func TestFlows(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "api: main=a1 dev=b1", "web: main=w1"))
		now := time.Now()
		flow := func(v *scope.Visible, of trends.Scope) trends.Flow {
			t.Helper()
			list, err := s.Trends.Flows(t.Context(), v, of, now.AddDate(0, 0, -10), now.AddDate(0, 0, 1))
			require.NoError(t, err)
			require.Len(t, list, 12)
			f := trends.Flow{Ages: list[10].Ages}
			for _, day := range list {
				f.New, f.Fixed = f.New+day.New, f.Fixed+day.Fixed
			}
			return f
		}
		all := func() [2]int { f := flow(everything, trends.Scope{}); return [2]int{f.New, f.Fixed} }
		allowed := secret("f-3", "c.env", scan.SeverityLow)
		allowed.Suppression = &scan.Suppression{Kind: scan.SuppressedInline}
		of := func(j *queue.Job) []scan.Finding {
			list := []scan.Finding{secret("f-1", "a.env", scan.SeverityHigh), allowed}
			if j.Branch == "dev" {
				list = append(list, secret("f-2", "b.env", scan.SeverityCritical))
			}
			return list
		}
		scanAll(t, s, of)
		require.Equal(t, [2]int{3, 0}, all(), "each finding of a repository once")
		require.Equal(t, map[scan.Severity]float64{scan.SeverityHigh: 0, scan.SeverityCritical: 0}, flow(everything, trends.Scope{}).Ages)
		api, err := s.Catalog.Repository(t.Context(), everything, "PAY", "api")
		require.NoError(t, err)
		require.Equal(t, 2, flow(everything, trends.Scope{Project: api.ProjectID, Repository: api.ID}).New)
		require.Equal(t, 2, flow(&scope.Visible{Repositories: []int64{api.ID}}, trends.Scope{}).New)
		require.Zero(t, flow(&scope.Visible{}, trends.Scope{}).New)

		listed(t, s, project("PAY", "api: main=a1", "web: main=w1"))
		require.Equal(t, [2]int{3, 1}, all(), "the branch is gone")
		listed(t, s, project("PAY", "api: main=a1 dev=b1", "web: main=w1"))
		require.Equal(t, [2]int{3, 0}, all(), "it has returned")
		scanAll(t, s, func(j *queue.Job) []scan.Finding {
			if j.Branch == "dev" {
				return of(j)
			}
			return nil
		})
		require.Equal(t, [2]int{3, 1}, all(), "dev still has the one of main")
		scanAll(t, s, func(*queue.Job) []scan.Finding { return nil })
		require.Equal(t, [2]int{3, 3}, all())
		require.Empty(t, flow(everything, trends.Scope{}).Ages)
		scanAll(t, s, of)
		require.Equal(t, [2]int{3, 0}, all(), "they are back")

		list, err := s.Findings.List(t.Context(), everything, findings.Filter{Counted: true, Order: findings.Severest}, 1)
		require.NoError(t, err)
		list[0].State = findings.FalsePositive
		require.NoError(t, s.Findings.Triage(t.Context(), &list[0].Finding))
		require.Equal(t, [2]int{2, 0}, all(), "people took it out of the count")
		_, err = s.Write.ExecContext(t.Context(), "update finding set first_seen = first_seen - $1", (5 * 24 * time.Hour).Milliseconds())
		require.NoError(t, err)
		_, err = s.Recompute(t.Context())
		require.NoError(t, err)
		require.Equal(t, map[scan.Severity]float64{scan.SeverityHigh: 5}, flow(everything, trends.Scope{}).Ages)
	})
}
