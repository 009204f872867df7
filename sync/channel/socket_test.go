package channel

import (
	"context"
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
	if got := read(syscall.SOL_SOCKET, syscall.SO_SNDBUF); got < firstBuffer || got > 2*firstBuffer {
		t.Errorf("SO_SNDBUF is %d, want %d to twice that", got, firstBuffer)
	}
	if got := read(syscall.SOL_SOCKET, syscall.SO_KEEPALIVE); got != 1 {
		t.Error("no keep-alive")
	}
}

// TestRoundTripIsTheLinks: a slow search for the platform's name, or first packets that got lost, are no part of the round
// trip; all limits would grow by them.
func TestRoundTripIsTheLinks(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	const slow = 400 * time.Millisecond
	d := newDialer(Options{Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		time.Sleep(slow)
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}})
	connection, err := d.connect(t.Context(), "tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	if d.rtt <= 0 || d.rtt >= slow {
		t.Errorf("the round trip is taken for %v", d.rtt)
	}
}

// TestFullQueueHidesNoDeadLine: while our own bytes fill a queue on the way, a dead line is still noticed within seconds.
func TestFullQueueHidesNoDeadLine(t *testing.T) {
	d := newDialer(Options{})
	d.measured(300 * time.Millisecond)
	d.measured(2300 * time.Millisecond)
	if got := d.user(); got > 5*time.Second {
		t.Errorf("unacknowledged bytes are waited for %v", got)
	}
	for range 200 {
		d.measured(2300 * time.Millisecond)
	}
	if got := d.user(); got < 15*time.Second {
		t.Errorf("on a way that has become longer unacknowledged bytes are waited for %v only", got)
	}
}
