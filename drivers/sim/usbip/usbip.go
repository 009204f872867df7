// Package usbip is the far end of a simulated USB device's cable: a device that
// is plugged into the running kernel's virtual host controller (vhci_hcd) and
// answers its requests (USB/IP, Documentation/usb/usbip_protocol.rst). Near it
// the kernel, libusb and our own code are the real ones. It knows no protocol
// of any device.
package usbip

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// Controller is where the kernel keeps its virtual host controller.
const Controller = "/sys/devices/platform/vhci_hcd.0"

// Pipe is a bulk pipe.
type Pipe struct {
	Address byte // with 0x80 from the device to the host
	Packet  uint16
}

// Model is what a device says of itself, and what it does.
type Model struct {
	Vendor, Product           uint16
	Maker, Name, Serial       string
	Class, Subclass, Protocol byte // of its only interface
	Pipes                     []Pipe
	// Configuration is what a device of several interfaces says in place of one made of the classes and pipes above.
	Configuration []byte
	HighSpeed     bool
	// Control answers a request of a class or a vendor; false refuses it. nil refuses all.
	Control func(setup Setup) (answer []byte, ok bool)
	// Receive takes what the host sends on a pipe; while it does not return the device takes no more (NAK). It must return when
	// ctx ends.
	Receive func(ctx context.Context, pipe byte, data []byte)
	// Cleared hears that the host has cleared a pipe, halted or not; nil is deaf.
	Cleared func(pipe byte)
}

// Setup is a request on the control pipe.
type Setup struct {
	Type, Request        byte
	Value, Index, Length uint16
	Data                 []byte // what the host sends with it
}

// Device is a simulated device and its cable.
type Device struct {
	model Model

	mutex sync.Mutex
	cable *cable
	halts map[byte]bool // pipes that stay halted until the host clears them
}

// New makes a device that is not plugged in.
func New(model Model) *Device { return &Device{model: model, halts: map[byte]bool{}} }

// Plug puts it into a free socket; nothing happens when it is plugged in.
func (d *Device) Plug(ctx context.Context) error {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if d.cable != nil {
		return nil
	}
	socket, err := freeSocket()
	if err != nil {
		return fmt.Errorf("plug a simulated device in: %w", err)
	}
	ends, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("plug a simulated device in: %w", err)
	}
	const device, fullSpeed, highSpeed = 0x10001, 2, 3
	speed := fullSpeed
	if d.model.HighSpeed {
		speed = highSpeed
	}
	order := fmt.Sprintf("%d %d %d %d", socket, ends[1], device+socket, speed)
	err = os.WriteFile(filepath.Join(Controller, "attach"), []byte(order), 0)
	err = errors.Join(err, unix.Close(ends[1]), unix.SetNonblock(ends[0], true))
	if err != nil {
		return fmt.Errorf("plug a simulated device in: %w", errors.Join(err, unix.Close(ends[0])))
	}
	clear(d.halts)
	d.cable = newCable(ctx, d, os.NewFile(uintptr(ends[0]), "simulated USB cable"))
	return nil
}

// Unplug pulls the cable, with whatever was on its way.
func (d *Device) Unplug() error {
	d.mutex.Lock()
	pulled := d.cable
	d.cable = nil
	d.mutex.Unlock()
	if pulled == nil {
		return nil
	}
	return pulled.pull()
}

// Send gives the host data on a pipe: it is one transfer's end where the host asked for more. Without a cable it is lost.
func (d *Device) Send(pipe byte, data []byte) {
	if c := d.plugged(); c != nil {
		c.send(pipe, data)
	}
}

// Waiting is how much of what was sent on a pipe the host has not taken yet, in pieces.
func (d *Device) Waiting(pipe byte) int {
	if c := d.plugged(); c != nil {
		return c.waiting(pipe)
	}
	return 0
}

// Drop throws away what the host has not taken yet.
func (d *Device) Drop(pipe byte) {
	if c := d.plugged(); c != nil {
		c.drop(pipe)
	}
}

// Halt refuses what the host does on a pipe, until that clears the pipe.
func (d *Device) Halt(pipe byte) {
	d.mutex.Lock()
	d.halts[pipe] = true
	c := d.cable
	d.mutex.Unlock()
	if c != nil {
		c.refuse(pipe)
	}
}

func (d *Device) halted(pipe byte) bool {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return d.halts[pipe]
}

func (d *Device) resume(pipe byte) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	delete(d.halts, pipe)
}

func (d *Device) plugged() *cable {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return d.cable
}

// freeSocket finds a port of the virtual hub for USB 2 that nothing is plugged into.
func freeSocket() (int, error) {
	status, err := os.ReadFile(filepath.Join(Controller, "status"))
	if err != nil {
		return 0, fmt.Errorf("is vhci-hcd loaded: %w", err)
	}
	const nothing = 4 // VDEV_ST_NULL
	for line := range strings.Lines(string(status)) {
		var hub string
		var port, state int
		if n, _ := fmt.Sscanf(line, "%s %d %d", &hub, &port, &state); n == 3 && hub == "hs" && state == nothing {
			return port, nil
		}
	}
	return 0, errors.New("all sockets are taken")
}
