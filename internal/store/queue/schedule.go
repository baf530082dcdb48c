package queue

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// Schedule scans a scope repeatedly.
type Schedule struct {
	// Scope is "" for the instance, the key of a project, or key/slug of a repository.
	Scope string
	// Cron is an expression of five fields, in UTC: "0 3 * * 6".
	Cron string
	// Outdated leaves out branches that are up to date.
	Outdated bool
	// Due is when the schedule was last due, or when it was set.
	Due time.Time
}

// ParseCron parses an expression of five fields, or one such as @daily. Its times are in UTC.
func ParseCron(text string) (cron.Schedule, error) {
	if strings.Contains(text, "TZ=") {
		return nil, errors.New("times are in UTC; leave the time zone out")
	}
	s, err := cron.ParseStandard(text)
	if err != nil {
		return nil, fmt.Errorf("%q is not a cron expression of five fields, such as \"0 3 * * 6\"", text)
	}
	return s, nil
}

// The modes of a schedule: scan what needs it, or everything again.
const (
	ModeOutdated = "outdated"
	ModeRescan   = "rescan"
)

// Mode is the mode of the schedule.
func (x *Schedule) Mode() string {
	if x.Outdated {
		return ModeOutdated
	}
	return ModeRescan
}

// Read reads an expression and a mode, as people write them; "" is the mode outdated. Both errors are for people.
func (x *Schedule) Read(expression, mode string) (badCron, badMode error) {
	x.Cron, x.Outdated = strings.TrimSpace(expression), mode != ModeRescan
	_, badCron = ParseCron(x.Cron)
	if mode != "" && mode != ModeOutdated && mode != ModeRescan {
		badMode = errors.New("it must be rescan or outdated")
	}
	return badCron, badMode
}

// Next returns the next n times of the schedule after a time, in UTC. It is shorter for an expression that has no more times, such as 30
// February, and empty for one that cannot be read.
func (x *Schedule) Next(after time.Time, n int) (list []time.Time) {
	c, err := ParseCron(x.Cron)
	if err != nil {
		return nil
	}
	for next := c.Next(after.UTC()); len(list) < n && !next.IsZero(); next = c.Next(next) {
		list = append(list, next)
	}
	return list
}

// SetSchedule sets or replaces the schedule of a scope. An empty expression removes it.
func (s *Queue) SetSchedule(ctx context.Context, x *Schedule, now time.Time) error {
	if x.Cron == "" {
		_, err := s.db.Write.ExecContext(ctx, "delete from schedule where scope = $1", x.Scope)
		return err
	}
	if _, err := ParseCron(x.Cron); err != nil {
		return err
	}
	_, err := s.db.Write.ExecContext(ctx, `
		insert into schedule (scope, cron, outdated, due_at)
		values ($1, $2, $3, $4)
		on conflict (scope) do update set
			cron = excluded.cron,
			outdated = excluded.outdated,
			due_at = excluded.due_at`, x.Scope, x.Cron, x.Outdated, now.UnixMilli())
	return err
}

// bySchedule is who asks for the scans of schedules.
const bySchedule = "schedule"

// ScheduleRun is the last time that a schedule put scans into the queue.
type ScheduleRun struct {
	At    time.Time
	Batch int64
}

// ScheduleRuns returns the last run of each schedule, by its scope. A schedule that never ran, or whose batches are deleted, is not there.
func (s *Queue) ScheduleRuns(ctx context.Context) (map[string]ScheduleRun, error) {
	runs := map[string]ScheduleRun{}
	err := db.Each(ctx, s.db.Read, `
		select b.scope, b.id, b.created_at
		from batch b
		join (select max(id) as id from batch where requested_by = $1 group by scope) last on last.id = b.id`, []any{bySchedule}, func(row *sql.Rows) error {
		var scope string
		var id int64
		var at sql.NullInt64
		err := row.Scan(&scope, &id, &at)
		runs[scope] = ScheduleRun{db.At(at), id}
		return err
	})
	return runs, err
}

// Schedules lists all schedules by scope.
func (s *Queue) Schedules(ctx context.Context) ([]Schedule, error) {
	var list []Schedule
	err := db.Each(ctx, s.db.Read, `
		select scope, cron, outdated, due_at
		from schedule
		order by scope`, nil, func(row *sql.Rows) error {
		var x Schedule
		var due int64
		err := row.Scan(&x.Scope, &x.Cron, &x.Outdated, &due)
		x.Due = time.UnixMilli(due).UTC()
		list = append(list, x)
		return err
	})
	return list, err
}

// RunSchedules queues what is due. Each schedule runs once, however many nodes there are and however many of its times
// have passed. It returns the number of schedules that ran.
func (s *Queue) RunSchedules(ctx context.Context, now time.Time) (ran int, err error) {
	list, err := s.Schedules(ctx)
	if err != nil {
		return 0, err
	}
	for i := range list {
		x := &list[i]
		c, err := ParseCron(x.Cron)
		if err != nil || c.Next(x.Due).After(now) {
			continue
		}
		done, err := s.db.Write.ExecContext(ctx, `
			update schedule set due_at = $3
			where scope = $1 and due_at = $2`, x.Scope, x.Due.UnixMilli(), now.UnixMilli())
		if err != nil {
			return ran, err
		}
		if n, err := db.Affected(done); err != nil || n == 0 {
			if err != nil {
				return ran, err
			}
			continue // another node was faster
		}
		scope, err := s.scopeOf(ctx, x.Scope)
		if errors.Is(err, db.ErrNotFound) {
			continue
		}
		if err != nil {
			return ran, err
		}
		if _, err := s.Enqueue(ctx, Request{Scope: scope, Name: x.Scope, Outdated: x.Outdated, Force: !x.Outdated, Priority: PrioritySchedule, By: bySchedule}); err != nil {
			return ran, err
		}
		ran++
	}
	return ran, nil
}

// scopeOf finds the place that a scope names.
func (s *Queue) scopeOf(ctx context.Context, text string) (sc Scope, err error) {
	key, slug, isRepository := strings.Cut(text, "/")
	switch {
	case text == "":
	case isRepository:
		err = s.db.Read.QueryRowContext(ctx, `
			select r.id
			from repository r
			join project p on p.id = r.project_id
			where p.key = $1 and r.slug = $2 and r.removed_at is null and p.removed_at is null`, key, slug).Scan(&sc.RepositoryID)
	default:
		err = s.db.Read.QueryRowContext(ctx, "select id from project where key = $1 and removed_at is null", key).Scan(&sc.ProjectID)
	}
	return sc, db.Found(err)
}
