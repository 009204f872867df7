package social

import (
	"context"

	"bianmin/drivers/link/pcsc"
)

// Service is what a Reader needs of the system's PC/SC service. Its errors are those of packages pcsc and channel.
type Service interface {
	// Connect powers the card in the reader of that name, "" the only one; it is this program's alone until Close.
	Connect(ctx context.Context, name string) (Connection, error)
	Present(ctx context.Context, name string) (bool, error)
	// Choose gives the whole name of the reader that a name means.
	Choose(ctx context.Context, name string) (string, error)
}

// Connection is a card that is held.
type Connection interface {
	Transmitter
	Close() error
}

// system is the machine's own service.
type system struct{}

func (system) Connect(ctx context.Context, name string) (Connection, error) {
	card, err := pcsc.Connect(ctx, name)
	if err != nil { // a nil *pcsc.Card is no nil Connection
		return nil, err
	}
	return card, nil
}

func (system) Present(ctx context.Context, name string) (bool, error) {
	return pcsc.Present(ctx, name)
}

func (system) Choose(ctx context.Context, name string) (string, error) {
	return pcsc.Choose(ctx, name)
}
