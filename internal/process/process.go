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

// lateCollection is the GC percentage at which the first collection comes at a heap of 32 MB instead of 4 MB: before the
// first collection, the runtime applies the percentage to 4 MB.
const lateCollection = 800

// collectLate delays the first garbage collection to a heap of 32 MB. Most scans end before that, and for them several
// collections of a small heap cost a tenth of their processor time. After the first collection the collector works
// normally, so large scans need no more memory than before. A GOGC in the environment takes precedence.
func collectLate() {
	before := debug.SetGCPercent(lateCollection)
	if before != 100 {
		debug.SetGCPercent(before)
		return
	}
	// The first collection frees the unreachable object and runs its cleanup. The object contains a pointer, so that the
	// runtime does not combine it with others.
	runtime.AddCleanup(&struct{ self *byte }{}, func(percent int) { debug.SetGCPercent(percent) }, before)
}
