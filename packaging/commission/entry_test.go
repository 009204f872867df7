package commission

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"bianmin/assets"
	"bianmin/drivers"
	"bianmin/drivers/link/bus"
	"bianmin/drivers/pack"
)

// TestEntry: what the configuration says of a device on USB is what its pack says.
func TestEntry(t *testing.T) {
	packs, err := pack.Read(assets.DevicePacks(), assets.DevicePacks())
	if err != nil {
		t.Fatal(err)
	}
	known := func(vendor, product uint16, class byte) *pack.Pack {
		return packs.OfUSB(bus.Device{Vendor: vendor, Product: product, Interfaces: []bus.Interface{{Class: class}}})
	}
	for _, c := range []struct {
		found Finding
		want  map[string]any
	}{
		{Finding{Role: drivers.RolePrinter, Name: "usb:0416:5011", Pack: known(0x0416, 0x5011, 7)}, map[string]any{"link": "usb:0416:5011", "paper": 58, "raster": true, "noCutter": true}},
		{Finding{Role: drivers.RolePrinter, Name: "usb:0fe6:811e", Pack: known(0x0FE6, 0x811E, 7)}, map[string]any{"link": "usb:0fe6:811e", "paper": 80}},
		{Finding{Role: drivers.RoleReader, Name: "usb:0400:c35a", Pack: known(0x0400, 0xC35A, 0xFF)}, map[string]any{"link": "usb:0400:c35a"}},
		{Finding{Role: drivers.RoleReader, Name: "serial:/dev/ttyUSB0", Baud: 115200}, map[string]any{"link": "serial:/dev/ttyUSB0", "baud": 115200}},
	} {
		if diff := cmp.Diff(c.want, c.found.entry()); diff != "" {
			t.Error(diff)
		}
	}
}
