// Package link opens byte channels to devices by name. Everything that touches
// the operating system's devices lies below this folder; protocols lie outside.
package link

import (
	"context"
	"fmt"
	"strings"

	"bianmin/drivers/link/channel"
	"bianmin/drivers/link/serial"
)

// The contract, see package channel.
type (
	// Link is a byte channel to one device.
	Link = channel.Link
	// Drainer is a Link that can wait until its last byte has left the machine.
	Drainer = channel.Drainer
	// Options are the settings of a line.
	Options = channel.Options
	// FlowControl is how a device tells the machine to wait.
	FlowControl = channel.FlowControl
)

// Kinds of flow control.
const (
	NoFlow  = channel.NoFlow
	RTSCTS  = channel.RTSCTS
	XonXoff = channel.XonXoff
)

// Errors of links; test with errors.Is.
var (
	ErrUnplugged    = channel.ErrUnplugged
	ErrTimeout      = channel.ErrTimeout
	ErrNotPermitted = channel.ErrNotPermitted
	ErrBusy         = channel.ErrBusy
	ErrNotSerial    = channel.ErrNotSerial
	ErrSettings     = channel.ErrSettings
	ErrClosed       = channel.ErrClosed
	ErrStuck        = channel.ErrStuck
)

// Open opens the link called name: "serial:PATH". The errors are those of package channel,
// and one of its own when the kind of link is unknown.
func Open(ctx context.Context, name string, options Options) (Link, error) {
	kind, rest, ok := strings.Cut(name, ":")
	if !ok || kind != "serial" || rest == "" {
		return nil, fmt.Errorf("open link %q: unknown kind, say serial:PATH", name)
	}
	port, err := serial.Open(ctx, rest, options)
	if err != nil {
		return nil, err
	}
	return port, nil
}
