//go:build linux || darwin

package worker

import "syscall"

// freeSpace returns the size of a folder's file system, and how many bytes of it an ordinary user can use.
func freeSpace(dir string) (free, total uint64, err error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, 0, err
	}
	size := uint64(s.Bsize)
	return s.Bavail * size, s.Blocks * size, nil
}
