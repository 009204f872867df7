package faulttest

import (
	"context"
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"bianmin/drivers/link/channel"
)

// Talk is a device: what it does at the far end of a cable until that ends or ctx does.
type Talk func(ctx context.Context, end io.ReadWriter)

// cable is what a wire runs through.
type cable interface {
	Path() string
	Plugged() bool
	Plug() error
	Unplug() error // returns when the device has let go
	Close() error
	open(ctx context.Context) (channel.Link, error)
}

// Wire is a cable on which a schedule's faults happen.
type Wire struct {
	cable
	role     *Role
	schedule Schedule
	talk     Talk
	pulling  sync.WaitGroup

	mutex     sync.Mutex
	random    *rand.Rand
	armed     []Fault
	out, both int // bytes since the step began
	lost      int // bytes that are still to be lost
	silent    bool
	broken    bool      // what the device says now breaks off here
	late      time.Time // when what is held back now comes on
	happened  []Fault
}

// rest is the Cut that loses all of an answer that is still to come.
const rest = 10_000

// Open opens the near end; the driver under test takes it from there.
func (w *Wire) Open(ctx context.Context) (channel.Link, error) { return w.open(ctx) }

// Arm begins a step: a cable that was pulled is put back, and the step's faults
// happen from now on. fresh says that the cable was out, so the driver must open it anew.
func (w *Wire) Arm(step int) (fresh bool, err error) {
	w.pulling.Wait()
	if fresh = !w.Plugged(); fresh {
		if err := w.Plug(); err != nil {
			return fresh, err
		}
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.armed, w.out, w.both, w.lost, w.silent, w.broken, w.happened = nil, 0, 0, 0, false, false, nil
	for _, f := range w.schedule.Faults {
		if f.Step == step {
			w.armed = append(w.armed, f)
		}
	}
	return fresh, nil
}

// Heal is Arm without faults.
func (w *Wire) Heal() (fresh bool, err error) { return w.Arm(w.schedule.Steps) }

// Rest is Heal after everything that comes late has come.
func (w *Wire) Rest(ctx context.Context) (fresh bool, err error) {
	for {
		w.mutex.Lock()
		left := time.Until(w.late)
		w.mutex.Unlock()
		if left <= 0 {
			return w.Heal()
		}
		if !wait(ctx, left) {
			return false, ctx.Err()
		}
	}
}

// Happened are the faults of the kinds that have come to pass in this step, of all kinds when none is named.
func (w *Wire) Happened(kinds ...Kind) []Fault {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	var all []Fault
	for _, f := range w.happened {
		if len(kinds) == 0 || slices.Contains(kinds, f.Kind) {
			all = append(all, f)
		}
	}
	return all
}

// Close pulls the cable for good.
func (w *Wire) Close() error {
	w.pulling.Wait()
	return w.cable.Close()
}

func (w *Wire) pull() {
	w.pulling.Go(func() { _ = w.Unplug() }) // not here: Unplug waits for the device, in which we are
}

// run has the device talk over the faulty wire.
func (w *Wire) run(ctx context.Context, end io.ReadWriter) {
	ctx, cancel := context.WithCancel(ctx)
	var pump sync.WaitGroup
	faulty := &faultyEnd{wire: w, ctx: ctx, end: end, answers: make(chan []byte, 4096)}
	pump.Go(func() { faulty.pump() })
	w.talk(ctx, faulty)
	cancel()
	pump.Wait()
}

// next takes the next fault that the coming n bytes meet, and says how many of them come before it.
func (w *Wire) next(n int, outwards bool) (fault Fault, before int, ok bool) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	at, before := nearest(w.armed, n, w.out, w.both, func(k Kind) bool { return outwards && k != Lie && k != Hand })
	w.both += before
	if outwards {
		w.out += before
	}
	if at < 0 {
		return Fault{}, n, false
	}
	fault = w.armed[at]
	w.armed = slices.Delete(w.armed, at, at+1)
	w.happened = append(w.happened, fault)
	return fault, before, true
}

