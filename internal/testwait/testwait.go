// Package testwait lets tests wait for what other goroutines and processes do, without a guess at how fast the machine is.
package testwait

import (
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
func Until(t *testing.T, done func() bool, about ...any) {
	t.Helper()
	last := time.Now().Add(unbounded)
	if deadline, ok := t.Deadline(); ok {
		last = deadline.Add(-spare)
	}
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

func words(about []any) string {
	if len(about) == 0 {
		return "no word of what"
	}
	if format, ok := about[0].(string); ok {
		return fmt.Sprintf(format, about[1:]...)
	}
	return fmt.Sprint(about...)
}
