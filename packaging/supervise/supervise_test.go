package supervise

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"
)

// supervisor listens as systemd does.
func supervisor(t *testing.T, watchdog time.Duration) <-chan string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "notify")
	socket, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("NOTIFY_SOCKET", path)
	if watchdog > 0 {
		t.Setenv("WATCHDOG_USEC", strconv.FormatInt(watchdog.Microseconds(), 10))
		t.Setenv("WATCHDOG_PID", strconv.Itoa(os.Getpid()))
	}
	said, done := make(chan string, 1000), make(chan struct{})
	go func() {
		defer close(done)
		for buffer := make([]byte, 100); ; {
			n, err := socket.Read(buffer)
			if err != nil {
				return
			}
			said <- string(buffer[:n])
		}
	}()
	t.Cleanup(func() {
		if err := socket.Close(); err != nil {
			t.Error(err)
		}
		<-done
	})
	return said
}

func TestReady(t *testing.T) {
	said := supervisor(t, 0)
	if err := Ready(); err != nil {
		t.Fatal(err)
	}
	if got := <-said; got != "READY=1" {
		t.Errorf("said %q", got)
	}
}

func TestBeatOnlyWhileAlive(t *testing.T) {
	said := supervisor(t, 20*time.Millisecond)
	var dead atomic.Bool
	asked := make(chan struct{}, 1000)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- Beat(ctx, func(context.Context) error {
			asked <- struct{}{}
			if dead.Load() {
				return errors.New("dead")
			}
			return nil
		})
	}()
	for range 3 {
		if got := <-said; got != "WATCHDOG=1" {
			t.Errorf("said %q", got)
		}
	}
	dead.Store(true)
	<-asked // may have been asked before
	for len(asked) > 0 {
		<-asked
	}
	<-asked
	for len(said) > 0 {
		<-said
	}
	<-asked
	<-asked
	if len(said) > 0 {
		t.Error("a dead program said that it lives")
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestNothingSupervises(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "")
	t.Setenv("WATCHDOG_USEC", "")
	if err := Ready(); err != nil {
		t.Error(err)
	}
	if err := Beat(t.Context(), func(context.Context) error { return errors.New("asked") }); err != nil {
		t.Error(err)
	}
}
