// Package drivertest checks drivers: a link in memory, links that record and
// play back exchanges, and one conformance suite per role that every
// implementation must pass. It is for tests only and never shipped.
package drivertest

import (
	"context"
	"errors"
	"io"
	"sync"

	"bianmin/drivers/link/channel"
)

// Pipe is a link in memory and its far end. Everything obeys the clock of the
// caller, so it runs in testing/synctest without a real wait.
func Pipe() (*MemoryLink, *FarEnd) {
	toDevice, fromDevice := newQueue(), newQueue()
	return &MemoryLink{in: fromDevice, out: toDevice}, &FarEnd{in: toDevice, out: fromDevice}
}

// queue is one direction: an unbounded buffer that can end.
type queue struct {
	mu    sync.Mutex
	bytes []byte
	err   error         // why it ended
	more  chan struct{} // closed and replaced at every change
}

func newQueue() *queue { return &queue{more: make(chan struct{})} }

func (q *queue) change(f func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	f()
	close(q.more)
	q.more = make(chan struct{})
}

func (q *queue) put(p []byte) error {
	var err error
	q.change(func() {
		if err = q.err; err == nil {
			q.bytes = append(q.bytes, p...)
		}
	})
	return err
}

func (q *queue) end(err error) {
	q.change(func() {
		if q.err == nil {
			q.err = err
		}
	})
}

// take waits for bytes, for the queue's end or for done, which is nil for a wait without another end.
func (q *queue) take(done <-chan struct{}, p []byte) (int, error) {
	for {
		q.mu.Lock()
		n := copy(p, q.bytes)
		q.bytes = q.bytes[n:]
		err, more := q.err, q.more
		q.mu.Unlock()
		if n > 0 {
			return n, nil
		}
		if err != nil {
			return 0, err
		}
		select {
		case <-more:
		case <-done:
			return 0, errDone
		}
	}
}

// errDone means that the caller's wait was ended.
var errDone = errors.New("done")

// MemoryLink is the near end of a Pipe; it implements channel.Link.
type MemoryLink struct{ in, out *queue }

var _ channel.Link = (*MemoryLink)(nil)

// ReadContext implements channel.Link.
func (m *MemoryLink) ReadContext(ctx context.Context, p []byte) (int, error) {
	if ctx.Err() != nil {
		return 0, channel.Ended(ctx)
	}
	n, err := m.in.take(ctx.Done(), p)
	if errors.Is(err, errDone) {
		err = channel.Ended(ctx)
	}
	return n, err
}

// WriteContext implements channel.Link.
func (m *MemoryLink) WriteContext(ctx context.Context, p []byte) (int, error) {
	if ctx.Err() != nil {
		return 0, channel.Ended(ctx)
	}
	if err := m.out.put(p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Flush implements channel.Link.
func (m *MemoryLink) Flush() error {
	m.in.change(func() { m.in.bytes = nil })
	return nil
}

// Close implements channel.Link.
func (m *MemoryLink) Close() error {
	m.in.end(channel.ErrClosed)
	m.out.end(channel.ErrClosed)
	return nil
}

// FarEnd is the device's end of a Pipe.
type FarEnd struct{ in, out *queue }

var _ io.ReadWriteCloser = (*FarEnd)(nil)

// Read waits for bytes from the driver; io.EOF after the link is closed.
func (f *FarEnd) Read(p []byte) (int, error) {
	n, err := f.in.take(nil, p)
	if errors.Is(err, channel.ErrClosed) || errors.Is(err, channel.ErrUnplugged) {
		err = io.EOF
	}
	return n, err
}

// Write sends bytes to the driver.
func (f *FarEnd) Write(p []byte) (int, error) {
	if err := f.out.put(p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Close pulls the cable: the driver reads what is on the way, then channel.ErrUnplugged.
func (f *FarEnd) Close() error {
	f.in.end(channel.ErrUnplugged)
	f.out.end(channel.ErrUnplugged)
	return nil
}
