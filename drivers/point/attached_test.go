package point_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"bianmin/assets"
	"bianmin/drivers"
	"bianmin/drivers/ipp"
	"bianmin/drivers/pack"
	"bianmin/drivers/point"
)

// machine is a folder that shows USB devices as the kernel does.
type machine struct {
	t    *testing.T
	root string
}

func (m machine) lay(path, content string) {
	m.t.Helper()
	path = filepath.Join(m.root, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		m.t.Fatal(err)
	}
}

// plug shows a device with one interface.
func (m machine) plug(socket, vendor, product, class, protocol string, more map[string]string) {
	m.t.Helper()
	folder := "sys/bus/usb/devices/" + socket + "/"
	all := map[string]string{"idVendor": vendor, "idProduct": product, "bDeviceClass": "00"}
	one := socket + ":1.0/"
	all[one+"bInterfaceNumber"], all[one+"bInterfaceClass"], all[one+"bInterfaceSubClass"], all[one+"bInterfaceProtocol"] = "00", class, "01", protocol
	for name, value := range more {
		if name == "ieee1284_id" {
			name = one + name
		}
		all[name] = value
	}
	for name, value := range all {
		m.lay(folder+name, value+"\n")
	}
}

func packs(t *testing.T) pack.Packs {
	t.Helper()
	all, err := pack.Read(assets.DevicePacks(), assets.DevicePacks())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestAttachments: each device gets the name by which it is found again, and a printer of which nothing is known has no role.
func TestAttachments(t *testing.T) {
	m := machine{t, t.TempDir()}
	m.plug("1-1", "0400", "c35a", "ff", "00", map[string]string{"serial": "A001"})
	m.plug("1-2", "0400", "c35a", "ff", "00", map[string]string{"serial": "B 02"}) // no name can hold it
	m.plug("1-3", "0416", "5011", "07", "02", nil)
	m.plug("1-4.1", "1fc9", "2016", "07", "02", map[string]string{"serial": "0", "ieee1284_id": "MFG:X;MDL:XP-80;CMD:ESC/POS;"})
	m.plug("1-4.2", "1fc9", "2016", "07", "02", map[string]string{"serial": "0", "ieee1284_id": "MFG:X;MDL:XP-80;CMD:ESC/POS;"})
	m.plug("1-5", "03f0", "0017", "07", "02", map[string]string{"serial": "S 1", "ieee1284_id": "MFG:HP;MDL:LaserJet P1108;CMD:PJL,ZJS;"})
	m.plug("1-6", "1111", "2222", "07", "02", map[string]string{"product": "USB Printing Support"})
	m.plug("1-7", "1d6b", "0104", "03", "00", nil) // nothing of ours
	node := "sys/class/hidraw/hidraw0/device/"
	m.lay(node+"uevent", "HID_ID=0003:00000C2E:00000B61\nHID_NAME=Maker Reader\nHID_UNIQ=C1\n")
	m.lay(node+"report_descriptor", "\x05\x8c\x09\x02")
	m.lay("sys/class/hidraw/hidraw1/device/uevent", "HID_ID=0003:00000C2E:00000B62\n")
	m.lay("sys/class/hidraw/hidraw1/device/report_descriptor", "\x05\x01\x05\x07")
	all, err := point.Attachments(m.root, packs(t))
	if err != nil {
		t.Fatal(err)
	}
	type one struct {
		link string
		role drivers.Role
	}
	var got []one
	for _, a := range all {
		got = append(got, one{a.Link, a.Role})
	}
	want := []one{
		{"usb:0400:c35a:A001", drivers.RoleReader},
		{"usb:0400:c35a@1-2", drivers.RoleReader},
		{"usb:0416:5011", drivers.RolePrinter},
		{"usb:1fc9:2016@1-4.1", drivers.RolePrinter},
		{"usb:1fc9:2016@1-4.2", drivers.RolePrinter},
		{"", drivers.RoleDocument},
		{"usb:1111:2222", ""},
		{"hid:0c2e:0b61", drivers.RoleCode},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	laser := all[5]
	if uri := laser.URI(); uri != "usb://HP/LaserJet%20P1108?serial=S%201" {
		t.Error(uri)
	}
	for device, served := range map[string]bool{
		"usb://HP/LaserJet%20P1108?serial=S%201": true, "usb://HP/LaserJet%20P1108?serial=S2": false, "usb://HP/LaserJet%20P1108": true,
		"usb://HP/LaserJet%20P1505": false, "ipp://localhost:60000/ipp/print": false,
	} {
		if got := laser.Served([]ipp.Found{{Device: device, Status: drivers.Status{Model: "HP LaserJet P1108"}}}); got != served {
			t.Errorf("a queue to %s serves it: %v", device, got)
		}
	}
	for name, means := range map[string]bool{
		"usb:0400:c35a:A001": true, "usb:0400:c35a": true, "usb:0400:C35A@1-1": true, "usb:0400:c35a@1-2": false, "usb:0400:c35a:B002": false,
		"usb:printer": false, "hid:0400:c35a": false, "serial:/dev/ttyUSB0": false, "": false,
	} {
		if got := all[0].Names(name); got != means {
			t.Errorf("%q means the first reader: %v", name, got)
		}
	}
	if !all[2].Names("usb:printer") || all[5].Names("usb:printer") {
		t.Error("usb:printer is the receipt printer")
	}
}

// types shows an input device that has the keys for letters, digits and Enter.
func (m machine) types(event, socket, vendor, product, serial, lights string) {
	m.t.Helper()
	real := "sys/devices/pci0/usb1/" + socket + "/" + socket + ":1.0/0003/input/" + event + "/"
	for name, value := range map[string]string{
		"id/bustype": "0003", "id/vendor": vendor, "id/product": product, "name": "Maker " + event, "uniq": serial,
		"capabilities/key": "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe", "capabilities/led": lights,
	} {
		m.lay(real+name, value+"\n")
	}
	folder := filepath.Join(m.root, "sys/class/input", event)
	if err := errors.Join(os.MkdirAll(folder, 0o755), os.Symlink(filepath.Join(m.root, real), filepath.Join(folder, "device"))); err != nil {
		m.t.Fatal(err)
	}
}

// TestTyping: code readers that play keyboard are known by their maker and named so that no keyboard is taken in their place; what is not known is
// shown apart, and never opened.
func TestTyping(t *testing.T) {
	m := machine{t, t.TempDir()}
	m.types("event3", "1-1", "05e0", "1200", "S1", "7")
	m.types("event4", "1-2", "0c2e", "0b62", "", "0")
	m.types("event5", "1-3", "1eab", "0003", "", "0")
	m.types("event6", "1-4", "1eab", "0003", "", "0")
	m.types("event7", "1-5", "046d", "c31c", "", "7")
	all, err := point.Attachments(m.root, packs(t))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range all {
		got = append(got, a.Link+" "+string(a.Role)+" "+a.Pack.ID)
	}
	want := []string{"evdev:05e0:1200:S1 code keyboard-code", "evdev:0c2e:0b62 code keyboard-code", "evdev:1eab:0003@1-3 code keyboard-code", "evdev:1eab:0003@1-4 code keyboard-code"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	for i, f := range point.Ask(t.Context(), all, time.Now) {
		if f.Role != "" || f.Err != nil {
			t.Errorf("%s was asked: %+v", all[i].Link, f)
		}
	}
	others, err := point.Typing(m.root, packs(t))
	if err != nil || len(others) != 1 || others[0].Link != "evdev:046d:c31c@1-5" || others[0].Role != "" || others[0].Pack != nil {
		t.Errorf("not known: %+v, %v", others, err)
	}
}

// TestAskSendsNothingToStrangers: what no pack knows is not even opened; what a pack knows and is not there says so.
func TestAskSendsNothingToStrangers(t *testing.T) {
	m := machine{t, t.TempDir()}
	m.plug("9-1", "ffff", "fff1", "07", "02", nil)
	m.plug("9-2", "0416", "5011", "07", "02", nil)
	all, err := point.Attachments(m.root, packs(t))
	if err != nil || len(all) != 2 {
		t.Fatalf("%+v, %v", all, err)
	}
	for i, f := range point.Ask(t.Context(), all, time.Now) {
		if known := all[i].Pack != nil; f.Role != "" || known != (f.Err != nil) {
			t.Errorf("%s: %+v", all[i].Link, f)
		}
	}
}
