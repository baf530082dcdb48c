//go:build unix

package process

import (
	"os/signal"
	"syscall"
)

// ignoreFileLimit makes a write beyond the file size limit of the process (ulimit -f, LimitFSIZE=) fail like a write to
// a full disk, which the program handles. Without it the signal would kill the program.
func ignoreFileLimit() { signal.Ignore(syscall.SIGXFSZ) }
