// Package office is the desk's filing: the accounts that work at a point, and
// behind each one's secret a book of cases, drafts, ledger and originals. It
// composes store, seal and packet; it must not know screens or the network.
package office

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/receipt"
	"bianmin/store/terminal"
	"bianmin/sync/seal"
	"bianmin/sync/seal/chip"
)

// Options are how an office is opened. Folder is required.
type Options struct {
	Folder   string // the data folder; keys lie in its folder "keys"
	Software string // name and version, written into every event
	// Clock reads the machine's clocks; nil is store.SystemClock.
	Clock func() (casefile.Reading, error)
	// Calendar tells the working days deadlines count in; nil knows weekends only. It is asked at sign-on and anew each day.
	Calendar func() casefile.Calendar
	// SecretCost of turning a secret into a key; zero is seal.SecretCost. Of keys made before, their own cost counts.
	SecretCost seal.Cost
	// CardCost of knowing an account by its own card; zero is seal.CardCost.
	CardCost seal.Cost
	// Chip is the PC's security chip; nil where it has none: then passphrases only.
	Chip Chip
	// Practice is the office of practice mode: there trainees may do everything. It counts only over an identity of
	// practice, whose folder every sender refuses.
	Practice bool
	// MinFree is the free space in bytes below which no case is begun; 0 is the setting disk.reserve.
	MinFree int64
	// CommitPoint is passed on to the store; nil in production.
	CommitPoint func(name string)
	// Unsealed keeps plain copies for the canary test; refused for a production terminal.
	Unsealed bool
	Log      *slog.Logger
}

// Chip is a PC's security chip, as *chip.Chip is one. It counts wrong PINs itself.
type Chip interface {
	// Seal keeps a secret so that only this chip gives it back, and only for the PIN.
	Seal(pin string, secret []byte) (blob []byte, err error)
	// Unseal gives the secret back; ErrPIN and ErrChipLocked mean something to the person.
	Unseal(pin string, blob []byte) (secret []byte, err error)
}

// Errors of a chip that mean something to the person.
var (
	ErrPIN        = chip.ErrPIN
	ErrChipLocked = chip.ErrLocked
)

// Office is what is there before somebody has signed on. It opens even when the
// terminal cannot serve, so that the screen can say why. Any number of
// goroutines may use it.
type Office struct {
	*terminal.Terminal

	options Options
}

// Open opens an office. The error is a mistake of the caller; why it cannot
// serve is told by Ready.
func Open(ctx context.Context, options Options) (*Office, error) {
	if options.SecretCost == (seal.Cost{}) {
		options.SecretCost = seal.SecretCost()
	}
	if options.CardCost == (seal.Cost{}) {
		options.CardCost = seal.CardCost()
	}
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	if options.Calendar == nil {
		options.Calendar = func() casefile.Calendar { return casefile.Calendar{} }
	}
	beneath, err := terminal.Open(ctx, terminal.Options{
		Folder: options.Folder, Software: options.Software, Clock: options.Clock, MinFree: options.MinFree,
		CommitPoint: options.CommitPoint, Unsealed: options.Unsealed, Log: options.Log,
	})
	if err != nil {
		return nil, fmt.Errorf("open the office: %w", err)
	}
	return &Office{Terminal: beneath, options: options}, nil
}

// Health is how the point stands. It answers for an office that cannot serve
// too, as far as it can.
func (o *Office) Health(ctx context.Context) (agency.Health, error) {
	h, err := o.Terminal.Health(ctx)
	health := agency.Health{
		Online: h.Online, Waiting: h.Waiting, Refused: h.Refused, Oldest: h.Oldest, LastContact: h.LastContact, DiskFree: h.DiskFree, Problem: h.Problem,
		Link: h.Link,
	}
	if err != nil {
		return health, err
	}
	opened, _, err := o.Opened(ctx)
	if err != nil {
		return health, nil //nolint:nilerr // Problem says it
	}
	clock, err := opened.Clock(ctx)
	if err != nil {
		return health, terminal.Coded(err)
	}
	health.Offset = clock.Mark.Offset
	return health, nil
}

// Verify reads a receipt's QR and verifies it offline.
func (o *Office) Verify(code string) (receipt.Code, error) {
	self := o.Identity()
	if self == nil {
		return receipt.Code{}, &casefile.Error{Code: casefile.NotEnrolled, Err: seal.ErrNotEnrolled}
	}
	return seal.VerifyCode(code, seal.SM2Key(self.Trust.SigningRoot))
}

// refuse is a rule's refusal.
func refuse(code agency.Code) error { return &agency.Error{Code: code} }

// coded lets rules' refusals and errors of signing on through and gives every other error a code.
func coded(err error) error {
	var locked *agency.LockedError
	switch {
	case err == nil, agency.Refused(err) != "", errors.As(err, &locked), errors.Is(err, agency.ErrSecret), errors.Is(err, agency.ErrNotActive):
		return err
	case errors.Is(err, casefile.ErrTransition):
		return refuse(agency.NotNow)
	}
	return terminal.Coded(err)
}
