package barcode

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"bianmin/drivers"
	"bianmin/drivers/link"
	"bianmin/drivers/link/bus"
)

// Kinds of links that only code readers have, beside those of package link.
const (
	kindHID   = "hid:"
	kindWedge = "evdev:"
)

// usualBaud is the speed of a code reader's serial line where none is said.
const usualBaud = 9600

// Open opens the code reader at the end of a link: serial:PATH, hid:VENDOR:PRODUCT for one of the point-of-sale class,
// evdev:VENDOR:PRODUCT or evdev:/dev/input/by-id/NAME for one that plays keyboard.
func Open(ctx context.Context, name string, baud int) (drivers.CodeReader, error) {
	if place, ok := strings.CutPrefix(name, kindHID); ok {
		named, err := hidPlace(place)
		if err != nil {
			return nil, failure(drivers.FaultDevice, err)
		}
		return opened(OpenHIDAt(named))
	}
	if place, ok := strings.CutPrefix(name, kindWedge); ok {
		return opened(OpenWedge(place))
	}
	if baud == 0 {
		baud = usualBaud
	}
	l, err := link.Open(ctx, name, link.Options{Baud: baud})
	if err != nil {
		return nil, failure(faultOf(err), err)
	}
	return New(l), nil
}

func hidPlace(place string) (bus.Place, error) {
	named, err := bus.ParsePlace(place)
	if err == nil && named.Printer {
		err = errors.New("a printer is no code reader")
	}
	if err != nil {
		return named, fmt.Errorf("hid:%s: %w", place, err)
	}
	return named, nil
}

// opened keeps a nil reader from becoming a CodeReader that is not nil.
func opened[R drivers.CodeReader](reader R, err error) (drivers.CodeReader, error) {
	if err != nil {
		return nil, err
	}
	return reader, nil
}

// CheckLink checks that a name can be a code reader's.
func CheckLink(name string) error {
	if place, ok := strings.CutPrefix(name, kindHID); ok {
		_, err := hidPlace(place)
		return err
	}
	for kind := range strings.SplitSeq("serial: "+kindWedge, " ") {
		if rest, ok := strings.CutPrefix(name, kind); ok && rest != "" {
			return nil
		}
	}
	return fmt.Errorf("%q names no code reader, say serial:PATH, hid:VENDOR:PRODUCT or evdev:VENDOR:PRODUCT@SOCKET", name)
}
