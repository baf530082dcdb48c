package db

import "syscall"

// tcpUserTimeout is TCP_USER_TIMEOUT of linux/tcp.h, which package syscall does not name.
const tcpUserTimeout = 0x12

// silentConnectionsEnd lets the system close a connection whose packets were not confirmed for silentTime; without it, that
// takes a quarter of an hour (tcp(7)). A socket that does not know the option, one of the file system, is used as it is.
func silentConnectionsEnd(_, _ string, c syscall.RawConn) error {
	return c.Control(func(fd uintptr) {
		_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int(silentTime.Milliseconds()))
	})
}
