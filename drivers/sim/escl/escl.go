// Package escl is the far end of a driverless scanner: an eSCL server with a
// glass, a feeder and everything that goes wrong with them. It is written from
// the same published protocol as the driver and shares no code with it.
package escl

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// Options are a scanner's build. Zero values are the defaults.
type Options struct {
	NoGlass   bool   // it has a feeder only
	NoFeeder  bool   // it has a glass only
	Mute      bool   // it tells nothing of its feeder
	Door      bool   // it calls the feeder's cover a door, as many makers do against the specification
	Host      string // what it calls itself in a job's address, its real address when ""
	Ahead     int    // how many sheets it draws in ahead of those that are asked for
	OneMode   string // the only colour mode it has
	Dots      []int  // resolutions, 75 to 600 when nil
	Serial    string // "SIM-0001" when ""
	At        string // HOST:PORT, a free port of loopback when ""
	MostWidth int    // 1/300 inch, A4 and a little when 0
	Duplex    bool   // the feeder takes both sides
	Thrifty   bool   // it gives no back on which nothing stands
	// Patience is how long a job may rest before the scanner gives it up, a minute when 0.
	Patience time.Duration
	TLS      *tls.Certificate // what it shows; nil speaks in the clear
	// Redirect is where it sends whoever asks in the clear: the beginning of an address, "" does not send away.
	Redirect string
}

// Scanner is a running simulated scanner. Its methods are safe for use by several goroutines.
type Scanner struct {
	options Options
	address string
	server  *http.Server
	done    chan error
	off     chan struct{}
	once    sync.Once
	answers sync.WaitGroup

	mutex sync.Mutex
	paper
	trouble Trouble
	jobs    map[string]*job
	made    int
	orders  []Order
}

// paper is what lies in the scanner.
type paper struct {
	glass  Sheet
	feeder []Sheet
}

// Sheet is a sheet of paper with so many bars drawn on its sides, by which tests know it again.
type Sheet struct{ Bars, Back int }

// Trouble is what is wrong with the scanner.
type Trouble struct {
	Jam, Hatch   bool
	Busy         bool          // somebody else scans
	Down         bool          // it is out of order
	Closed       bool          // it wants a password
	NotYet       int           // so many questions for a page are answered with "not yet"
	RetryAfter   string        // with it
	Cut          bool          // pages break off in the middle
	Garbage      bool          // pages are no pictures
	Huge         bool          // pages' headers promise 60 000 by 60 000 px
	Nonsense     bool          // documents are no documents
	Hang         time.Duration // before each answer
	JamAfterPage bool          // the sheet after the next gets stuck, or the next one's back
	Mumbles      bool          // what it says of its state is no document
}

// Order is what a job was asked for.
type Order struct {
	Source, Mode, Format string
	Dots, Width, Height  int
	Duplex               bool
}

type job struct {
	order  Order
	sheets []Sheet // drawn in already
	back   *Sheet  // what shows its back next
	handed int
	asked  time.Time // last
}

// New makes a scanner that listens nowhere; Handler is its voice.
func New(options Options) *Scanner {
	if options.Dots == nil {
		options.Dots = []int{75, 100, 200, 300, 600}
	}
	if options.Serial == "" {
		options.Serial = "SIM-0001"
	}
	if options.MostWidth == 0 {
		options.MostWidth = 2550
	}
	if options.Patience == 0 {
		options.Patience = time.Minute
	}
	return &Scanner{options: options, done: make(chan error, 1), off: make(chan struct{}), jobs: map[string]*job{}}
}

// Start starts a scanner at its address.
func Start(ctx context.Context, options Options) (*Scanner, error) {
	if options.At == "" {
		options.At = "127.0.0.1:0"
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", options.At)
	if err != nil {
		return nil, fmt.Errorf("simulated scanner: %w", err)
	}
	s := New(options)
	s.address = listener.Addr().String()
	s.server = &http.Server{Handler: s.Handler(), ReadHeaderTimeout: 5 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	if options.TLS != nil {
		listener = tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{*options.TLS}, MinVersion: tls.VersionTLS12})
	}
	go func() { s.done <- s.server.Serve(listener) }()
	return s, nil
}

// Address is HOST:PORT.
func (s *Scanner) Address() string { return s.address }

// Close switches it off: connections break. It may be called again.
func (s *Scanner) Close() (err error) {
	s.once.Do(func() {
		close(s.off)
		err = s.server.Close()
		if served := <-s.done; !errors.Is(served, http.ErrServerClosed) {
			err = errors.Join(err, served)
		}
		s.answers.Wait()
	})
	if err != nil {
		return fmt.Errorf("simulated scanner: %w", err)
	}
	return nil
}

// Lay lays a sheet on the glass.
func (s *Scanner) Lay(sheet Sheet) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.glass = sheet
}

// Feed puts sheets into the feeder, the first on top; what was in it is taken out.
func (s *Scanner) Feed(sheets ...Sheet) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.feeder = sheets
}

// Have puts the scanner into trouble, or out of it.
func (s *Scanner) Have(t Trouble) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.trouble = t
}

// Trouble is what is wrong with the scanner now.
func (s *Scanner) Trouble() Trouble {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.trouble
}

// Glass is the sheet on the glass.
func (s *Scanner) Glass() Sheet {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.glass
}

// Left is how many sheets lie in the feeder.
func (s *Scanner) Left() int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return len(s.feeder)
}

// Jobs is how many jobs it holds that are not at their end.
func (s *Scanner) Jobs() int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return len(s.jobs)
}

// Orders are what its jobs were asked for, in their order.
func (s *Scanner) Orders() []Order {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return append([]Order(nil), s.orders...)
}
