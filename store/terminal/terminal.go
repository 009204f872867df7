// Package terminal is what both front-ends' filing stands on: an enrolled
// terminal with its open store, whether it can serve, and the records it makes.
// It must not know cases' rules, screens or the network.
package terminal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"bianmin/core/casefile"
	"bianmin/store"
	"bianmin/sync/seal"
)

// Options are how a terminal is opened. Folder is required.
type Options struct {
	Folder   string // the data folder; keys lie in its folder "keys"
	Software string // name and version, written into every event
	// Clock reads the machine's clocks; nil is store.SystemClock.
	Clock func() (casefile.Reading, error)
	// MinFree is the free space in bytes below which no case is begun; 0 is the setting disk.reserve, 64 MiB where nobody said it.
	MinFree int64
	// CommitPoint is passed on to the store; nil in production.
	CommitPoint func(name string)
	// Unsealed keeps plain copies for the canary test; refused for a production terminal.
	Unsealed bool
	// Begin is called with each newly opened store before anything else is done with it; may be nil.
	Begin func(ctx context.Context, opened *store.Store) error
	Log   *slog.Logger
}

// reopenPause lies between tries to open a store that did not open.
const reopenPause = 5 * time.Second

// Terminal is an enrolled terminal with its store. It opens even when it cannot
// serve, so that the screen can say why; it tries again by itself. Any number of
// goroutines may use it.
type Terminal struct {
	options Options

	mu       sync.Mutex
	store    *store.Store
	identity *seal.Identity
	problem  error         // why the store or the identity did not open, a *casefile.Error
	tried    time.Duration // monotonic time of the last try
}

// Open opens a terminal. The error is a mistake of the caller; why a terminal
// cannot serve is told by Ready.
func Open(ctx context.Context, options Options) (*Terminal, error) {
	if options.Folder == "" {
		return nil, errors.New("open the terminal: a data folder is required")
	}
	if options.Clock == nil {
		options.Clock = store.SystemClock
	}
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	t := &Terminal{options: options}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open(ctx)
	return t, nil
}

// open tries to load the identity and to open the store; t.problem says why not.
func (t *Terminal) open(ctx context.Context) {
	if reading, err := t.options.Clock(); err == nil {
		t.tried = reading.Monotonic
	}
	if t.problem = t.tryOpen(ctx); t.problem != nil {
		t.options.Log.Error("the terminal cannot serve", "code", string(store.Code(t.problem)), "error", t.problem)
	}
}

func (t *Terminal) tryOpen(ctx context.Context) error {
	if t.identity == nil {
		identity, err := seal.LoadIdentity(t.options.Folder + "/keys")
		switch {
		case errors.Is(err, seal.ErrNotEnrolled):
			return &casefile.Error{Code: casefile.NotEnrolled, Err: err}
		case err != nil:
			return &casefile.Error{Code: casefile.Internal, Err: err}
		}
		if t.options.Unsealed && identity.Environment != "demo" {
			return &casefile.Error{Code: casefile.Internal, Err: errors.New("sealing is never off on a production terminal")}
		}
		t.identity = identity
	}
	opened, err := store.Open(ctx, store.Options{
		Folder: t.options.Folder, Clock: t.options.Clock, CommitPoint: t.options.CommitPoint, Unsealed: t.options.Unsealed,
	})
	if err != nil {
		return Coded(err)
	}
	if err := t.begin(ctx, opened); err != nil {
		return errors.Join(Coded(err), opened.Close())
	}
	t.store = opened
	return nil
}

// begin prepares an opened store: what dead drafts left goes, and the clock is noted.
func (t *Terminal) begin(ctx context.Context, opened *store.Store) error {
	if _, err := opened.Sweep(ctx); err != nil { // nobody can read what is left: no reason to serve nobody
		t.options.Log.Warn("what dead drafts left is still there", "error", err)
	}
	if err := opened.Observe(ctx, t.identity.Enrolled); err != nil {
		return err
	}
	if t.options.Begin == nil {
		return nil
	}
	return t.options.Begin(ctx, opened)
}

// Coded gives every error a code; unexpected ones are casefile.Internal.
func Coded(err error) error {
	if err == nil {
		return nil
	}
	var known *casefile.Error
	if errors.As(err, &known) {
		return err
	}
	return &casefile.Error{Code: casefile.Internal, Err: err}
}

// Opened gives store and identity, trying again to open what did not open; a
// *casefile.Error says why there is none.
func (t *Terminal) Opened(ctx context.Context) (*store.Store, *seal.Identity, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.store == nil {
		reading, err := t.options.Clock()
		if err != nil || reading.Monotonic-t.tried >= reopenPause || reading.Monotonic < t.tried {
			t.open(ctx)
		}
	}
	if t.store == nil {
		return nil, nil, t.problem
	}
	return t.store, t.identity, nil
}

// Ready tells whether something new can be begun now; a *casefile.Error says why not. Below MinFree nothing is: that room is for
// finishing what was begun, see Able.
func (t *Terminal) Ready(ctx context.Context) error {
	if err := t.Able(ctx); err != nil {
		return err
	}
	free, err := diskFree(t.options.Folder)
	if err != nil {
		return Coded(err)
	}
	least, err := t.reserve(ctx)
	if err != nil {
		return Coded(err)
	}
	if free < least {
		return &casefile.Error{Code: casefile.DiskFull, Err: fmt.Errorf("%d bytes are free, %d are kept", free, least)}
	}
	return nil
}

func (t *Terminal) reserve(ctx context.Context) (int64, error) {
	if t.options.MinFree > 0 {
		return t.options.MinFree, nil
	}
	opened, _, err := t.Opened(ctx)
	if err != nil {
		return 0, err
	}
	return opened.Reserve(ctx)
}

// Able tells whether what was begun can be finished now; a *casefile.Error says why not.
func (t *Terminal) Able(ctx context.Context) error {
	opened, identity, err := t.Opened(ctx)
	if err != nil {
		return err
	}
	if err := writable(t.options.Folder); err != nil {
		return Coded(err)
	}
	clock, err := opened.Standing(ctx, identity.Generation)
	if err != nil {
		return Coded(err)
	}
	if clock.Judgement.Doubt {
		return &casefile.Error{Code: casefile.ClockDoubt, Err: errors.New(clock.Judgement.Why)}
	}
	return nil
}

// Close closes the store.
func (t *Terminal) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.store == nil {
		return nil
	}
	err := t.store.Close()
	t.store, t.problem = nil, &casefile.Error{Code: casefile.Internal, Err: errors.New("the terminal is closed")}
	return err
}

// Digest is SM3 in hex, for binding a signature to the content.
func (t *Terminal) Digest(content []byte) string { return seal.Digest(content) }

// Today is the business time in China's zone: never before the time mark.
func (t *Terminal) Today(ctx context.Context) (time.Time, error) {
	opened, _, err := t.Opened(ctx)
	if err != nil {
		return time.Time{}, err
	}
	clock, err := opened.Clock(ctx)
	if err != nil {
		return time.Time{}, Coded(err)
	}
	return clock.Judgement.Now.In(casefile.Zone), nil
}

// Store is the store beneath, for programs that share it; nil while it is not open.
func (t *Terminal) Store() *store.Store {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.store
}

// Identity is the enrolled terminal; nil while there is none.
func (t *Terminal) Identity() *seal.Identity {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.identity
}
