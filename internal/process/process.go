// Package process sets up the process of a program of ours: its garbage collection, and the signals that would kill it.
package process

import (
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"
)

// Prepare is called once, first of all, by main.
func Prepare() {
	collectLate()
	// A closed standard output ("| head") must not kill the process in the middle of a publication.
	signal.Ignore(syscall.SIGPIPE)
	ignoreFileLimit()
}

// lateCollection is the percentage with which the first collection comes at 32 MB of heap, not at 4 MB: the runtime takes
// that much of 4 MB while nothing has been collected.
const lateCollection = 800

// collectLate lets the first 32 MB go uncollected: most scans end before, and for them half a dozen collections of a small
// heap cost a tenth of their processor time. From then on the collector works as ever, so that large scans need no more
// memory than before. A GOGC of the environment counts as it is.
func collectLate() {
	before := debug.SetGCPercent(lateCollection)
	if before != 100 {
		debug.SetGCPercent(before)
		return
	}
	// The object is unreachable at once, so the first collection frees it and runs the cleanup. It has a pointer, so that it is an
	// object of its own.
	runtime.AddCleanup(&struct{ self *byte }{}, func(percent int) { debug.SetGCPercent(percent) }, before)
}
