// Package scans serves running, waiting and finished scans: it starts and cancels scans of one branch or many, and
// follows the queue.
package scans

import (
	"context"
	"time"

	"github.com/sluice-scan/sluice/internal/scanqueue"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/scope"
)

// Queue stores scans. What does not exist or is not visible is db.ErrNotFound.
type Queue interface {
	Enqueue(ctx context.Context, r queue.Request) (queue.Enqueued, error)
	// List lists the visible scans: first running, then waiting.
	List(ctx context.Context, v *scope.Visible, page db.Page) ([]queue.Item, error)
	Scan(ctx context.Context, v *scope.Visible, id int64) (*queue.Item, error)
	Batch(ctx context.Context, id int64) (*queue.Batch, error)
}

// Addresses reads the addresses to notify at the end; there may be none.
type Addresses interface {
	Read(c *api.Call) ([]string, error)
}

// Resource serves the routes of scans. All fields are required.
type Resource struct {
	Queue     Queue
	Desk      *scanqueue.Desk
	Addresses Addresses
	Now       func() time.Time
}

// Routes returns the routes of the resource.
func (s *Resource) Routes() []api.Route {
	return append(s.rescanRoutes(), append(s.branchRoutes(), s.queueRoutes()...)...)
}
