//go:build cgo

package usb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/gousb"

	"bianmin/drivers/link/bus"
	"bianmin/drivers/link/channel"
)

// controlTimeout bounds requests on the control pipe, for which libusb would wait for ever.
const controlTimeout = time.Second

// Open opens the device at a place. Errors are those of package channel; ErrAmbiguous when several devices fit.
// libusb's view of the bus is taken anew each time: without udev a longer one never sees what is plugged in later.
func Open(ctx context.Context, place Place) (*Port, error) {
	session, err := begin()
	if err != nil {
		return nil, fmt.Errorf("open USB device %s: %w", place, err)
	}
	p, err := session.open(ctx, place)
	if err != nil {
		return nil, fmt.Errorf("open USB device %s: %w", place, errors.Join(err, session.Close()))
	}
	return p, nil
}

// DeviceID is what the printer at a place says of itself, "MFG:…;MDL:…;CMD:…;" (IEEE 1284). It is asked on the control pipe: nothing is printed, and no
// driver is asked to let go. Errors are those of Open.
func DeviceID(place Place) (said string, err error) {
	session, err := begin()
	if err != nil {
		return "", fmt.Errorf("ask USB printer %s for its name: %w", place, err)
	}
	defer func() { err = errors.Join(err, session.Close()) }()
	device, err := session.find(place)
	if err != nil {
		return "", fmt.Errorf("ask USB printer %s for its name: %w", place, err)
	}
	defer func() { err = errors.Join(err, device.Close()) }()
	_, wiring, ok := choose(device.Desc)
	if !ok || !wiring.printer {
		return "", fmt.Errorf("ask USB printer %s for its name: %w: no printer", place, channel.ErrSettings)
	}
	return askID(device, wiring)
}

// session is one view of the bus.
type session struct{ *gousb.Context }

// begin starts libusb, whose binding panics where that fails (too many open files).
func begin() (s session, err error) {
	defer func() {
		if failed := recover(); failed != nil {
			err = fmt.Errorf("start libusb: %v", failed)
		}
	}()
	return session{gousb.NewContext()}, nil
}

func (s session) open(ctx context.Context, place Place) (*Port, error) {
	device, err := s.find(place)
	if err != nil {
		return nil, err
	}
	p, err := claim(ctx, device)
	if err != nil {
		return nil, errors.Join(err, device.Close())
	}
	p.session = s
	return p, nil
}

// find opens the one device at a place, and takes none of its interfaces.
func (s session) find(place Place) (*gousb.Device, error) {
	devices, err := s.OpenDevices(func(d *gousb.DeviceDesc) bool {
		return place.Is(uint16(d.Vendor), uint16(d.Product), isPrinter(d), bus.Port(d.Bus, d.Path))
	}) // err may be another device's; what was opened counts
	devices = slices.DeleteFunc(devices, func(d *gousb.Device) bool {
		d.ControlTimeout = controlTimeout
		if place.Serial == "" {
			return false
		}
		serial, err := d.SerialNumber()
		if err == nil && serial == place.Serial {
			return false
		}
		_ = d.Close() // another one
		return true
	})
	switch {
	case len(devices) == 0 && err != nil:
		return nil, classify(err)
	case len(devices) == 0:
		return nil, channel.ErrUnplugged
	case len(devices) > 1:
		for _, d := range devices {
			err = errors.Join(err, d.Close())
		}
		return nil, errors.Join(channel.ErrAmbiguous, err)
	}
	return devices[0], nil
}

// isPrinter tells whether a device has an interface of the printer class.
func isPrinter(d *gousb.DeviceDesc) bool {
	for _, config := range d.Configs {
		for _, one := range config.Interfaces {
			if slices.ContainsFunc(one.AltSettings, func(s gousb.InterfaceSetting) bool { return s.Class == printerClass }) {
				return true
			}
		}
	}
	return false
}

