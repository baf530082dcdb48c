//go:build !linux

package db

import "syscall"

// silentConnectionsEnd does nothing: the system gives up a silent connection when it likes, and the link closes it before.
func silentConnectionsEnd(_, _ string, _ syscall.RawConn) error { return nil }
