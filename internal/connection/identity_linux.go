package connection

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// identity names a folder for as long as it exists, wherever it is moved within its file system: its number there, and when it
// was made, because numbers are given again. It is empty where the file system does not keep that time.
func identity(path string) string {
	var info unix.Statx_t
	err := unix.Statx(unix.AT_FDCWD, path, unix.AT_SYMLINK_NOFOLLOW, unix.STATX_INO|unix.STATX_BTIME, &info)
	if err != nil || info.Mask&unix.STATX_BTIME == 0 || info.Btime.Sec <= 0 {
		return ""
	}
	return fmt.Sprintf("%d %d.%09d", info.Ino, info.Btime.Sec, info.Btime.Nsec)
}
