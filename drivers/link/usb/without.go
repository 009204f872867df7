//go:build !cgo

package usb

import (
	"context"
	"errors"
	"fmt"

	"bianmin/drivers/link/channel"
)

// ErrWithout says that this program was built without C, and so without libusb. No shipped program that has devices is.
var ErrWithout = errors.New("this program was built without libusb")

// Port is an open device, of which there are none here.
type Port struct{ channel.Link }

// Open says that there is no libusb.
func Open(_ context.Context, place Place) (*Port, error) {
	return nil, fmt.Errorf("open USB device %s: %w", place, ErrWithout)
}

// DeviceID says that there is no libusb.
func DeviceID(place Place) (string, error) {
	return "", fmt.Errorf("ask USB printer %s for its name: %w", place, ErrWithout)
}
