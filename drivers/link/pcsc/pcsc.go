// Package pcsc talks to chip cards through the system's PC/SC service (pcscd). It knows readers and bytes, and nothing of what
// is on a card.
package pcsc

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/ElMostafaIdrassi/goscard"

	"bianmin/drivers/link/channel"
)

// Errors beside those of package channel.
var (
	// ErrNoService means that PC/SC is not installed or does not run.
	ErrNoService = errors.New("the PC/SC service does not run")
	// ErrNoCard means that no card is in the reader, or it was pulled.
	ErrNoCard = errors.New("no card in the reader")
	// ErrCard means that the card in the reader does not answer.
	ErrCard = errors.New("the card in the reader does not answer")
)

// patience is how long Close waits for a call that does not come back.
const patience = 2 * time.Second

// silent keeps the library from its default, which is to print every byte exchanged with the card.
type silent struct{}

func (silent) Debugf(string, ...any) {}
func (silent) Debug(...any)          {}
func (silent) Debugln(...any)        {}
func (silent) Infof(string, ...any)  {}
func (silent) Info(...any)           {}
func (silent) Infoln(...any)         {}
func (silent) Warnf(string, ...any)  {}
func (silent) Warn(...any)           {}
func (silent) Warnln(...any)         {}
func (silent) Errorf(string, ...any) {}
func (silent) Error(...any)          {}
func (silent) Errorln(...any)        {}

// load loads the library once; a machine that gets it later needs the program started anew.
var load = sync.OnceValue(func() error { return goscard.Initialize(silent{}, "libpcsclite.so.1") })

// session is one connection to the service.
func session() (goscard.Context, error) {
	if err := load(); err != nil {
		return goscard.Context{}, fmt.Errorf("%w: %w", ErrNoService, err)
	}
	c, code, err := goscard.NewContext(goscard.SCardScopeSystem, nil, nil)
	return c, meaning(code, err)
}

// Card is a card in a reader, for this program alone.
type Card struct {
	session goscard.Context
	card    goscard.Card
	mutex   sync.Mutex // held by a call
	once    sync.Once
	closed  error
	closing chan struct{}
}

// Connect powers the card in the reader that Choose gives.
func Connect(ctx context.Context, name string) (*Card, error) {
	card, err := call(ctx, func(c goscard.Context) (*Card, error) {
		name, err := choose(c, name)
		if err != nil {
			return nil, err
		}
		card, code, err := c.Connect(name, goscard.SCardShareExclusive, goscard.SCardProtocolAny)
		if err := meaning(code, err); err != nil {
			return nil, err
		}
		return &Card{session: c, card: card, closing: make(chan struct{})}, nil
	}, func(card *Card) { _ = card.Close() })
	if err != nil {
		return nil, fmt.Errorf("connect to a card: %w", err)
	}
	return card, nil
}

// Transmit sends a command and gives the answer, status word last. The service cannot be hurried: when ctx ends first the call goes
// on behind, and the card can only be closed.
func (c *Card) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	type told struct {
		answer []byte
		err    error
	}
	done := make(chan told, 1)
	go func() {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		select {
		case <-c.closing:
			done <- told{nil, channel.ErrClosed}
			return
		default:
		}
		how := &goscard.SCardIoRequestT1
		if c.card.ActiveProtocol() == goscard.SCardProtocolT0 {
			how = &goscard.SCardIoRequestT0
		}
		answer, code, err := c.card.Transmit(how, command, nil)
		done <- told{answer, meaning(code, err)}
	}()
	select {
	case t := <-done:
		if t.err != nil {
			return nil, fmt.Errorf("transmit: %w", t.err)
		}
		return t.answer, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("transmit: %w", channel.Ended(ctx))
	}
}

// Close takes the power from the card.
func (c *Card) Close() error {
	c.once.Do(func() {
		close(c.closing)
		free := make(chan struct{})
		go func() {
			c.mutex.Lock()
			defer c.mutex.Unlock()
			_, _ = c.card.Disconnect(goscard.SCardUnpowerCard) // a card that was pulled has no power already
			_, _ = c.session.Release()
			close(free)
		}()
		timer := time.NewTimer(patience)
		defer timer.Stop()
		select {
		case <-free:
		case <-timer.C:
			c.closed = fmt.Errorf("close a card: %w", channel.ErrStuck)
		}
	})
	return c.closed
}

// Codes of PC/SC.
const (
	noReaders = 0x8010002E
	sharing   = 0x8010000B
)

// meaning gives a code its meaning; the library's error names it.
func meaning(code uint64, err error) error {
	if err == nil {
		return nil
	}
	var is error
	switch code {
	case 0x8010001D, 0x8010001E, 0x80100013: // no service, stopped, lost
		is = ErrNoService
	case 0x8010000C, 0x80100069: // no card, removed
		is = ErrNoCard
	case 0x80100066, 0x80100067, 0x80100068, 0x8010002F, 0x80100016, 0x8010000F: // mute, no power, reset by another, communication, not transacted, protocol
		is = ErrCard
	case sharing:
		is = channel.ErrBusy
	case 0x80100009, 0x80100017, noReaders: // unknown, unavailable, none
		is = channel.ErrUnplugged
	case 0x8010006A: // security violation: the service asks polkit
		is = channel.ErrNotPermitted
	default:
		return err
	}
	return fmt.Errorf("%w: %w", is, err)
}
