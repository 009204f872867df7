//go:build usb

package usb_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"bianmin/assets"
	"bianmin/drivers"
	"bianmin/drivers/drivertest"
	"bianmin/drivers/link"
	"bianmin/drivers/pack"
	"bianmin/drivers/point"
	"bianmin/drivers/sim"
	"bianmin/drivers/sim/reader"
)

// start starts a device manager that looks often.
func start(t *testing.T, config point.Config) *point.Point {
	t.Helper()
	p, err := point.Start(t.Context(), config, point.Options{
		Watch: 200 * time.Millisecond, Retry: 100 * time.Millisecond, Log: slog.New(slog.DiscardHandler),
	})
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

// becomes waits until a device has a condition and a fault.
func becomes(t *testing.T, p *point.Point, condition drivers.Condition, fault drivers.Fault) {
	t.Helper()
	limited, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	for {
		for _, s := range p.Statuses() {
			if s.Condition == condition && s.Fault == fault {
				return
			}
		}
		select {
		case <-p.Changes():
		case <-limited.Done():
			t.Fatalf("never %s %s: %+v", condition, fault, p.Statuses())
		}
	}
}

// TestManager: a reader on USB is a device like any other: pulled it is a state, put back it is found again and reads.
func TestManager(t *testing.T) {
	cards, err := sim.Cards()
	if err != nil {
		t.Fatal(err)
	}
	p := start(t, point.Config{Reader: &point.Reader{Link: "usb:0400:c35a"}})
	becomes(t, p, drivers.NoDevice, drivers.FaultUnplugged)
	first := plugReader(t, wired["one pair"], "A001", reader.Options{})
	for range 2 {
		becomes(t, p, drivers.Online, drivers.FaultNone)
		first.Remove()
		first.Place(cards[0])
		got, err := p.Reader().Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		drivertest.CheckCard(t, got, cards[0])
		if err := first.Device.Unplug(); err != nil {
			t.Fatal(err)
		}
		becomes(t, p, drivers.NoDevice, drivers.FaultUnplugged)
		if err := first.Device.Plug(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestManagerOfTwo: two of the model that is named are a state, until one of them is gone.
func TestManagerOfTwo(t *testing.T) {
	cards, err := sim.Cards()
	if err != nil {
		t.Fatal(err)
	}
	second := plugReader(t, wired["two pairs"], "B002", reader.Options{})
	third := plugReader(t, wired["two pairs"], "C003", reader.Options{})
	for _, serial := range []string{"B002", "C003"} { // both are there before anybody looks for one
		if err := open(t, "0400:c35a:"+serial).Close(); err != nil {
			t.Fatal(err)
		}
	}
	p := start(t, point.Config{Reader: &point.Reader{Link: "usb:0400:c35a"}})
	becomes(t, p, drivers.Offline, drivers.FaultAmbiguous)
	if err := third.Device.Unplug(); err != nil {
		t.Fatal(err)
	}
	becomes(t, p, drivers.Online, drivers.FaultNone)
	second.Place(cards[1])
	if got, err := p.Reader().Read(t.Context()); err != nil {
		t.Error(err)
	} else {
		drivertest.CheckCard(t, got, cards[1])
	}
}

// TestAnyPrinter: a printer is named by its class, whatever its ids are; two are told apart by serial number, and a reader beside them is none.
func TestAnyPrinter(t *testing.T) {
	plugReader(t, wired["one pair"], "A001", reader.Options{})
	open(t, "0400:c35a") // the reader is there before anybody asks for printers
	if l, err := link.Open(t.Context(), "usb:printer", link.Options{}); !errors.Is(err, link.ErrUnplugged) || l != nil {
		t.Errorf("only a reader: %v, %v", l, err)
	}
	nothing := func(context.Context, []byte) {}
	plugPrinter(t, "V0001", nothing)
	p := open(t, "printer")
	if id, err := p.DeviceID(); err != nil || id == "" {
		t.Errorf("%q, %v", id, err)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	plugPrinter(t, "V0002", nothing)
	open(t, "printer:V0002")
	if l, err := link.Open(t.Context(), "usb:printer", link.Options{}); !errors.Is(err, link.ErrAmbiguous) || l != nil {
		t.Errorf("either of two: %v, %v", l, err)
	}
}

// TestIntroduce: where the kernel's printer driver is not, a printer is asked for its name, and known by it.
func TestIntroduce(t *testing.T) {
	packs, err := pack.Read(assets.DevicePacks(), assets.DevicePacks())
	if err != nil {
		t.Fatal(err)
	}
	var got atomic.Int64
	plugPrinter(t, "V0001", func(_ context.Context, data []byte) { got.Add(int64(len(data))) })
	if err := open(t, "printer:V0001").Close(); err != nil {
		t.Fatal(err)
	}
	stranger := func() point.Attached {
		all, err := point.Attachments("/", packs)
		if err != nil || len(all) != 1 {
			t.Fatalf("%+v, %v", all, err)
		}
		a := all[0]
		a.Vendor, a.Product, a.Pack, a.Role = 0xFFFF, 0xFFFF, nil, "" // ids that no pack has
		return a
	}()
	known := point.Introduce([]point.Attached{stranger}, packs)[0]
	if known.Role != drivers.RolePrinter || known.Pack == nil || known.Pack.ID != "escpos-80" || known.Model != "VP-80" || known.Link != stranger.Link || got.Load() != 0 {
		t.Errorf("%+v; %d bytes came", known, got.Load())
	}
	if said, err := link.DeviceID("usb:printer"); err != nil || said != "MFG:Simulated;MDL:VP-80;CMD:ESC/POS;" {
		t.Errorf("%q, %v", said, err)
	}
	for name, want := range map[string]error{"usb:ffff:fff1": link.ErrUnplugged, "serial:/dev/null": link.ErrName} {
		if said, err := link.DeviceID(name); !errors.Is(err, want) || said != "" {
			t.Errorf("%s: %q, %v", name, said, err)
		}
	}
}
