//go:build usb

package usb_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"bianmin/assets"
	"bianmin/drivers"
	"bianmin/drivers/dots"
	"bianmin/drivers/drivertest"
	"bianmin/drivers/escpos"
	"bianmin/drivers/link/channel"
	"bianmin/drivers/link/usb"
	"bianmin/drivers/sim/usbip"
)

// bridge is a printer's own board: USB towards the machine, and the simulated printer's line behind it.
type bridge struct {
	device *usbip.Device
	line   *os.File
	place  usb.Place
	gone   chan struct{} // closed when the printer was unplugged or is no more
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
		case <-known.gone:
		default:
			return known, nil
		}
	}
	line, err := os.OpenFile(path, os.O_RDWR|syscall.O_NOCTTY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", channel.ErrUnplugged, err)
	}
	b.count++
	c := &bridge{line: line, gone: make(chan struct{}), place: usb.Place{Vendor: 0x0FE6, Product: 0x811E, Serial: fmt.Sprintf("P%03d", b.count)}}
	c.device = usbip.New(usbip.Model{
		Vendor: c.place.Vendor, Product: c.place.Product, Maker: "Simulated", Name: "VP-80", Serial: c.place.Serial, Class: 7, Subclass: 1, Protocol: 2,
		Pipes: []usbip.Pipe{{Address: 0x01, Packet: 64}, {Address: 0x82, Packet: 64}}, Receive: c.receive,
	})
	if err := c.device.Plug(context.WithoutCancel(ctx)); err != nil {
		return nil, errors.Join(err, line.Close())
	}
	b.work.Go(c.answer)
	b.all[path] = c
	return c, nil
}

// receive hands on what the host sends; while the printer takes no more, neither does the board.
func (c *bridge) receive(ctx context.Context, _ byte, data []byte) {
	stop := context.AfterFunc(ctx, func() { _ = c.line.SetWriteDeadline(time.Unix(1, 0)) })
	defer stop()
	_, _ = c.line.Write(data)
}

// answer hands back what the printer says, until it is pulled out.
func (c *bridge) answer() {
	defer close(c.gone)
	buffer := make([]byte, 64)
	for {
		n, err := c.line.Read(buffer)
		if err != nil {
			_ = errors.Join(c.device.Unplug(), c.line.Close())
			return
		}
		c.device.Send(0x82, buffer[:n])
	}
}

// open opens the driver on a printer's board.
func (b *bridges) open(options escpos.Options) drivertest.OpenPrinter {
	return func(ctx context.Context, path string, again bool) (drivers.ReceiptPrinter, error) {
		options := options
		options.Doubtful = again
		board, err := b.at(ctx, path)
		var l *usb.Port
		for begun := time.Now(); err == nil; {
			if l, err = usb.Open(ctx, board.place); err == nil || time.Since(begun) > 20*time.Second {
				break
			}
			select {
			case <-board.gone:
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
	options := escpos.Options{Raster: face, Answer: 300 * time.Millisecond, Silence: 3 * time.Second, Finish: 20 * time.Second, Log: slog.New(slog.DiscardHandler)}
	drivertest.ReceiptPrinterAt(t, newBridges(t).open(options), 5)
}
