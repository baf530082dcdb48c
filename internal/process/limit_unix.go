//go:build unix

package process

import (
	"os/signal"
	"syscall"
)

// ignoreFileLimit lets a write beyond the process's limit on the size of files (ulimit -f, LimitFSIZE=) fail as on a full disk,
// for which the program has answers; by itself the signal would kill it.
func ignoreFileLimit() { signal.Ignore(syscall.SIGXFSZ) }
