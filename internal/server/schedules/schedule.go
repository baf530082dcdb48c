package schedules

import (
	"net/http"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
)

// Routes returns the routes of the resource.
func (s *Resource) Routes() []api.Route {
	scope := api.Required("scope", "instance, a project's key, or key/slug")
	return []api.Route{
		{
			Method: http.MethodGet, Path: "/schedules", Name: "listSchedules",
			Needs: access.Grantee, Scope: "settings",
			Summary: "List the schedules of what you may read, by scope.",
			Gives:   api.ReturnsPage(cronWire{}),
			Handle:  s.schedules,
		},
		{
			Method: http.MethodPut, Path: "/schedules", Name: "setSchedule",
			Needs: access.Grantee, Scope: "settings",
			Summary: "Scan a scope on a schedule.",
			Query:   []api.Parameter{scope},
			Takes:   newSchedule{}, Body: `{"cron": "0 3 * * 6", "mode": "rescan"}: five fields in UTC, and rescan or outdated (the default)`,
			Gives:  api.Returns(cronWire{}),
			Handle: s.setSchedule,
		},
		{
			Method: http.MethodDelete, Path: "/schedules", Name: "removeSchedule",
			Needs: access.Grantee, Scope: "settings",
			Summary: "Remove the schedule of a scope.",
			Query:   []api.Parameter{scope},
			Gives:   api.ReturnsNothing(),
			Handle: func(c *api.Call) (*api.Reply, error) {
				at, err := place(c)
				if err != nil {
					return nil, err
				}
				if err := s.Queue.SetSchedule(c.Context(), &queue.Schedule{Scope: at}, s.Now()); err != nil {
					return nil, err
				}
				return api.Nothing()
			},
		},
	}
}

// newSchedule is a schedule to set: five fields in UTC, and the mode rescan or outdated (the default).
type newSchedule struct {
	Cron string `json:"cron"`
	Mode string `json:"mode,omitempty"`
}

type cronWire struct {
	Scope    string  `json:"scope"`
	Cron     string  `json:"cron"`
	Mode     string  `json:"mode"`
	NextDate *string `json:"nextDate" doc:"When it runs next."`
}

func cronBody(x *queue.Schedule) cronWire {
	w := cronWire{Scope: access.PlaceWord(x.Scope), Cron: x.Cron, Mode: x.Mode()}
	if next := x.Next(x.Due, 1); next != nil {
		w.NextDate = api.Date(next[0])
	}
	return w
}

func (s *Resource) schedules(c *api.Call) (*api.Reply, error) {
	return api.Paged(c, func(page db.Page) ([]queue.Schedule, error) {
		list, err := s.Queue.Schedules(c.Context())
		list = slices.DeleteFunc(list, func(x queue.Schedule) bool { return !c.Knows(x.Scope) })
		return api.Cut(list, page), err
	}, cronBody)
}

// place reads the parameter scope as the store writes it. The place need not exist, so that the schedule of a deleted
// place can be removed.
func place(c *api.Call) (string, error) {
	name, err := access.ParsePlaceName(c.Query("scope"))
	if err != nil {
		return "", api.BadRequest("scope: %v", err)
	}
	return name, nil
}

func (s *Resource) setSchedule(c *api.Call) (*api.Reply, error) {
	at, err := place(c)
	if err != nil {
		return nil, err
	}
	var body newSchedule
	if err := c.Decode(&body); err != nil {
		return nil, err
	}
	bad := &api.Problems{}
	// The database's clock starts the schedule. If another clock were behind it, the schedule would run for a past time.
	now, err := s.Clock.Now(c.Context())
	if err != nil {
		return nil, err
	}
	x := &queue.Schedule{Scope: at, Due: now}
	badCron, badMode := x.Read(body.Cron, body.Mode)
	if badCron != nil {
		bad.Add("cron", "%v", badCron)
	}
	if badMode != nil {
		bad.Add("mode", "%v", badMode)
	}
	if at != "" {
		key, slug, _ := strings.Cut(at, "/")
		_, err := c.Find(key, slug)
		switch {
		case api.IsNotFound(err):
			bad.Add("scope", "there is no %s that you may read", access.Shortened(at))
		case err != nil:
			return nil, err
		}
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	if err := s.Queue.SetSchedule(c.Context(), x, x.Due); err != nil {
		return nil, err
	}
	c.Note("cron=" + access.Shortened(x.Cron))
	return api.OK(cronBody(x))
}
