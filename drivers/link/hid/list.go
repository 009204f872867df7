package hid

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"bianmin/drivers/link/bus"
	"bianmin/drivers/link/channel"
)

// Node is a HID device as the kernel shows it: one per interface.
type Node struct {
	Path            string // "/dev/hidraw0"
	Vendor, Product uint16
	Name, Serial    string
	Port            string // the socket, "1-1.2"; "" where it is at none
	Descriptor      []byte // its report descriptor
}

// List gives the HID devices on USB that are there, without opening any. root is the folder in which "sys" lies, "/" but for tests.
func List(root string) ([]Node, error) {
	folder := filepath.Join(root, "sys/class/hidraw")
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list HID devices: %w", err)
	}
	var all []Node
	for _, e := range entries {
		if n, ok := read(filepath.Join(folder, e.Name(), "device")); ok {
			n.Path = "/dev/" + e.Name()
			all = append(all, n)
		}
	}
	return all, nil
}

// read takes one device; false where it is gone or at another bus.
func read(folder string) (Node, bool) {
	said, err1 := os.ReadFile(filepath.Join(folder, "uevent"))                  // #nosec G304 -- below /sys
	descriptor, err2 := os.ReadFile(filepath.Join(folder, "report_descriptor")) // #nosec G304 -- below /sys
	real, err3 := filepath.EvalSymlinks(folder)
	if err1 != nil || err2 != nil || err3 != nil {
		return Node{}, false
	}
	values := map[string]string{}
	for line := range strings.Lines(string(said)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		values[key] = bus.Clean(value)
	}
	const usb = "0003"
	ids := strings.Split(values["HID_ID"], ":")
	if len(ids) != 3 || ids[0] != usb {
		return Node{}, false
	}
	vendor, err1 := strconv.ParseUint(ids[1], 16, 16)
	product, err2 := strconv.ParseUint(ids[2], 16, 16)
	if err1 != nil || err2 != nil {
		return Node{}, false
	}
	n := Node{Vendor: uint16(vendor), Product: uint16(product), Name: values["HID_NAME"], Serial: values["HID_UNIQ"], Descriptor: descriptor}
	n.Port = bus.SocketIn(real)
	return n, true
}

// Find gives the path of the one device at a place whose report descriptor suits. Errors are those of package channel.
func Find(place bus.Place, suits func(descriptor []byte) bool) (string, error) {
	all, err := List("/")
	if err != nil {
		return "", err
	}
	all = slices.DeleteFunc(all, func(n Node) bool {
		return !place.Is(n.Vendor, n.Product, false, n.Port) || place.Serial != "" && place.Serial != n.Serial || !suits(n.Descriptor)
	})
	switch len(all) {
	case 0:
		return "", fmt.Errorf("find HID device %s: %w", place, channel.ErrUnplugged)
	case 1:
		return all[0].Path, nil
	}
	return "", fmt.Errorf("find HID device %s: %w", place, channel.ErrAmbiguous)
}
