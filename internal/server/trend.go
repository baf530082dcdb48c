package server

import (
	"net/http"
	"time"

	"github.com/sluice-scan/sluice/internal/store/trends"
)

const (
	// defaultTrend and maxTrend are in days.
	defaultTrend = 30
	maxTrend     = 1000
)

// trendRoutes tell how the status has changed over time.
func (s *Server) trendRoutes() []route {
	query := []parameter{
		{"startDate", "the first day (ISO 8601, UTC); 30 days when it is left out", false}, {"endDate", "the last day; today when it is left out", false},
	}
	return []route{
		{
			method: http.MethodGet, path: "/trends", name: "getTrend",
			needs: signedIn, scope: "read",
			summary: "Get the daily status of everything that you may read.",
			query:   query,
			gives:   returns(trendWire{}),
			handle:  func(c *call) (*reply, error) { return c.trend(trends.Scope{}) },
		},
		{
			method: http.MethodGet, path: "/trends/projects/{projectKey}", name: "getProjectTrend",
			needs: reader, scope: "read",
			summary: "Get the daily status of a project's repositories.",
			query:   query,
			gives:   returns(trendWire{}),
			handle:  func(c *call) (*reply, error) { return c.trend(trends.Scope{Project: c.project.ID}) },
		},
		{
			method: http.MethodGet, path: "/trends/projects/{projectKey}/repos/{repoSlug}", name: "getRepositoryTrend",
			needs: reader, scope: "read",
			summary: "Get the daily status of a repository's branches.",
			query:   query,
			gives:   returns(trendWire{}),
			handle: func(c *call) (*reply, error) {
				return c.trend(trends.Scope{Project: c.project.ID, Repository: c.repository.ID})
			},
		},
	}
}

type trendWire struct {
	StartDate string       `json:"startDate"`
	EndDate   string       `json:"endDate"`
	Values    []trendPoint `json:"values"`
}

type trendPoint struct {
	Date         string     `json:"date"`
	Counts       countsWire `json:"counts"`
	OpenFindings openWire   `json:"openFindings"`
}

func (c *call) trend(of trends.Scope) (*reply, error) {
	now := c.s.options.Now().UTC()
	from, to := time.Time{}, now
	if err := c.between(&from, &to); err != nil {
		return nil, err
	}
	if from.IsZero() {
		from = to.AddDate(0, 0, 1-defaultTrend)
	}
	if to.Sub(from) > maxTrend*24*time.Hour {
		return nil, badRequest("startDate: ask for at most %d days", maxTrend)
	}
	points, err := c.s.store.Trends.Points(c.context(), c.visible, of, from, to, now)
	if err != nil {
		return nil, err
	}
	body := trendWire{StartDate: from.Format(time.DateOnly), EndDate: to.Format(time.DateOnly), Values: make([]trendPoint, len(points))}
	for i := range points {
		p := &points[i]
		counts := countsWire{Secure: p.Counts.Secure, Vulnerable: p.Counts.Vulnerable, NotScanned: p.Counts.NotScanned, Outdated: p.Counts.Outdated}
		if of.Repository == 0 {
			counts.PartiallyScanned = &p.Counts.PartiallyScanned
		}
		body.Values[i] = trendPoint{p.Day.Format(time.DateOnly), counts, openWire(p.Open)}
	}
	return ok(body)
}
