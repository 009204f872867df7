package journey

import (
	"context"
	"time"

	"bianmin/drivers"
)

// slot is a place for one effect at a time: starting another there cancels the one before.
type slot int

const (
	slotCard slot = iota
	slotSocial
	slotPresence
	slotSocialPresence
	slotButton
	slotScan
	slotReady
	slotPrinter
	slotSubmit
	slotPrint
	slotDeliver
	slotEvaluate
	slotCases
	slotHealth
	slotStaff
	slotQueue
	slotCode
)

// effect is one piece of slow work in a goroutine.
type effect struct {
	id     int
	cancel context.CancelFunc
	kept   bool // not cancelled by leaving a screen or by the session's end, only by the program's
}

// result is what an effect says: news on its way, and its last word.
type result struct {
	slot  slot
	id    int
	event Event
	last  bool
}

// emit sends news from an effect to the machine.
type emit func(Event)

// work is what an effect does; what it returns is its last word, nil for none.
type work func(ctx context.Context, emit emit) Event

// effects owns the session's goroutines. Only the machine's goroutine calls its methods, except lease.
type effects struct {
	ctx     context.Context // the session's life
	results chan result
	running map[slot]effect
	alive   int // goroutines that have not said their last word
	next    int
	leases  map[drivers.Role]chan struct{}
}

func newEffects(ctx context.Context) *effects {
	fx := &effects{ctx: ctx, results: make(chan result), running: map[slot]effect{}, leases: map[drivers.Role]chan struct{}{}}
	for _, role := range []drivers.Role{drivers.RoleReader, drivers.RoleSocial, drivers.RolePrinter, drivers.RoleScanner, drivers.RoleButton} {
		fx.leases[role] = make(chan struct{}, 1)
	}
	return fx
}

// launch starts work in a slot.
func (fx *effects) launch(s slot, w work) { fx.start(s, w, false) }

// keep starts work that must come to its end: filing, printing, rating.
func (fx *effects) keep(s slot, w work) { fx.start(s, w, true) }

func (fx *effects) start(s slot, w work, kept bool) {
	fx.cancel(s)
	fx.next++
	id := fx.next
	ctx, cancel := context.WithCancel(fx.ctx)
	fx.running[s] = effect{id: id, cancel: cancel, kept: kept}
	fx.alive++
	go func() {
		defer cancel()
		event := w(ctx, func(e Event) { fx.results <- result{slot: s, id: id, event: e} })
		fx.results <- result{slot: s, id: id, event: event, last: true}
	}()
}

// background starts work nobody waits for but the session's end; its errors are its own to log.
func (fx *effects) background(w func(ctx context.Context)) {
	fx.alive++
	go func() {
		w(fx.ctx)
		fx.results <- result{id: -1, last: true}
	}()
}

// cancel ends the effect of a slot: what it still says is stale.
func (fx *effects) cancel(slots ...slot) {
	for _, s := range slots {
		if e, ok := fx.running[s]; ok {
			e.cancel()
			delete(fx.running, s)
		}
	}
}

// busy tells whether an effect runs in the slot.
func (fx *effects) busy(s slot) bool {
	_, ok := fx.running[s]
	return ok
}

// take notes a result and tells whether it is still wanted.
func (fx *effects) take(r result) bool {
	if r.last {
		fx.alive--
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

// stop cancels everything that need not come to its end.
func (fx *effects) stop() {
	for s, e := range fx.running {
		if !e.kept {
			fx.cancel(s)
		}
	}
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
