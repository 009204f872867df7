//go:build usb

package hid_test

import (
	"context"
	"errors"
	"io"
	"sync"
	"testing"
	"time"

	"bianmin/drivers/drivertest"
	"bianmin/drivers/idcard"
	"bianmin/drivers/link"
	"bianmin/drivers/sim"
	"bianmin/drivers/sim/reader"
	"bianmin/drivers/sim/uhid"
)

// reports is the report descriptor of a card reader that talks in reports of 64 bytes, with numbers or without.
func reports(numbered bool) []byte {
	d := []byte{0x06, 0x00, 0xFF, 0x09, 0x01, 0xA1, 0x01}
	if numbered {
		d = append(d, 0x85, 0x01)
	}
	d = append(d, 0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, 0x40, 0x09, 0x02, 0x81, 0x02)
	if numbered {
		d = append(d, 0x85, 0x02)
	}
	return append(d, 0x09, 0x03, 0x91, 0x02, 0xC0)
}

// cardReader is a simulated reader that talks in reports.
type cardReader struct {
	*reader.Reader
	t        testing.TB
	serial   string
	numbered bool
	input    *io.PipeWriter
	mutex    sync.Mutex
	device   *uhid.Device
}

func plugReader(t testing.TB, serial string, numbered bool) *cardReader {
	t.Helper()
	read, write := io.Pipe()
	c := &cardReader{Reader: reader.New(reader.Options{Radio: 20 * time.Millisecond}), t: t, serial: serial, numbered: numbered, input: write}
	c.plug()
	ctx, cancel := context.WithCancel(t.Context())
	var work sync.WaitGroup
	work.Go(func() {
		c.Talk(ctx, struct {
			io.Reader
			io.Writer
		}{read, c})
	})
	t.Cleanup(func() {
		cancel()
		if err := read.Close(); err != nil {
			t.Error(err)
		}
		c.unplug()
		work.Wait()
	})
	return c
}

func (c *cardReader) plug() {
	d, err := uhid.Plug(uhid.Model{
		Name: "Simulated card reader " + c.serial, Serial: c.serial, Vendor: 0x0400, Product: 0xC35B, Descriptor: reports(c.numbered),
		Receive: func(report []byte) { _, _ = c.input.Write(report[1:]) },
	})
	if err != nil {
		c.t.Error(err)
		return
	}
	c.mutex.Lock()
	c.device = d
	c.mutex.Unlock()
	for begun := time.Now(); d.Node() == ""; pause(c.t, 20*time.Millisecond) {
		if time.Since(begun) > 10*time.Second {
			c.t.Error("no hidraw node")
			return
		}
	}
}

func (c *cardReader) unplug() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if err := c.device.Unplug(); err != nil {
		c.t.Error(err)
	}
}

// Write sends what the reader says in reports of 64 bytes; whatever a pulled cable carries is lost.
func (c *cardReader) Write(b []byte) (int, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for at := 0; at < len(b); at += 64 {
		report := make([]byte, 64)
		copy(report, b[at:])
		if c.numbered {
			report = append([]byte{1}, report...)
		}
		_ = c.device.Report(report)
	}
	return len(b), nil
}

func pause(t testing.TB, d time.Duration) {
	t.Helper()
	select {
	case <-time.After(d):
	case <-t.Context().Done():
	}
}

func open(t *testing.T, name string) *idcard.Reader {
	t.Helper()
	l, err := link.Open(t.Context(), name, link.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := idcard.New(l, idcard.Options{Now: time.Now})
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// TestReader is the readers' contract over reports, with numbers and without.
func TestReader(t *testing.T) {
	for name, numbered := range map[string]bool{"with numbers": true, "without numbers": false} {
		t.Run(name, func(t *testing.T) {
			drivertest.CardReader(t, func(t *testing.T) drivertest.ReaderRig {
				sim := plugReader(t, "", numbered)
				return drivertest.ReaderRig{
					Reader: open(t, "hid:0400:c35b"), Place: sim.Place, Remove: sim.Remove, Pull: sim.PullMidRead, Silence: sim.Reader.Silence,
					Unplug: sim.unplug, Limit: 6 * time.Second,
				}
			})
		})
	}
}

// TestTwo: which of two is said by serial number and never guessed; one that was pulled is found again.
func TestTwo(t *testing.T) {
	cards, err := sim.Cards()
	if err != nil {
		t.Fatal(err)
	}
	first, second := plugReader(t, "A001", false), plugReader(t, "B002", false)
	if l, err := link.Open(t.Context(), "hid:0400:c35b", link.Options{}); !errors.Is(err, link.ErrAmbiguous) || l != nil {
		t.Errorf("either of two: %v, %v", l, err)
	}
	for serial, c := range map[string]*cardReader{"A001": first, "B002": second} {
		card := cards[len(serial)%len(cards)]
		c.Place(card)
		got, err := open(t, "hid:0400:c35b:"+serial).Read(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", serial, err)
		}
		drivertest.CheckCard(t, got, card)
	}
	first.unplug()
	if l, err := link.Open(t.Context(), "hid:0400:c35b:A001", link.Options{}); !errors.Is(err, link.ErrUnplugged) || l != nil {
		t.Errorf("pulled: %v, %v", l, err)
	}
	first.plug()
	first.Place(cards[0])
	if got, err := open(t, "hid:0400:c35b:A001").Read(t.Context()); err != nil {
		t.Error(err)
	} else {
		drivertest.CheckCard(t, got, cards[0])
	}
}
