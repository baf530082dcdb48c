// Package testwait lets tests wait for other goroutines and processes, without a guess at the speed of the machine.
package testwait

import (
	"context"
	"fmt"
	"testing"
	"time"
)

const (
	// look is the interval between two checks.
	look = 10 * time.Millisecond
	// spare is the time before the test's deadline that is left for its end when it gives up.
	spare = 15 * time.Second
	// unbounded is the time limit of a wait if the test has no deadline.
	unbounded = 30 * time.Minute
)

// Until waits until done returns true. It gives up shortly before the deadline of the test binary (go test -timeout),
// and fails the test with about, a format and its arguments that say what it waited for.
func Until(t testing.TB, done func() bool, about ...any) {
	t.Helper()
	last := deadline(t)
	for !done() {
		if time.Now().After(last) {
			t.Fatalf("it did not happen before the deadline of the test: %s", words(about))
		}
		select {
		case <-t.Context().Done():
			t.Fatalf("the test ended before it happened: %s", words(about))
		case <-time.After(look):
		}
	}
}

// Receive waits for a value, as Until does. A closed channel gives the zero value.
func Receive[T any](t testing.TB, from <-chan T, about ...any) (value T) {
	t.Helper()
	ctx := Context(t)
	select {
	case value = <-from:
	case <-ctx.Done():
		t.Fatalf("nothing came before the deadline of the test: %s", words(about))
	}
	return value
}

// Context returns the test's own context, but ends it shortly before the deadline of the test binary: then a hanging
// call fails the test that waits for it.
func Context(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithDeadline(t.Context(), deadline(t))
	t.Cleanup(cancel)
	return ctx
}

// deadline returns when a test gives up.
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
		return "no description"
	}
	if format, ok := about[0].(string); ok {
		return fmt.Sprintf(format, about[1:]...)
	}
	return fmt.Sprint(about...)
}
