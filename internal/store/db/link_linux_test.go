package db

import (
	"net"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTheSystemGivesUpSilentConnections: the socket has a limit for unacknowledged packets, and keepalive.
func TestTheSystemGivesUpSilentConnections(t *testing.T) {
	t.Parallel()
	s, wire := behindAWire(t)
	conn, err := s.link.dial(t.Context(), "tcp", wire.Address())
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	raw, err := conn.(*linked).Conn.(*net.TCPConn).SyscallConn()
	require.NoError(t, err)
	require.NoError(t, raw.Control(func(fd uintptr) {
		for option, want := range map[int]int{tcpUserTimeout: int(silentTime.Milliseconds()), syscall.TCP_KEEPIDLE: 5, syscall.TCP_KEEPCNT: 2} {
			got, err := syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, option)
			require.NoError(t, err)
			require.Equal(t, want, got, option)
		}
		on, err := syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_KEEPALIVE)
		require.NoError(t, err)
		require.Equal(t, 1, on)
	}))
}
