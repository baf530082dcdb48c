package db

import "syscall"

// tcpUserTimeout is TCP_USER_TIMEOUT from linux/tcp.h, which package syscall does not define.
const tcpUserTimeout = 0x12

// silentConnectionsEnd makes the system close a connection whose packets were not acknowledged for silentTime; by
// default that takes a quarter of an hour (tcp(7)). A Unix socket does not know the option and is used as it is.
func silentConnectionsEnd(_, _ string, c syscall.RawConn) error {
	return c.Control(func(fd uintptr) {
		_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int(silentTime.Milliseconds()))
	})
}
