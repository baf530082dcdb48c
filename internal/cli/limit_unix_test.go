//go:build unix

package cli_test

import (
	"os"
	"os/signal"
	"strconv"
	"syscall"
)

// fileLimit is the variable with the file size limit, in bytes, of a program that a test starts. It simulates a full
// disk where a test cannot mount one.
const fileLimit = "SLUICE_TEST_FILE_LIMIT"

// limitFiles limits the size of the files that this process writes. A write beyond the limit fails, as in main.
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
