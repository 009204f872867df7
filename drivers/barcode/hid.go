package barcode

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/link/bus"
	"bianmin/drivers/link/channel"
	"bianmin/drivers/link/hid"
)

// pause is the longest between two reports of one code: a reader sends them within milliseconds. What was begun longer ago has lost its end,
// and the next report is another code's.
const pause = time.Second

// HID reads codes from a reader of the point-of-sale class; one goroutine at a time.
type HID struct {
	device *hid.Device
	code   assembler
}

// ErrNotPOS says that a HID device is no code reader of the point-of-sale class: most are set to be keyboards when they are new.
var ErrNotPOS = errors.New("not a code reader of the point-of-sale class (set it to HID-POS with its maker's code)")

// OpenHID opens a hidraw node.
func OpenHID(path string) (*HID, error) {
	device, err := hid.Open(path)
	if err != nil {
		return nil, failure(faultOf(err), err)
	}
	if !device.Is(hid.PageBarCode) {
		return nil, failure(drivers.FaultProtocol, errors.Join(ErrNotPOS, device.Close()))
	}
	switchOn(device)
	return &HID{device: device}, nil
}

// sleepers are the makers (Honeywell, Youjie) whose readers send no report before a feature report has switched that on.
var sleepers = []uint16{0x0C2E, 0x23D0}

// switchOn switches such a reader on.
func switchOn(device *hid.Device) {
	const number, on = 0xFE, 1
	if maker, _ := device.IDs(); slices.Contains(sleepers, maker) && device.HasFeature(number) {
		_ = device.SetFeature([]byte{number, on}) // not all that have it need it; one that is gone is seen when it is listened to
	}
}

// OpenHIDAt opens the code reader at a place.
func OpenHIDAt(place bus.Place) (*HID, error) {
	path, err := hid.Find(place, func(descriptor []byte) bool { return hid.Names(descriptor, hid.PageBarCode) })
	if err != nil {
		return nil, failure(faultOf(err), err)
	}
	return OpenHID(path)
}

// Scan is as Reader's.
func (h *HID) Scan(ctx context.Context) (Code, error) {
	for {
		report, err := h.next(ctx)
		if err != nil {
			if ctx.Err() != nil {
				return Code{}, fmt.Errorf("wait for a code: %w", ctx.Err())
			}
			return Code{}, err
		}
		code, whole, err := h.code.report(report)
		switch {
		case err != nil:
			return Code{}, failure(drivers.FaultProtocol, err)
		case whole:
			return code, nil
		}
	}
}

// next waits for a report; ErrLost when the rest of a code does not come.
func (h *HID) next(ctx context.Context) ([]byte, error) {
	limited, stop := ctx, context.CancelFunc(func() {})
	if h.code.begun {
		limited, stop = context.WithTimeout(ctx, pause)
	}
	defer stop()
	report, err := h.device.ReadReport(limited)
	switch {
	case err == nil:
		return report, nil
	case errors.Is(err, channel.ErrTimeout) && ctx.Err() == nil:
		h.code = assembler{}
		return nil, failure(drivers.FaultProtocol, ErrLost)
	}
	return nil, failure(faultOf(err), err)
}

// Close frees the device.
func (h *HID) Close() error { return h.device.Close() }
