package reader

import (
	"context"
	"os"

	"bianmin/drivers/sim/plug"
)

// Device is a simulated reader on a cable: a pseudo terminal under a stable name.
type Device struct {
	*Reader
	*plug.Cable
}

// Start makes a reader and plugs it in at path.
func Start(ctx context.Context, path string, options Options) (*Device, error) {
	r := New(options)
	cable, err := plug.New(ctx, path, func(ctx context.Context, end *os.File) {
		if options.Speed > 0 {
			r.Talk(ctx, plug.AtSpeed(end, options.Speed))
			return
		}
		r.Talk(ctx, end)
	})
	if err != nil {
		return nil, err
	}
	return &Device{Reader: r, Cable: cable}, nil
}

// Plug puts the cable back; the reader starts anew, as one that is powered through its cable, and finds the card again.
func (d *Device) Plug() error {
	if !d.Plugged() {
		d.restart()
	}
	return d.Cable.Plug()
}
