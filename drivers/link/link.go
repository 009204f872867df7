// Package link opens byte channels to devices by name. Everything that touches
// the operating system's devices lies below this folder; protocols lie outside.
package link

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"bianmin/drivers/link/bus"
	"bianmin/drivers/link/channel"
	"bianmin/drivers/link/hid"
	"bianmin/drivers/link/serial"
	"bianmin/drivers/link/usb"
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
	ErrAmbiguous    = channel.ErrAmbiguous
	ErrRefused      = channel.ErrRefused
)

// kinds are how links are opened, by what stands before the first colon of their names.
var kinds = map[string]func(ctx context.Context, rest string, options Options) (Link, error){
	"serial": func(ctx context.Context, rest string, options Options) (Link, error) {
		return opened(serial.Open(ctx, rest, options))
	},
	"usb": func(ctx context.Context, rest string, _ Options) (Link, error) {
		place, err := bus.ParsePlace(rest)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrName, err)
		}
		return opened(usb.Open(ctx, place))
	},
	"hid": func(_ context.Context, rest string, _ Options) (Link, error) {
		place, err := bus.ParsePlace(rest)
		if err != nil || place.Printer {
			return nil, fmt.Errorf("%w: HID device %q: say VENDOR:PRODUCT, then :SERIAL or @PORT where there are several", ErrName, rest)
		}
		return opened(hid.OpenPipe(place))
	},
}

// Open opens the link called name: "serial:PATH"; "usb:VENDOR:PRODUCT" or "usb:printer" for a device with bulk pipes, "hid:VENDOR:PRODUCT"
// for one with reports, each with ":SERIAL" or "@PORT" behind it where several are plugged in. The settings of a line count for
// serial lines only. The errors are those of package channel, and ErrName when the name is no link's.
func Open(ctx context.Context, name string, options Options) (Link, error) {
	kind, rest, _ := strings.Cut(name, ":")
	open := kinds[kind]
	if open == nil || rest == "" {
		return nil, fmt.Errorf("open link %q: %w", name, ErrName)
	}
	return open(ctx, rest, options)
}

// DeviceID asks the printer behind a link "usb:…" what it is (IEEE 1284): "MFG:…;MDL:…;CMD:…;". Asking prints nothing. Errors are those of Open.
func DeviceID(name string) (string, error) {
	rest, ok := strings.CutPrefix(name, "usb:")
	place, err := bus.ParsePlace(rest)
	if !ok || err != nil {
		return "", fmt.Errorf("ask %q what it is: %w", name, ErrName)
	}
	return usb.DeviceID(place)
}

// ErrName says that a name is no link's.
var ErrName = errors.New("unknown kind of link, say serial:PATH, usb:VENDOR:PRODUCT, usb:printer or hid:VENDOR:PRODUCT")

// opened keeps a nil port from becoming a Link that is not nil.
func opened[P Link](port P, err error) (Link, error) {
	if err != nil {
		return nil, err
	}
	return port, nil
}
