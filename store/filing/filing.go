// Package filing is the desk behind a front-end: it seals and commits cases,
// finds a person's cases again, keeps the print ledger and answers for the
// terminal's health. It composes store, seal and packet; it must not know
// screens or the network.
package filing

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

	"github.com/emmansun/gmsm/sm2"
)

// Options are how a desk is opened. Folder is required.
type Options struct {
	Folder   string // the data folder; keys lie in its folder "keys"
	Software string // name and version, written into every event
	// Clock reads the machine's clocks; nil is store.SystemClock.
	Clock func() (casefile.Reading, error)
	// Cost of turning a card into keys; zero is seal.CardCost.
	Cost seal.Cost
	// MinFree is the free space in bytes below which no case is begun; 0 is 64 MiB.
	MinFree int64
	// CommitPoint is passed on to the store; nil in production.
	CommitPoint func(name string)
	// Unsealed keeps plain copies for the canary test; refused for a production terminal.
	Unsealed bool
	Log      *slog.Logger
}

const (
	defaultMinFree = 64 << 20
	reopenPause    = 5 * time.Second // between tries to open a store that did not open
)

// Filing is the desk. It opens even when the terminal cannot serve, so that the
// screen can say why; it tries again by itself. Any number of goroutines may use it.
type Filing struct {
	options Options

	mu       sync.Mutex
	store    *store.Store
	identity *seal.Identity
	problem  error         // why the store or the identity did not open, a *casefile.Error
	tried    time.Duration // monotonic time of the last try

	drafts map[string]casefile.Attachment      // pages of this session that no case names
	cases  map[casefile.Number]*sm2.PrivateKey // keys of cases this session filed or opened
	card   cardKeys
}

// cardKeys remembers the last card's derived keys, because deriving is slow on purpose.
type cardKeys struct {
	digest string
	keys   seal.CardKeys
}

// Open opens the desk. The error is a mistake of the caller; why a terminal
// cannot serve is told by Ready.
func Open(ctx context.Context, options Options) (*Filing, error) {
	if options.Folder == "" {
		return nil, errors.New("open the desk: a data folder is required")
	}
	if options.Clock == nil {
		options.Clock = store.SystemClock
	}
	if options.Cost == (seal.Cost{}) {
		options.Cost = seal.CardCost()
	}
	if options.MinFree == 0 {
		options.MinFree = defaultMinFree
	}
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	f := &Filing{options: options, drafts: map[string]casefile.Attachment{}, cases: map[casefile.Number]*sm2.PrivateKey{}}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.open(ctx)
	return f, nil
}

// open tries to load the identity and to open the store; f.problem says why not.
func (f *Filing) open(ctx context.Context) {
	if reading, err := f.options.Clock(); err == nil {
		f.tried = reading.Monotonic
	}
	if f.problem = f.tryOpen(ctx); f.problem != nil {
		f.options.Log.Error("the desk cannot serve", "code", string(store.Code(f.problem)), "error", f.problem)
	}
}

func (f *Filing) tryOpen(ctx context.Context) error {
	if f.identity == nil {
		identity, err := seal.LoadIdentity(f.options.Folder + "/keys")
		switch {
		case errors.Is(err, seal.ErrNotEnrolled):
			return &casefile.Error{Code: casefile.NotEnrolled, Err: err}
		case err != nil:
			return &casefile.Error{Code: casefile.Internal, Err: err}
		}
		if f.options.Unsealed && identity.Environment != "demo" {
			return &casefile.Error{Code: casefile.Internal, Err: errors.New("sealing is never off on a production terminal")}
		}
		f.identity = identity
	}
	opened, err := store.Open(ctx, store.Options{
		Folder: f.options.Folder, Clock: f.options.Clock, CommitPoint: f.options.CommitPoint, Unsealed: f.options.Unsealed,
	})
	if err != nil {
		return coded(err)
	}
	if err := f.begin(ctx, opened); err != nil {
		return errors.Join(coded(err), opened.Close())
	}
	f.store = opened
	return nil
}

// begin prepares an opened store: what dead drafts left goes, and the clock is noted.
func (f *Filing) begin(ctx context.Context, opened *store.Store) error {
	if _, err := opened.Sweep(ctx); err != nil {
		return err
	}
	if err := opened.Observe(ctx, f.identity.Enrolled); err != nil {
		return err
	}
	return f.takeStaff(ctx, opened)
}

// coded gives every error a code; unexpected ones are casefile.Internal.
func coded(err error) error {
	if err == nil {
		return nil
	}
	var known *casefile.Error
	if errors.As(err, &known) {
		return err
	}
	return &casefile.Error{Code: casefile.Internal, Err: err}
}

// ready gives store and identity, trying again to open what did not open.
func (f *Filing) ready(ctx context.Context) (*store.Store, *seal.Identity, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.store == nil {
		reading, err := f.options.Clock()
		if err != nil || reading.Monotonic-f.tried >= reopenPause || reading.Monotonic < f.tried {
			f.open(ctx)
		}
	}
	if f.store == nil {
		return nil, nil, f.problem
	}
	return f.store, f.identity, nil
}

// Ready tells whether a case can be accepted now; a *casefile.Error says why not.
func (f *Filing) Ready(ctx context.Context) error {
	opened, terminal, err := f.ready(ctx)
	if err != nil {
		return err
	}
	clock, err := opened.Standing(ctx, terminal.Generation)
	if err != nil {
		return coded(err)
	}
	if clock.Judgement.Doubt {
		return &casefile.Error{Code: casefile.ClockDoubt, Err: errors.New(clock.Judgement.Why)}
	}
	free, err := diskFree(f.options.Folder)
	if err != nil {
		return coded(err)
	}
	if free < f.options.MinFree {
		return &casefile.Error{Code: casefile.DiskFull, Err: fmt.Errorf("%d bytes are free", free)}
	}
	return nil
}

// Close closes the desk and forgets the session's keys.
func (f *Filing) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.drafts)
	clear(f.cases)
	f.card = cardKeys{}
	if f.store == nil {
		return nil
	}
	err := f.store.Close()
	f.store, f.problem = nil, &casefile.Error{Code: casefile.Internal, Err: errors.New("the desk is closed")}
	return err
}

// Digest is SM3 in hex, for binding the signature to the content.
func (f *Filing) Digest(content []byte) string { return seal.Digest(content) }

// Today is the business time in China's zone: never before the time mark.
func (f *Filing) Today(ctx context.Context) (time.Time, error) {
	opened, _, err := f.ready(ctx)
	if err != nil {
		return time.Time{}, err
	}
	clock, err := opened.Clock(ctx)
	if err != nil {
		return time.Time{}, coded(err)
	}
	return clock.Judgement.Now.In(casefile.Zone), nil
}

// Store is the store beneath, for programs that share it; nil while it is not open.
func (f *Filing) Store() *store.Store {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.store
}

// Identity is the enrolled terminal; nil while there is none.
func (f *Filing) Identity() *seal.Identity {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.identity
}
