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
		if _, err := s.Enqueue(ctx, Request{Scope: scope, Name: x.Scope, Outdated: x.Outdated, Force: !x.Outdated, Priority: PrioritySchedule, By: "schedule"}); err != nil {
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
