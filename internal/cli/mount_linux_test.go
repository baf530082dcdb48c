package cli_test

import (
	"fmt"
	"syscall"
)

// mountSmall mounts a small disk at a folder, if that is allowed.
func mountSmall(dir string, size int) error {
	return syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d", size))
}
