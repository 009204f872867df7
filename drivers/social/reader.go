package social

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"bianmin/core/identity"
	"bianmin/drivers"
	"bianmin/drivers/link/channel"
	"bianmin/drivers/link/pcsc"
)

// Options of a Reader.
type Options struct {
	Name  string           // of the reader as PC/SC calls it; "" is the only one
	Limit time.Duration    // of one Read; 0 is 10 s
	Now   func() time.Time // stamps Status; required

	Service Service // nil is the machine's
}

// Reader is a chip card reader; it implements drivers.SocialCardReader. It holds a card only while it reads it.
type Reader struct{ options Options }

var _ drivers.SocialCardReader = (*Reader)(nil)

// New exchanges no byte: a reader that is not there is Read's error.
func New(options Options) *Reader {
	if options.Now == nil {
		panic("social: Options.Now is required")
	}
	if options.Limit <= 0 {
		options.Limit = 10 * time.Second
	}
	if options.Service == nil {
		options.Service = system{}
	}
	return &Reader{options}
}

// Prefix begins the links of chip card readers: the reader's name as PC/SC calls it stands behind it, none means the only reader.
const Prefix = "pcsc:"

// NameOf gives the name in a link.
func NameOf(link string) (string, error) {
	name, ok := strings.CutPrefix(link, Prefix)
	if !ok {
		return "", fmt.Errorf("%q names no chip card reader, say pcsc: for the only one, or pcsc:NAME", link)
	}
	return name, nil
}

// Read implements drivers.SocialCardReader.
func (r *Reader) Read(ctx context.Context) (identity.SocialCard, error) {
	limited, cancel := context.WithTimeout(ctx, r.options.Limit)
	defer cancel()
	connected, err := r.connect(limited)
	if errors.Is(err, pcsc.ErrNoCard) {
		return identity.SocialCard{}, drivers.ErrNoCard
	}
	if err != nil {
		return identity.SocialCard{}, fail(ctx, "read card", err)
	}
	card, err := Read(limited, connected)
	if closing := connected.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return identity.SocialCard{}, fail(ctx, "read card", err)
	}
	return card, nil
}

// A card that was just put in may not answer yet: it is tried so often, with pauses.
const (
	tries = 5
	again = 100 * time.Millisecond
)

func (r *Reader) connect(ctx context.Context) (card Connection, err error) {
	tick := time.NewTicker(again)
	defer tick.Stop()
	for range tries {
		if card, err = r.options.Service.Connect(ctx, r.options.Name); !errors.Is(err, pcsc.ErrCard) {
			return card, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, err
		}
	}
	return nil, err
}

// Present implements drivers.SocialCardReader.
func (r *Reader) Present(ctx context.Context) (drivers.Presence, error) {
	limited, cancel := context.WithTimeout(ctx, look)
	defer cancel()
	is, err := r.options.Service.Present(limited, r.options.Name)
	switch {
	case err != nil:
		return "", fail(ctx, "find card", err)
	case is:
		return drivers.CardLies, nil
	}
	return drivers.CardGone, nil
}

// Status implements drivers.SocialCardReader: it looks whether the reader is there, and asks no card.
func (r *Reader) Status(ctx context.Context) (drivers.Status, error) {
	limited, cancel := context.WithTimeout(ctx, look)
	defer cancel()
	status := drivers.Status{Role: drivers.RoleSocial, Condition: drivers.Online, At: r.options.Now()}
	name, err := r.options.Service.Choose(limited, r.options.Name)
	status.Model = name
	if err == nil {
		return status, nil
	}
	status.Fault = faultOf(err)
	status.Condition = drivers.Offline
	if status.Fault == drivers.FaultUnplugged || status.Fault == drivers.FaultMissingTool {
		status.Condition = drivers.NoDevice
	}
	return status, fail(ctx, "ask status", err)
}

// look is how long the service may take to say what it sees.
const look = 2 * time.Second

// Close implements drivers.SocialCardReader.
func (r *Reader) Close() error { return nil }

func fail(ctx context.Context, op string, err error) error {
	fault := faultOf(err)
	if errors.Is(ctx.Err(), context.Canceled) {
		fault = drivers.FaultCancelled
	}
	return &drivers.Error{Role: drivers.RoleSocial, Fault: fault, Op: op, Err: err}
}

// faultOf picks the code for people of an error inside this package.
func faultOf(err error) drivers.Fault {
	var refused *StatusError
	switch {
	case errors.Is(err, ErrOther):
		return drivers.FaultCardOther
	case errors.Is(err, ErrForm), errors.Is(err, pcsc.ErrCard), errors.Is(err, pcsc.ErrNoCard), errors.As(err, &refused):
		return drivers.FaultCard // also one that was pulled while it was read
	case errors.Is(err, pcsc.ErrNoService):
		return drivers.FaultMissingTool
	case errors.Is(err, channel.ErrUnplugged):
		return drivers.FaultUnplugged
	case errors.Is(err, channel.ErrAmbiguous):
		return drivers.FaultAmbiguous
	case errors.Is(err, channel.ErrBusy):
		return drivers.FaultBusy
	case errors.Is(err, channel.ErrNotPermitted):
		return drivers.FaultNotPermitted
	case errors.Is(err, channel.ErrTimeout), errors.Is(err, channel.ErrStuck):
		return drivers.FaultSilent
	}
	return drivers.FaultDevice
}
