//go:build cgo

package usb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/gousb"

	"bianmin/drivers/link/channel"
)

const (
	block      = 4096                   // bytes asked for at once; a multiple of every packet size, or a long answer would overflow
	flushQuiet = 30 * time.Millisecond  // after which nothing more is taken to be on its way
	flushMost  = 500 * time.Millisecond // a device that never stops talking
	closeLimit = 2 * time.Second
)

// ReadContext implements channel.Link. What had arrived when the time was over is kept for the next call.
func (p *Port) ReadContext(ctx context.Context, b []byte) (int, error) {
	p.reading.Lock()
	defer p.reading.Unlock()
	for len(p.arrived) == 0 {
		if err := p.receive(ctx); err != nil {
			return 0, fmt.Errorf("read from USB device: %w", err)
		}
	}
	n := copy(b, p.arrived)
	p.arrived = p.arrived[n:]
	return n, nil
}

// receive takes one transfer.
func (p *Port) receive(ctx context.Context) error {
	if err := p.usable(ctx); err != nil {
		return err
	}
	if len(p.in) == 0 {
		return channel.ErrSettings // a printer that only listens
	}
	pipe := p.in[0]
	if p.wiring.split {
		pipe = p.in[p.heads.pipe()]
	}
	both, stop := p.while(ctx)
	defer stop()
	buffer := make([]byte, block)
	n, err := pipe.ReadContext(both, buffer)
	p.arrived = append(p.arrived, buffer[:n]...)
	if p.wiring.split {
		p.heads.take(buffer[:n])
	}
	if n > 0 {
		return nil // an error comes again
	}
	return p.ended(ctx, err, pipe.Desc.Address)
}

// WriteContext implements channel.Link.
func (p *Port) WriteContext(ctx context.Context, b []byte) (n int, err error) {
	p.writing.Lock()
	defer p.writing.Unlock()
	both, stop := p.while(ctx)
	defer stop()
	for n < len(b) {
		if err := p.usable(ctx); err != nil {
			return n, fmt.Errorf("write to USB device: %w", err)
		}
		part, pipe := b[n:], p.out[0]
		if p.wiring.split {
			pipe = p.out[p.headsOut.pipe()]
			part = part[:min(len(part), p.headsOut.left())]
		}
		took, err := pipe.WriteContext(both, part)
		if p.wiring.split {
			p.headsOut.take(part[:took])
		}
		n += took
		if err := p.ended(ctx, err, pipe.Desc.Address); err != nil {
			return n, fmt.Errorf("write to USB device: %w", err)
		}
	}
	return n, nil
}

// Flush implements channel.Link: what is still on its way is read until the device is quiet.
func (p *Port) Flush() error {
	p.reading.Lock()
	defer p.reading.Unlock()
	p.writing.Lock()
	defer p.writing.Unlock()
	p.arrived, p.heads, p.headsOut = nil, head{}, head{}
	limited, stop := context.WithTimeout(p.ctx, flushMost)
	defer stop()
	for _, pipe := range p.in {
		for quiet := false; !quiet; {
			short, stop := context.WithTimeout(limited, flushQuiet)
			n, err := pipe.ReadContext(short, make([]byte, block))
			stop()
			quiet = n == 0
			if err := p.ended(short, err, pipe.Desc.Address); n == 0 && err != nil && !errors.Is(err, channel.ErrTimeout) {
				return fmt.Errorf("flush USB device: %w", err)
			}
		}
	}
	return nil
}

// DeviceID is what a printer says of itself, "MFG:…;MDL:…;CMD:…;" (IEEE 1284).
func (p *Port) DeviceID() (string, error) { return askID(p.device, p.wiring) }

func askID(device *gousb.Device, w wiring) (string, error) {
	const getDeviceID, fromInterface = 0, gousb.ControlIn | gousb.ControlClass | gousb.ControlInterface
	answer := make([]byte, 1024)
	n, err := device.Control(fromInterface, getDeviceID, 0, uint16(w.number)<<8|uint16(w.alternate), answer) // #nosec G115 -- bytes of a descriptor
	if err != nil {
		return "", fmt.Errorf("ask USB printer for its name: %w", classify(err))
	}
	return deviceID(answer[:n])
}

// deviceID cuts the length off, which some printers give with its bytes the other way round, and some too short.
func deviceID(answer []byte) (string, error) {
	if len(answer) < 2 {
		return "", fmt.Errorf("ask USB printer for its name: %w", channel.ErrProtocol)
	}
	length := int(answer[0])<<8 | int(answer[1])
	if other := int(answer[1])<<8 | int(answer[0]); length > len(answer)+2 && other <= len(answer)+2 {
		length = other
	}
	return string(answer[2:max(2, min(length, len(answer)))]), nil
}

// Close implements channel.Link. Transfers are broken off and waited for first: libusb does not survive a handle that
// closes under one.
func (p *Port) Close() error {
	p.closed.Do(func() {
		p.end()
		freed := make(chan error, 1)
		go func() { // left to itself only where the operating system does not let go
			p.reading.Lock()
			defer p.reading.Unlock()
			p.writing.Lock()
			defer p.writing.Unlock()
			p.taken.Close()
			freed <- errors.Join(p.config.Close(), p.device.Close(), p.session.Close())
		}()
		limit := time.NewTimer(closeLimit)
		defer limit.Stop()
		select {
		case p.result = <-freed:
		case <-limit.C:
			p.result = channel.ErrStuck
		}
	})
	return p.result
}

// while is a context that ends with ctx and with the port.
func (p *Port) while(ctx context.Context) (context.Context, func()) {
	both, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(p.ctx, cancel)
	return both, func() { stop(); cancel() }
}

func (p *Port) usable(ctx context.Context) error {
	if p.ctx.Err() != nil {
		return channel.ErrClosed
	}
	return channel.Ended(ctx)
}

// ended says why a transfer ended early. A pipe that the device has halted stays so until the host frees it.
func (p *Port) ended(ctx context.Context, err error, pipe gousb.EndpointAddress) error {
	switch {
	case err == nil:
		return nil
	case p.ctx.Err() != nil:
		return channel.ErrClosed
	case ctx.Err() != nil:
		return channel.Ended(ctx)
	case errors.Is(err, gousb.TransferStall), errors.Is(err, gousb.ErrorPipe):
		const clearFeature, toEndpoint, halt = 1, 0x02, 0
		_, clearing := p.device.Control(toEndpoint, clearFeature, halt, uint16(pipe), nil)
		return errors.Join(channel.ErrRefused, clearing)
	}
	return classify(err)
}
