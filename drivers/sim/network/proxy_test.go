package network

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// echo answers every line with itself.
func echo(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				for lines := bufio.NewScanner(conn); lines.Scan(); {
					_, _ = fmt.Fprintln(conn, lines.Text())
				}
			}()
		}
	}()
	return listener.Addr().String()
}

func ask(t *testing.T, conn net.Conn, line string) (string, error) {
	t.Helper()
	_ = conn.SetDeadline(time.Now().Add(2 * time.Second))
	if _, err := fmt.Fprintln(conn, line); err != nil {
		return "", err
	}
	answer, err := bufio.NewReader(conn).ReadString('\n')
	return strings.TrimSpace(answer), err
}

func TestSwitch(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent(), goleak.IgnoreAnyFunction("bianmin/drivers/sim/network.echo.func2"), goleak.IgnoreAnyFunction("bianmin/drivers/sim/network.echo.func2.1"))
	p, err := Listen(t.Context(), "127.0.0.1:0", echo(t))
	if err != nil {
		t.Fatal(err)
	}
	dial := func() net.Conn {
		conn, err := net.Dial("tcp", p.Addr())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		return conn
	}
	conn := dial()
	if got, err := ask(t, conn, "one"); err != nil || got != "one" {
		t.Fatalf("got %q, %v through the whole line", got, err)
	}
	p.Cut()
	if _, err := ask(t, conn, "two"); err == nil {
		t.Fatal("a cut line still answers")
	}
	if conn, err := net.Dial("tcp", p.Addr()); err == nil { // a cut line may reset it while it is being made
		defer func() { _ = conn.Close() }()
		if _, err := ask(t, conn, "three"); err == nil {
			t.Fatal("a new connection crossed the cut line")
		}
	}
	if p.Up() {
		t.Fatal("the line says that it is up")
	}
	p.Restore()
	if got, err := ask(t, dial(), "four"); err != nil || got != "four" {
		t.Fatalf("got %q, %v after the line was restored", got, err)
	}
	hole := dial()
	if _, err := ask(t, hole, "five"); err != nil {
		t.Fatal(err)
	}
	p.BlackHole()
	_ = hole.SetDeadline(time.Now().Add(200 * time.Millisecond))
	if _, err := fmt.Fprintln(hole, "six"); err != nil {
		t.Fatal("a black hole must take bytes")
	}
	if _, err := bufio.NewReader(hole).ReadString('\n'); err == nil {
		t.Fatal("a black hole answered")
	}
	p.Restore()
	p.CutAfter(3)
	if _, err := ask(t, dial(), "longer than three"); err == nil {
		t.Fatal("the line was not cut after three bytes")
	}
	if got, err := ask(t, dial(), "seven"); err != nil || got != "seven" {
		t.Fatalf("got %q, %v on a new connection after the cut", got, err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
}
