// Package bus lists what is plugged into USB and names single devices. It reads
// what the kernel tells of them in /sys: it opens no device and sends none a
// byte, needs no rights, and knows nothing of what devices are for.
package bus

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// PrinterClass is the class of interfaces that printers have (USB printer class 1.1).
const PrinterClass = 7

// Device is a USB device that is plugged in. What it says of itself holds no control characters.
type Device struct {
	Vendor, Product     uint16
	Maker, Name, Serial string
	Port                string // its socket, "1-1.2"
	Interfaces          []Interface
}

// Interface is one interface of a device's present configuration.
type Interface struct {
	Number                    int
	Class, Subclass, Protocol byte
	Driver                    string // the kernel's driver that has it, "usblp"; "" for none
	DeviceID                  string // what a printer says of itself (IEEE 1284), where the kernel's driver has asked it
	Serial                    string // the serial line it is, "ttyUSB0"; "" where it is none
}

// Printer tells whether it has an interface of the printer class.
func (d Device) Printer() bool {
	return slices.ContainsFunc(d.Interfaces, func(i Interface) bool { return i.Class == PrinterClass })
}

// socket is the name of a device in sysfs; interfaces have a colon, root hubs begin with "usb".
var socket = regexp.MustCompile(`^[0-9]+-[0-9]+(\.[0-9]+)*$`)

// isSocket tells whether a folder in sysfs is named as a socket with a device in it, "1-1.2".
func isSocket(name string) bool { return socket.MatchString(name) }

// List gives the devices that are plugged in, hubs left out, in the order of their sockets. root is the folder in which "sys" lies, "/" but for tests.
// No USB at all is no error; a device that is pulled meanwhile is left out.
func List(root string) ([]Device, error) {
	folder := filepath.Join(root, "sys/bus/usb/devices")
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list USB devices: %w", err)
	}
	var all []Device
	for _, e := range entries {
		if !isSocket(e.Name()) {
			continue
		}
		if d, ok := read(filepath.Join(folder, e.Name())); ok {
			all = append(all, d)
		}
	}
	slices.SortFunc(all, func(a, b Device) int { return compare(a.Port, b.Port) })
	return all, nil
}

// compare puts 1-2 before 1-10.
func compare(a, b string) int {
	numbers := func(port string) (all []int) {
		for _, part := range strings.FieldsFunc(port, func(r rune) bool { return r == '-' || r == '.' }) {
			n, _ := strconv.Atoi(part) // the expression lets nothing else through
			all = append(all, n)
		}
		return all
	}
	return cmp.Or(slices.Compare(numbers(a), numbers(b)), strings.Compare(a, b))
}

const hubClass = 9

// read takes one device; false for a hub, or one that is gone.
func read(folder string) (Device, bool) {
	vendor, err1 := strconv.ParseUint(text(folder, "idVendor"), 16, 16)
	product, err2 := strconv.ParseUint(text(folder, "idProduct"), 16, 16)
	class, err3 := strconv.ParseUint(text(folder, "bDeviceClass"), 16, 8)
	if err1 != nil || err2 != nil || err3 != nil || class == hubClass {
		return Device{}, false
	}
	d := Device{
		Vendor: uint16(vendor), Product: uint16(product), Port: filepath.Base(folder),
		Maker: text(folder, "manufacturer"), Name: text(folder, "product"), Serial: text(folder, "serial"),
	}
	below, _ := filepath.Glob(filepath.Join(folder, "*:*")) // the pattern is well formed
	for _, one := range below {
		if i, ok := readInterface(one); ok {
			d.Interfaces = append(d.Interfaces, i)
		}
	}
	slices.SortFunc(d.Interfaces, func(a, b Interface) int { return a.Number - b.Number })
	return d, true
}

func readInterface(folder string) (Interface, bool) {
	var numbers [4]uint64
	for i, name := range []string{"bInterfaceNumber", "bInterfaceClass", "bInterfaceSubClass", "bInterfaceProtocol"} {
		n, err := strconv.ParseUint(text(folder, name), 16, 8)
		if err != nil {
			return Interface{}, false
		}
		numbers[i] = n
	}
	i := Interface{Number: int(numbers[0]), Class: byte(numbers[1]), Subclass: byte(numbers[2]), Protocol: byte(numbers[3])} // #nosec G115 -- parsed as 8 bits
	if driver, err := os.Readlink(filepath.Join(folder, "driver")); err == nil {
		i.Driver = filepath.Base(driver)
	}
	i.DeviceID = text(folder, "ieee1284_id")
	for _, pattern := range []string{"ttyUSB*", "tty/tty*"} {
		if found, _ := filepath.Glob(filepath.Join(folder, pattern)); len(found) > 0 {
			i.Serial = filepath.Base(found[0])
		}
	}
	return i, true
}

// longest is more than any string descriptor holds.
const longest = 1024

// text is what stands in a file of sysfs; "" where there is none.
func text(folder, name string) string {
	content, err := os.ReadFile(filepath.Join(folder, name)) // #nosec G304 -- below /sys
	if err != nil {
		return ""
	}
	return Clean(string(content[:min(len(content), longest)]))
}

// Clean makes one line of what a device says of itself: no control characters, no space around it.
func Clean(said string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(said, "")))
}
