package channel

import (
	"net"
	"syscall"
	"time"
)

// tcpUserTimeout is TCP_USER_TIMEOUT of linux/tcp.h; package syscall does not name it.
const tcpUserTimeout = 18

func limitSendBuffer(_, _ string, raw syscall.RawConn) error {
	return onSocket(raw, syscall.SOL_SOCKET, syscall.SO_SNDBUF, firstBuffer)
}

// setUserTimeout ends the connection when sent bytes stay unacknowledged so
// long; without it a link that lost its way hangs for a quarter of an hour.
func setUserTimeout(connection *net.TCPConn, d time.Duration) error {
	raw, err := connection.SyscallConn()
	if err != nil {
		return err
	}
	return onSocket(raw, syscall.IPPROTO_TCP, tcpUserTimeout, int(d.Milliseconds()))
}

func onSocket(raw syscall.RawConn, level, option, value int) error {
	var set error
	if err := raw.Control(func(fd uintptr) { set = syscall.SetsockoptInt(int(fd), level, option, value) }); err != nil {
		return err
	}
	return set
}

// roundTrip is what the system measured when the connection was made; 0 when it could not, because a first packet came twice.
func roundTrip(connection *net.TCPConn) (time.Duration, error) {
	info, err := tcpInfo(connection)
	if err != nil {
		return 0, err
	}
	return time.Duration(info.Rtt) * time.Microsecond, nil
}
