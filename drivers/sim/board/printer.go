package board

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"bianmin/drivers/link/channel"
	"bianmin/drivers/sim/usbip"
)

// Printer is a printer's board: USB towards the machine, and the simulated printer's line behind it.
type Printer struct {
	Device *usbip.Device
	// Gone is closed when the printer was unplugged or is no more.
	Gone chan struct{}
	line *os.File
}

// PlugPrinter plugs in a board of the printer class with these ids for the simulated printer at a line. id is what it says of itself (IEEE 1284), "" refuses
// the question. It lives until the printer's line is gone, or Close.
func PlugPrinter(ctx context.Context, path string, vendor, product uint16, serial, id string) (*Printer, error) {
	line, err := os.OpenFile(path, os.O_RDWR|syscall.O_NOCTTY|syscall.O_NONBLOCK, 0) // #nosec G304 -- a test's line
	if err != nil {
		return nil, fmt.Errorf("%w: %w", channel.ErrUnplugged, err)
	}
	p := &Printer{line: line, Gone: make(chan struct{})}
	p.Device = usbip.New(usbip.Model{
		Vendor: vendor, Product: product, Maker: "Simulated", Name: "VP-80", Serial: serial, Class: 7, Subclass: 1, Protocol: 2,
		Pipes: []usbip.Pipe{{Address: 0x01, Packet: 64}, {Address: 0x82, Packet: 64}}, Receive: p.receive,
		Control: func(s usbip.Setup) ([]byte, bool) {
			const deviceID = 0
			if s.Type != 0xA1 || s.Request != deviceID || id == "" {
				return nil, false
			}
			return append([]byte{byte((len(id) + 2) >> 8), byte(len(id) + 2)}, id...), true
		},
	})
	if err := p.Device.Plug(context.WithoutCancel(ctx)); err != nil {
		return nil, errors.Join(err, line.Close())
	}
	return p, nil
}

// receive hands on what the host sends; while the printer takes no more, neither does the board.
func (p *Printer) receive(ctx context.Context, _ byte, data []byte) {
	stop := context.AfterFunc(ctx, func() { _ = p.line.SetWriteDeadline(time.Unix(1, 0)) })
	defer stop()
	_, _ = p.line.Write(data)
}

// Answer hands back what the printer says, until it is pulled out.
func (p *Printer) Answer() {
	defer close(p.Gone)
	buffer := make([]byte, 64)
	for {
		n, err := p.line.Read(buffer)
		if err != nil {
			_ = errors.Join(p.Device.Unplug(), p.line.Close())
			return
		}
		p.Device.Send(0x82, buffer[:n])
	}
}

// Close pulls it for good; Answer returns then.
func (p *Printer) Close() error {
	if err := errors.Join(p.Device.Unplug(), p.line.SetReadDeadline(time.Unix(1, 0))); err != nil && !errors.Is(err, os.ErrClosed) {
		return fmt.Errorf("close a simulated printer's board: %w", err)
	}
	return nil
}
