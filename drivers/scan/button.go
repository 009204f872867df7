package scan

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"bianmin/drivers"
	"bianmin/drivers/link"
)

// Button is a push button that sends the line "S" at each press; it implements drivers.Button.
type Button struct {
	link    link.Link
	line    []byte
	presses int // that nobody has waited for yet
}

var _ drivers.Button = (*Button)(nil)

// NewButton reads the button on the link.
func NewButton(l link.Link) *Button { return &Button{link: l} }

// Wait implements drivers.Button; an *drivers.Error says that the button is gone.
// Presses made while nobody waited are handed out first.
func (b *Button) Wait(ctx context.Context) error {
	for {
		if b.presses > 0 {
			b.presses--
			return nil
		}
		buffer := make([]byte, 64)
		n, err := b.link.ReadContext(ctx, buffer)
		b.take(buffer[:n])
		switch {
		case n > 0:
		case err == nil || errors.Is(err, link.ErrTimeout) && ctx.Err() == nil:
		case ctx.Err() != nil:
			return fmt.Errorf("wait for button: %w", ctx.Err())
		case errors.Is(err, link.ErrUnplugged) || errors.Is(err, link.ErrClosed):
			return &drivers.Error{Role: drivers.RoleButton, Fault: drivers.FaultUnplugged, Op: "wait", Err: err}
		default:
			return &drivers.Error{Role: drivers.RoleButton, Fault: drivers.FaultDevice, Op: "wait", Err: err}
		}
	}
}

// take gathers lines; anything but "S" is noise.
func (b *Button) take(data []byte) {
	for _, c := range data {
		switch {
		case c == '\r' || c == '\n':
			if bytes.Equal(b.line, []byte("S")) {
				b.presses++
			}
			b.line = b.line[:0]
		case len(b.line) < 16:
			b.line = append(b.line, c)
		}
	}
}

// Close frees the link.
func (b *Button) Close() error {
	if err := b.link.Close(); err != nil {
		return fmt.Errorf("close button: %w", err)
	}
	return nil
}
