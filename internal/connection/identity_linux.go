package connection

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// identity identifies a folder as long as it exists, even if it is moved within its file system: by its inode number and
// its birth time, because numbers are reused. It is empty if the file system does not record birth times.
func identity(path string) string {
	var info unix.Statx_t
	err := unix.Statx(unix.AT_FDCWD, path, unix.AT_SYMLINK_NOFOLLOW, unix.STATX_INO|unix.STATX_BTIME, &info)
	if err != nil || info.Mask&unix.STATX_BTIME == 0 || info.Btime.Sec <= 0 {
		return ""
	}
	return fmt.Sprintf("%d %d.%09d", info.Ino, info.Btime.Sec, info.Btime.Nsec)
}
