package trends

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/store/status"
)

// Point is the state at the end of a day, or the current state.
type Point struct {
	// Day is the start of the day, in UTC.
	Day time.Time
	// Counts are repositories by status. For a single repository they are its branches. Repositories without branches do
	// not count.
	Counts status.Counts
	Open   status.OpenCounts
}

// Scope is what a trend covers: the repository, the project, or everything visible.
type Scope struct{ Project, Repository int64 }

// snapshot is the state of a project or a repository on a day.
type snapshot struct {
	// key holds the ids of the project and the repository; the repository's id is 0 for the project itself.
	key [2]int64
	day int64
	Point
}

// numberColumns are the numbers of a snapshot.
var numberColumns = db.Columns[snapshot]{
	{SQL: "secure", Into: func(x *snapshot) any { return &x.Counts.Secure }},
	{SQL: "vulnerable", Into: func(x *snapshot) any { return &x.Counts.Vulnerable }},
	{SQL: "not_scanned", Into: func(x *snapshot) any { return &x.Counts.NotScanned }},
	{SQL: "partially_scanned", Into: func(x *snapshot) any { return &x.Counts.PartiallyScanned }},
	{SQL: "outdated", Into: func(x *snapshot) any { return &x.Counts.Outdated }},
	{SQL: "open_critical", Into: func(x *snapshot) any { return &x.Open.Critical }},
	{SQL: "open_high", Into: func(x *snapshot) any { return &x.Open.High }},
	{SQL: "open_medium", Into: func(x *snapshot) any { return &x.Open.Medium }},
	{SQL: "open_low", Into: func(x *snapshot) any { return &x.Open.Low }},
}

// numberNames are the names of numberColumns.
var numberNames = numberColumns.SQL()

// sums adds snapshots up; running adds up groups of changes by day, with those of all days before. excluded are the numbers
// of a row that was there already, and negative are the numbers to take away. All are in the order of numberNames.
var sums, running, excluded, negative = eachNumber("coalesce(sum(%[1]s), 0) as %[1]s"), eachNumber("sum(sum(%[1]s)) over (order by day) as %[1]s"), eachNumber("excluded.%s"), eachNumber("-%s")

// eachNumber writes an expression for each of numberColumns.
func eachNumber(format string) string {
	list := make([]string, len(numberColumns))
	for i, c := range numberColumns {
		list[i] = fmt.Sprintf(format, c.SQL)
	}
	return strings.Join(list, ", ")
}

// today selects the current state of projects and repositories in the form of snapshots. What was deleted has no rows.
const today = `
	select p.id as project_id, cast(0 as bigint) as repository_id,
		case when p.removed_at is null then p.secure else 0 end as secure,
		case when p.removed_at is null then p.vulnerable else 0 end as vulnerable,
		case when p.removed_at is null then p.not_scanned else 0 end as not_scanned,
		case when p.removed_at is null then p.partially_scanned else 0 end as partially_scanned,
		case when p.removed_at is null then p.outdated else 0 end as outdated,
		coalesce(o.c, 0) as open_critical,
		coalesce(o.h, 0) as open_high,
		coalesce(o.m, 0) as open_medium,
		coalesce(o.l, 0) as open_low
	from project p
	left join (
		select project_id, sum(open_critical) as c, sum(open_high) as h, sum(open_medium) as m, sum(open_low) as l
		from repository
		where removed_at is null
		group by project_id) o on o.project_id = p.id and p.removed_at is null
	union all
	select r.project_id, r.id,
		case when r.removed_at is null then r.secure else 0 end,
		case when r.removed_at is null then r.vulnerable else 0 end,
		case when r.removed_at is null then r.not_scanned else 0 end,
		case when r.removed_at is null then r.partially_scanned else 0 end,
		case when r.removed_at is null then r.outdated else 0 end,
		case when r.removed_at is null then r.open_critical else 0 end,
		case when r.removed_at is null then r.open_high else 0 end,
		case when r.removed_at is null then r.open_medium else 0 end,
		case when r.removed_at is null then r.open_low else 0 end
	from repository r`

