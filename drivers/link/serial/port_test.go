package serial_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"bianmin/drivers/link/channel"
	"bianmin/drivers/link/serial"
	"bianmin/drivers/sim/plug"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// cable is a plugged cable whose far end is handed to talk.
func cable(t *testing.T, talk func(ctx context.Context, end *os.File)) *plug.Cable {
	t.Helper()
	c, err := plug.New(context.Background(), filepath.Join(t.TempDir(), "line"), talk)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func open(t *testing.T, path string) *serial.Port {
	t.Helper()
	p, err := serial.Open(t.Context(), path, channel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func echo(_ context.Context, end *os.File) { _, _ = io.Copy(end, end) }

// mute takes nothing and says nothing until the cable is pulled.
func mute(ctx context.Context, _ *os.File) { <-ctx.Done() }

func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func read(t *testing.T, p *serial.Port, n int) []byte {
	t.Helper()
	var all []byte
	buffer := make([]byte, 64)
	for len(all) < n {
		n, err := p.ReadContext(within(t, 5*time.Second), buffer)
		if err != nil {
			t.Fatalf("after %d bytes: %v", len(all), err)
		}
		all = append(all, buffer[:n]...)
	}
	return all
}

// TestEveryByte: nothing is translated, swallowed or taken for a command, in either direction.
func TestEveryByte(t *testing.T) {
	p := open(t, cable(t, echo).Path())
	var every []byte
	for i := range 2048 {
		every = append(every, byte(i), byte(i>>8))
	}
	if n, err := p.WriteContext(within(t, 5*time.Second), every); err != nil || n != len(every) {
		t.Fatalf("wrote %d, %v", n, err)
	}
	if err := p.Drain(within(t, 5*time.Second)); err != nil {
		t.Error(err)
	}
	if got := read(t, p, len(every)); !bytes.Equal(got, every) {
		t.Error("bytes were changed on the way")
	}
}

func TestSilenceIsNotUnplugging(t *testing.T) {
	c := cable(t, mute)
	p := open(t, c.Path())
	start := time.Now()
	_, err := p.ReadContext(within(t, 250*time.Millisecond), make([]byte, 8))
	if !errors.Is(err, channel.ErrTimeout) {
		t.Errorf("silent line: %v, want ErrTimeout", err)
	}
	if took := time.Since(start); took < 200*time.Millisecond {
		t.Errorf("gave up after %v of 250 ms", took)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.ReadContext(ctx, make([]byte, 8)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestUnplugDuringRead(t *testing.T) {
	c := cable(t, mute)
	p := open(t, c.Path())
	failed := make(chan error, 1)
	go func() {
		_, err := p.ReadContext(context.Background(), make([]byte, 8))
		failed <- err
	}()
	time.Sleep(30 * time.Millisecond)
	if err := c.Unplug(); err != nil {
		t.Fatal(err)
	}
	if err := <-failed; !errors.Is(err, channel.ErrUnplugged) {
		t.Errorf("pulled during a read: %v", err)
	}
	for range 3 {
		if _, err := p.ReadContext(t.Context(), make([]byte, 8)); !errors.Is(err, channel.ErrUnplugged) {
			t.Errorf("read afterwards: %v", err)
		}
		if _, err := p.WriteContext(t.Context(), []byte{1}); !errors.Is(err, channel.ErrUnplugged) {
			t.Errorf("write afterwards: %v", err)
		}
	}
	if _, err := serial.Open(t.Context(), c.Path(), channel.Options{}); !errors.Is(err, channel.ErrUnplugged) {
		t.Errorf("open while unplugged: %v", err)
	}
}

// TestLastWords: bytes that arrived before the cable was pulled may still be read, and then the unplugging is told.
func TestLastWords(t *testing.T) {
	said := make(chan struct{})
	c := cable(t, func(ctx context.Context, end *os.File) {
		if _, err := end.Read(make([]byte, 8)); err == nil {
			_, _ = end.Write([]byte("last"))
		}
		close(said)
		<-ctx.Done()
	})
	p := open(t, c.Path())
	if _, err := p.WriteContext(t.Context(), []byte("?")); err != nil {
		t.Fatal(err)
	}
	<-said
	if err := c.Unplug(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := p.ReadContext(within(t, time.Second), make([]byte, 8)); err != nil {
			if !errors.Is(err, channel.ErrUnplugged) {
				t.Errorf("%v", err)
			}
			return
		}
	}
	t.Error("an unplugged line goes on giving bytes")
}

// TestReplug: the name leads to a new line each time; stale bytes of the old one are never seen.
func TestReplug(t *testing.T) {
	c := cable(t, echo)
	for i := range 5 {
		p, err := serial.Open(t.Context(), c.Path(), channel.Options{})
		if err != nil {
			t.Fatal(err)
		}
		word := []byte{byte('a' + i)}
		if _, err := p.WriteContext(t.Context(), word); err != nil {
			t.Fatal(err)
		}
		if got := read(t, p, 1); !bytes.Equal(got, word) {
			t.Errorf("round %d: %q", i, got)
		}
		if err := c.Unplug(); err != nil {
			t.Fatal(err)
		}
		if err := p.Close(); err != nil {
			t.Errorf("close after unplugging: %v", err)
		}
		if err := c.Plug(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestStalledDevice: a device that takes nothing holds neither the writer nor Close.
func TestStalledDevice(t *testing.T) {
	p := open(t, cable(t, mute).Path())
	n, err := p.WriteContext(within(t, 300*time.Millisecond), make([]byte, 1<<20))
	if !errors.Is(err, channel.ErrTimeout) {
		t.Errorf("write to a stalled device: %v", err)
	}
	if n <= 0 || n >= 1<<20 {
		t.Errorf("%d bytes were taken", n)
	}
	closed := make(chan error, 1)
	go func() { closed <- p.Close() }()
	select {
	case err := <-closed:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("Close hangs")
	}
}

func TestCloseEndsReads(t *testing.T) {
	p := open(t, cable(t, mute).Path())
	failed := make(chan error, 1)
	go func() {
		_, err := p.ReadContext(context.Background(), make([]byte, 8))
		failed <- err
	}()
	time.Sleep(30 * time.Millisecond)
	for range 2 {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := <-failed; !errors.Is(err, channel.ErrClosed) {
		t.Errorf("read during Close: %v", err)
	}
	if _, err := p.ReadContext(t.Context(), make([]byte, 8)); !errors.Is(err, channel.ErrClosed) {
		t.Errorf("read after Close: %v", err)
	}
	if _, err := p.WriteContext(t.Context(), make([]byte, 8)); !errors.Is(err, channel.ErrClosed) {
		t.Errorf("write after Close: %v", err)
	}
	if err := p.Flush(); !errors.Is(err, channel.ErrClosed) {
		t.Errorf("flush after Close: %v", err)
	}
	if err := p.Drain(t.Context()); !errors.Is(err, channel.ErrClosed) {
		t.Errorf("drain after Close: %v", err)
	}
}

func TestOneOwner(t *testing.T) {
	c := cable(t, echo)
	p := open(t, c.Path())
	if _, err := serial.Open(t.Context(), c.Path(), channel.Options{}); !errors.Is(err, channel.ErrBusy) {
		t.Errorf("second owner: %v", err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, c.Path())
}

func TestFlush(t *testing.T) {
	said := make(chan struct{})
	c := cable(t, func(ctx context.Context, end *os.File) {
		buffer := make([]byte, 8)
		if _, err := end.Read(buffer); err == nil {
			_, _ = end.Write([]byte("stale"))
		}
		close(said)
		<-ctx.Done()
	})
	p := open(t, c.Path())
	if _, err := p.WriteContext(t.Context(), []byte("?")); err != nil {
		t.Fatal(err)
	}
	<-said
	time.Sleep(20 * time.Millisecond)
	if err := p.Flush(); err != nil {
		t.Fatal(err)
	}
	if n, err := p.ReadContext(within(t, 200*time.Millisecond), make([]byte, 8)); !errors.Is(err, channel.ErrTimeout) {
		t.Errorf("%d stale bytes were read, %v", n, err)
	}
}

func TestBadOpen(t *testing.T) {
	c := cable(t, echo)
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("no line"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []struct {
		name, path string
		options    channel.Options
		want       error
	}{
		{"nothing there", filepath.Join(dir, "none"), channel.Options{}, channel.ErrUnplugged},
		{"a file", file, channel.Options{}, channel.ErrNotSerial},
		{"a device of another kind", "/dev/null", channel.Options{}, channel.ErrNotSerial},
		{"odd speed", c.Path(), channel.Options{Baud: 12345}, channel.ErrSettings},
		{"odd flow control", c.Path(), channel.Options{FlowControl: "smoke"}, channel.ErrSettings},
	} {
		if p, err := serial.Open(t.Context(), bad.path, bad.options); !errors.Is(err, bad.want) {
			t.Errorf("%s: %v, want %v", bad.name, err, bad.want)
			if p != nil {
				_ = p.Close()
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := serial.Open(ctx, c.Path(), channel.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("ended context: %v", err)
	}
	open(t, c.Path()) // no failed open left the line locked
}

func TestFlowControlIsSet(t *testing.T) {
	c := cable(t, echo)
	for flow, want := range map[channel.FlowControl][2]bool{
		channel.NoFlow: {false, false}, channel.RTSCTS: {true, false}, channel.XonXoff: {false, true},
	} {
		p, err := serial.Open(t.Context(), c.Path(), channel.Options{Baud: 9600, FlowControl: flow})
		if err != nil {
			t.Fatal(err)
		}
		fd, err := unix.Open(c.Path(), unix.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
		if err != nil {
			t.Fatal(err)
		}
		settings, err := unix.IoctlGetTermios(fd, unix.TCGETS)
		if err := errors.Join(err, unix.Close(fd), p.Close()); err != nil {
			t.Fatal(err)
		}
		got := [2]bool{settings.Cflag&unix.CRTSCTS != 0, settings.Iflag&(unix.IXON|unix.IXOFF) == unix.IXON|unix.IXOFF}
		if got != want {
			t.Errorf("%q: RTS/CTS and XON/XOFF are %v, want %v", flow, got, want)
		}
		if settings.Cflag&unix.CBAUD != unix.B9600 || settings.Lflag != 0 || settings.Cflag&unix.HUPCL != 0 {
			t.Errorf("%q: the line is not raw at 9600: %+v", flow, settings)
		}
	}
}
