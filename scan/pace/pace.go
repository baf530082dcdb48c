// Package pace lets programs wait and do something again and again, until a context ends.
package pace

import (
	"context"
	"errors"
	"time"
)

// Wait waits for d, or until ctx ends, whose error it gives then. It does not wait when d is not positive.
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

// ErrDone is what Do of a [Loop] returns to end it.
var ErrDone = errors.New("done")

// Loop does something at once, and again and again.
type Loop struct {
	// Every is the time from one beginning to the next; it must be positive. What takes longer is followed by the next without a
	// pause, and by no more than one.
	Every time.Duration
	// Wake lets the next one begin at once; nil for none.
	Wake <-chan struct{}
	// Do is what is done. After an error the loop goes on; [ErrDone] ends it.
	Do func(ctx context.Context) error
	// Problem is told each error of Do, unless it comes because ctx has ended; nil drops them.
	Problem func(err error)
}

// Run returns when ctx has ended, or Do says that it is done. It does nothing when ctx has ended before.
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
