//go:build usb

package usb_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"bianmin/assets"
	"bianmin/drivers"
	"bianmin/drivers/dots"
	"bianmin/drivers/drivertest"
	"bianmin/drivers/escpos"
	"bianmin/drivers/link/usb"
	"bianmin/drivers/sim/board"
)

// bridge is a printer's board and where it is plugged in.
type bridge struct {
	*board.Printer
	place usb.Place
}

// bridges are the boards of all printers under test, by the name of their line.
type bridges struct {
	t     *testing.T
	mutex sync.Mutex
	all   map[string]*bridge
	count int
	work  sync.WaitGroup
}

func newBridges(t *testing.T) *bridges {
	b := &bridges{t: t, all: map[string]*bridge{}}
	t.Cleanup(b.work.Wait) // the printers have ended before
	return b
}

// at is the board of a printer, plugged in anew when that was unplugged in between.
func (b *bridges) at(ctx context.Context, path string) (*bridge, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if known := b.all[path]; known != nil {
		select {
		case <-known.Gone:
		default:
			return known, nil
		}
	}
	b.count++
	place := usb.Place{Vendor: 0x0FE6, Product: 0x811E, Serial: fmt.Sprintf("P%03d", b.count)}
	p, err := board.PlugPrinter(ctx, path, place.Vendor, place.Product, place.Serial, "")
	if err != nil {
		return nil, err
	}
	b.work.Go(p.Answer)
	c := &bridge{Printer: p, place: place}
	b.all[path] = c
	return c, nil
}

// open opens the driver on a printer's board.
func (b *bridges) open(options escpos.Options) drivertest.OpenPrinter {
	return func(ctx context.Context, path string, again bool) (drivers.ReceiptPrinter, error) {
		options := options
		options.Doubtful = again
		at, err := b.at(ctx, path)
		var l *usb.Port
		for begun := time.Now(); err == nil; {
			if l, err = usb.Open(ctx, at.place); err == nil || time.Since(begun) > 20*time.Second {
				break
			}
			select {
			case <-at.Gone:
			case <-time.After(50 * time.Millisecond):
				err = nil
			}
		}
		if err != nil {
			return nil, &drivers.Error{Role: drivers.RolePrinter, Fault: drivers.FaultUnplugged, Op: "open", Err: err}
		}
		p, err := escpos.Open(ctx, l, options)
		if err != nil {
			return nil, errors.Join(err, l.Close())
		}
		return p, nil
	}
}

// TestReceiptPrinter is the receipt printers' contract over USB.
func TestReceiptPrinter(t *testing.T) {
	face, err := dots.NewFace(assets.FontRegular())
	if err != nil {
		t.Fatal(err)
	}
	const slower = 10 // than the machine itself, which may have other work: the conformance suite over a pseudo terminal has 60 ms for an answer
	options := escpos.Options{
		Profile: escpos.Profile{Identify: true}, Raster: face, Answer: slower * 60 * time.Millisecond, Silence: slower * 600 * time.Millisecond, Finish: 40 * time.Second, Log: slog.New(slog.DiscardHandler),
	}
	drivertest.ReceiptPrinterAt(t, newBridges(t).open(options), slower)
}
