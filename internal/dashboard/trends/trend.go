package trends

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/trends"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/display"
)

var periodWords = [][2]string{{"30", "30 days"}, {"90", "90 days"}, {"365", "365 days"}}

// maxPlace is how wide the name of a place is that is not there.
const maxPlace = 60

// body is the page.
type body struct {
	// Place is what the address names; Of is the place, and Link leads to it. Of is empty for everything.
	Place   string
	Of      page.Link
	Unknown string
	Periods []page.Choice
	Days    int
	// First is the first day that is known, if days before it were asked for.
	First string
	// Nothing is true if no day is known.
	Nothing bool
	// Today is true if the last day is today, which is not over.
	Today             bool
	Open, Moves, Ages chart
	// Table has the numbers of the charts, the last day first.
	Table []line
}

// line is a day of the table. Its cells are open findings by severity, new ones, fixed ones, and median ages by severity.
type line struct {
	Day   string
	Cells []string
	// Today is true for a day that is not over.
	Today bool
}

func (s *Pages) trend(v *page.Visit) error {
	q := v.Request.URL.Query()
	days := page.Chosen(q.Get("days"), periodWords, periodWords[0][0])
	b := body{Place: strings.TrimSpace(q.Get("place")), Periods: page.Choices(periodWords, days)}
	b.Days, _ = strconv.Atoi(days)
	of, err := b.find(v)
	if err != nil {
		return err
	}
	if b.Unknown == "" {
		if err := s.fill(v, &b, of); err != nil {
			return err
		}
	}
	return v.Show(http.StatusOK, trendPage, "Trends", b)
}

// find looks up the place that the address names.
func (b *body) find(v *page.Visit) (of trends.Scope, err error) {
	if b.Place == "" {
		return of, nil
	}
	at, err := v.Core.Places.FindNamed(v.Ctx(), v.Visible, b.Place)
	if errors.Is(err, db.ErrNotFound) {
		b.Unknown = display.CutEnd(display.Line(b.Place), maxPlace)
		return of, nil
	}
	if err != nil {
		return of, err
	}
	return b.at(v, at), nil
}

// at says which place it is.
func (b *body) at(v *page.Visit, at access.Place) trends.Scope {
	if r := at.Repository; r != nil {
		b.Of = page.Link{Text: at.Project.Name + " / " + r.Name, Path: v.ToRepository(r.ProjectKey, r.Slug)}
		return trends.Scope{Project: at.Project.ID, Repository: r.ID}
	}
	b.Of = page.Link{Text: at.Project.Name, Path: v.ToProject(at.Project.Key)}
	return trends.Scope{Project: at.Project.ID}
}

// fill reads the days and draws them.
func (s *Pages) fill(v *page.Visit, b *body, of trends.Scope) error {
	now := v.Now.UTC()
	from := now.AddDate(0, 0, 1-b.Days)
	points, err := s.Trends.Points(v.Ctx(), v.Visible, of, from, now, now)
	if err != nil {
		return err
	}
	if len(points) == 0 {
		b.Nothing = true
		return nil
	}
	flows, err := s.Trends.Flows(v.Ctx(), v.Visible, of, points[0].Day, points[len(points)-1].Day)
	if err != nil {
		return err
	}
	b.draw(points, flows, from, now)
	return nil
}

// draw makes the charts and the table.
func (b *body) draw(points []trends.Point, flows []trends.Flow, from, now time.Time) {
	// at is the index of a day of the period.
	at := func(day time.Time) int { return int(trends.Day(day) - trends.Day(from)) }
	first := at(points[0].Day)
	if first > 0 {
		b.First = points[0].Day.Format(time.DateOnly)
	}
	b.Today = trends.Day(points[len(points)-1].Day) == trends.Day(now)
	open, ages := newLines(b.Days), newLines(b.Days)
	moves := newBars(b.Days)
	for i := range points {
		p, f := &points[i], &flows[i]
		cells := make([]string, 0, 2*len(open)+2)
		for k, n := range []int{p.Open.Critical, p.Open.High, p.Open.Medium, p.Open.Low} {
			open[k].set(first+i, float64(n))
			cells = append(cells, figure.Thousands(n))
		}
		moves.set(first+i, f.New, f.Fixed)
		cells = append(cells, figure.Thousands(f.New), figure.Thousands(f.Fixed))
		for k, severity := range scan.Severities {
			age, ok := f.Ages[severity]
			if !ok {
				cells = append(cells, "–")
				continue
			}
			ages[k].set(first+i, age)
			cells = append(cells, ageWords(age))
		}
		b.Table = append(b.Table, line{p.Day.Format(time.DateOnly), cells, b.Today && i == len(points)-1})
	}
	slices.Reverse(b.Table)
	axis := axisOf(from, now)
	b.Open = lineChart("Open findings by severity", open, axis, func(f float64) string { return figure.Thousands(int(f)) }, "not known")
	b.Ages = lineChart("Median age of findings by severity, in days", ages, axis, ageWords, "none open")
	b.Moves = moves.chart(axis)
}

// ageWords writes an age in days.
func ageWords(age float64) string { return strconv.FormatFloat(age, 'f', -1, 64) }
