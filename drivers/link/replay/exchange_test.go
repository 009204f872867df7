//go:build cgo

// Package replay_test plays recorded devices to the code that finds and opens them, with Debian's umockdev between it and
// the system: libusb, gousb and our code are the real ones. It has no device and no kernel of its own to try things on.
package replay_test

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"bianmin/core/receipt"
	"bianmin/drivers"
	"bianmin/drivers/drivertest"
	"bianmin/drivers/escpos"
	"bianmin/drivers/idcard"
	"bianmin/drivers/link/bus"
	"bianmin/drivers/link/usb"
	"bianmin/drivers/sim"
)

// exchange is what is done with a device when it is recorded and, byte for byte, when it is played.
type exchange struct {
	name   string // of its recording
	serial string // of the device
	at     string // the place
	do     func(t *testing.T, p *usb.Port)
}

var exchanges = []exchange{
	{"reader-one-pair", "A001", "0400:c35a:A001", func(t *testing.T, p *usb.Port) { readsCard(t, p, 0) }},
	{"reader-two-pairs", "B002", "0400:c35a:B002", func(t *testing.T, p *usb.Port) { readsCard(t, p, 1) }},
	{"printer", "V0001", "printer", prints},
}

// printerID is what the recorded printer says of itself (IEEE 1284).
const printerID = "MFG:Simulated;MDL:VP-80;CMD:ESC/POS;"

func open(t *testing.T, name string) *usb.Port {
	t.Helper()
	place, err := bus.ParsePlace(name)
	if err != nil {
		t.Fatal(err)
	}
	p, err := usb.Open(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func readsCard(t *testing.T, p *usb.Port, which int) {
	t.Helper()
	cards, err := sim.Cards()
	if err != nil {
		t.Fatal(err)
	}
	r := idcard.New(p, idcard.Options{Now: time.Now})
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	got, err := r.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	drivertest.CheckCard(t, got, cards[which])
}

// prints asks the printer for its name and prints a short receipt. The driver picks no order by the time where nothing is doubtful.
func prints(t *testing.T, l *usb.Port) {
	t.Helper()
	if said, err := l.DeviceID(); err != nil || said != printerID {
		t.Errorf("the printer says %q, %v", said, err)
	}
	noon := func() time.Time { return time.Unix(1795339325, 0) }
	p, err := escpos.Open(t.Context(), l, escpos.Options{Now: noon, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}()
	report, err := p.Print(t.Context(), receipt.Document{Title: "recorded", Blocks: []receipt.Block{{Kind: receipt.Text, Text: "one line"}}})
	if err != nil || report.Outcome != drivers.Printed {
		t.Errorf("%+v, %v", report, err)
	}
}

func recording(name string) string { return filepath.Join("testdata", name) }
