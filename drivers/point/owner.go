package point

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v4"

	"bianmin/drivers"
)

// device is what all drivers with a status have in common.
type device interface {
	Status(ctx context.Context) (drivers.Status, error)
	Close() error
}

// opener opens a device. again is true when it was open before or has failed to
// open: something may be left of what was being done.
type opener[D device] func(ctx context.Context, again bool) (D, error)

// owner is the one goroutine that touches a device. Requests are served in their order.
type owner[D device] struct {
	role    drivers.Role
	board   *board
	options Options
	open    opener[D]
	queue   chan *request[D]
	plugged <-chan struct{} // something was plugged in or pulled
	stopped chan struct{}   // closed when run has ended

	// below: touched by run only
	device  D
	isOpen  bool
	again   bool
	fault   error // why it is not open
	tried   time.Time
	pause   *backoff.ExponentialBackOff
	touched bool // served a request since the last look
	looked  time.Time
}

// request is one piece of work for the owner.
type request[D device] struct {
	ctx   context.Context
	work  func(ctx context.Context, d D) error
	state atomic.Int32 // waiting, taken, left
	done  chan error
}

const (
	waiting int32 = iota
	taken         // by the owner
	left          // by a caller whose context has ended
)

var errStopped = errors.New("the device manager has ended")

func newOwner[D device](role drivers.Role, b *board, options Options, plugged <-chan struct{}, open opener[D]) *owner[D] {
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval, pause.MaxInterval, pause.MaxElapsedTime = options.Retry, 5*time.Second, 0
	pause.Reset()
	b.expect(role, options.Now())
	return &owner[D]{
		role: role, board: b, options: options, open: open, pause: pause, plugged: plugged,
		queue: make(chan *request[D]), stopped: make(chan struct{}),
	}
}

// do has the owner do the work and waits for it. Work that has begun is always
// waited for: it obeys ctx itself.
func (o *owner[D]) do(ctx context.Context, op string, work func(ctx context.Context, d D) error) error {
	r := &request[D]{ctx: ctx, work: work, done: make(chan error, 1)}
	select {
	case o.queue <- r:
	case <-ctx.Done():
		return o.failure(drivers.FaultCancelled, op, ctx.Err())
	case <-o.stopped:
		return o.failure(drivers.FaultCancelled, op, errStopped)
	}
	select {
	case err := <-r.done:
		return o.named(op, err)
	case <-ctx.Done():
		if r.state.CompareAndSwap(waiting, left) {
			return o.failure(drivers.FaultCancelled, op, ctx.Err())
		}
		return o.named(op, <-r.done)
	}
}

func (o *owner[D]) failure(fault drivers.Fault, op string, err error) error {
	return &drivers.Error{Role: o.role, Fault: fault, Op: op, Err: err}
}

// named makes every error the contract's kind.
func (o *owner[D]) named(op string, err error) error {
	var already *drivers.Error
	if err == nil || errors.Is(err, drivers.ErrNoCard) || errors.As(err, &already) {
		return err
	}
	return o.failure(faultOf(err), op, err)
}

// run opens the device, serves requests, and looks after it until ctx ends.
func (o *owner[D]) run(ctx context.Context) {
	defer close(o.stopped)
	defer o.close()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case r := <-o.queue:
			o.serve(ctx, r)
		case <-timer.C:
			o.look(ctx)
		case <-o.plugged:
			o.touched = false
			o.pause.Reset()
			o.look(ctx)
		}
		timer.Reset(o.next())
	}
}

// next is when to look again.
func (o *owner[D]) next() time.Duration {
	if o.isOpen {
		return o.options.Watch
	}
	return o.pause.NextBackOff()
}

// look opens a closed device, and asks an open one that nobody used meanwhile.
func (o *owner[D]) look(ctx context.Context) {
	if !o.isOpen {
		o.tryOpen(ctx)
		return
	}
	if o.touched {
		o.touched = false
		return
	}
	o.looked = o.options.Now()
	status, err := o.device.Status(ctx)
	if ctx.Err() != nil {
		return
	}
	o.board.post(status, err)
	o.judge(err)
}

