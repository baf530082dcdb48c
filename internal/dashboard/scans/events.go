package scans

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/scanqueue"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
)

const (
	// checkEvery is how often a stream asks whether its session still counts, and what the caller may read now.
	checkEvery = 5 * time.Second
	// fullFor is when a browser tries again after all places for streams were taken.
	fullFor = 30 * time.Second
)

// event is what a page learns of the queue. It holds only what the caller may read.
type event struct {
	// Words are those of the head.
	Words string `json:"words"`
	Busy  bool   `json:"busy"`
	// State is [page.Queue.State]: when it changes, the page asks for itself again.
	State string `json:"state"`
	// Progress is the progress in per cent of the scans that run, by their keys.
	Progress map[string]int `json:"progress"`
}

func newEvent(v *page.Visit, list []queue.Activity) event {
	q := queueOf(v, list)
	e := event{q.Words(), q.Running+q.Waiting > 0, q.State, map[string]int{}}
	for i := range list {
		a := &list[i]
		if !v.Visible.Sees(a.RepositoryID, a.ProjectID) {
			continue
		}
		for j := range a.Running {
			e.Progress[db.Key(a.Running[j].ID)] = a.Running[j].Progress
		}
	}
	return e
}

// events streams the changes of the queue, or says once how it is, for pages that streams do not reach.
func (s *Pages) events(v *page.Visit) error {
	if v.Request.URL.Query().Has("once") {
		list, err := s.Desk.Hub.Activities(v.Ctx())
		if err != nil {
			return err
		}
		v.Writer.Header().Set("Content-Type", "application/json; charset=utf-8")
		// A browser that is gone gets nothing.
		_ = json.NewEncoder(v.Writer).Encode(newEvent(v, list))
		return nil
	}
	leave, ok := s.Desk.Hub.Enter(v.Account.ID)
	if !ok {
		page.RetryAfter(v.Writer, fullFor)
		http.Error(v.Writer, "too many pages follow the queue", http.StatusServiceUnavailable)
		return nil
	}
	defer leave()
	v.Writer.Header().Set("Content-Type", "text/event-stream")
	v.Writer.Header().Set("X-Accel-Buffering", "no")
	v.Writer.WriteHeader(http.StatusOK)
	if v.Request.Method == http.MethodHead {
		return nil
	}
	connection := http.NewResponseController(v.Writer)
	checked := time.Now()
	// A stream that ends says nothing: the page asks again, and learns then what is wrong.
	_ = s.Desk.Hub.Follow(v.Ctx(), &scanqueue.Stream{
		W: v.Writer, Flush: connection.Flush, Deadline: connection.SetWriteDeadline, Still: "event: still\ndata:\n\n",
		Event: func(_ context.Context, list []queue.Activity) ([]byte, error) {
			if time.Since(checked) >= checkEvery {
				if err := v.Again(); err != nil { //nolint:contextcheck // the visit has the context of its request
					return nil, err
				}
				checked = time.Now()
			}
			return json.Marshal(newEvent(v, list))
		},
	})
	return nil
}
