package pack_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"bianmin/assets"
	"bianmin/drivers"
	"bianmin/drivers/link/bus"
	"bianmin/drivers/link/evdev"
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

// TestTyping: a code reader that plays keyboard is known by its maker or its ids; a keyboard of people, and what does not type, is not.
func TestTyping(t *testing.T) {
	own := folder(map[string]string{"own-code.yaml": strings.NewReplacer("new-model", "own-code", "printer", "code", "link: usb", "link: evdev",
		"settings: {paper: 58}\n", "", "quirks: [raster-qr]\n", "", "text, status, cut", "codes").Replace(good)})
	all, err := pack.Read(assets.DevicePacks(), own, assets.DevicePacks())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		node evdev.Node
		want string
	}{
		{evdev.Node{Vendor: 0x0C2E, Product: 0x0B62, Types: true}, "keyboard-code"},
		{evdev.Node{Vendor: 0x0C2E, Product: 0x0B62}, ""},
		{evdev.Node{Vendor: 0xABCD, Product: 1, Types: true}, "own-code"},
		{evdev.Node{Vendor: 0xABCD, Product: 2, Types: true}, ""},
		{evdev.Node{Vendor: 0x046D, Product: 0xC31C, Types: true, Lights: true}, ""},
	} {
		got := ""
		if p := all.OfInput(c.node); p != nil {
			got = p.ID
		}
		if got != c.want {
			t.Errorf("%04x:%04x: %q, want %q", c.node.Vendor, c.node.Product, got, c.want)
		}
	}
}

// TestOnALine: what stands behind a serial line is known by its adapter's ids, and only by a pack for lines.
func TestOnALine(t *testing.T) {
	own := folder(map[string]string{
		"on-line.yaml":   strings.NewReplacer("new-model", "on-line", "link: usb", "link: serial", "paper: 58", "paper: 58, baud: 9600").Replace(good),
		"new-model.yaml": strings.Replace(good, "0001", "0002", 1),
	})
	all, err := pack.Read(assets.DevicePacks(), own, assets.DevicePacks())
	if err != nil {
		t.Fatal(err)
	}
	p := all.OfSerial(bus.Device{Vendor: 0xABCD, Product: 1, Interfaces: []bus.Interface{{Class: 0xFF}}})
	if p == nil || p.ID != "on-line" || p.Settings.Baud != 9600 || p.Settings.Paper != 58 {
		t.Errorf("%+v", p)
	}
	if p := all.OfSerial(bus.Device{Vendor: 0xABCD, Product: 2}); p != nil {
		t.Errorf("a pack for bulk pipes counts on a line: %+v", p)
	}
	if p := all.OfUSB(printer(0xABCD, 1, 2, "")); p != nil {
		t.Errorf("a pack for lines counts on bulk pipes: %+v", p)
	}
}

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

// nested is a list in a list in a list, each by indentation.
func nested(deep int) string {
	var all strings.Builder
	for n := range deep {
		all.WriteString(strings.Repeat(" ", 2*n) + "-\n")
	}
	return all.String()
}

// TestNoFile: what only looks like a pack's file is left out and said: a pipe, whose reading would not end, a folder, a link to nothing and to what never
// ends, a file that is too long. The pack beside them counts.
func TestNoFile(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	err := errors.Join(
		syscall.Mkfifo(at("pipe.yaml"), 0o600), os.Mkdir(at("folder.yaml"), 0o700), os.Symlink("nowhere", at("lost.yaml")), os.Symlink("/dev/zero", at("zero.yaml")),
		os.WriteFile(at("long.yaml"), append([]byte(good), make([]byte, 70<<10)...), 0o600), os.WriteFile(at("new-model.yaml"), []byte(good), 0o600),
	)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pack.Read(assets.DevicePacks(), os.DirFS(dir), assets.DevicePacks())
	if len(all) != len(builtIn(t))+1 || all[0].ID != "new-model" {
		t.Errorf("%d packs", len(all))
	}
	if got := pack.Files(err); !slices.Equal(got, []string{"folder.yaml", "long.yaml", "lost.yaml", "pipe.yaml", "zero.yaml"}) {
		t.Errorf("said: %q", got)
	}
	file := at("new-model.yaml")
	if all, err := pack.Read(assets.DevicePacks(), os.DirFS(file), assets.DevicePacks()); err == nil || len(all) != len(builtIn(t)) {
		t.Errorf("a folder that is none: %d packs, %v", len(all), err)
	}
	if all, err := pack.Read(assets.DevicePacks(), os.DirFS(at("none")), assets.DevicePacks()); err != nil || len(all) != len(builtIn(t)) {
		t.Errorf("no folder: %d packs, %v", len(all), err)
	}
}

// TestWrong: what is no pack is said with the file's name, and the others count all the same.
func TestWrong(t *testing.T) {
	for why, change := range map[string][2]string{
		"unknown role":             {"role: printer", "role: toaster"},
		"unknown key":              {"role: printer", "role: printer\nprogram: /bin/sh"},
		"unknown quirk":            {"raster-qr", "smells"},
		"unknown setting":          {"paper: 58", "paper: 58, command: 1b40"},
		"ids of another form":      {"abcd:0001", "ABCD:1"},
		"two ways in one":          {`{usb: "abcd:0001"}`, `{usb: "abcd:0001", command: PCL}`},
		"nothing to know it by":    {`[{usb: "abcd:0001"}]`, "[]"},
		"cuts without a cutter":    {"raster-qr", "no-cutter"},
		"a printer by reports":     {"link: usb", "link: hid"},
		"pages over bare USB":      {"role: printer", "role: document"},
		"another id":               {"id: new-model", "id: other"},
		"no YAML":                  {"match:", "match: ]"},
		"control characters":       {"New model", `"New\e[1m"`},
		"no name in one language":  {", en: New model", ""},
		"a printer that types":     {"link: usb", "link: evdev"},
		"a speed without a line":   {"paper: 58", "paper: 58, baud: 9600"},
		"all of a maker's":         {`usb: "abcd:0001"`, `vendor: "abcd"`},
		"a line without ids":       {"[{usb: \"abcd:0001\"}]\nlink: usb", "[{command: ESC/POS}]\nlink: serial"},
		"an alias":                 {"capabilities: [text, status, cut]", "capabilities: &a [text]\nquirks: *a"},
		"deep in deep":             {"capabilities: [text, status, cut]", "capabilities: " + strings.Repeat("[", 30000)},
		"far to the right":         {"capabilities: [text, status, cut]", "capabilities:\n" + nested(300)},
		"far to the right at once": {"capabilities: [text, status, cut]", "capabilities:\n" + strings.Repeat("- ", 20000) + "text"},
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
