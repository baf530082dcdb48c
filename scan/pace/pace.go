// Package pace waits and repeats work until a context ends.
package pace

import (
	"context"
	"errors"
	"time"
)

// Wait waits for d, or until ctx ends; then it returns ctx's error. It does not wait if d is not positive.
func Wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// ErrDone ends a [Loop] if Do returns it.
var ErrDone = errors.New("done")

// Loop runs Do at once and then periodically.
type Loop struct {
	// Every is the time between the starts of two runs. It must be positive. After a run that takes longer, the next one
	// starts at once; further missed runs are skipped.
	Every time.Duration
	// Wake starts the next run at once. It may be nil.
	Wake <-chan struct{}
	// Do is the work. The loop continues after an error; [ErrDone] ends it.
	Do func(ctx context.Context) error
	// Problem receives each error of Do, except after the end of ctx. Nil ignores errors.
	Problem func(err error)
}

// Run returns when ctx ends or Do returns [ErrDone]. It does nothing if ctx has already ended.
func (l Loop) Run(ctx context.Context) {
	ticker := time.NewTicker(l.Every)
	defer ticker.Stop()
	for ctx.Err() == nil {
		err := l.Do(ctx)
		switch {
		case errors.Is(err, ErrDone):
			return
		case err != nil && ctx.Err() == nil && l.Problem != nil:
			l.Problem(err)
		}
		select {
		case <-ctx.Done():
		case <-ticker.C:
		case <-l.Wake:
		}
	}
}
