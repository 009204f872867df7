// Package button simulates the push button beside a scanner: a line with one
// letter per press at the far end of a serial cable. It is never shipped.
package button

import (
	"context"
	"fmt"
	"os"

	"bianmin/drivers/sim/plug"
)

// Button is one simulated push button. Its methods are safe for use by several goroutines.
type Button struct{ cable *plug.Cable }

// New puts a button at the end of a cable named path.
func New(ctx context.Context, path string) (*Button, error) {
	cable, err := plug.New(ctx, path, ignore)
	if err != nil {
		return nil, fmt.Errorf("simulated button: %w", err)
	}
	return &Button{cable: cable}, nil
}

// ignore takes whatever programs send to a button.
func ignore(_ context.Context, end *os.File) {
	buffer := make([]byte, 64)
	for {
		if _, err := end.Read(buffer); err != nil {
			return
		}
	}
}

// Path is the name programs open.
func (b *Button) Path() string { return b.cable.Path() }

// Press presses the button once.
func (b *Button) Press() error { return b.Send([]byte("S\r\n")) }

// Send puts any bytes on the line: noise for tests.
func (b *Button) Send(data []byte) error {
	if _, err := b.cable.Write(data); err != nil {
		return fmt.Errorf("simulated button: %w", err)
	}
	return nil
}

// Plugged tells whether the cable is in.
func (b *Button) Plugged() bool { return b.cable.Plugged() }

// Plug puts the cable back, Unplug pulls it, Close pulls it for good.
func (b *Button) Plug() error   { return b.cable.Plug() }
func (b *Button) Unplug() error { return b.cable.Unplug() }
func (b *Button) Close() error  { return b.cable.Close() }
