package pack

import (
	"fmt"
	"slices"
	"strings"

	"bianmin/drivers/link/bus"
	"bianmin/drivers/link/evdev"
	"bianmin/drivers/link/hid"
	"bianmin/drivers/link/video"
)

// OfUSB finds the pack of a USB device that is no serial line: its ids count before what it says, that before its interface's protocol. nil when none fits.
func (all Packs) OfUSB(d bus.Device) *Pack {
	mine := ids(d.Vendor, d.Product)
	return all.best(func(m Match) int {
		for _, i := range d.Interfaces {
			switch {
			case m.USB == mine:
				return 3
			case i.Class != bus.PrinterClass:
			case m.Command != "" && bus.ParseID(i.DeviceID).Understands(m.Command):
				return 2
			case m.Protocol != 0 && m.Protocol == i.Protocol:
				return 1
			}
		}
		return 0
	}, LinkUSB, LinkQueue)
}

// OfHID finds the pack of a HID device: its ids count before its usage page. nil when none fits.
func (all Packs) OfHID(n hid.Node) *Pack {
	mine := ids(n.Vendor, n.Product)
	return all.best(func(m Match) int {
		switch {
		case m.USB == mine && !hid.Names(n.Descriptor, hid.PageKeyboard):
			return 2
		case m.Usage != "" && hid.Names(n.Descriptor, page(m.Usage)):
			return 1
		}
		return 0
	}, LinkHID)
}

// OfVideo finds the pack of a camera: its ids count before that it is one. nil when none fits.
func (all Packs) OfVideo(n video.Node) *Pack {
	ids := ids(n.Vendor, n.Product)
	return all.best(func(m Match) int {
		switch {
		case m.USB == ids:
			return 2
		case m.Class != "":
			return 1
		}
		return 0
	}, LinkVideo)
}

// OfInput finds the pack of a device that plays keyboard: its ids count before its maker. nil when none fits, so for keyboards of people.
func (all Packs) OfInput(n evdev.Node) *Pack {
	if !n.Types {
		return nil
	}
	mine := ids(n.Vendor, n.Product)
	return all.best(func(m Match) int {
		switch {
		case m.USB == mine:
			return 2
		case m.Vendor != "" && strings.HasPrefix(mine, m.Vendor+":"):
			return 1
		}
		return 0
	}, LinkInput)
}

// OfSerial finds the pack of what stands behind a serial line, by the ids of the adapter that makes it. nil when none fits.
func (all Packs) OfSerial(adapter bus.Device) *Pack {
	mine := ids(adapter.Vendor, adapter.Product)
	return all.best(func(m Match) int {
		if m.USB == mine {
			return 1
		}
		return 0
	}, LinkSerial)
}

func ids(vendor, product uint16) string { return fmt.Sprintf("%04x:%04x", vendor, product) }

// page reads a usage page, which the schema has checked.
func page(text string) (number uint16) {
	_, _ = fmt.Sscanf(text, "%x", &number)
	return number
}

func (all Packs) best(rank func(Match) int, links ...string) (found *Pack) {
	most := 0
	for i := range all {
		if !slices.Contains(links, all[i].Link) {
			continue
		}
		for _, m := range all[i].Match {
			if r := rank(m); r > most {
				most, found = r, &all[i]
			}
		}
	}
	return found
}
