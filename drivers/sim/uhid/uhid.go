// Package uhid is a simulated HID device: it is made through the kernel's
// /dev/uhid, so that hidraw and input devices appear as with a real one. It
// knows no device's reports.
package uhid

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// Model is what a device says of itself, and what it does.
type Model struct {
	Name            string // finds it again and should be its own
	Serial          string
	Vendor, Product uint16
	Descriptor      []byte
	// Receive takes an output report, its number first (0 where reports have none). nil for a device that takes none.
	Receive func(report []byte)
	// Set takes a feature report, its number first, or refuses it. nil for a device that has none.
	Set func(report []byte) error
}

// Device is a simulated HID device that is plugged in.
type Device struct {
	file    *os.File
	name    string
	driver  *bound
	looking sync.Mutex // of driver
	work    sync.WaitGroup
	closing sync.Once
	result  error
}

// Kinds of events (linux/uhid.h).
const (
	outputEvent      = 6
	create2, input2  = 11, 12
	setEvent         = 13
	setReply         = 14
	setDataAt        = 12
	longest          = 4096
	eventSize        = 4380
	outputSizeAt     = 4 + longest
	nameLimit        = 127
	serialLimit      = 63
	nameAt, serialAt = 4, 196
)

// Plug plugs a device in.
func Plug(m Model) (*Device, error) {
	if len(m.Name) > nameLimit || len(m.Serial) > serialLimit || len(m.Descriptor) > longest {
		return nil, errors.New("plug a simulated HID device in: name, serial number or descriptor too long")
	}
	file, err := os.OpenFile("/dev/uhid", os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("plug a simulated HID device in (is uhid loaded): %w", err)
	}
	// struct uhid_create2_req: name, phys, uniq, sizes, ids, descriptor
	const sizeAt, busAt, vendorAt, productAt, descriptorAt, usb = 260, 262, 264, 268, 280, 3
	event, little := make([]byte, descriptorAt+len(m.Descriptor)), binary.LittleEndian
	little.PutUint32(event, create2)
	copy(event[nameAt:], m.Name)
	copy(event[serialAt:], m.Serial)
	little.PutUint16(event[sizeAt:], uint16(len(m.Descriptor))) // #nosec G115 -- at most longest
	little.PutUint16(event[busAt:], usb)
	little.PutUint32(event[vendorAt:], uint32(m.Vendor))
	little.PutUint32(event[productAt:], uint32(m.Product))
	copy(event[descriptorAt:], m.Descriptor)
	driver, err := watchBound(m.Name)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("plug a simulated HID device in: %w", err), file.Close())
	}
	if _, err := file.Write(event); err != nil {
		driver.close()
		return nil, errors.Join(fmt.Errorf("plug a simulated HID device in: %w", err), file.Close())
	}
	d := &Device{file: file, name: m.Name, driver: driver}
	if m.Receive != nil || m.Set != nil {
		d.work.Go(func() { d.listen(m) })
	}
	return d, nil
}

// listen hands on what the host sends until the device is unplugged.
func (d *Device) listen(m Model) {
	event, little := make([]byte, eventSize), binary.LittleEndian
	for {
		n, err := d.file.Read(event)
		if err != nil {
			return
		}
		switch kind := little.Uint32(event); {
		case kind == outputEvent && n >= outputSizeAt+2 && m.Receive != nil:
			size := min(int(little.Uint16(event[outputSizeAt:])), longest)
			m.Receive(append([]byte(nil), event[4:4+size]...))
		case kind == setEvent && n >= setDataAt:
			d.set(m, event)
		}
	}
}

// set answers a feature report: whoever sent it waits.
func (d *Device) set(m Model, event []byte) {
	const idAt, errorAt, sizeAt, refused = 4, 8, 10, 5 // EIO
	little := binary.LittleEndian
	size := min(int(little.Uint16(event[sizeAt:])), longest)
	reply := make([]byte, errorAt+2)
	little.PutUint32(reply, setReply)
	copy(reply[idAt:], event[idAt:idAt+4])
	if m.Set == nil || m.Set(append([]byte(nil), event[setDataAt:setDataAt+size]...)) != nil {
		little.PutUint16(reply[errorAt:], refused)
	}
	_, _ = d.file.Write(reply) // the device may be gone
}

// Report sends an input report, with its number first where the descriptor numbers them.
func (d *Device) Report(report []byte) error {
	if len(report) > longest {
		return errors.New("send a HID report: too long")
	}
	event := make([]byte, 6+len(report))
	binary.LittleEndian.PutUint32(event, input2)
	binary.LittleEndian.PutUint16(event[4:], uint16(len(report))) // #nosec G115 -- at most longest
	copy(event[6:], report)
	if _, err := d.file.Write(event); err != nil {
		return fmt.Errorf("send a HID report: %w", err)
	}
	return nil
}

// ready tells whether the kernel hands on by now what the device sends.
func (d *Device) ready() bool {
	d.looking.Lock()
	defer d.looking.Unlock()
	return d.driver.done()
}

// Node is the hidraw node that the kernel made for it; "" while there is none, or what is sent would be lost.
func (d *Device) Node() string {
	if !d.ready() {
		return ""
	}
	all, _ := filepath.Glob("/sys/class/hidraw/*/device/uevent") // the pattern is well formed
	for _, path := range all {
		said, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(said), "HID_NAME="+d.name+"\n") {
			return "/dev/" + filepath.Base(filepath.Dir(filepath.Dir(path)))
		}
	}
	return ""
}

// Unplug pulls it.
func (d *Device) Unplug() error {
	d.closing.Do(func() {
		if err := d.file.Close(); err != nil {
			d.result = fmt.Errorf("unplug a simulated HID device: %w", err)
		}
		d.work.Wait()
		d.looking.Lock()
		d.driver.close()
		d.looking.Unlock()
	})
	return d.result
}
