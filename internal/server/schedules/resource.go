// Package schedules answers which scans start by themselves, and when.
package schedules

import (
	"context"
	"time"

	"github.com/sluice-scan/sluice/internal/store/queue"
)

// Queue holds the schedules, one for a place.
type Queue interface {
	Schedules(ctx context.Context) ([]queue.Schedule, error)
	// SetSchedule sets the schedule of a place; one without an expression removes it.
	SetSchedule(ctx context.Context, x *queue.Schedule, now time.Time) error
}

// Clock is the database's, which starts the schedules.
type Clock interface {
	Now(ctx context.Context) (time.Time, error)
}

// Resource answers the routes of schedules. All fields are required.
type Resource struct {
	Queue Queue
	Clock Clock
	Now   func() time.Time
}
