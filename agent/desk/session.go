package desk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"bianmin/core/catalogue"
	"bianmin/core/text"
	"bianmin/drivers"
)

// Options are what a desk needs. Office, Catalogue, Words and Devices.Statuses are
// required; the devices themselves, Paper and Save may be nil.
type Options struct {
	Office  Office
	Stick   Stick // nil where no stick is to be used
	Devices Devices
	// Catalogue gives the set in force now. A set never changes: an update is another pointer.
	Catalogue func() *catalogue.Catalogue
	// Readings are the pinyin of characters, for searching; nil searches texts only.
	Readings catalogue.Readings
	Words    *text.Catalog // what is printed
	Place    Place
	Times    Times
	Now      func() time.Time // wall clock for what is shown; default time.Now
	Logger   *slog.Logger     // default slog.Default
	Paper    Paper
	Save     Saver
	Photo    drivers.PhotoDecoder // nil where nothing makes pictures of cards' photos
	// Practice is the bench of practice mode, nil at a real desk. CanPractise says that this desk can lead there.
	Practice    Practice
	CanPractise bool
}

// Place is where the desk stands.
type Place struct {
	Name     string // service point's name
	Phone    string
	Terminal string // terminal number
	Region   string // division code, 12 digits
	Version  string // of the software
	Practice bool
}

// Times are the lengths of waiting. Zero is the default.
type Times struct {
	Idle   time.Duration // without a key until the desk locks; 5 min
	Card   time.Duration // after locking, how long the agent's own card unlocks; 10 min
	Health time.Duration // between two looks at the point's condition; 5 s
	Poll   time.Duration // between two looks for a card while nobody is signed on; 500 ms
	Save   time.Duration // from a change of a draft until it is saved; 1 s
}

func (t Times) filled() Times {
	for _, f := range []struct {
		value    *time.Duration
		fallback time.Duration
	}{
		{&t.Idle, 5 * time.Minute},
		{&t.Card, 10 * time.Minute},
		{&t.Health, 5 * time.Second},
		{&t.Poll, 500 * time.Millisecond},
		{&t.Save, time.Second},
	} {
		if *f.value <= 0 {
			*f.value = f.fallback
		}
	}
	return t
}

// Desk is the agent's desk for the life of the program. Send and States are safe for any goroutine.
type Desk struct {
	options Options
	in      chan Event
	states  chan State
	over    chan struct{} // closed when no more events are taken
}

// New makes a desk that waits for Run. What is missing in options is Run's error.
func New(options Options) *Desk {
	options.Times = options.Times.filled()
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Logger == nil {
		options.Logger = slog.Default()
	}
	return &Desk{options: options, in: make(chan Event, 64), states: make(chan State, 1), over: make(chan struct{})}
}

// States gives the newest state whenever it changed; older ones that nobody
// took are dropped. It is closed when Run has returned.
func (d *Desk) States() <-chan State { return d.states }

// Send hands an event to the desk; after its end it does nothing.
func (d *Desk) Send(event Event) {
	select {
	case <-d.over:
		return
	default:
	}
	select {
	case d.in <- event:
	case <-d.over:
	}
}

// Run works until ctx ends, and returns when everything it began has ended: the
// draft on the page is saved, the keys are closed. It must be called once.
func (d *Desk) Run(ctx context.Context) error {
	defer close(d.states)
	if err := d.options.check(); err != nil {
		close(d.over)
		return fmt.Errorf("run desk: %w", err)
	}
	m := newMachine(d.options, newEffects(ctx))
	defer m.over()
	defer close(d.over)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	m.begin()
	d.publish(m)
	for {
		select {
		case <-ctx.Done():
			return fmt.Errorf("run desk: %w", ctx.Err())
		case event := <-d.in:
			m.handle(event)
		case r := <-m.fx.results:
			m.receive(r)
		case <-tick.C:
			m.tick()
		}
		d.publish(m)
	}
}

// publish offers the newest state and takes back one that nobody took. Only Run's goroutine calls it.
func (d *Desk) publish(m *machine) {
	state, changed := m.render()
	if !changed {
		return
	}
	select {
	case <-d.states:
	default:
	}
	d.states <- state
}

func (o *Options) check() error {
	switch {
	case o.Office == nil:
		return errors.New("no office")
	case o.Catalogue == nil:
		return errors.New("no catalogue")
	case o.Words == nil:
		return errors.New("no words")
	case o.Devices.Statuses == nil:
		return errors.New("no device statuses")
	}
	return nil
}
