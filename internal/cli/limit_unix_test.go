//go:build unix

package cli_test

import (
	"os"
	"os/signal"
	"strconv"
	"syscall"
)

// fileLimit names the variable that bounds the files of a program that a test starts, in bytes: a disk that is full, where
// nobody may mount one.
const fileLimit = "SLUICE_TEST_FILE_LIMIT"

// limitFiles bounds the size of the files that this process writes, and lets a write beyond it fail, as main does.
func limitFiles() {
	signal.Ignore(syscall.SIGXFSZ)
	n, err := strconv.ParseUint(os.Getenv(fileLimit), 10, 64)
	if err != nil {
		return
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: n, Max: n}); err != nil {
		panic(err)
	}
}