// TakeSnapshot stores the current state for the day of now, as far as it differs from the day before. If it runs several
// times a day, the last one counts.
func (s *Trends) TakeSnapshot(ctx context.Context, now time.Time) error {
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		if s.db.Postgres {
			// Two nodes may start the same day at once.
			if _, err := tx.ExecContext(ctx, "lock table snapshot in share row exclusive mode"); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, "delete from snapshot where day = $1", Day(now)); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `
			insert into snapshot_sum (day, `+numberNames+`)
			select cast($1 as integer), `+sums+`
			from (`+today+`) t
			where t.repository_id = 0
			on conflict (day) do update set (`+numberNames+`) = (`+excluded+`)`, Day(now)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			insert into snapshot (project_id, repository_id, day, `+numberNames+`)
			select t.project_id, t.repository_id, cast($1 as integer), t.secure, t.vulnerable, t.not_scanned, t.partially_scanned, t.outdated,
				t.open_critical, t.open_high, t.open_medium, t.open_low
			from (`+today+`) t
			left join snapshot x on x.project_id = t.project_id and x.repository_id = t.repository_id and x.day = (
				select max(y.day)
				from snapshot y
				where y.project_id = t.project_id and y.repository_id = t.repository_id and y.day < $1)
			where (t.secure, t.vulnerable, t.not_scanned, t.partially_scanned, t.outdated, t.open_critical, t.open_high, t.open_medium, t.open_low)
				<> (coalesce(x.secure, 0), coalesce(x.vulnerable, 0), coalesce(x.not_scanned, 0), coalesce(x.partially_scanned, 0), coalesce(x.outdated, 0),
				coalesce(x.open_critical, 0), coalesce(x.open_high, 0), coalesce(x.open_medium, 0), coalesce(x.open_low, 0))`, Day(now))
		return err
	})
}

// SumUp adds up the snapshots of all projects for each day that has some and no sum. TakeSnapshot does so for its own day;
// this is for snapshots that come from elsewhere.
func (s *Trends) SumUp(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `
		with held as (
			select day, lead(day) over (partition by project_id order by day) as until, `+numberNames+`
			from snapshot
			where repository_id = 0)
		insert into snapshot_sum (day, `+numberNames+`)
		select x.day, `+numberNames+`
		from (
			select t.day, `+running+`
			from (
				select day, `+numberNames+`
				from held
				union all
				select until, `+negative+`
				from held
				where until is not null) t
			group by t.day) x
		where x.day not in (select day from snapshot_sum)`)
	return err
}

// whole is the id of everything together, which has snapshots of its own.
const whole = 0

// selection returns two queries for the snapshots of objects that add up to a trend without counting anything twice: the
// past ones by object and day, and the current ones. A project that is wholly visible has its own row; other projects count
// by their visible repositories.
func selection(v *scope.Visible, of Scope) (past, current string) {
	if v.All && of == (Scope{}) {
		return "(select " + strconv.Itoa(whole) + " as project_id, 0 as repository_id, day, " + numberNames + " from snapshot_sum)", fmt.Sprintf("(select %d as project_id, 0 as repository_id, %s from (%s) t where repository_id = 0)", whole, sums, today)
	}
	// The join fixes its order on SQLite, which would otherwise walk along the days of all snapshots
	// (https://sqlite.org/optoverview.html#crossjoin).
	projects := func(condition string) string {
		return "select * from snapshot where repository_id = 0 and " + condition
	}
	repositories := func(condition string) string {
		return "select x.* from repository r cross join snapshot x where x.project_id = r.project_id and x.repository_id = r.id and " + condition
	}
	now := func(condition string) string { return "(select * from (" + today + ") t where " + condition + ")" }
	if of.Repository != 0 {
		ids := []int64{of.Repository}
		return "(" + repositories(db.In("r.id", ids)) + ")", now(db.In("repository_id", ids))
	}
	within := func(column string) string {
		if of.Project == 0 {
			return "true"
		}
		return db.In(column, []int64{of.Project})
	}
	if v.All {
		return "(" + projects(within("project_id")) + ")", now("repository_id = 0 and " + within("project_id"))
	}
	wholly, single := db.In("project_id", v.Projects), db.In("repository_id", v.Repositories)
	past = "(" + projects(wholly+" and "+within("project_id")) + " union all " +
		repositories(db.In("r.id", v.Repositories)+" and not "+db.In("r.project_id", v.Projects)+" and "+within("r.project_id")) + ")"
	return past, now("(repository_id = 0 and " + wholly + " or " + single + " and not " + wholly + ") and " + within("project_id"))
}

// Points returns a point for each day from the day of from to the day of to, inclusive. today is the current state. Days
// without any data before them are left out.
func (s *Trends) Points(ctx context.Context, v *scope.Visible, of Scope, from, to, now time.Time) ([]Point, error) {
	past, current := selection(v, of)
	f := trendFold{last: map[[2]int64]Point{}, branches: of.Repository != 0}
	next, end := Day(from), min(Day(to), Day(now))
	// Rows are sorted by day: when a day starts, all days before it are complete.
	upTo := func(day int64) {
		for ; next < day && next <= end; next++ {
			f.add(next)
		}
	}
	columns := append(db.Columns[snapshot]{
		{SQL: "project_id", Into: func(x *snapshot) any { return &x.key[0] }},
		{SQL: "repository_id", Into: func(x *snapshot) any { return &x.key[1] }},
		{SQL: "day", Into: func(x *snapshot) any { return &x.day }},
	}, numberColumns...)
	err := columns.Each(ctx, s.db.Read, `
		from `+past+` x
		where day <= $1 and day < $2
		union all
		select project_id, repository_id, $2, `+numberNames+`
		from `+current+` x
		where $2 <= $1
		order by 3`, []any{end, Day(now)}, func(x *snapshot) error {
		upTo(x.day)
		f.set(x.key, x.Point)
		return nil
	})
	upTo(end + 1)
	return f.points, err
}

// trendFold adds up the states of its objects.
type trendFold struct {
	// last is the latest state of each object, which is a project or a repository.
	last map[[2]int64]Point
	sum  Point
	// branches is true if statuses of branches are counted.
	branches bool
	points   []Point
}

// set sets the state of an object from now on.
func (f *trendFold) set(key [2]int64, p Point) {
	if key[1] != 0 && !f.branches {
		of := status.RepositoryStatus(p.Counts)
		empty := p.Counts.Total() == 0
		p.Counts = status.Counts{}
		if !empty {
			p.Counts = one(of)
		}
	}
	f.sum.plus(f.last[key], -1)
	f.sum.plus(p, 1)
	f.last[key] = p
}

// add appends a day.
func (f *trendFold) add(day int64) {
	if len(f.last) == 0 {
		return
	}
	p := f.sum
	p.Day = dayStart(day)
	f.points = append(f.points, p)
}

// one counts one object with a status.
func one(s status.Status) (c status.Counts) {
	switch s {
	case status.Secure:
		c.Secure = 1
	case status.Vulnerable:
		c.Vulnerable = 1
	case status.NotScanned:
		c.NotScanned = 1
	case status.PartiallyScanned:
		c.PartiallyScanned = 1
	case status.Outdated:
		c.Outdated = 1
	}
	return c
}

// plus adds another point, multiplied by sign.
func (p *Point) plus(q Point, sign int) {
	for _, x := range []struct {
		to *int
		n  int
	}{
		{&p.Counts.Secure, q.Counts.Secure}, {&p.Counts.Vulnerable, q.Counts.Vulnerable}, {&p.Counts.NotScanned, q.Counts.NotScanned},
		{&p.Counts.PartiallyScanned, q.Counts.PartiallyScanned}, {&p.Counts.Outdated, q.Counts.Outdated},
		{&p.Open.Critical, q.Open.Critical}, {&p.Open.High, q.Open.High}, {&p.Open.Medium, q.Open.Medium}, {&p.Open.Low, q.Open.Low},
	} {
		*x.to += sign * x.n
	}
}
