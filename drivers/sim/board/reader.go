// Package board puts the simulated card reader and the simulated receipt printer
// at the end of a USB cable, as a maker's board does. It knows how readers are
// wired, and no more of what they say than where a frame ends.
package board

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"bianmin/drivers/sim/reader"
	"bianmin/drivers/sim/usbip"
)

// The two ways readers are wired.
var (
	OnePair  = []usbip.Pipe{{Address: 0x81, Packet: 64}, {Address: 0x02, Packet: 64}}
	TwoPairs = []usbip.Pipe{{Address: 0x81, Packet: 64}, {Address: 0x85, Packet: 64}, {Address: 0x02, Packet: 64}, {Address: 0x06, Packet: 64}}
)

// Reader is a simulated card reader on USB.
type Reader struct {
	*reader.Reader
	Device *usbip.Device
	input  *io.PipeReader
	work   sync.WaitGroup
	end    context.CancelFunc
}

// PlugReader plugs a reader in, with the ids that nearly all have, that lives until Close.
func PlugReader(ctx context.Context, pipes []usbip.Pipe, serial string, options reader.Options) (*Reader, error) {
	return PlugReaderAs(ctx, 0x0400, 0xC35A, pipes, serial, options)
}

// PlugReaderAs plugs one in that has ids of its own.
func PlugReaderAs(ctx context.Context, vendor, product uint16, pipes []usbip.Pipe, serial string, options reader.Options) (*Reader, error) {
	r := &Reader{Reader: reader.New(options)}
	read, write := io.Pipe()
	r.input = read
	r.Device = usbip.New(usbip.Model{
		Vendor: vendor, Product: product, Maker: "Simulated", Name: "ID card reader", Serial: serial, Class: 0xFF, Pipes: pipes,
		Receive: func(_ context.Context, _ byte, data []byte) { _, _ = write.Write(data) },
	})
	ctx, r.end = context.WithCancel(ctx)
	answers := &answering{device: r.Device, split: len(pipes) == len(TwoPairs)}
	r.work.Go(func() {
		r.Talk(ctx, struct {
			io.Reader
			io.Writer
		}{read, answers})
	})
	if err := r.Device.Plug(ctx); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// Close pulls it for good.
func (r *Reader) Close() error {
	r.end()
	err := errors.Join(r.input.Close(), r.Device.Unplug())
	r.work.Wait()
	if err != nil {
		return fmt.Errorf("close a simulated reader: %w", err)
	}
	return nil
}

// answering sends what a reader says: all on one pipe, or a frame's first seven bytes on the first pipe and the rest on the second.
type answering struct {
	device *usbip.Device
	split  bool
	frame  []byte
}

func (a *answering) Write(b []byte) (int, error) {
	if !a.split {
		a.device.Send(0x81, b)
		return len(b), nil
	}
	a.frame = append(a.frame, b...)
	for len(a.frame) >= 7 {
		whole := 7 + int(a.frame[5])<<8 + int(a.frame[6])
		if len(a.frame) < whole {
			break
		}
		a.device.Send(0x81, a.frame[:7])
		a.device.Send(0x85, a.frame[7:whole])
		a.frame = a.frame[whole:]
	}
	return len(b), nil
}
