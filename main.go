// Command sluice is the security gate in a Bitbucket pipeline. Package internal/cli holds the commands.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"

	"github.com/sluice-scan/sluice/internal/cli"
)

func main() {
	collectLate()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A closed standard output ("| head") must not kill the process in the middle of a publication.
	signal.Ignore(syscall.SIGPIPE)
	ignoreFileLimit()
	code := cli.Run(ctx, cli.Program{Args: os.Args[1:], Getenv: os.LookupEnv, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr})
	stop()
	os.Exit(code)
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
	// What nobody holds goes with the first collection, and tells of it. It has a pointer, so that it is an object of its own.
	runtime.AddCleanup(&struct{ self *byte }{}, func(percent int) { debug.SetGCPercent(percent) }, before)
}
