package point

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v4"

	"bianmin/drivers"
)

// fresh is how long counts what nobody waited for: a person who presses twice is
// served twice, what the person before did is forgotten.
const fresh = 2 * time.Second

// source is a device that speaks by itself.
type source[T any] interface {
	next(ctx context.Context) (T, error)
	Close() error
}

// said is what a device said, and when.
type said[T any] struct {
	what T
	at   time.Time
}

// speaker is the one goroutine that touches a device which speaks by itself. It listens all the time, so that an unplugged device is seen.
type speaker[T any] struct {
	role    drivers.Role
	board   *board
	options Options
	open    func(ctx context.Context) (source[T], error)
	heard   chan said[T]
	plugged <-chan struct{}
	tried   chan struct{} // closed when it was opened, or could not be, for the first time
}

func newSpeaker[T any](role drivers.Role, b *board, options Options, plugged <-chan struct{}, open func(ctx context.Context) (source[T], error)) *speaker[T] {
	b.expect(role, options.Now())
	return &speaker[T]{role: role, board: b, options: options, open: open, heard: make(chan said[T], 8), plugged: plugged, tried: make(chan struct{})}
}

// wait gives what the device says next. While it is unplugged it goes on waiting.
func (s *speaker[T]) wait(ctx context.Context, op string) (what T, err error) {
	for {
		select {
		case one := <-s.heard:
			if s.options.Now().Sub(one.at) <= fresh {
				return one.what, nil
			}
		case <-ctx.Done():
			return what, fmt.Errorf("%s: %w", op, ctx.Err())
		}
	}
}

func (s *speaker[T]) Close() error { return nil }

// check waits until the device was opened once. There is nothing to ask it: how it is the board knows from then on.
func (s *speaker[T]) check(ctx context.Context) {
	select {
	case <-s.tried:
	case <-ctx.Done():
	}
}

func (s *speaker[T]) run(ctx context.Context) {
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval, pause.MaxInterval, pause.MaxElapsedTime = s.options.Retry, 5*time.Second, 0
	pause.Reset()
	tried := sync.OnceFunc(func() { close(s.tried) })
	defer tried()
	for ctx.Err() == nil {
		device, err := s.open(ctx)
		if err == nil {
			pause.Reset()
			s.board.post(drivers.Status{Role: s.role, Condition: drivers.Online, At: s.options.Now()}, nil)
			tried()
			err = s.listen(ctx, device)
			s.close(ctx, device)
		}
		if ctx.Err() != nil {
			return
		}
		s.board.post(away(s.role, faultOf(err), s.options.Now()), err)
		tried()
		timer := time.NewTimer(pause.NextBackOff())
		select {
		case <-timer.C:
		case <-s.plugged:
			pause.Reset()
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// close lets the device go. Once the manager ends its error is Close's too.
func (s *speaker[T]) close(ctx context.Context, device source[T]) {
	err := device.Close()
	if err == nil {
		return
	}
	s.options.Log.Warn("device does not close", "role", s.role, "error", err)
	if ctx.Err() != nil {
		s.board.keep(err)
	}
}

// listen hands on what is said until the device fails. What nobody waited for fills the queue: then the oldest goes.
func (s *speaker[T]) listen(ctx context.Context, device source[T]) error {
	for {
		what, err := device.next(ctx)
		if err != nil {
			return err
		}
		s.keep(said[T]{what: what, at: s.options.Now()})
	}
}

func (s *speaker[T]) keep(one said[T]) {
	for {
		select {
		case s.heard <- one:
			return
		default:
		}
		select { // full
		case <-s.heard:
		default:
		}
	}
}
