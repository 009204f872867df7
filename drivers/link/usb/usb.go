// Package usb opens byte channels to USB devices with bulk pipes: one pair of
// pipes (card readers, printers of the printer class), or the two pairs of the
// oldest card readers. It detects the wiring from the descriptors, and knows no
// protocol beyond the seven bytes that the split readers send on a pipe of
// their own.
package usb

import "bianmin/drivers/link/bus"

// Place is bus.Place, which package link hands through.
type Place = bus.Place
