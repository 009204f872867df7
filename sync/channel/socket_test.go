package channel

import (
	"net"
	"net/http"
	"syscall"
	"testing"
	"time"
)

// TestSocketLimits reads back what the system was told: unacknowledged bytes end
// a connection after seconds, and the send buffer is small.
func TestSocketLimits(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	client := New(Options{})
	transport, ok := client.Transport.(*http.Transport)
	if !ok {
		t.Fatalf("transport is %T", client.Transport)
	}
	connection, err := transport.DialContext(t.Context(), "tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	raw, err := connection.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	read := func(level, option int) int {
		t.Helper()
		var value int
		var get error
		if err := raw.Control(func(fd uintptr) { value, get = syscall.GetsockoptInt(int(fd), level, option) }); err != nil || get != nil {
			t.Fatal(err, get)
		}
		return value
	}
	if got := time.Duration(read(syscall.IPPROTO_TCP, tcpUserTimeout)) * time.Millisecond; got != minUser {
		t.Errorf("TCP_USER_TIMEOUT is %v on a fast link, want %v", got, minUser)
	}
	if got := read(syscall.SOL_SOCKET, syscall.SO_SNDBUF); got < sendBuffer || got > 2*sendBuffer {
		t.Errorf("SO_SNDBUF is %d, want %d to twice that", got, sendBuffer)
	}
	if got := read(syscall.SOL_SOCKET, syscall.SO_KEEPALIVE); got != 1 {
		t.Error("no keep-alive")
	}
}