// begin lets a fault count for what comes after it.
func (w *Wire) begin(f Fault) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	switch {
	case f.Kind == Silent:
		w.silent = true
	case f.Kind == Cut && f.N >= rest:
		w.broken = true
	case f.Kind == Cut:
		w.lost += f.N
	}
}

// lied gives an answer that is changed by a lie whose time has come.
func (w *Wire) lied(answer []byte) []byte {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	for i, f := range w.armed {
		if f.Kind != Lie || f.At > w.out || w.role.Lie == nil {
			continue
		}
		if lie, ok := w.role.Lie(answer, f.N); ok {
			w.armed = slices.Delete(w.armed, i, i+1)
			w.happened = append(w.happened, f)
			return lie
		}
	}
	return answer
}

func (w *Wire) noise(n int) []byte {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	made := make([]byte, n)
	for i := range made {
		if made[i] = byte(w.random.Uint32()); w.role.Noise != nil {
			made[i] = w.role.Noise(w.random)
		}
	}
	return made
}

// lose says how many of the next n bytes are lost.
func (w *Wire) lose(n int) int {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	gone := min(w.lost, n)
	w.lost -= gone
	return gone
}

// mute tells whether nothing comes through to the driver.
func (w *Wire) mute() bool {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.silent || w.broken
}

// asked says that the driver has sent something, and whether that comes through.
func (w *Wire) asked() bool {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.broken = false
	return !w.silent
}

// faultyEnd is the device's end. What the device writes goes through a queue, so that a late answer holds nobody.
type faultyEnd struct {
	wire    *Wire
	ctx     context.Context
	end     io.ReadWriter
	answers chan []byte
}

// Read gives what comes from the driver, as far as it comes through.
func (e *faultyEnd) Read(p []byte) (int, error) {
	for {
		n, err := e.end.Read(p)
		if !e.wire.asked() {
			n = 0
		}
		if fault, before, ok := e.wire.next(n, false); ok {
			n = before
			e.wire.begin(fault)
			if fault.Kind == Unplug {
				e.wire.pull()
			}
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// Write sends bytes to the driver, sooner or later.
func (e *faultyEnd) Write(p []byte) (int, error) {
	select {
	case e.answers <- slices.Clone(p):
		return len(p), nil
	case <-e.ctx.Done():
		return 0, io.ErrClosedPipe
	}
}

func (e *faultyEnd) pump() {
	for {
		select {
		case data := <-e.answers:
			if !e.deliver(e.wire.lied(data)) {
				return
			}
		case <-e.ctx.Done():
			return
		}
	}
}

// deliver brings bytes to the driver.
func (e *faultyEnd) deliver(data []byte) bool {
	for len(data) > 0 {
		fault, n, ok := e.wire.next(len(data), true)
		if !e.put(data[e.wire.lose(n):n]) {
			return false
		}
		data = data[n:]
		if !ok {
			continue
		}
		e.wire.begin(fault)
		switch fault.Kind {
		case Unplug:
			e.wire.pull()
			return false
		case Late:
			if !e.hold(time.Duration(fault.N) * time.Millisecond) {
				return false
			}
		case Noise:
			if !e.disturb(fault.N, data) {
				return false
			}
		}
	}
	return true
}

// hold keeps back what comes from here on.
func (e *faultyEnd) hold(d time.Duration) bool {
	e.wire.mutex.Lock()
	e.wire.late = time.Now().Add(d)
	e.wire.mutex.Unlock()
	return wait(e.ctx, d)
}

// disturb sends noise before the data, or changes data, which is ours.
func (e *faultyEnd) disturb(n int, data []byte) bool {
	if n > 0 {
		return e.put(e.wire.noise(n))
	}
	noise := e.wire.noise(min(-n, len(data)))
	for i, b := range noise {
		if e.wire.role.Noise == nil {
			b = data[i] ^ max(1, b)
		}
		data[i] = b
	}
	return true
}

func (e *faultyEnd) put(data []byte) bool {
	if len(data) == 0 || e.wire.mute() {
		return e.ctx.Err() == nil
	}
	_, err := e.end.Write(data)
	return err == nil
}

func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
