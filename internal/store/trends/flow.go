package trends

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/scan"
)

// Flow is what came, went and stayed on a day. Findings that people took out of the count, that files of a repository
// allow, or whose severity is too low to count are left out of all days.
type Flow struct {
	// New counts the findings that were seen first on the day. Fixed counts those that no live branch had any more from that
	// day on.
	New, Fixed int
	// Ages are the median ages, in days, of the findings that branches had at the end of the day, by severity. A severity
	// without findings is missing.
	Ages map[scan.Severity]float64
}

// life is how many findings of a severity came on one day and went on another one.
type life struct {
	severity scan.Severity
	from, to int64
	findings int
}

const dayMillis = 24 * 60 * 60 * 1000

// lifeColumns are the columns of findings x by severity, first day and last day.
var lifeColumns = db.Columns[life]{
	{SQL: "x.severity", Into: func(l *life) any { return &l.severity }},
	{SQL: fmt.Sprintf("x.first_seen / %d", dayMillis), Into: func(l *life) any { return &l.from }},
	{SQL: fmt.Sprintf("coalesce(x.gone_at / %d, -1)", dayMillis), Into: func(l *life) any { return &l.to }},
	{SQL: "count(*)", Into: func(l *life) any { return &l.findings }},
}

// Flows returns a flow for each day from the day of from to the day of to, inclusive, in order. It reads every finding
// that was there in that time, once.
func (s *Trends) Flows(ctx context.Context, v *scope.Visible, of Scope, from, to time.Time) ([]Flow, error) {
	where := ""
	switch {
	case of.Repository != 0:
		where = fmt.Sprintf(" and x.repository_id = %d", of.Repository)
	case of.Project != 0:
		where = fmt.Sprintf(" and q.project_id = %d", of.Project)
	}
	lives, err := lifeColumns.List(ctx, s.db.Read, `
		from finding x
		join repository q on q.id = x.repository_id
		where q.removed_at is null and `+v.Condition("q.id", "q.project_id")+where+`
			and (x.gone_at is null or x.gone_at >= $1) and x.first_seen < $2
			and x.id not in (
				select y.finding_id
				from occurrence y
				where y.allowed <> '' and not exists (select 1 from occurrence w where w.finding_id = y.finding_id and w.allowed = ''))
			and `+s.status.Open("x")+`
		group by 1, 2, 3`, dayStart(Day(from)).UnixMilli(), dayStart(Day(to)+1).UnixMilli())
	if err != nil {
		return nil, err
	}
	return flows(lives, Day(from), Day(to)), nil
}

// flows adds lives up by day.
func flows(lives []life, first, last int64) []Flow {
	list := make([]Flow, max(0, last-first+1))
	for i := range list {
		list[i].Ages = map[scan.Severity]float64{}
	}
	for _, severity := range scan.Severities {
		var own []life
		for _, l := range lives {
			if l.severity != severity {
				continue
			}
			if l.to < 0 {
				l.to = math.MaxInt64
			}
			own = append(own, l)
			if l.from >= first && l.from <= last {
				list[l.from-first].New += l.findings
			}
			if l.to >= first && l.to <= last {
				list[l.to-first].Fixed += l.findings
			}
		}
		for i, age := range medianAges(own, first, last) {
			if age >= 0 {
				list[i].Ages[severity] = age
			}
		}
	}
	return list
}

// medianAges returns the median age at the end of each day; -1 for a day without findings. It keeps the numbers of
// findings by the day on which they came, and walks along them once a day.
func medianAges(lives []life, first, last int64) []float64 {
	here := map[int64]int{}
	var days []int64
	comes, goes := map[int64][]life{}, map[int64][]life{}
	total := 0
	add := func(l *life, sign int) {
		here[l.from] += sign * l.findings
		total += sign * l.findings
	}
	for i := range lives {
		l := &lives[i]
		days = append(days, l.from)
		if l.from < first {
			add(l, 1)
		} else {
			comes[l.from] = append(comes[l.from], *l)
		}
		goes[l.to] = append(goes[l.to], *l)
	}
	slices.Sort(days)
	days = slices.Compact(days)
	ages := make([]float64, max(0, last-first+1))
	for day := first; day <= last; day++ {
		for i := range comes[day] {
			add(&comes[day][i], 1)
		}
		for i := range goes[day] {
			add(&goes[day][i], -1)
		}
		ages[day-first] = -1
		if total > 0 {
			// The median is in the middle of the two findings in the middle.
			ages[day-first] = float64(2*day-nth(days, here, (total-1)/2)-nth(days, here, total/2)) / 2
		}
	}
	return ages
}

// nth returns the day on which the finding with an index came, counted from the oldest.
func nth(days []int64, here map[int64]int, index int) int64 {
	for _, day := range days {
		if index -= here[day]; index < 0 {
			return day
		}
	}
	return 0
}
