package trends

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/store/status"
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

// Flows returns a flow for each day from the day of from to the day of to, inclusive, in order. It is as current as the
// other counters: an acceptance that expires counts from the next recount on.
func (s *Trends) Flows(ctx context.Context, v *scope.Visible, of Scope, from, to time.Time) ([]Flow, error) {
	where := ""
	switch {
	case of.Repository != 0:
		where = fmt.Sprintf(" and q.id = %d", of.Repository)
	case of.Project != 0:
		where = fmt.Sprintf(" and q.project_id = %d", of.Project)
	}
	t := newTally(Day(from), Day(to))
	var uncounted []int64
	err := db.Each(ctx, s.db.Read, `
		select q.id, l.repository_id is not null, l.lives
		from repository q
		left join life l on l.repository_id = q.id
		where q.removed_at is null and `+v.Condition("q.id", "q.project_id")+where, nil, func(row *sql.Rows) error {
		var id int64
		var counted bool
		var text sql.RawBytes
		if err := row.Scan(&id, &counted, &text); err != nil {
			return err
		}
		if !counted {
			uncounted = append(uncounted, id)
			return nil
		}
		return status.EachLife(text, t.add)
	})
	if err != nil {
		return nil, err
	}
	lives, err := s.status.Lives(ctx, s.db.Read, uncounted)
	for _, list := range lives {
		for _, l := range list {
			t.add(l)
		}
	}
	return t.flows(), err
}
