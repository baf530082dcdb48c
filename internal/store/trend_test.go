package store_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/store/trends"
	"github.com/sluice-scan/sluice/scan"
)

// nowOf adds up the current state from the lists, which is slow, over what is visible.
func nowOf(t *testing.T, s *store.Store, v *scope.Visible) (p trends.Point) {
	t.Helper()
	projects, err := s.Catalog.Projects(t.Context(), v, nil, "", db.Page{Limit: 1000})
	require.NoError(t, err)
	for _, project := range projects {
		p.Counts.Secure += project.Repositories.Secure
		p.Counts.Vulnerable += project.Repositories.Vulnerable
		p.Counts.NotScanned += project.Repositories.NotScanned
		p.Counts.PartiallyScanned += project.Repositories.PartiallyScanned
		p.Counts.Outdated += project.Repositories.Outdated
		p.Open.High += project.Open.High
	}
	return p
}

// known leaves out the days before there was any data.
func known(points []trends.Point) []trends.Point {
	for len(points) > 0 && points[0] == (trends.Point{Day: points[0].Day}) {
		points = points[1:]
	}
	return append([]trends.Point{}, points...)
}

// TestTrend: every day of a random history is reported as it was, also for callers who see only a part, and also for
// days without a snapshot because nothing changed.
func TestTrend(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		random := rand.New(rand.NewPCG(3, 4))
		first := time.Date(2026, 2, 27, 23, 0, 0, 0, time.UTC)
		random2 := func() []string {
			var repositories []string
			for r := range random.IntN(4) {
				text := fmt.Sprintf("r%d:", r)
				for b := range random.IntN(3) {
					text += fmt.Sprintf(" b%d=%d", b, random.IntN(2))
				}
				repositories = append(repositories, text)
			}
			return repositories
		}
		listed(t, s, project("P0", "r0: b0=1"))
		listed(t, s, project("P1", "r0: b0=1", "r1: b0=1"))
		one, err := s.Catalog.Repository(t.Context(), everything, "P1", "r1")
		require.NoError(t, err)
		zero, err := s.Catalog.Project(t.Context(), everything, "P0")
		require.NoError(t, err)
		views := []*scope.Visible{everything, {Projects: []int64{zero.ID}, Repositories: []int64{one.ID}}, {Repositories: []int64{one.ID}}, {}}
		want := make([][]trends.Point, len(views))
		var branches []trends.Point
		for n := range 25 {
			now := first.AddDate(0, 0, n)
			if random.IntN(3) > 0 {
				listed(t, s, project(fmt.Sprintf("P%d", random.IntN(2)), random2()...))
				scanAll(t, s, func(*queue.Job) (list []scan.Finding) {
					if random.IntN(2) == 0 {
						list = append(list, secret("f-1", "a", scan.SeverityHigh))
					}
					return list
				})
				listed(t, s, project(fmt.Sprintf("P%d", random.IntN(2)), random2()...))
			}
			if random.IntN(5) == 0 {
				without(t, s, fmt.Sprintf("P%d", random.IntN(2)))
			}
			require.NoError(t, s.Trends.TakeSnapshot(t.Context(), now.Add(-time.Hour)), "an earlier one of the same day")
			require.NoError(t, s.Trends.TakeSnapshot(t.Context(), now))
			day := now.Truncate(24 * time.Hour)
			for i, v := range views {
				p := nowOf(t, s, v)
				p.Day = day
				want[i] = append(want[i], p)
			}
			p := trends.Point{Day: day}
			if r, err := s.Catalog.Repository(t.Context(), everything, "P1", "r1"); err == nil {
				p.Counts, p.Open = r.Branches, r.Open
			} else {
				require.ErrorIs(t, err, db.ErrNotFound)
			}
			branches = append(branches, p)
			for i, v := range views[:3] {
				got, err := s.Trends.Points(t.Context(), v, trends.Scope{}, first, now, now)
				require.NoError(t, err)
				require.Equal(t, known(want[i]), known(got), "day %d, view %d", n, i)
			}
		}
		later := first.AddDate(0, 0, 40)
		got, err := s.Trends.Points(t.Context(), everything, trends.Scope{Project: one.ProjectID, Repository: one.ID}, first.AddDate(0, 0, 3), first.AddDate(0, 0, 20), later)
		require.NoError(t, err)
		require.Equal(t, branches[3:21], got)
		got, err = s.Trends.Points(t.Context(), everything, trends.Scope{}, first.AddDate(0, 0, 30), later, later)
		require.NoError(t, err)
		require.Len(t, got, 11)
		require.Equal(t, want[0][24].Counts, got[10].Counts)
		got, err = s.Trends.Points(t.Context(), views[3], trends.Scope{}, first, later, later)
		require.NoError(t, err)
		require.Empty(t, got)
		got, err = s.Trends.Points(t.Context(), everything, trends.Scope{}, first.AddDate(0, 0, -9), first.AddDate(0, 0, -1), later)
		require.NoError(t, err)
		require.Empty(t, got, "before anything was known")
	})
}
