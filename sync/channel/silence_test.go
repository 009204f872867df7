package channel

import (
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestSilence: silence counts while something is due, from the last acknowledgement on, and not from before it was sent.
func TestSilence(t *testing.T) {
	now := time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)
	long := now.Add(-time.Minute)
	for name, c := range map[string]struct {
		info unix.TCPInfo
		want time.Time
	}{
		"nothing is due":             {unix.TCPInfo{Last_ack_recv: 3_600_000}, now},
		"an answer came":             {unix.TCPInfo{Unacked: 3, Last_ack_recv: 200}, now.Add(-200 * time.Millisecond)},
		"it was sent after a pause":  {unix.TCPInfo{Unacked: 1, Last_ack_recv: 3_600_000}, long},
		"nothing came since it went": {unix.TCPInfo{Unacked: 9, Last_ack_recv: 60_000}, long},
	} {
		if got := answered(long, now, &c.info); !got.Equal(c.want) {
			t.Errorf("%s: since %v", name, now.Sub(got))
		}
	}
}

// TestWatchedConnection: one whose bytes are acknowledged lives, however long nobody reads them; closing it ends its watch.
func TestWatchedConnection(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	plain, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	far, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	w := watch(plain.(*net.TCPConn), 2*lookEvery)
	if _, err := w.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	time.Sleep(5 * lookEvery)
	if _, err := w.Write([]byte("y")); err != nil {
		t.Errorf("a connection at rest was ended: %v", err)
	}
	if _, err := io.ReadFull(far, make([]byte, 2)); err != nil {
		t.Error(err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if err := w.Close(); err == nil {
		t.Error("closed twice without a word")
	}
}

// TestWatchedClosesOnce: whoever closes a connection, and how many at once, it and its watch end once.
func TestWatchedClosesOnce(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	for range 300 {
		connection, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		w := watch(connection.(*net.TCPConn), time.Minute)
		var closing sync.WaitGroup
		begin := make(chan struct{})
		for range 8 {
			closing.Go(func() { <-begin; _ = w.Close() })
		}
		close(begin)
		closing.Wait()
		<-w.done
	}
}
