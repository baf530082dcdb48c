package settings

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
)

// Schedules start scans repeatedly. They are called by many requests at once.
type Schedules interface {
	Schedules(ctx context.Context) ([]queue.Schedule, error)
	// ScheduleRuns returns the last run of each, by its scope.
	ScheduleRuns(ctx context.Context) (map[string]queue.ScheduleRun, error)
	// SetSchedule sets the schedule of a place. One without an expression removes it.
	SetSchedule(ctx context.Context, x *queue.Schedule, now time.Time) error
}

// Clock is the database's clock, which starts the schedules.
type Clock interface {
	Now(ctx context.Context) (time.Time, error)
}

const (
	schedulePath = "/settings/schedule"
	// nextRuns is how many of the next times a page shows.
	nextRuns = 3
)

// scheduleRow is a schedule in the list.
type scheduleRow struct {
	Place, Cron, Mode string
	Next              []string
	Last              figure.Moment
	Remove            *page.Ask
}

// schedulesBody is the list of schedules, and the form of a new one.
type schedulesBody struct {
	sectioned

	Rows   []scheduleRow
	List   page.List
	Fields []page.Input
	Action string
	// Next are the next times of the schedule in the form, when somebody asks for them.
	Next []string
	// Never is true for one that has no next time.
	Never bool
}

// Pager is the list's, for the shared template.
func (b *schedulesBody) Pager() page.Pager { return b.List.Pager }

var scheduleModes = [][2]string{{queue.ModeOutdated, "Scan outdated: what needs it"}, {queue.ModeRescan, "Rescan all: also what is up to date"}}

func modeOf(x *queue.Schedule) string {
	if x.Outdated {
		return "Scan outdated"
	}
	return "Rescan all"
}

// runs are the next times of a schedule, for people.
func runs(x *queue.Schedule, after time.Time) (list []string) {
	for _, t := range x.Next(after, nextRuns) {
		list = append(list, t.Format("Mon 2006-01-02 15:04 UTC"))
	}
	return list
}

func (s *Pages) schedules(v *page.Visit) error {
	return s.showSchedules(v, http.StatusOK, nil, &schedulesBody{})
}

func (s *Pages) showSchedules(v *page.Visit, status int, bad access.Problems, b *schedulesBody) error {
	all, err := s.Schedules.Schedules(v.Ctx())
	if err != nil {
		return err
	}
	last, err := s.Schedules.ScheduleRuns(v.Ctx())
	if err != nil {
		return err
	}
	b.sectioned, b.List, b.Action = newSectioned(v, "Schedule", "Scans that start by themselves, at times in UTC."), v.List(), v.Core.BasePath+schedulePath
	var rows []scheduleRow
	for i := range all {
		x := &all[i]
		if !v.Knows(x.Scope) {
			continue
		}
		place := access.PlaceWord(x.Scope)
		rows = append(rows, scheduleRow{
			Place: place, Cron: x.Cron, Mode: modeOf(x), Next: runs(x, x.Due), Last: figure.Ago(last[x.Scope].At, v.Now),
			Remove: &page.Ask{Word: "Remove", Of: place, Question: "Remove the schedule of " + place + "?", Yes: "Remove the schedule", Action: b.Action + "/remove", Fields: [][2]string{{"scope", place}}},
		})
	}
	b.Rows = page.Paged(&b.List, rows[min(b.List.Start(), len(rows)):], len(rows))
	form := v.Request.PostForm
	b.Fields = []page.Input{
		{Name: "scope", Label: "What", Value: form.Get("scope"), Required: true, Problem: bad.Of("scope"), Hint: "instance, a project's key, or key/slug of a repository"},
		{Name: "cron", Label: "When", Value: form.Get("cron"), Required: true, Problem: bad.Of("cron"), Hint: "Minute, hour, day, month, weekday, in UTC: 0 3 * * 6 is Saturday at 03:00. Also @daily and @weekly"},
		{Name: "mode", Label: "How", Choices: page.Choices(scheduleModes, page.Chosen(form.Get("mode"), scheduleModes, queue.ModeOutdated)), Problem: bad.Of("mode")},
	}
	return v.Show(status, schedulesPage, "Schedule", b)
}

// setSchedule sets the schedule of a place, or only shows its next times.
func (s *Pages) setSchedule(v *page.Visit) error {
	form := v.Request.PostForm
	// The database's clock starts the schedule. If another clock were behind it, the schedule would run for a past time.
	now, err := s.Clock.Now(v.Ctx())
	if err != nil {
		return err
	}
	x := &queue.Schedule{Due: now}
	var bad access.Problems
	note := func(field string, err error) {
		if err != nil {
			bad = append(bad, access.Problem{Field: field, Err: err})
		}
	}
	badCron, badMode := x.Read(form.Get("cron"), form.Get("mode"))
	note("cron", badCron)
	note("mode", badMode)
	if form.Get("do") == "show" {
		b := &schedulesBody{Next: runs(x, now)}
		b.Never = badCron == nil && len(b.Next) == 0
		return s.showSchedules(v, http.StatusOK, bad, b)
	}
	place, err := access.ParsePlaceName(strings.TrimSpace(form.Get("scope")))
	if err == nil && place != "" {
		var at access.Place
		if at, err = v.Core.Places.FindNamed(v.Ctx(), v.Visible, place); err == nil {
			place = at.PlaceName()
		} else if !errors.Is(err, db.ErrNotFound) {
			return err
		}
	}
	note("scope", err)
	if bad != nil {
		return s.showSchedules(v, http.StatusBadRequest, bad, &schedulesBody{})
	}
	x.Scope = place
	if err := s.Schedules.SetSchedule(v.Ctx(), x, x.Due); err != nil {
		return err
	}
	if err := v.Record("PUT /schedules", "", "cron="+access.Shortened(x.Cron)+" scope="+access.PlaceWord(x.Scope)); err != nil {
		return err
	}
	return v.Done(v.Core.BasePath+schedulePath, "schedule-set")
}

func (s *Pages) removeSchedule(v *page.Visit) error {
	place, err := access.ParsePlaceName(v.Request.PostForm.Get("scope"))
	if err != nil {
		return page.BadRequest("The form does not say whose schedule.")
	}
	if err := s.Schedules.SetSchedule(v.Ctx(), &queue.Schedule{Scope: place}, v.Now); err != nil {
		return err
	}
	if err := v.Record("DELETE /schedules", "", "scope="+access.PlaceWord(place)); err != nil {
		return err
	}
	return v.Done(v.Core.BasePath+schedulePath, "schedule-removed")
}