func (o *owner[D]) tryOpen(ctx context.Context) {
	o.tried = o.options.Now()
	d, err := o.open(ctx, o.again)
	o.again = true
	if err != nil {
		o.fault = o.named("open", err)
		if ctx.Err() == nil {
			o.board.post(away(o.role, drivers.FaultOf(o.fault), o.tried), err)
		}
		return
	}
	o.device, o.isOpen, o.fault, o.looked = d, true, nil, o.options.Now()
	o.pause.Reset()
	status, err := d.Status(ctx)
	if ctx.Err() != nil {
		return
	}
	if err == nil {
		o.board.opened(o.role)
	}
	o.board.post(status, err)
	o.judge(err)
}

// serve does one request. A person who asks for a device that is away has it
// tried at once, but not more often than the first pause.
func (o *owner[D]) serve(ctx context.Context, r *request[D]) {
	if !r.state.CompareAndSwap(waiting, taken) {
		return
	}
	if !o.isOpen && o.options.Now().Sub(o.tried) >= o.options.Retry {
		o.tryOpen(ctx)
	}
	if !o.isOpen {
		r.done <- o.fault
		return
	}
	o.touched = true
	both, cancel := join(ctx, r.ctx)
	err := r.work(both, o.device)
	cancel()
	if ctx.Err() == nil {
		o.judge(err)
	}
	r.done <- err
	if ctx.Err() == nil && o.isOpen && o.belies(err) && o.options.Now().Sub(o.looked) >= o.options.Watch {
		o.touched = false
		o.look(ctx)
	}
}

// belies tells whether how a request ended is at odds with how the device is shown. One that is asked for something all the time is never idle, so
// that nothing else would put it right.
func (o *owner[D]) belies(err error) bool {
	shown := o.board.of(o.role)
	if err == nil || errors.Is(err, drivers.ErrNoCard) {
		return shown.Condition == drivers.HardwareError || shown.Condition == drivers.NoDevice || shown.Condition == drivers.Offline
	}
	switch drivers.FaultOf(o.named("use", err)) {
	case drivers.FaultDevice, drivers.FaultMissingTool, drivers.FaultNotPermitted:
		return shown.Fault == drivers.FaultNone
	}
	return false
}

// join gives a context with the request's values and deadline that ends with either of the two.
func join(owner, request context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(request)
	stop := context.AfterFunc(owner, cancel)
	return ctx, func() {
		stop()
		cancel()
	}
}

// judge closes a device that has failed in a way only opening it again can mend.
func (o *owner[D]) judge(err error) {
	if err == nil || errors.Is(err, drivers.ErrNoCard) {
		return
	}
	switch fault := drivers.FaultOf(err); fault {
	case drivers.FaultUnplugged, drivers.FaultSilent, drivers.FaultProtocol:
		o.fault = o.named("use", err)
		o.tried = o.options.Now()
		o.close()
		o.board.post(away(o.role, fault, o.tried), err)
	}
}

func (o *owner[D]) close() {
	if !o.isOpen {
		return
	}
	o.isOpen = false
	if err := o.device.Close(); err != nil {
		o.options.Log.Warn("device does not close", "role", o.role, "error", err)
		if drivers.FaultOf(o.fault) != drivers.FaultUnplugged {
			o.board.keep(err)
		}
	}
	o.pause.Reset()
}

// check asks the device in its turn.
func (o *owner[D]) check(ctx context.Context) {
	err := o.do(ctx, "check", func(ctx context.Context, d D) error {
		status, err := d.Status(ctx)
		if ctx.Err() == nil {
			o.board.post(status, err)
		}
		return err
	})
	if err != nil {
		o.options.Log.Info("device check failed", "role", o.role, "fault", drivers.FaultOf(err))
	}
}
