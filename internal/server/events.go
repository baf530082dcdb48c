package server

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/scope"
)

// hub asks the store for the queue on behalf of all streams of this node: at most once in pollEvery, and only while somebody
// listens.
type hub struct {
	mu         sync.Mutex
	streams    int
	asked      time.Time
	activities []queue.Activity
}

// enter takes one of the places for streams; leave gives it back.
func (h *hub) enter() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.streams >= maxStreams {
		return false
	}
	h.streams++
	return true
}

func (h *hub) leave() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.streams--
}

// look gives the queue, as old as pollEvery at most. Who comes while another one asks waits for that answer.
func (h *hub) look(ctx context.Context, s *store.Store) ([]queue.Activity, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if time.Since(h.asked) < pollEvery*9/10 {
		return h.activities, nil
	}
	activities, err := s.Queue.Activities(ctx)
	if err == nil {
		h.asked, h.activities = time.Now(), activities
	}
	return activities, err
}

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

// queueEventFor is what somebody may see of the queue.
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

// events streams the changes of the queue until the client leaves.
func (c *call) events() (*reply, error) {
	if c.r.Method == http.MethodHead {
		return &reply{status: http.StatusOK, contentType: eventStream, stream: func(io.Writer) error { return nil }}, nil
	}
	if !c.s.hub.enter() {
		c.w.Header().Set("Retry-After", "30")
		return nil, &httpError{http.StatusServiceUnavailable, "too many streams of events are open", "ServiceUnavailableException"}
	}
	c.w.Header().Set("X-Accel-Buffering", "no")
	return &reply{status: http.StatusOK, contentType: eventStream, stream: func(w io.Writer) error {
		defer c.s.hub.leave()
		return c.streamEvents(w)
	}}, nil
}

const eventStream = "text/event-stream"

func (c *call) streamEvents(w io.Writer) error {
	control := http.NewResponseController(c.w)
	// A server's time limit for answers is not meant for streams; where there is no limit to lift, nothing is lost.
	_ = control.SetWriteDeadline(time.Time{})
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	begun, spoken := time.Now(), time.Time{}
	var last []byte
	for {
		activities, err := c.s.hub.look(c.context(), c.s.store)
		if err != nil {
			return err
		}
		event, err := json.Marshal(queueEventFor(c.visible, activities))
		if err != nil {
			return err
		}
		text := ""
		switch {
		case last == nil:
			text = fmt.Sprintf("retry: 3000\nevent: queue\ndata: %s\n\n", event)
		case !bytes.Equal(event, last):
			text = fmt.Sprintf("event: queue\ndata: %s\n\n", event)
		case time.Since(spoken) >= heartbeatEvery:
			text = ": still here\n\n"
		}
		if last = event; text != "" {
			if _, err := io.WriteString(w, text); err != nil {
				return err
			}
			if err := control.Flush(); err != nil {
				return err
			}
			spoken = time.Now()
		}
		if time.Since(begun) > streamFor {
			return nil
		}
		select {
		case <-c.context().Done():
			return c.context().Err()
		case <-tick.C:
		}
	}
}
