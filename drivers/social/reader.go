package social

import (
	"context"
	"errors"
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
	return &Reader{options}
}

// Read implements drivers.SocialCardReader.
func (r *Reader) Read(ctx context.Context) (identity.SocialCard, error) {
	limited, cancel := context.WithTimeout(ctx, r.options.Limit)
	defer cancel()
	if ctx.Err() != nil {
		return identity.SocialCard{}, fail(ctx, "read card", channel.Ended(ctx))
	}
	connected, err := pcsc.Connect(r.options.Name)
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

// Status implements drivers.SocialCardReader: it looks whether the reader is there, and asks no card.
func (r *Reader) Status(ctx context.Context) (drivers.Status, error) {
	status := drivers.Status{Role: drivers.RoleSocial, Condition: drivers.Online, At: r.options.Now()}
	name, err := pcsc.Choose(r.options.Name)
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

// Close implements drivers.SocialCardReader.
func (r *Reader) Close() error { return nil }

func fail(ctx context.Context, op string, err error) error {
	if errors.Is(err, pcsc.ErrNoCard) {
		return drivers.ErrNoCard
	}
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
	case errors.Is(err, ErrOther), errors.Is(err, ErrForm), errors.Is(err, pcsc.ErrCard), errors.As(err, &refused):
		return drivers.FaultCard
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
