package desk

import (
	"context"
	"time"

	"bianmin/drivers"
)

// slot is a place for one effect at a time: starting another there cancels the one before.
type slot string

// then is what an effect came to; the machine's goroutine runs it.
type then func(*machine)

// task is slow work in a goroutine of its own. News goes by emit; what it returns is its last word, nil for none.
type task func(ctx context.Context, emit func(then)) then

// effect is one running task.
type effect struct {
	id     int
	cancel context.CancelFunc
	kept   bool // not cancelled when its shift ends, only by itself
	shift  *shift
}

// result is what a task says.
type result struct {
	slot  slot
	id    int
	shift *shift
	apply then
	last  bool
}

// effects owns the desk's goroutines. Only the machine's goroutine calls its methods, except lease.
type effects struct {
	ctx     context.Context // ends what need not come to its end
	kept    context.Context // outlives ctx: filing, saving, print ledger
	results chan result
	running map[slot]effect
	alive   int
	next    int
	leases  map[drivers.Role]chan struct{}
}

func newEffects(ctx context.Context) *effects {
	fx := &effects{
		ctx: ctx, kept: context.WithoutCancel(ctx), results: make(chan result), running: map[slot]effect{}, leases: map[drivers.Role]chan struct{}{},
	}
	for _, role := range []drivers.Role{drivers.RoleReader, drivers.RoleSocial, drivers.RolePrinter, drivers.RoleScanner, drivers.RoleDocument} {
		fx.leases[role] = make(chan struct{}, 1)
	}
	return fx
}

func (fx *effects) start(s slot, w *shift, kept bool, t task) {
	fx.cancel(s)
	fx.next++
	id := fx.next
	life := fx.ctx
	if kept {
		life = fx.kept
	}
	ctx, cancel := context.WithCancel(life)
	fx.running[s] = effect{id: id, cancel: cancel, kept: kept, shift: w}
	fx.alive++
	if w != nil {
		w.users++
	}
	go func() {
		defer cancel()
		apply := t(ctx, func(news then) { fx.results <- result{slot: s, id: id, shift: w, apply: news} })
		fx.results <- result{slot: s, id: id, shift: w, apply: apply, last: true}
	}()
}

// cancel ends the effects of slots: what they still say is stale.
func (fx *effects) cancel(slots ...slot) {
	for _, s := range slots {
		if e, ok := fx.running[s]; ok {
			e.cancel()
			delete(fx.running, s)
		}
	}
}

// leave cancels what a shift began and need not come to its end; nil is what no shift began.
func (fx *effects) leave(w *shift) {
	for s, e := range fx.running {
		if e.shift == w && !e.kept {
			fx.cancel(s)
		}
	}
}

// take notes a result and tells whether it is still wanted.
func (fx *effects) take(r result) bool {
	if r.last {
		fx.alive--
		if r.shift != nil {
			r.shift.users--
		}
	}
	e, ok := fx.running[r.slot]
	if !ok || e.id != r.id {
		return false
	}
	if r.last {
		delete(fx.running, r.slot)
	}
	return true
}

// lease makes the caller the one owner of a device until it calls release.
func (fx *effects) lease(ctx context.Context, role drivers.Role) (release func(), err error) {
	select {
	case fx.leases[role] <- struct{}{}:
		return func() { <-fx.leases[role] }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// pause waits for d; false when ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
