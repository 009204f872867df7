//go:build usb

package usb_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"bianmin/drivers/idcard"
	"bianmin/drivers/link/bus"
	"bianmin/drivers/link/channel"
	"bianmin/drivers/link/usb"
	"bianmin/drivers/sim/board"
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

// wired are the two ways readers are wired.
var wired = map[string][]usbip.Pipe{"one pair": board.OnePair, "two pairs": board.TwoPairs}

// plugReader plugs a reader in that lives until the test ends.
func plugReader(t testing.TB, pipes []usbip.Pipe, serial string, options reader.Options) *board.Reader {
	t.Helper()
	c, err := board.PlugReader(t.Context(), pipes, serial, options)
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

// open opens the one reader, which the kernel needs a moment to find.
func open(t testing.TB, name string) *usb.Port {
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

func pause(t testing.TB, d time.Duration) {
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
