package bus_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bianmin/drivers/link/bus"
)

// sysfs lays files below a root as the kernel shows them.
func sysfs(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		path := filepath.Join(root, "sys/bus/usb/devices", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestList(t *testing.T) {
	root := sysfs(t, map[string]string{
		"usb1/idVendor": "1d6b\n", "usb1/idProduct": "0002\n", "usb1/bDeviceClass": "09\n",
		"1-1/idVendor": "05e3\n", "1-1/idProduct": "0608\n", "1-1/bDeviceClass": "09\n",
		"1-1.10/idVendor": "0400\n", "1-1.10/idProduct": "c35a\n", "1-1.10/bDeviceClass": "00\n", "1-1.10/serial": "A\x1b[1m\xff1\n",
		"1-1.10/1-1.10:1.0/bInterfaceNumber": "00\n", "1-1.10/1-1.10:1.0/bInterfaceClass": "ff\n", "1-1.10/1-1.10:1.0/bInterfaceSubClass": "00\n", "1-1.10/1-1.10:1.0/bInterfaceProtocol": "00\n",
		"1-1.2/idVendor": "0fe6\n", "1-1.2/idProduct": "811e\n", "1-1.2/bDeviceClass": "00\n", "1-1.2/manufacturer": "ICS\n", "1-1.2/product": " POS80  Printer \n",
		"1-1.2/1-1.2:1.1/bInterfaceNumber": "01\n", "1-1.2/1-1.2:1.1/bInterfaceClass": "ff\n", "1-1.2/1-1.2:1.1/bInterfaceSubClass": "00\n", "1-1.2/1-1.2:1.1/bInterfaceProtocol": "00\n",
		"1-1.2/1-1.2:1.1/ttyUSB3/uevent":   "",
		"1-1.2/1-1.2:1.0/bInterfaceNumber": "00\n", "1-1.2/1-1.2:1.0/bInterfaceClass": "07\n", "1-1.2/1-1.2:1.0/bInterfaceSubClass": "01\n", "1-1.2/1-1.2:1.0/bInterfaceProtocol": "02\n",
		"1-1.2/1-1.2:1.0/ieee1284_id": "MFG:ICS;MDL:POS80;CMD:ESC/POS;\n",
		"1-9/idVendor":                "half gone\n",
	})
	got, err := bus.List(root)
	if err != nil {
		t.Fatal(err)
	}
	want := []bus.Device{
		{Vendor: 0x0FE6, Product: 0x811E, Maker: "ICS", Name: "POS80  Printer", Port: "1-1.2", Interfaces: []bus.Interface{
			{Class: 7, Subclass: 1, Protocol: 2, DeviceID: "MFG:ICS;MDL:POS80;CMD:ESC/POS;"}, {Number: 1, Class: 0xFF, Serial: "ttyUSB3"},
		}},
		{Vendor: 0x0400, Product: 0xC35A, Serial: "A[1m1", Port: "1-1.10", Interfaces: []bus.Interface{{Class: 0xFF}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !got[0].Printer() || got[1].Printer() {
		t.Error("which is a printer?")
	}
	if none, err := bus.List(t.TempDir()); err != nil || len(none) != 0 {
		t.Errorf("no USB: %v, %v", none, err)
	}
}

func TestParseID(t *testing.T) {
	for said, want := range map[string]bus.ID{
		"MFG:Simulated;MDL:VP-80;CMD:ESC/POS, PJL ;CLS:PRINTER;": {Maker: "Simulated", Model: "VP-80", Commands: []string{"ESC/POS", "PJL"}},
		"MANUFACTURER:A;COMMAND SET:PCL,,;MODEL:B\x1b;":          {Maker: "A", Model: "B", Commands: []string{"PCL"}},
		" mfg : A ; nothing ; MDL":                               {Maker: "A"},
		"":                                                       {},
	} {
		if diff := cmp.Diff(want, bus.ParseID(said)); diff != "" {
			t.Errorf("%q: %s", said, diff)
		}
	}
	if id := bus.ParseID("CMD:esc/pos"); !id.Understands("ESC/POS") || id.Understands("PCL") || id.Understands("") {
		t.Error(id)
	}
}

// FuzzParseID: what a printer says never leads astray.
func FuzzParseID(f *testing.F) {
	f.Add("MFG:A;MDL:B;CMD:C,D;")
	f.Add("MANUFACTURER:A\x1b[2J;model:B\r\n;COMMAND SET: esc/pos , ,PCL;CLS:PRINTER;DES:x;;:;MFG")
	f.Add("MFG:\xff\xfe\xb8\xdf;MDL:" + strings.Repeat(";", 300))
	f.Fuzz(func(t *testing.T, said string) {
		id := bus.ParseID(said)
		if len(id.Maker)+len(id.Model) > len(said) || bus.Clean(id.Model) != id.Model {
			t.Fatalf("%q", id)
		}
	})
}
