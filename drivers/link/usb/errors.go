//go:build cgo

package usb

import (
	"errors"
	"fmt"
	"strings"

	"github.com/google/gousb"

	"bianmin/drivers/link/channel"
)

// meanings are what libusb's errors are for whoever uses a link.
var meanings = []struct {
	said error
	is   error
}{
	{gousb.TransferNoDevice, channel.ErrUnplugged},
	{gousb.ErrorNoDevice, channel.ErrUnplugged},
	{gousb.ErrorNotFound, channel.ErrUnplugged},
	{gousb.ErrorAccess, channel.ErrNotPermitted},
	{gousb.ErrorBusy, channel.ErrBusy},
	{gousb.TransferTimedOut, channel.ErrTimeout},
	{gousb.ErrorTimeout, channel.ErrTimeout},
	{gousb.TransferStall, channel.ErrRefused},
	{gousb.ErrorPipe, channel.ErrRefused},
}

// classify turns libusb's errors into those of package channel. Where an interface is claimed the binding keeps only the
// words of the error, so the code in them counts.
func classify(err error) error {
	if err == nil {
		return nil
	}
	for _, m := range meanings {
		code, numbered := m.said.(gousb.Error)
		if errors.Is(err, m.said) || numbered && strings.Contains(err.Error(), fmt.Sprintf("[code %d]", code)) {
			return fmt.Errorf("%w (%w)", m.is, err)
		}
	}
	return err
}
