// Package schedules serves the schedules of scans.
package schedules

import (
	"context"
	"time"

	"github.com/sluice-scan/sluice/internal/store/queue"
)

// Queue stores the schedules, one for each place.
type Queue interface {
	Schedules(ctx context.Context) ([]queue.Schedule, error)
	// SetSchedule sets the schedule of a place. A schedule without an expression removes it.
	SetSchedule(ctx context.Context, x *queue.Schedule, now time.Time) error
}

// Clock is the database's clock, which starts the schedules.
type Clock interface {
	Now(ctx context.Context) (time.Time, error)
}

// Resource serves the routes of schedules. All fields are required.
type Resource struct {
	Queue Queue
	Clock Clock
	Now   func() time.Time
}
