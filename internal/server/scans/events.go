package scans

import (
	"context"
	"encoding/json"
	"io"
	"net/http"

	"github.com/sluice-scan/sluice/internal/scanqueue"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/scope"
)

type queueEvent struct {
	Queued  int            `json:"queued"`
	Running int            `json:"running"`
	Scans   []runningEvent `json:"scans"`
}

type runningEvent struct {
	ScanKey  string `json:"scanKey"`
	Text     string `json:"text"`
	Progress int    `json:"progress"`
}

// queueEventFor returns the part of the queue that a caller may see.
func queueEventFor(v *scope.Visible, activities []queue.Activity) queueEvent {
	e := queueEvent{Scans: []runningEvent{}}
	for i := range activities {
		a := &activities[i]
		if !v.Sees(a.RepositoryID, a.ProjectID) {
			continue
		}
		e.Queued += a.Queued
		e.Running += len(a.Running)
		for j := range a.Running {
			e.Scans = append(e.Scans, runningEvent{db.Key(a.Running[j].ID), a.Running[j].String(), a.Running[j].Progress})
		}
	}
	return e
}

// events streams the changes of the queue until the client disconnects.
func (s *Resource) events(c *api.Call) (*api.Reply, error) {
	if c.IsHead() {
		return api.Stream(api.EventsType, nothing), nil
	}
	leave, ok := s.Desk.Hub.Enter(c.Account.ID)
	if !ok {
		c.Header().Set("Retry-After", "30")
		return nil, api.Failure(http.StatusServiceUnavailable, "ServiceUnavailableException", "too many streams of events are open")
	}
	c.Header().Set("X-Accel-Buffering", "no")
	return api.Stream(api.EventsType, func(w io.Writer) error {
		defer leave()
		return s.Desk.Hub.Follow(c.Context(), &scanqueue.Stream{
			W: w, Flush: c.Flush, Deadline: c.Deadline, Still: ": still here\n\n",
			Event: func(_ context.Context, activities []queue.Activity) ([]byte, error) {
				return json.Marshal(queueEventFor(c.Visible, activities))
			},
		})
	}), nil
}

func nothing(io.Writer) error { return nil }
