//go:build usb

package point_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/point"
	"bianmin/drivers/sim/typing"
	"bianmin/drivers/sim/uhid"
)

// TestPluggedIsSeenAtOnce: a device that is plugged in is opened because the kernel told, for the pauses of this manager are longer than the
// test; pulled and put back it is used again, by the manager's code reader.
func TestPluggedIsSeenAtOnce(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	p, err := point.Start(ctx, point.Config{Code: &point.Code{Link: "evdev:05e0:1200:P1"}}, point.Options{Log: slog.New(slog.DiscardHandler), Retry: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}()
	stands := func(want drivers.Condition) {
		t.Helper()
		for p.Statuses()[0].Condition != want {
			select {
			case <-p.Changes():
			case <-ctx.Done():
				t.Fatalf("never %s: %+v", want, p.Statuses())
			}
		}
	}
	for range 3 {
		stands(drivers.NoDevice)
		d, err := uhid.Plug(uhid.Model{Name: "Hot wedge", Serial: "P1", Vendor: 0x05E0, Product: 0x1200, Descriptor: typing.Descriptor})
		if err != nil {
			t.Fatal(err)
		}
		stands(drivers.Online)
		reports, err := typing.Reports("BM1:hot\r")
		if err != nil {
			t.Fatal(err)
		}
		for _, report := range reports {
			if err := d.Report(report); err != nil {
				t.Fatal(err)
			}
			time.Sleep(2 * time.Millisecond)
		}
		if code, err := p.Code().Scan(ctx); err != nil || code.Text != "BM1:hot" {
			t.Errorf("%+v, %v", code, err)
		}
		if err := d.Unplug(); err != nil {
			t.Fatal(err)
		}
	}
	stands(drivers.NoDevice)
}