// claim takes the interface with bulk pipes, from the kernel's driver if need be: libusb lets go of all interfaces of a
// composite device then, so that is the second try.
func claim(ctx context.Context, device *gousb.Device) (*Port, error) {
	number, wiring, ok := choose(device.Desc)
	if !ok {
		return nil, fmt.Errorf("%w: no interface with bulk pipes", channel.ErrSettings)
	}
	config, err := device.Config(number)
	if err != nil {
		return nil, classify(err)
	}
	taken, err := config.Interface(wiring.number, wiring.alternate)
	if errors.Is(classify(err), channel.ErrBusy) {
		if err = errors.Join(config.Close(), device.SetAutoDetach(true)); err != nil {
			return nil, classify(err)
		}
		if config, err = device.Config(number); err != nil {
			return nil, classify(err)
		}
		taken, err = config.Interface(wiring.number, wiring.alternate)
	}
	if err != nil {
		return nil, errors.Join(classify(err), config.Close())
	}
	p := &Port{device: device, config: config, taken: taken, wiring: wiring}
	p.ctx, p.end = context.WithCancel(context.WithoutCancel(ctx))
	if err := p.pipes(); err != nil {
		taken.Close()
		p.end()
		return nil, errors.Join(classify(err), config.Close())
	}
	return p, nil
}

// wiring is an interface and its bulk pipes in the descriptor's order.
type wiring struct {
	number, alternate int
	in, out           []gousb.EndpointDesc
	printer           bool
	split             bool // a card reader with two pairs: heads on the first, the rest on the second
}

// Pipes of the readers that send a frame's head and rest apart (the first readers' chip).
var splitIn, splitOut = []gousb.EndpointAddress{0x81, 0x85}, []gousb.EndpointAddress{0x02, 0x06}

const printerClass, bidirectional = gousb.ClassPrinter, 2

// choose finds the interface to talk to: a printer's that answers before one that does not, else the first with pipes both ways.
// Interfaces whose number is not their place in the list are left out: the binding would index beyond its list.
func choose(d *gousb.DeviceDesc) (config int, best wiring, ok bool) {
	rank := 0
	numbers := make([]int, 0, len(d.Configs))
	for number := range d.Configs {
		numbers = append(numbers, number)
	}
	slices.Sort(numbers)
	for _, number := range numbers {
		for i, one := range d.Configs[number].Interfaces {
			for _, setting := range one.AltSettings {
				w := wiringOf(setting)
				if r := w.rank(setting); one.Number == i && r > rank {
					rank, config, best, ok = r, number, w, true
				}
			}
		}
	}
	return config, best, ok
}

func wiringOf(setting gousb.InterfaceSetting) wiring {
	w := wiring{number: setting.Number, alternate: setting.Alternate, printer: setting.Class == printerClass}
	for _, e := range setting.Endpoints {
		switch {
		case e.TransferType != gousb.TransferTypeBulk:
		case e.Direction == gousb.EndpointDirectionIn:
			w.in = append(w.in, e)
		default:
			w.out = append(w.out, e)
		}
	}
	byAddress := func(a, b gousb.EndpointDesc) int { return int(a.Address) - int(b.Address) }
	slices.SortFunc(w.in, byAddress)
	slices.SortFunc(w.out, byAddress)
	addresses := func(all []gousb.EndpointDesc) (a []gousb.EndpointAddress) {
		for _, e := range all {
			a = append(a, e.Address)
		}
		return a
	}
	w.split = !w.printer && slices.Equal(addresses(w.in), splitIn) && slices.Equal(addresses(w.out), splitOut)
	return w
}

func (w wiring) rank(setting gousb.InterfaceSetting) int {
	switch {
	case len(w.out) == 0, len(w.in) == 0 && !w.printer:
		return 0
	case w.printer && int(setting.Protocol) == bidirectional && len(w.in) > 0:
		return 3
	case w.printer:
		return 2
	}
	return 1
}

// Port is an open device.
type Port struct {
	session session
	device  *gousb.Device
	config  *gousb.Config
	taken   *gousb.Interface
	wiring  wiring
	in      []*gousb.InEndpoint
	out     []*gousb.OutEndpoint

	ctx    context.Context // ends with Close
	end    context.CancelFunc
	closed sync.Once
	result error

	reading, writing sync.Mutex
	arrived          []byte // read and not yet given
	heads, headsOut  head   // where in a frame a split reader's two directions are
}

func (p *Port) pipes() error {
	for _, e := range p.wiring.in {
		pipe, err := p.taken.InEndpoint(e.Number)
		if err != nil {
			return err
		}
		p.in = append(p.in, pipe)
	}
	for _, e := range p.wiring.out {
		pipe, err := p.taken.OutEndpoint(e.Number)
		if err != nil {
			return err
		}
		p.out = append(p.out, pipe)
	}
	return nil
}
