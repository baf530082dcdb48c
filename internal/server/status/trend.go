package status

import (
	"net/http"
	"time"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/trends"
	"github.com/sluice-scan/sluice/scan"
)

const (
	// defaultTrend and maxTrend are in days.
	defaultTrend = 30
	maxTrend     = 1000
)

// trendRoutes return the status over time.
func (s *Resource) trendRoutes() []api.Route {
	query := []api.Parameter{
		api.Optional("startDate", "the first day (ISO 8601, UTC); default: 30 days ago"), api.Optional("endDate", "the last day; default: today"),
	}
	return []api.Route{
		{
			Method: http.MethodGet, Path: "/trends", Name: "getTrend",
			Needs: access.SignedIn, Scope: "read",
			Summary: "Get the daily status of everything that you may read.",
			Query:   query,
			Gives:   api.Returns(trendWire{}),
			Handle:  func(c *api.Call) (*api.Reply, error) { return s.trend(c, trends.Scope{}) },
		},
		{
			Method: http.MethodGet, Path: "/trends/projects/{projectKey}", Name: "getProjectTrend",
			Needs: access.Reader, Scope: "read",
			Summary: "Get the daily status of a project's repositories.",
			Query:   query,
			Gives:   api.Returns(trendWire{}),
			Handle:  func(c *api.Call) (*api.Reply, error) { return s.trend(c, trends.Scope{Project: c.Project.ID}) },
		},
		{
			Method: http.MethodGet, Path: "/trends/projects/{projectKey}/repos/{repoSlug}", Name: "getRepositoryTrend",
			Needs: access.Reader, Scope: "read",
			Summary: "Get the daily status of a repository's branches.",
			Query:   query,
			Gives:   api.Returns(trendWire{}),
			Handle: func(c *api.Call) (*api.Reply, error) {
				return s.trend(c, trends.Scope{Project: c.Project.ID, Repository: c.Repository.ID})
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
	New          int        `json:"newFindings" doc:"findings that were seen first on that day"`
	Fixed        int        `json:"fixedFindings" doc:"findings that no branch has any more since that day"`
	MedianAges   agesWire   `json:"medianAgeDays" doc:"the median age of the findings that branches had at the end of the day, in days; null without any"`
}

type agesWire struct {
	Critical *float64 `json:"critical"`
	High     *float64 `json:"high"`
	Medium   *float64 `json:"medium"`
	Low      *float64 `json:"low"`
}

// agesOf writes median ages.
func agesOf(ages map[scan.Severity]float64) agesWire {
	of := func(s scan.Severity) *float64 {
		if age, ok := ages[s]; ok {
			return &age
		}
		return nil
	}
	return agesWire{of(scan.SeverityCritical), of(scan.SeverityHigh), of(scan.SeverityMedium), of(scan.SeverityLow)}
}

func (s *Resource) trend(c *api.Call, of trends.Scope) (*api.Reply, error) {
	now := s.Now().UTC()
	from, to := time.Time{}, now
	if err := c.Between(&from, &to); err != nil {
		return nil, err
	}
	if from.IsZero() {
		from = to.AddDate(0, 0, 1-defaultTrend)
	}
	if to.Sub(from) > maxTrend*24*time.Hour {
		return nil, api.BadRequest("startDate: ask for at most %d days", maxTrend)
	}
	points, err := s.Trends.Points(c.Context(), c.Visible, of, from, to, now)
	if err != nil {
		return nil, err
	}
	var flows []trends.Flow
	if len(points) > 0 {
		if flows, err = s.Trends.Flows(c.Context(), c.Visible, of, points[0].Day, points[len(points)-1].Day); err != nil {
			return nil, err
		}
	}
	body := trendWire{StartDate: from.Format(time.DateOnly), EndDate: to.Format(time.DateOnly), Values: make([]trendPoint, len(points))}
	for i := range points {
		p, f := &points[i], &flows[i]
		counts := countsWire{Secure: p.Counts.Secure, Vulnerable: p.Counts.Vulnerable, NotScanned: p.Counts.NotScanned, Outdated: p.Counts.Outdated}
		if of.Repository == 0 {
			counts.PartiallyScanned = &p.Counts.PartiallyScanned
		}
		body.Values[i] = trendPoint{p.Day.Format(time.DateOnly), counts, openWire(p.Open), f.New, f.Fixed, agesOf(f.Ages)}
	}
	return api.OK(body)
}
