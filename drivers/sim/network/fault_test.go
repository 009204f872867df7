package network

import (
	"bufio"
	"net"
	"strings"
	"testing"
	"time"
)

// TestPortal: whoever asks gets the login page instead of the target, and the target again when the line is whole.
func TestPortal(t *testing.T) {
	p, err := Listen(t.Context(), "127.0.0.1:0", echo(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	dial := func() net.Conn {
		t.Helper()
		conn, err := net.Dial("tcp", p.Addr())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		return conn
	}
	before := dial()
	if got, err := ask(t, before, "hello"); err != nil || got != "hello" {
		t.Fatalf("%q, %v", got, err)
	}
	p.Portal()
	if got, err := ask(t, before, "hello"); err == nil {
		t.Errorf("an open connection outlived the portal: %q", got)
	}
	if got, err := ask(t, dial(), "hello"); err != nil || got != "HTTP/1.1 200 OK" || p.Up() || !p.Line().Portal {
		t.Errorf("the portal said %q, %v", got, err)
	}
	p.Restore()
	if got, err := ask(t, dial(), "hello"); err != nil || got != "hello" || p.Line() != (Line{}) {
		t.Errorf("afterwards %q, %v, %+v", got, err, p.Line())
	}
}

// TestLossy: everything arrives in order, and some of it late.
func TestLossy(t *testing.T) {
	p, err := Listen(t.Context(), "127.0.0.1:0", echo(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	p.Lossy()
	conn, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	answers, slowest := bufio.NewReader(conn), time.Duration(0)
	for n := 0; n < 60 && slowest < time.Second; n++ {
		line, begin := strings.Repeat("x", n+1)+"\n", time.Now()
		if _, err := conn.Write([]byte(line)); err != nil {
			t.Fatal(err)
		}
		if got, err := answers.ReadString('\n'); err != nil || got != line {
			t.Fatalf("sent %q, got %q, %v", line, got, err)
		}
		slowest = max(slowest, time.Since(begin))
	}
	if slowest < time.Second {
		t.Errorf("of sixty answers none was late; the slowest took %s", slowest)
	}
}
