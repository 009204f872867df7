// Package filing is the desk behind a front-end: it seals and commits cases,
// finds a person's cases again, keeps the print ledger and answers for the
// terminal's health. It composes store, seal and packet; it must not know
// screens or the network.
package filing

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"bianmin/core/casefile"
	"bianmin/store/terminal"
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
	// MinFree is the free space in bytes below which no case is begun; 0 is the setting disk.reserve.
	MinFree int64
	// CommitPoint is passed on to the store; nil in production.
	CommitPoint func(name string)
	// Unsealed keeps plain copies for the canary test; refused for a production terminal.
	Unsealed bool
	Log      *slog.Logger
}

// MaxSubmission is the largest submission in canonical bytes.
const MaxSubmission = terminal.MaxSubmission

// PrintJob is one physical job in the print ledger; Health is what header, staff
// screen and out-of-service screen show.
type (
	PrintJob = terminal.PrintJob
	Health   = terminal.Health
)

// Filing is the desk. It opens even when the terminal cannot serve, so that the
// screen can say why; it tries again by itself. Any number of goroutines may use it.
type Filing struct {
	*terminal.Terminal

	options Options

	mu     sync.Mutex
	drafts map[string]casefile.Attachment      // pages of this session that no case names
	cases  map[casefile.Number]*sm2.PrivateKey // keys of cases this session filed or opened
	card   cardKeys
}

// cardKeys remembers the last card's derived keys, because deriving is slow on purpose.
type cardKeys struct {
	digest  string
	keys    seal.CardKeys
	adopted bool // cases of machines this one succeeded were looked for
}

// Open opens the desk. The error is a mistake of the caller; why a terminal
// cannot serve is told by Ready.
func Open(ctx context.Context, options Options) (*Filing, error) {
	if options.Cost == (seal.Cost{}) {
		options.Cost = seal.CardCost()
	}
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	f := &Filing{options: options, drafts: map[string]casefile.Attachment{}, cases: map[casefile.Number]*sm2.PrivateKey{}}
	var err error
	f.Terminal, err = terminal.Open(ctx, terminal.Options{
		Folder: options.Folder, Software: options.Software, Clock: options.Clock, MinFree: options.MinFree,
		CommitPoint: options.CommitPoint, Unsealed: options.Unsealed, Begin: f.takeStaff, Log: options.Log,
	})
	if err != nil {
		return nil, fmt.Errorf("open the desk: %w", err)
	}
	return f, nil
}

// Close closes the desk and forgets the session's keys.
func (f *Filing) Close() error {
	f.mu.Lock()
	clear(f.drafts)
	clear(f.cases)
	f.card = cardKeys{}
	f.mu.Unlock()
	return f.Terminal.Close()
}
