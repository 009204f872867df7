package barcode

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/link"
	"bianmin/drivers/link/evdev"
)

// gap is the silence that ends a code of a reader which sends no end: longer than the pauses within one at 9600 baud and
// of USB adapters that gather bytes, and too short for a hand with the next code.
const gap = 120 * time.Millisecond

// Reader reads codes from a line; one goroutine at a time.
type Reader struct {
	link     link.Link
	splitter splitter
	ready    []raw // came together, and not given yet
}

// New reads a link, which is the reader's from then on.
func New(l link.Link) *Reader { return &Reader{link: l} }

// Scan waits for the next code. A code that makes no sense is an *drivers.Error with FaultProtocol, and the reader goes on
// after it; FaultUnplugged says that the device is gone. The end of ctx is ctx's error; what had come until then is kept.
func (r *Reader) Scan(ctx context.Context) (Code, error) {
	for len(r.ready) == 0 {
		if err := r.receive(ctx); err != nil {
			return Code{}, err
		}
	}
	next := r.ready[0]
	r.ready = r.ready[1:]
	return next.code()
}

// receive reads what comes next, or takes the silence after it for its end.
func (r *Reader) receive(ctx context.Context) error {
	limited, stop := ctx, context.CancelFunc(func() {})
	if r.splitter.begun() {
		limited, stop = context.WithTimeout(ctx, gap)
	}
	defer stop()
	buffer := make([]byte, 512)
	n, err := r.link.ReadContext(limited, buffer)
	r.ready = append(r.ready, r.splitter.feed(buffer[:n])...)
	switch {
	case n > 0, err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("wait for a code: %w", ctx.Err())
	case errors.Is(err, link.ErrTimeout):
		if one, ok := r.splitter.end(); ok {
			r.ready = append(r.ready, one)
		}
		return nil
	}
	return failure(faultOf(err), err)
}

// Forget throws away what came and was not asked for: codes that were held before the reader when nobody wanted one.
func (r *Reader) Forget() error {
	r.ready, r.splitter = nil, splitter{}
	if err := r.link.Flush(); err != nil {
		return failure(faultOf(err), err)
	}
	return nil
}

// Close frees the link.
func (r *Reader) Close() error {
	if err := r.link.Close(); err != nil {
		return fmt.Errorf("close code reader: %w", err)
	}
	return nil
}

func failure(fault drivers.Fault, err error) error {
	return &drivers.Error{Role: drivers.RoleCode, Fault: fault, Op: "read a code", Err: err}
}

func faultOf(err error) drivers.Fault {
	switch {
	case errors.Is(err, link.ErrUnplugged), errors.Is(err, link.ErrClosed):
		return drivers.FaultUnplugged
	case errors.Is(err, link.ErrNotPermitted):
		return drivers.FaultNotPermitted
	case errors.Is(err, link.ErrAmbiguous), errors.Is(err, evdev.ErrKeyboard):
		return drivers.FaultAmbiguous
	case errors.Is(err, link.ErrBusy):
		return drivers.FaultBusy
	}
	return drivers.FaultDevice
}
