package journey

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

// Options are what a session needs. Catalogue, Words, Filing, Ledger, Terminal and
// Devices.Statuses are required; devices themselves may be nil.
type Options struct {
	// Catalogue gives the set in force now. A set never changes: an update is another pointer.
	Catalogue func() *catalogue.Catalogue
	// Readings are the pinyin of characters, for searching; nil searches texts only.
	Readings catalogue.Readings
	Words    *text.Catalog // what is printed
	Filing   Filing
	Ledger   Ledger
	Terminal Terminal
	Devices  Devices
	Usage    Usage // nil counts nothing
	Tests    Tests // nil where there are none
	Place    Place
	Times    Times
	Now      func() time.Time // wall clock for what is shown and signed; default time.Now
	Logger   *slog.Logger     // default slog.Default
	// CardLeft says that the card of the session before may still lie on the reader: it is not read before it was lifted.
	CardLeft bool
}

// Place is where the terminal stands.
type Place struct {
	Name     string // service point's name
	Terminal string // terminal number
	Region   string // division code, 12 digits
	Phone    string // whom people call
	Version  string // of the software
	// Configuration is the digest of the settings that count.
	Configuration string
	Practice      bool // practice mode: nothing counts, and a session that nobody goes on with ends it
	// CanPractise says that a terminal that is not enrolled may go over to practice.
	CanPractise bool
	Demo        bool // demonstration environment: paper says so
}

// Times are the lengths of waiting. Zero is the default.
type Times struct {
	Idle    time.Duration // without a touch until the warning; 90 s
	Warn    time.Duration // length of the warning's countdown; 30 s
	Done    time.Duration // on the last screen until leaving; 60 s
	Goodbye time.Duration // the goodbye picture; 5 s
	Card    time.Duration // waiting for a card; 60 s
	Health  time.Duration // between two looks at the terminal's condition; 5 s
	Deliver time.Duration // between two looks for the platform's acknowledgement; 2 s
	Poll    time.Duration // between two looks for a card; 300 ms
	Guard   time.Duration // taps this soon after a change of screen were meant for the one before; 250 ms
}

func (t Times) filled() Times {
	for _, f := range []struct {
		value    *time.Duration
		fallback time.Duration
	}{
		{&t.Idle, 90 * time.Second},
		{&t.Warn, 30 * time.Second},
		{&t.Done, 60 * time.Second},
		{&t.Goodbye, 5 * time.Second},
		{&t.Card, 60 * time.Second},
		{&t.Health, 5 * time.Second},
		{&t.Deliver, 2 * time.Second},
		{&t.Poll, 300 * time.Millisecond},
		{&t.Guard, 250 * time.Millisecond},
	} {
		if *f.value <= 0 {
			*f.value = f.fallback
		}
	}
	return t
}

// End says what the program does after a session.
type End string

// Ends of a session.
const (
	Replace End = "replace" // replace the process: nothing of the person may stay in memory
	Restart End = "restart" // a technician asked for a restart
	Exit    End = "exit"    // a technician ended the program
	// EndPractise goes over to practice mode.
	EndPractise End = "practise"
)

// Session is one citizen's session. Send and States are safe for any goroutine.
type Session struct {
	options Options
	in      chan Event
	states  chan State
	over    chan struct{} // closed when no more events are taken
	left    bool
}

// New makes a session that waits for Run. What is missing in options is Run's error.
func New(options Options) *Session {
	options.Times = options.Times.filled()
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Logger == nil {
		options.Logger = slog.Default()
	}
	return &Session{options: options, in: make(chan Event, 64), states: make(chan State, 1), over: make(chan struct{})}
}

// States gives the newest state whenever it changed; older ones that nobody
// took are dropped. It is closed when the session is over.
func (s *Session) States() <-chan State { return s.states }

// Send hands an event to the session; after its end it does nothing.
func (s *Session) Send(event Event) {
	select {
	case <-s.over:
		return
	default:
	}
	select {
	case s.in <- event:
	case <-s.over:
	}
}

// Run lives one session, from the waiting screen to its end, and returns when
// everything it began has ended. The error is the context's, or says what the
// options lack. It must be called once.
func (s *Session) Run(ctx context.Context) (End, error) {
	defer close(s.states)
	if err := s.options.check(); err != nil {
		close(s.over)
		return "", fmt.Errorf("run session: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m := newMachine(s.options, newEffects(ctx))
	defer m.over()
	defer func() { // a chip card reader knows at the first look
		left := m.cards[drivers.RoleReader]
		s.left = left == drivers.CardLies || left == drivers.CardUnsure
	}()
	defer close(s.over) // what is still awaited needs no more events
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	m.begin()
	s.publish(m)
	for m.end == "" {
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("run session: %w", ctx.Err())
		case event := <-s.in:
			m.handle(event)
		case r := <-m.fx.results:
			m.receive(r)
		case <-tick.C:
			m.tick()
		}
		s.publish(m)
	}
	return m.end, nil
}

// CardLeft tells, once Run has returned, whether this session's card may still lie on the reader.
func (s *Session) CardLeft() bool { return s.left }

// publish offers the newest state and takes back one that nobody took. Only Run's goroutine calls it.
func (s *Session) publish(m *machine) {
	state, changed := m.render()
	if !changed {
		return
	}
	select {
	case <-s.states:
	default:
	}
	s.states <- state
}

func (o *Options) check() error {
	switch {
	case o.Catalogue == nil:
		return errors.New("no catalogue")
	case o.Words == nil:
		return errors.New("no words")
	case o.Filing == nil:
		return errors.New("no filing")
	case o.Ledger == nil:
		return errors.New("no print ledger")
	case o.Terminal == nil:
		return errors.New("no terminal")
	case o.Devices.Statuses == nil:
		return errors.New("no device statuses")
	}
	return nil
}
