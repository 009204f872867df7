package point

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"bianmin/drivers"
)

// slow is a device that notes what is done with it, and that nothing is done at once.
type slow struct {
	t      *testing.T
	busy   atomic.Bool
	did    []int
	closed int
}

func (s *slow) do(ctx context.Context, n int, takes time.Duration) error {
	if !s.busy.CompareAndSwap(false, true) {
		s.t.Error("two exchanges at once")
	}
	defer s.busy.Store(false)
	timer := time.NewTimer(takes)
	defer timer.Stop()
	select {
	case <-timer.C:
		s.did = append(s.did, n)
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *slow) Status(ctx context.Context) (drivers.Status, error) {
	return drivers.Status{Role: drivers.RoleReader, Condition: drivers.Online}, s.do(ctx, 0, time.Millisecond)
}
func (s *slow) Close() error { s.closed++; return nil }

// own starts an owner of a slow device. Everything below it runs in a bubble, where time stands still until all wait.
func own(t *testing.T, far *slow) (o *owner[*slow], end func()) {
	ctx, cancel := context.WithCancel(t.Context())
	options := Options{Now: time.Now, Log: slog.New(slog.DiscardHandler), Watch: time.Hour, Retry: time.Second}
	o = newOwner(drivers.RoleReader, newBoard(options.Log), options, nil, func(context.Context, bool) (*slow, error) { return far, nil })
	done := make(chan struct{})
	go func() {
		defer close(done)
		o.run(ctx)
	}()
	time.Sleep(time.Second) // it is open, and has been asked once
	synctest.Wait()
	far.did = nil
	return o, func() {
		cancel()
		<-done
	}
}

// call has a request wait in the queue, and gives how it ends.
func call(ctx context.Context, o *owner[*slow], n int, takes time.Duration) <-chan error {
	ended := make(chan error, 1)
	go func() {
		ended <- o.do(ctx, "test", func(ctx context.Context, d *slow) error { return d.do(ctx, n, takes) })
	}()
	synctest.Wait() // it is in the queue now
	return ended
}

// TestQueue: a hundred callers are served in the order in which they came, one at a time; one that is cancelled while it waits leaves the queue at once
// and is never served; one whose work has begun is ended by its own context.
func TestQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		far := &slow{t: t}
		o, end := own(t, far)
		defer end()
		var waits []<-chan error
		var want []int
		ctx, leave := context.WithCancel(t.Context())
		for n := 1; n <= 100; n++ {
			if n%7 == 0 {
				waits = append(waits, call(ctx, o, n, time.Second))
				continue
			}
			want = append(want, n)
			waits = append(waits, call(t.Context(), o, n, time.Second))
		}
		leave()
		synctest.Wait()
		for n := 7; n <= 100; n += 7 {
			select {
			case err := <-waits[n-1]:
				if drivers.FaultOf(err) != drivers.FaultCancelled || !errors.Is(err, context.Canceled) {
					t.Errorf("%d left: %v", n, err)
				}
			default:
				t.Errorf("%d does not leave the queue", n)
			}
		}
		begun := time.Now()
		for n, ended := range waits {
			if (n+1)%7 == 0 {
				continue
			}
			if err := <-ended; err != nil {
				t.Errorf("%d: %v", n+1, err)
			}
		}
		if !slices.Equal(far.did, want) {
			t.Errorf("served in the order %v", far.did)
		}
		if took := time.Since(begun); took > 100*time.Second {
			t.Errorf("took %v", took)
		}
		short, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := <-call(short, o, 101, time.Hour); drivers.FaultOf(err) != drivers.FaultCancelled && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("cut off in the middle: %v", err)
		}
		if err := <-call(t.Context(), o, 102, time.Second); err != nil || far.did[len(far.did)-1] != 102 {
			t.Errorf("after that: %v, %v", err, far.did)
		}
	})
}

// TestQueueEnds: the end of the manager ends the work at hand, and answers whoever waits and whoever comes later; the device is closed once, after its work.
func TestQueueEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		far := &slow{t: t}
		o, end := own(t, far)
		first, second := call(t.Context(), o, 1, time.Hour), call(t.Context(), o, 2, time.Hour)
		end()
		if far.busy.Load() || far.closed != 1 {
			t.Errorf("ended in the middle of its work, closed %d times", far.closed)
		}
		for name, ended := range map[string]<-chan error{"at work": first, "waiting": second, "late": call(t.Context(), o, 3, time.Second)} {
			synctest.Wait()
			select {
			case err := <-ended:
				if err == nil {
					t.Errorf("%s: no error", name)
				}
			default:
				t.Errorf("%s: never answered", name)
			}
		}
		if len(far.did) != 0 {
			t.Errorf("done after the end: %v", far.did)
		}
	})
}
