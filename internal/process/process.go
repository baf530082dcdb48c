// Package process sets up the program's process: garbage collection, and signals that would kill it.
package process

import (
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"
)

// Prepare must be the first call in main.
func Prepare() {
	collectLate()
	// A closed standard output ("| head") must not kill the process while it publishes.
	signal.Ignore(syscall.SIGPIPE)
	ignoreFileLimit()
}

// lateCollection is the GC percentage at which the first collection starts at a heap of 32 MB instead of 4 MB: before
// the first collection, the runtime applies the percentage to 4 MB.
const lateCollection = 800

// collectLate delays the first garbage collection to a heap of 32 MB. Most scans end earlier, and several collections of
// a small heap would take a tenth of their processor time. After the first collection the collector works normally, so
// large scans need no more memory than before. A GOGC in the environment takes precedence.
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
