package scans

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/scope"
)

// The times of a stream of events.
const (
	pollEvery = time.Second
	// heartbeatEvery is how often a stream sends something, so that proxies keep it open and the server notices a lost
	// client.
	heartbeatEvery = 15 * time.Second
	// streamFor is how long a stream lasts. Then the client reconnects, and the server resolves its rights again.
	streamFor  = 10 * time.Minute
	maxStreams = 500
)

// Activities returns the queue of all repositories.
type Activities interface {
	Activities(ctx context.Context) ([]queue.Activity, error)
}

// Hub polls the queue for all streams of this node: at most once per pollEvery, and only while a client listens. It is
// safe for concurrent use.
type Hub struct {
	activities Activities

	mu      sync.Mutex
	streams int
	asked   time.Time
	seen    []queue.Activity
}

// NewHub returns a Hub. It starts no goroutine.
func NewHub(a Activities) *Hub { return &Hub{activities: a} }

// enter takes one of the places for streams; leave returns it.
func (h *Hub) enter() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.streams >= maxStreams {
		return false
	}
	h.streams++
	return true
}

func (h *Hub) leave() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.streams--
}

// Activities returns the queue, at most pollEvery old. Concurrent callers share one query.
func (h *Hub) Activities(ctx context.Context) ([]queue.Activity, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if time.Since(h.asked) < pollEvery*9/10 {
		return h.seen, nil
	}
	activities, err := h.activities.Activities(ctx)
	if err == nil {
		h.asked, h.seen = time.Now(), activities
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
	if !s.Hub.enter() {
		c.Header().Set("Retry-After", "30")
		return nil, api.Failure(http.StatusServiceUnavailable, "ServiceUnavailableException", "too many streams of events are open")
	}
	c.Header().Set("X-Accel-Buffering", "no")
	return api.Stream(api.EventsType, func(w io.Writer) error {
		defer s.Hub.leave()
		return s.streamEvents(c, w)
	}), nil
}

func nothing(io.Writer) error { return nil }

func (s *Resource) streamEvents(c *api.Call, w io.Writer) error {
	c.Unbounded()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	begun, spoken := time.Now(), time.Time{}
	var last []byte
	for {
		activities, err := s.Hub.Activities(c.Context())
		if err != nil {
			return err
		}
		event, err := json.Marshal(queueEventFor(c.Visible, activities))
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
			if err := c.Flush(); err != nil {
				return err
			}
			spoken = time.Now()
		}
		if time.Since(begun) > streamFor {
			return nil
		}
		select {
		case <-c.Context().Done():
			return c.Context().Err()
		case <-tick.C:
		}
	}
}
