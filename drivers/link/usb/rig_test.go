//go:build usb

package usb_test

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bianmin/drivers/idcard"
	"bianmin/drivers/link/bus"
	"bianmin/drivers/link/channel"
	"bianmin/drivers/link/usb"
	"bianmin/drivers/sim/reader"
	"bianmin/drivers/sim/usbip"
)

// TestMain: these tests plug devices in, and that is for a machine of their own (packaging/build/test-usb).
func TestMain(m *testing.M) {
	if _, err := os.Stat(usbip.Controller); err != nil {
		_, _ = os.Stderr.WriteString("no virtual host controller: run packaging/build/test-usb\n")
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// cardReader is a simulated reader at the end of a USB cable.
type cardReader struct {
	*reader.Reader
	device *usbip.Device
	input  *io.PipeWriter // what the host sends
	work   sync.WaitGroup
	ended  context.CancelFunc
}

// wired are the two ways readers are wired.
var wired = map[string][]usbip.Pipe{
	"one pair":  {{Address: 0x81, Packet: 64}, {Address: 0x02, Packet: 64}},
	"two pairs": {{Address: 0x81, Packet: 64}, {Address: 0x85, Packet: 64}, {Address: 0x02, Packet: 64}, {Address: 0x06, Packet: 64}},
}

// plugReader plugs a reader in that lives until the test ends.
func plugReader(t *testing.T, pipes []usbip.Pipe, serial string, options reader.Options) *cardReader {
	t.Helper()
	c := &cardReader{Reader: reader.New(options)}
	read, write := io.Pipe()
	c.input = write
	c.device = usbip.New(usbip.Model{
		Vendor: 0x0400, Product: 0xC35A, Maker: "Simulated", Name: "ID card reader", Serial: serial, Class: 0xFF, Pipes: pipes,
		Receive: func(_ context.Context, _ byte, data []byte) { _, _ = write.Write(data) },
	})
	ctx, cancel := context.WithCancel(t.Context())
	c.ended = cancel
	answers := &answering{device: c.device, split: len(pipes) == 4}
	c.work.Go(func() {
		c.Talk(ctx, struct {
			io.Reader
			io.Writer
		}{read, answers})
	})
	if err := c.device.Plug(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		if err := errors.Join(read.Close(), c.device.Unplug()); err != nil {
			t.Error(err)
		}
		c.work.Wait()
	})
	return c
}

// answering sends what a reader says: all on one pipe, or a frame's first seven bytes on the first pipe and the rest on the second.
type answering struct {
	device *usbip.Device
	split  bool
	frame  []byte
}

func (a *answering) Write(b []byte) (int, error) {
	if !a.split {
		a.device.Send(0x81, b)
		return len(b), nil
	}
	a.frame = append(a.frame, b...)
	for len(a.frame) >= 7 {
		whole := 7 + int(a.frame[5])<<8 + int(a.frame[6])
		if len(a.frame) < whole {
			break
		}
		a.device.Send(0x81, a.frame[:7])
		a.device.Send(0x85, a.frame[7:whole])
		a.frame = a.frame[whole:]
	}
	return len(b), nil
}

// open opens the one reader, which the kernel needs a moment to find.
func open(t *testing.T, name string) *usb.Port {
	t.Helper()
	place, err := bus.ParsePlace(name)
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	for {
		p, err := usb.Open(t.Context(), place)
		if err == nil {
			t.Cleanup(func() {
				if err := p.Close(); err != nil {
					t.Error(err)
				}
			})
			return p
		}
		if !errors.Is(err, channel.ErrUnplugged) || time.Since(begun) > 20*time.Second {
			t.Fatalf("open %s: %v", name, err)
		}
		pause(t, 50*time.Millisecond)
	}
}

func pause(t *testing.T, d time.Duration) {
	t.Helper()
	select {
	case <-time.After(d):
	case <-t.Context().Done():
	}
}

// descriptors are this process's open files, for leaks.
func descriptors(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		to, err := os.Readlink("/proc/self/fd/" + e.Name())
		if err == nil && !strings.HasSuffix(to, "/fd") {
			all = append(all, strings.TrimRight(to, "[0123456789]")) // each session has a socket of its own
		}
	}
	slices.Sort(all)
	return all
}

func driver(p *usb.Port) *idcard.Reader { return idcard.New(p, idcard.Options{Now: time.Now}) }
