// Package scans serves running, waiting and finished scans: it starts and cancels scans of one branch or many, and
// follows the queue.
package scans

import (
	"context"
	"time"

	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/scope"
)

// Queue stores scans. What does not exist or is not visible is db.ErrNotFound.
type Queue interface {
	Enqueue(ctx context.Context, r queue.Request) (queue.Enqueued, error)
	// Cancel cancels a scan and returns the state that it had.
	Cancel(ctx context.Context, id int64) (was queue.State, err error)
	// CancelQueued and CancelRunning cancel all visible scans in a state and return their number.
	CancelQueued(ctx context.Context, v *scope.Visible) (int, error)
	CancelRunning(ctx context.Context, v *scope.Visible) (int, error)
	// List lists the visible scans: first running, then waiting.
	List(ctx context.Context, v *scope.Visible, page db.Page) ([]queue.Item, error)
	Scan(ctx context.Context, v *scope.Visible, id int64) (*queue.Item, error)
	Batch(ctx context.Context, id int64) (*queue.Batch, error)
}

// Work is notified at once of changes that it would otherwise see in the store a little later. It must be safe for
// concurrent use.
type Work interface {
	// Wake says that scans were queued.
	Wake()
	// Cancel says that a scan must stop.
	Cancel(scan int64)
	// Running lists the scans that run in this process.
	Running() []int64
}

// Addresses reads the addresses to notify at the end; there may be none.
type Addresses interface {
	Read(c *api.Call) ([]string, error)
}

// Resource serves the routes of scans. All fields are required.
type Resource struct {
	Queue     Queue
	Work      Work
	Addresses Addresses
	// Hub is the queue for streams of events.
	Hub *Hub
	Now func() time.Time
}

// Routes returns the routes of the resource.
func (s *Resource) Routes() []api.Route {
	return append(s.rescanRoutes(), append(s.branchRoutes(), s.queueRoutes()...)...)
}
