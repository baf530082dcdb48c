package server

import (
	"errors"
	"net/http"
	"strings"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
)

// cronRoutes are about the scans that begin by themselves.
func (s *Server) cronRoutes() []route {
	scope := parameter{"scope", "instance, a project's key, or key/slug", true}
	return []route{
		{
			method: http.MethodGet, path: "/schedules", name: "listSchedules",
			needs: grantee, scope: "settings",
			summary: "List the schedules by scope.",
			gives:   page(cronWire{}),
			handle:  (*call).schedules,
		},
		{
			method: http.MethodPut, path: "/schedules", name: "setSchedule",
			needs: grantee, scope: "settings",
			summary: "Scan a scope on a schedule.",
			query:   []parameter{scope},
			takes:   newSchedule{}, body: `{"cron": "0 3 * * 6", "mode": "rescan"}: five fields in UTC, and rescan or outdated (the default)`,
			gives:  returns(cronWire{}),
			handle: (*call).setSchedule,
		},
		{
			method: http.MethodDelete, path: "/schedules", name: "removeSchedule",
			needs: grantee, scope: "settings",
			summary: "Remove the schedule of a scope.",
			query:   []parameter{scope},
			gives:   nothingBack(),
			handle: func(c *call) (*reply, error) {
				at, err := c.cronScope()
				if err != nil {
					return nil, err
				}
				if err := c.s.store.Queue.SetSchedule(c.context(), &queue.Schedule{Scope: at}, c.s.options.Now()); err != nil {
					return nil, err
				}
				return nothing()
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
	w := cronWire{Scope: x.Scope, Cron: x.Cron, Mode: "rescan"}
	if x.Scope == "" {
		w.Scope = instanceScope
	}
	if x.Outdated {
		w.Mode = "outdated"
	}
	if c, err := queue.ParseCron(x.Cron); err == nil {
		w.NextDate = date(c.Next(x.Due))
	}
	return w
}

func (c *call) schedules() (*reply, error) {
	return paged(c, func(page db.Page) ([]queue.Schedule, error) {
		list, err := c.s.store.Queue.Schedules(c.context())
		list = list[min(page.Start, len(list)):]
		return list[:min(page.Limit, len(list))], err
	}, cronBody)
}

// cronScope reads the scope, as the store has it. It need not be there: it may come, and what is gone may be taken away.
func (c *call) cronScope() (string, error) {
	switch scope := c.query("scope"); {
	case scope == instanceScope:
		return "", nil
	case accessScope().MatchString(scope):
		return scope, nil
	}
	return "", badRequest("scope: it must be instance, a project's key, or key/slug")
}

func (c *call) setSchedule() (*reply, error) {
	at, err := c.cronScope()
	if err != nil {
		return nil, err
	}
	var body newSchedule
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	bad := &problems{}
	// By the clock that it will run by: one that is behind would make it run for a time that has passed.
	now, err := c.s.store.Now(c.context())
	if err != nil {
		return nil, err
	}
	x := &queue.Schedule{Scope: at, Cron: strings.TrimSpace(body.Cron), Outdated: true, Due: now}
	if _, err := queue.ParseCron(x.Cron); err != nil {
		bad.add("cron", "%v", err)
	}
	switch body.Mode {
	case "", "outdated":
	case "rescan":
		x.Outdated = false
	default:
		bad.add("mode", "it must be rescan or outdated")
	}
	if at != "" {
		key, slug, isRepository := strings.Cut(at, "/")
		_, err := c.s.store.Catalog.Project(c.context(), c.visible, key)
		if err == nil && isRepository {
			_, err = c.s.store.Catalog.Repository(c.context(), c.visible, key, slug)
		}
		switch {
		case errors.Is(err, db.ErrNotFound):
			bad.add("scope", "there is no %s that you may read", shortened(at))
		case err != nil:
			return nil, err
		}
	}
	if err := bad.err(); err != nil {
		return nil, err
	}
	if err := c.s.store.Queue.SetSchedule(c.context(), x, x.Due); err != nil {
		return nil, err
	}
	c.note("cron=" + shortened(x.Cron))
	return ok(cronBody(x))
}
