//go:build usb

package point_test

import (
	"context"
	"image"
	"log/slog"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/point"
	sim "bianmin/drivers/sim/camera"
)

// TestPluggedCamera: the manager's document camera is opened because the kernel told, looked through and scanned with, is away when it was
// pulled in the middle of a view, and is used again once it is back.
func TestPluggedCamera(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	p, err := point.Start(ctx, point.Config{Scanner: &point.Scanner{Link: "video:1b17:0211"}}, point.Options{Log: slog.New(slog.DiscardHandler), Retry: time.Hour, Watch: time.Second})
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
	stands(drivers.NoDevice)
	far, err := sim.Plug(ctx, sim.Sheet{Bars: 2, Degrees: -3}.Lens(), sim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := far.Close(); err != nil {
			t.Error(err)
		}
	}()
	viewer, ok := p.Scanner().(drivers.Viewer)
	if !ok {
		t.Fatalf("%T shows nothing", p.Scanner())
	}
	for range 2 {
		stands(drivers.Online)
		looking, stop := context.WithCancel(ctx)
		if err := viewer.View(looking, func(image.Image) { stop() }); drivers.FaultOf(err) != drivers.FaultCancelled {
			t.Errorf("view: %v", err)
		}
		if page, err := viewer.Scan(ctx, drivers.ScanOptions{}); err != nil || page.Quality != drivers.QualityGood {
			t.Errorf("scan: %s, %v", page.Quality, err)
		}
		err := viewer.View(ctx, func(image.Image) {
			if err := far.Unplug(); err != nil {
				t.Error(err)
			}
		})
		if drivers.FaultOf(err) != drivers.FaultUnplugged {
			t.Errorf("pulled in a view: %v", err)
		}
		stands(drivers.NoDevice)
		if err := far.Replug(ctx); err != nil {
			t.Fatal(err)
		}
	}
	stands(drivers.Online)
}
