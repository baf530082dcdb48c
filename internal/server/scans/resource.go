// Package scans answers what runs, waits and has run: it starts and cancels scans, of one branch or of many, and follows the queue.
package scans

import (
	"context"
	"time"

	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/scope"
)

// Queue holds the scans. What is not there, or not visible, is db.ErrNotFound.
type Queue interface {
	Enqueue(ctx context.Context, r queue.Request) (queue.Enqueued, error)
	// Cancel cancels a scan and gives the state that it had.
	Cancel(ctx context.Context, id int64) (was queue.State, err error)
	// CancelQueued and CancelRunning cancel all visible scans of a state and count them.
	CancelQueued(ctx context.Context, v *scope.Visible) (int, error)
	CancelRunning(ctx context.Context, v *scope.Visible) (int, error)
	// List lists the visible scans: those that run, then those that wait.
	List(ctx context.Context, v *scope.Visible, page db.Page) ([]queue.Item, error)
	Scan(ctx context.Context, v *scope.Visible, id int64) (*queue.Item, error)
	Batch(ctx context.Context, id int64) (*queue.Batch, error)
}

// Work is told at once what it would otherwise see in the store a little later. It is called by many requests at once.
type Work interface {
	// Wake says that something was put into the queue.
	Wake()
	// Cancel says that a scan must stop.
	Cancel(scan int64)
	// Running lists the scans that run in this process.
	Running() []int64
}

// Addresses reads the addresses that get a mail at the end; none is fine.
type Addresses interface {
	Read(c *api.Call) ([]string, error)
}

// Resource answers the routes of scans. All fields are required.
type Resource struct {
	Queue     Queue
	Work      Work
	Addresses Addresses
	// Hub is the queue as streams of events see it.
	Hub *Hub
	Now func() time.Time
}

// Routes are its routes.
func (s *Resource) Routes() []api.Route {
	return append(s.rescanRoutes(), append(s.branchRoutes(), s.queueRoutes()...)...)
}
