// Package testwait lets tests wait for what other goroutines and processes do, without a guess at how fast the machine is.
package testwait

import (
	"context"
	"fmt"
	"testing"
	"time"
)

const (
	// look is how long a test waits between two looks.
	look = 10 * time.Millisecond
	// spare is what is left of a test's time for its end, when it gives up.
	spare = 15 * time.Second
	// unbounded is how long a test waits that runs without a deadline.
	unbounded = 30 * time.Minute
)

// Until waits until done reports true. It gives up when the deadline of the test binary is near (go test -timeout), and fails the
// test with about, a format and its arguments: what was waited for.
func Until(t testing.TB, done func() bool, about ...any) {
	t.Helper()
	last := deadline(t)
	for !done() {
		if time.Now().After(last) {
			t.Fatalf("it did not happen until the deadline of the test: %s", words(about))
		}
		select {
		case <-t.Context().Done():
			t.Fatalf("the test ended before it happened: %s", words(about))
		case <-time.After(look):
		}
	}
}

// Receive waits for a value, as Until does. A channel that is closed gives the zero value.
func Receive[T any](t testing.TB, from <-chan T, about ...any) (value T) {
	t.Helper()
	ctx := Context(t)
	select {
	case value = <-from:
	case <-ctx.Done():
		t.Fatalf("nothing came until the deadline of the test: %s", words(about))
	}
	return value
}

// Context is the test's own, and ends when the deadline of the test binary is near: what hangs fails the test that waits for it.
func Context(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithDeadline(t.Context(), deadline(t))
	t.Cleanup(cancel)
	return ctx
}

// deadline is when a test gives up.
func deadline(t testing.TB) time.Time {
	if bound, ok := t.(interface{ Deadline() (time.Time, bool) }); ok {
		if at, ok := bound.Deadline(); ok {
			return at.Add(-spare)
		}
	}
	return time.Now().Add(unbounded)
}

func words(about []any) string {
	if len(about) == 0 {
		return "no word of what"
	}
	if format, ok := about[0].(string); ok {
		return fmt.Sprintf(format, about[1:]...)
	}
	return fmt.Sprint(about...)
}
