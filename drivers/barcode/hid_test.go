//go:build usb

package barcode_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/barcode"
	"bianmin/drivers/sim/uhid"
)

// pos is the report descriptor of a code reader of the point-of-sale class: report 2, 63 bytes.
var pos = []byte{
	0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01, 0x85, 0x02, 0x09, 0x12, 0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, 0x3F, 0x81, 0x02, 0xC0,
}

// keyboard is a reader as most are when they are new.
var keyboard = []byte{
	0x05, 0x01, 0x09, 0x06, 0xA1, 0x01, 0x05, 0x07, 0x19, 0x00, 0x29, 0x65, 0x15, 0x00, 0x25, 0x65, 0x75, 0x08, 0x95, 0x06, 0x81, 0x00, 0xC0,
}

func plugHID(t *testing.T, name string, descriptor []byte) *uhid.Device {
	t.Helper()
	return plug(t, uhid.Model{Name: name, Vendor: 0x0C2E, Product: 0x0B61, Descriptor: descriptor})
}

// plug plugs a device in and waits for its node.
func plug(t *testing.T, m uhid.Model) *uhid.Device {
	t.Helper()
	d, err := uhid.Plug(m)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Unplug() })
	for begun := time.Now(); d.Node() == ""; pause(t, 20*time.Millisecond) {
		if time.Since(begun) > 10*time.Second {
			t.Fatal("no hidraw node")
		}
	}
	return d
}

func scanned(data string, more byte) []byte {
	r := make([]byte, 64)
	r[0], r[1] = 2, byte(len(data))
	copy(r[2:], "]Q1"+data)
	r[63] = more
	return r
}

// TestHIDPOS: a reader of the point-of-sale class under the kernel's own HID layer, pulled while it is waited for.
func TestHIDPOS(t *testing.T) {
	d := plugHID(t, "Simulated code reader", pos)
	r, err := barcode.OpenHID(d.Node())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	text := strings.Repeat("养老资格认证", 5)
	if err := errors.Join(d.Report(scanned(text[:50], 1)), d.Report(scanned(text[50:], 0)), d.Report(scanned("second", 0))); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{text, "second"} {
		if code, err := r.Scan(t.Context()); err != nil || code.Text != want || code.Symbology != "]Q1" {
			t.Errorf("%+v, %v", code, err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if code, err := r.Scan(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("nothing was scanned: %+v, %v", code, err)
	}
	var pulling sync.WaitGroup
	pulling.Go(func() {
		pause(t, 100*time.Millisecond)
		if err := d.Unplug(); err != nil {
			t.Error(err)
		}
	})
	if code, err := r.Scan(t.Context()); drivers.FaultOf(err) != drivers.FaultUnplugged {
		t.Errorf("pulled: %+v, %v", code, err)
	}
	pulling.Wait()
}

// TestHIDLostEnd: half a code whose end never comes is told, and is no part of the next one.
func TestHIDLostEnd(t *testing.T) {
	d := plugHID(t, "Simulated code reader", pos)
	r, err := barcode.OpenHID(d.Node())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	time.AfterFunc(3*time.Second, func() { _ = d.Report(scanned("another's", 0)) })
	if err := d.Report(scanned("one person's ", 1)); err != nil {
		t.Fatal(err)
	}
	if code, err := r.Scan(ctx); drivers.FaultOf(err) != drivers.FaultProtocol || !errors.Is(err, barcode.ErrLost) {
		t.Errorf("half a code: %+v, %v", code, err)
	}
	if code, err := r.Scan(ctx); err != nil || code.Text != "another's" {
		t.Errorf("the next: %+v, %v", code, err)
	}
}

// sleeping is the descriptor of one that has to be switched on: with a feature report FE of one byte.
var sleeping = append(slices.Clone(pos[:len(pos)-1]), 0x85, 0xFE, 0x09, 0x11, 0x75, 0x08, 0x95, 0x01, 0xB1, 0x02, 0xC0)

// TestHIDSwitchedOn: a reader of Honeywell's is switched on before it is listened to, and taken as it is when it refuses; no other maker's is sent anything.
func TestHIDSwitchedOn(t *testing.T) {
	for name, c := range map[string]struct {
		vendor  uint16
		refuses error
		sent    []string
	}{
		"Honeywell":        {0x0C2E, nil, []string{"\xFE\x01"}},
		"Youjie":           {0x23D0, nil, []string{"\xFE\x01"}},
		"one that refuses": {0x0C2E, errors.New("no"), []string{"\xFE\x01"}},
		"another maker's":  {0x05E0, nil, nil},
	} {
		var mutex sync.Mutex
		var sent []string
		d := plug(t, uhid.Model{Name: "Sleeping " + name, Vendor: c.vendor, Product: 0x0B61, Descriptor: sleeping, Set: func(report []byte) error {
			mutex.Lock()
			defer mutex.Unlock()
			sent = append(sent, string(report))
			return c.refuses
		}})
		r, err := barcode.OpenHID(d.Node())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		mutex.Lock()
		if !slices.Equal(sent, c.sent) {
			t.Errorf("%s was sent %q", name, sent)
		}
		mutex.Unlock()
		if err := d.Report(scanned("on", 0)); err != nil {
			t.Error(err)
		}
		if code, err := r.Scan(t.Context()); err != nil || code.Text != "on" {
			t.Errorf("%s: %+v, %v", name, code, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestHIDKeyboard: a reader that plays keyboard is told apart before anything is read of it.
func TestHIDKeyboard(t *testing.T) {
	d := plugHID(t, "Simulated keyboard reader", keyboard)
	if r, err := barcode.OpenHID(d.Node()); !errors.Is(err, barcode.ErrNotPOS) || r != nil {
		t.Errorf("%v, %v", r, err)
	}
	if r, err := barcode.OpenHID("/dev/hidraw99"); drivers.FaultOf(err) != drivers.FaultUnplugged || r != nil {
		t.Errorf("not there: %v, %v", r, err)
	}
	if r, err := barcode.OpenHID("/dev/null"); err == nil || r != nil {
		t.Errorf("no HID device: %v, %v", r, err)
	}
}
