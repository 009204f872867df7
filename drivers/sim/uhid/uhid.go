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
)

// Device is a simulated HID device that is plugged in.
type Device struct {
	file *os.File
	name string
}

// Kinds of events (linux/uhid.h).
const (
	create2, input2 = 11, 12
	longest         = 4096
)

// Plug plugs a device in. name finds it again and should be its own.
func Plug(name string, vendor, product uint16, descriptor []byte) (*Device, error) {
	if len(name) > 127 || len(descriptor) > longest {
		return nil, errors.New("plug a simulated HID device in: name or descriptor too long")
	}
	file, err := os.OpenFile("/dev/uhid", os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("plug a simulated HID device in (is uhid loaded): %w", err)
	}
	// struct uhid_create2_req: name, phys, uniq, sizes, ids, descriptor
	const nameAt, sizeAt, busAt, vendorAt, productAt, descriptorAt, usb = 4, 260, 262, 264, 268, 280, 3
	event, little := make([]byte, descriptorAt+len(descriptor)), binary.LittleEndian
	little.PutUint32(event, create2)
	copy(event[nameAt:], name)
	little.PutUint16(event[sizeAt:], uint16(len(descriptor))) // #nosec G115 -- at most longest
	little.PutUint16(event[busAt:], usb)
	little.PutUint32(event[vendorAt:], uint32(vendor))
	little.PutUint32(event[productAt:], uint32(product))
	copy(event[descriptorAt:], descriptor)
	if _, err := file.Write(event); err != nil {
		return nil, errors.Join(fmt.Errorf("plug a simulated HID device in: %w", err), file.Close())
	}
	return &Device{file: file, name: name}, nil
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

// Node is the hidraw node that the kernel made for it; "" while there is none.
func (d *Device) Node() string {
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
	if err := d.file.Close(); err != nil {
		return fmt.Errorf("unplug a simulated HID device: %w", err)
	}
	return nil
}
