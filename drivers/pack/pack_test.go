package pack_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"bianmin/assets"
	"bianmin/drivers"
	"bianmin/drivers/link/bus"
	"bianmin/drivers/link/hid"
	"bianmin/drivers/pack"
)

// folder is a folder of packs, by their files' names.
func folder(files map[string]string) fstest.MapFS {
	all := fstest.MapFS{}
	for name, content := range files {
		all[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return all
}

func builtIn(t *testing.T) pack.Packs {
	t.Helper()
	all, err := pack.Read(assets.DevicePacks(), assets.DevicePacks())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func printer(vendor, product uint16, protocol byte, said string) bus.Device {
	return bus.Device{Vendor: vendor, Product: product, Interfaces: []bus.Interface{{Class: bus.PrinterClass, Subclass: 1, Protocol: protocol, DeviceID: said}}}
}

// TestBuiltIn: the packs that are built in are sound, and know devices by ids, by what they say and by their class of reports.
func TestBuiltIn(t *testing.T) {
	all := builtIn(t)
	for name, c := range map[string]struct {
		device bus.Device
		want   string
	}{
		"reader":                         {bus.Device{Vendor: 0x0400, Product: 0xC35A, Interfaces: []bus.Interface{{Class: 0xFF}}}, "sdt-usb"},
		"another of its maker":           {bus.Device{Vendor: 0x0400, Product: 0xC359, Interfaces: []bus.Interface{{Class: 0xFF}}}, ""},
		"receipt printer by its ids":     {printer(0x0416, 0x5011, 2, ""), "escpos-58"},
		"by what it says":                {printer(0x1111, 0x2222, 2, "MFG:X;CMD:ESC/POS;MDL:XP-80C;"), "escpos-80"},
		"its ids before what it says":    {printer(0x0416, 0x5011, 2, "CMD:PCL;"), "escpos-58"},
		"pages":                          {printer(0x03F0, 0x0017, 2, "MFG:HP;CMD:PJL,PCLXL,POSTSCRIPT;MDL:LaserJet;"), "page-printer"},
		"IPP over USB":                   {printer(0x03F0, 0x0018, 4, ""), "page-printer"},
		"a printer that says nothing":    {printer(0x1111, 0x2222, 2, ""), ""},
		"no printer, though it says so":  {bus.Device{Interfaces: []bus.Interface{{Class: 0xFF, DeviceID: "CMD:ESC/POS;"}}}, ""},
		"a keyboard that sends no codes": {bus.Device{Interfaces: []bus.Interface{{Class: 3}}}, ""},
	} {
		got := ""
		if p := all.OfUSB(c.device); p != nil {
			got = p.ID
		}
		if got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if p := all.OfHID(hid.Node{Descriptor: []byte{0x05, 0x8C, 0x09, 0x02}}); p == nil || p.Role != drivers.RoleCode || !p.Can("codes") {
		t.Errorf("code reader: %+v", p)
	}
	if p := all.OfHID(hid.Node{Descriptor: []byte{0x05, 0x01, 0x05, 0x07}}); p != nil {
		t.Errorf("keyboard: %+v", p)
	}
}

const good = `
id: new-model
name: {zh: 新机型, en: New model}
role: printer
match: [{usb: "abcd:0001"}]
link: usb
settings: {paper: 58}
quirks: [raster-qr]
capabilities: [text, status, cut]
`

// TestByDataOnly: a model that no code knows is known by its file, and a file of the machine's own counts before one that is built in.
func TestByDataOnly(t *testing.T) {
	device := printer(0xABCD, 0x0001, 2, "MFG:New;MDL:Model;")
	if p := builtIn(t).OfUSB(device); p != nil {
		t.Fatalf("known before: %+v", p)
	}
	own := folder(map[string]string{
		"new-model.yaml": good, "readme.txt": "no pack",
		"sdt-usb.yaml": strings.NewReplacer("new-model", "sdt-usb", "abcd:0001", "0400:c35a").Replace(good),
	})
	all, err := pack.Read(assets.DevicePacks(), own, assets.DevicePacks())
	if err != nil {
		t.Fatal(err)
	}
	p := all.OfUSB(device)
	if p == nil || p.ID != "new-model" || p.Role != drivers.RolePrinter || p.Settings.Paper != 58 || !p.Has(pack.RasterQR) || p.Has(pack.NoCutter) || !p.Can("cut") || p.Name.Zh != "新机型" {
		t.Errorf("%+v", p)
	}
	if p := all.OfUSB(bus.Device{Vendor: 0x0400, Product: 0xC35A, Interfaces: []bus.Interface{{Class: 7}}}); p == nil || p.Role != drivers.RolePrinter {
		t.Errorf("the machine's own pack does not count first: %+v", p)
	}
	if len(all) != len(builtIn(t))+1 {
		t.Errorf("%d packs", len(all))
	}
}

// TestWrong: what is no pack is said with the file's name, and the others count all the same.
func TestWrong(t *testing.T) {
	for why, change := range map[string][2]string{
		"unknown role":            {"role: printer", "role: toaster"},
		"unknown key":             {"role: printer", "role: printer\nprogram: /bin/sh"},
		"unknown quirk":           {"raster-qr", "smells"},
		"unknown setting":         {"paper: 58", "paper: 58, command: 1b40"},
		"ids of another form":     {"abcd:0001", "ABCD:1"},
		"two ways in one":         {`{usb: "abcd:0001"}`, `{usb: "abcd:0001", command: PCL}`},
		"nothing to know it by":   {`[{usb: "abcd:0001"}]`, "[]"},
		"cuts without a cutter":   {"raster-qr", "no-cutter"},
		"a printer by reports":    {"link: usb", "link: hid"},
		"pages over bare USB":     {"role: printer", "role: document"},
		"another id":              {"id: new-model", "id: other"},
		"no YAML":                 {"match:", "match: ]"},
		"control characters":      {"New model", `"New\e[1m"`},
		"no name in one language": {", en: New model", ""},
	} {
		content := strings.Replace(good, change[0], change[1], 1)
		if content == good {
			t.Fatalf("%s: nothing changed", why)
		}
		all, err := pack.Read(assets.DevicePacks(), folder(map[string]string{"new-model.yaml": content}), assets.DevicePacks())
		if err == nil || !strings.Contains(err.Error(), "new-model.yaml") || len(all) != len(builtIn(t)) || !slices.Equal(pack.Files(err), []string{"new-model.yaml"}) {
			t.Errorf("%s: %d packs, %v", why, len(all), err)
		}
	}
	if _, err := pack.Read(folder(nil), assets.DevicePacks()); err == nil {
		t.Error("no schema, and nothing said")
	}
}
