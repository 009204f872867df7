package escpos_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"bianmin/assets"
	"bianmin/drivers"
	"bianmin/drivers/dots"
	"bianmin/drivers/drivertest"
	"bianmin/drivers/escpos"
	"bianmin/drivers/link"
)

func face(t testing.TB) *dots.Face {
	t.Helper()
	f, err := dots.NewFace(assets.FontRegular())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// impatient are the default options with a tenth of their patience.
func impatient(raster escpos.Rasteriser) escpos.Options {
	return escpos.Options{Profile: escpos.Profile{Identify: true}, Raster: raster, Answer: 60 * time.Millisecond, Silence: 600 * time.Millisecond, Finish: 10 * time.Second, Log: slog.New(slog.DiscardHandler)}
}

func opener(options escpos.Options) drivertest.OpenPrinter {
	return func(ctx context.Context, path string, again bool) (drivers.ReceiptPrinter, error) {
		options := options
		options.Doubtful = again
		l, err := link.Open(ctx, "serial:"+path, link.Options{})
		if err != nil {
			return nil, &drivers.Error{Role: drivers.RolePrinter, Fault: drivers.FaultUnplugged, Op: "open", Err: err}
		}
		p, err := escpos.Open(ctx, l, options)
		if err != nil {
			_ = l.Close()
			return nil, err
		}
		return p, nil
	}
}

func TestConformance(t *testing.T) {
	drivertest.ReceiptPrinter(t, opener(impatient(face(t))))
}

func TestRandomFaults(t *testing.T) {
	drivertest.ReceiptPrinterUnderFaults(t, opener(impatient(face(t))))
}
