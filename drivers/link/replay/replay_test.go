//go:build cgo && !record

package replay_test

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bianmin/drivers/link/bus"
	"bianmin/drivers/link/channel"
	"bianmin/drivers/link/evdev"
	"bianmin/drivers/link/hid"
	"bianmin/drivers/link/usb"
)

// played runs this test again among the recorded devices, in a program of its own, and tells there that it does. The system
// of these devices is a folder that umockdev makes: C libraries are led there, and our own code takes its name.
func played(t *testing.T, options ...string) (root string, here bool) {
	t.Helper()
	if root := os.Getenv("UMOCKDEV_DIR"); root != "" {
		return root, true
	}
	args := append([]string{"--device", recording("devices.umockdev")}, options...)
	args = append(args, "--", os.Args[0], "-test.run", "^"+strings.ReplaceAll(t.Name(), "/", "$/^")+"$", "-test.v", "-test.timeout", "1m")
	out, err := exec.CommandContext(t.Context(), "umockdev-run", args...).CombinedOutput() // #nosec G204 -- this test
	if errors.Is(err, exec.ErrNotFound) {
		t.Fatal("umockdev-run is missing: make setup")
	}
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("%v\n%s", err, out)
	}
	return "", false
}

// TestFound: what is plugged in is found among the kernel's words as umockdev laid them out, and libusb sees the same devices.
func TestFound(t *testing.T) {
	root, here := played(t)
	if !here {
		return
	}
	devices, err := bus.List(root)
	if err != nil {
		t.Fatal(err)
	}
	vendor := bus.Interface{Class: 0xFF}
	if diff := cmp.Diff([]bus.Device{
		{Vendor: 0x0400, Product: 0xC35A, Maker: "Simulated", Name: "ID card reader", Serial: "A001", Port: "1-1", Interfaces: []bus.Interface{vendor}},
		{Vendor: 0x0400, Product: 0xC35A, Maker: "Simulated", Name: "ID card reader", Serial: "B002", Port: "1-2", Interfaces: []bus.Interface{vendor}},
		{Vendor: 0x1FC9, Product: 0x2016, Maker: "Simulated", Name: "VP-80", Serial: "V0001", Port: "1-3", Interfaces: []bus.Interface{
			{Class: 7, Subclass: 1, Protocol: 2, Driver: "usblp", DeviceID: printerID},
		}},
	}, devices); diff != "" {
		t.Error(diff)
	}
	nodes, err := hid.List(root)
	if err != nil || !slices.ContainsFunc(nodes, func(n hid.Node) bool {
		return n.Vendor == 0x0C2E && n.Product == 0x0B61 && n.Serial == "C003" && n.Name == "Simulated code reader" && len(n.Descriptor) == 22
	}) {
		t.Errorf("HID: %+v, %v", nodes, err)
	}
	inputs, err := evdev.List(root)
	if err != nil || !slices.ContainsFunc(inputs, func(n evdev.Node) bool {
		return n.Vendor == 0x05E0 && n.Product == 0x1200 && n.Serial == "D004" && n.Types
	}) {
		t.Errorf("input: %+v, %v", inputs, err)
	}
	libusb(t, devices)
}

// libusb opens each device where the list says it is, and tells two of a model from one.
func libusb(t *testing.T, devices []bus.Device) {
	t.Helper()
	for _, d := range devices {
		p, err := usb.Open(t.Context(), usb.Place{Vendor: d.Vendor, Product: d.Product, Port: d.Port})
		if err != nil {
			t.Errorf("%s: %v", d.Port, err)
			continue
		}
		if err := p.Close(); err != nil {
			t.Errorf("%s: %v", d.Port, err)
		}
	}
	for place, want := range map[usb.Place]error{
		{Vendor: 0x0400, Product: 0xC35A}:              channel.ErrAmbiguous,
		{Vendor: 0x0400, Product: 0xC35A, Port: "1-4"}: channel.ErrUnplugged,
		{Vendor: 0x1FC9, Product: 0x2017}:              channel.ErrUnplugged,
	} {
		if p, err := usb.Open(t.Context(), place); !errors.Is(err, want) {
			t.Errorf("%s: %v, %v, want %v", place, p, err, want)
		}
	}
}

// TestExchanges: a card is read over both wirings and a receipt printed, against what the kernel's usbmon saw of it.
// umockdev answers only what was asked byte for byte as it was then.
func TestExchanges(t *testing.T) {
	for _, e := range exchanges {
		t.Run(e.name, func(t *testing.T) {
			if _, here := played(t, "--pcap", sysfs(t, e.serial)+"="+recording(e.name+".pcap")); here {
				e.do(t, open(t, e.at))
			}
		})
	}
}

// TestSerial: an adapter's line is found, and a card read over it against a recording; the far end of the line is umockdev's.
func TestSerial(t *testing.T) {
	root, here := played(t, "--device", recording("adapter.umockdev"), "--script", "/dev/ttyUSB0="+recording(serialScript))
	if !here {
		return
	}
	devices, err := bus.List(root)
	if err != nil {
		t.Fatal(err)
	}
	last := devices[len(devices)-1]
	if diff := cmp.Diff(bus.Device{
		Vendor: 0x1A86, Product: 0x7523, Name: "USB Serial", Port: "2-3",
		Interfaces: []bus.Interface{{Class: 0xFF, Subclass: 1, Protocol: 2, Driver: "ch341", Serial: "ttyUSB0"}},
	}, last); diff != "" {
		t.Fatal(diff)
	}
	readsOverLine(t, filepath.Join(root, "dev", last.Interfaces[0].Serial))
}

// sysfs is where a recorded device stands in /sys.
func sysfs(t *testing.T, serial string) string {
	t.Helper()
	file, err := os.Open(recording("devices.umockdev"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	path := ""
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if at, ok := strings.CutPrefix(lines.Text(), "P: "); ok {
			path = "/sys" + at
		}
		if lines.Text() == `A: serial=`+serial+`\n` {
			return path
		}
	}
	t.Fatalf("no device %s is recorded", serial)
	return ""
}
