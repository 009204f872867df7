package barcode

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/link"
	"bianmin/drivers/link/evdev"
)

// Wedge reads codes from a reader that plays keyboard. It has the device for itself: no other program hears a key. One goroutine at a time.
type Wedge struct {
	device *evdev.Device
	codes  chan raw // closed when the device has failed
	failed error    // why, once codes is closed
	work   sync.WaitGroup
}

// unread is how many codes wait for somebody to ask; the oldest goes first.
const unread = 16

// OpenWedge takes the input device called name, as package evdev names it.
func OpenWedge(name string) (*Wedge, error) {
	device, err := evdev.Open(name)
	if err != nil {
		return nil, failure(faultOf(err), err)
	}
	w := &Wedge{device: device, codes: make(chan raw, unread)}
	w.work.Go(w.listen)
	return w, nil
}

// listen reads all the time, because the kernel keeps no more than a few characters, until the device has failed or is closed.
func (w *Wedge) listen() {
	defer close(w.codes)
	var typist typist
	for {
		limit := time.Duration(0)
		if typist.begun() {
			limit = 2 * gap // the kernel's own times say where the end was, should more have come
		}
		keys, err := w.device.ReadKeys(limit)
		var ended []raw
		for _, key := range keys {
			ended = append(ended, typist.key(key)...)
		}
		if errors.Is(err, link.ErrTimeout) {
			ended = typist.finish(ended)
		} else if err != nil {
			w.failed = err
			return
		}
		for _, one := range ended {
			w.keep(one)
		}
	}
}

func (w *Wedge) keep(one raw) {
	for {
		select {
		case w.codes <- one:
			return
		default:
		}
		select { // full: the oldest goes
		case <-w.codes:
		default:
		}
	}
}

// Scan is as Reader's. A code that came before it was asked for is given.
func (w *Wedge) Scan(ctx context.Context) (Code, error) {
	if ctx.Err() != nil {
		return Code{}, fmt.Errorf("wait for a code: %w", ctx.Err())
	}
	select {
	case one, ok := <-w.codes:
		if !ok {
			return Code{}, failure(faultOf(w.failed), w.failed)
		}
		return one.code()
	case <-ctx.Done():
		return Code{}, fmt.Errorf("wait for a code: %w", ctx.Err())
	}
}

// Close gives the device back.
func (w *Wedge) Close() error {
	err := w.device.Close()
	w.work.Wait()
	return err
}

var _ drivers.CodeReader = (*Wedge)(nil)
