package hid

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"bianmin/drivers/link/bus"
	"bianmin/drivers/link/channel"
)

// Pipe is a byte channel over a device's reports. What is written goes out in output reports, the last one filled up with zeros; what
// is read are input reports as they come, with their filling: protocols on such devices say how long their messages are.
type Pipe struct {
	device *Device
	form   form

	reading, writing sync.Mutex
	arrived          []byte // read and not yet given
}

var _ channel.Link = (*Pipe)(nil)

// OpenPipe opens the device at a place that takes output reports and is no keyboard. Errors are those of package channel.
func OpenPipe(place bus.Place) (*Pipe, error) {
	path, err := Find(place, func(descriptor []byte) bool { return formOf(descriptor).size > 0 && !Names(descriptor, PageKeyboard) })
	if err != nil {
		return nil, err
	}
	device, err := open(path, os.O_RDWR)
	if err != nil {
		return nil, err
	}
	return &Pipe{device: device, form: formOf(device.descriptor)}, nil
}

// ReadContext implements channel.Link.
func (p *Pipe) ReadContext(ctx context.Context, b []byte) (int, error) {
	p.reading.Lock()
	defer p.reading.Unlock()
	for len(p.arrived) == 0 {
		report, err := p.device.ReadReport(ctx)
		if err != nil {
			return 0, err
		}
		if p.form.numbered {
			report = report[1:]
		}
		p.arrived = report
	}
	n := copy(b, p.arrived)
	p.arrived = p.arrived[n:]
	return n, nil
}

// WriteContext implements channel.Link. The kernel takes at most five seconds for one report.
func (p *Pipe) WriteContext(ctx context.Context, b []byte) (n int, err error) {
	p.writing.Lock()
	defer p.writing.Unlock()
	report := make([]byte, 1+p.form.size) // its number first, 0 where there are none
	for n < len(b) {
		if ctx.Err() != nil {
			return n, fmt.Errorf("write a report: %w", channel.Ended(ctx))
		}
		clear(report)
		report[0] = p.form.number
		part := copy(report[1:], b[n:])
		if _, err := p.device.file.Write(report); err != nil {
			return n, fmt.Errorf("write a report: %w", bus.FileError(err))
		}
		n += part
	}
	return n, nil
}

const (
	flushQuiet = 30 * time.Millisecond  // after which nothing more is taken to be on its way
	flushMost  = 500 * time.Millisecond // a device that never stops talking
)

// Flush implements channel.Link.
func (p *Pipe) Flush() error {
	p.reading.Lock()
	defer p.reading.Unlock()
	p.arrived = nil
	for begun := time.Now(); time.Since(begun) < flushMost; {
		if err := p.device.file.SetReadDeadline(time.Now().Add(flushQuiet)); err != nil {
			return fmt.Errorf("flush a HID device: %w", bus.FileError(err))
		}
		if _, err := p.device.file.Read(make([]byte, longestReport)); errors.Is(err, os.ErrDeadlineExceeded) {
			return nil
		} else if err != nil {
			return fmt.Errorf("flush a HID device: %w", bus.FileError(err))
		}
	}
	return nil
}

// Close implements channel.Link.
func (p *Pipe) Close() error { return p.device.Close() }
