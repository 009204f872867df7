//go:build usb

package device_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/sim"
	"bianmin/drivers/sim/board"
	"bianmin/drivers/sim/printer"
	"bianmin/drivers/sim/reader"
	"bianmin/drivers/sim/typing"
	"bianmin/drivers/sim/uhid"
	"bianmin/packaging/places"
)

// writePacks lays files into the machine's own folder of device packs.
func writePacks(t *testing.T, files map[string]string) {
	t.Helper()
	folder := filepath.Join("/", places.OwnPacks)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// plugStrange plugs in a reader, a receipt printer that says nothing of itself and a code reader that plays keyboard, with ids that no program knows.
func plugStrange(t *testing.T) (*board.Reader, *printer.Printer, *uhid.Device) {
	t.Helper()
	cards, err := board.PlugReaderAs(t.Context(), 0xABCD, 0x0001, board.OnePair, "R1", reader.Options{})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "printer")
	strips, err := printer.New(context.WithoutCancel(t.Context()), path, printer.Options{Paper: 58})
	if err != nil {
		t.Fatal(err)
	}
	b, err := board.PlugPrinter(t.Context(), path, 0xABCD, 0x0002, "P1", "MFG:Nobody;MDL:Strange;")
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	work.Go(b.Answer)
	codes, err := uhid.Plug(uhid.Model{Name: "Strange scanner", Serial: "C1", Vendor: 0xABCD, Product: 0x0003, Descriptor: typing.Dark})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = codes.Unplug()
		if err := cards.Close(); err != nil {
			t.Error(err)
		}
		if err := strips.Close(); err != nil {
			t.Error(err)
		}
		work.Wait()
	})
	return cards, strips, codes
}

// TestPacksOnUSB: models that no program knows are found, asked and used by the programs as soon as there are files about them, whatever else lies in
// that folder.
func TestPacksOnUSB(t *testing.T) {
	cards, strips, codes := plugStrange(t)
	sees(t, "list", told{link: "usb:abcd:0002", note: "unknown-printer"}, told{link: "evdev:abcd:0003:C1", note: "types"})
	const rest = "name: {zh: 新机型, en: New model}\n"
	writePacks(t, map[string]string{
		"new-reader.yaml":  rest + "id: new-reader\nrole: reader\nlink: usb\nmatch: [{usb: \"abcd:0001\"}]\ncapabilities: [card]\n",
		"new-printer.yaml": rest + "id: new-printer\nrole: printer\nlink: usb\nmatch: [{usb: \"abcd:0002\"}]\nsettings: {paper: 58}\nquirks: [raster-qr, no-cutter]\ncapabilities: [text]\n",
		"new-code.yaml":    rest + "id: new-code\nrole: code\nlink: evdev\nmatch: [{usb: \"abcd:0003\"}]\ncapabilities: [codes]\n",
		"damaged.yaml":     "id: damaged\nrole: [[[[",
		"hostile.yaml":     "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
	})
	sees(
		t, "probe", told{link: "usb:abcd:0001", role: drivers.RoleReader, pack: "new-reader", condition: drivers.Online},
		told{link: "usb:abcd:0002", role: drivers.RolePrinter, pack: "new-printer", condition: drivers.Online},
		told{link: "evdev:abcd:0003", role: drivers.RoleCode, pack: "new-code"},
	)
	if _, errs, err := program(t, "device", "list"); err != nil || !strings.Contains(errs, "damaged.yaml") || !strings.Contains(errs, "hostile.yaml") || !strings.Contains(errs, "anchors") {
		t.Errorf("what is no pack is not said: %v\n%s", err, errs)
	}
	all, err := sim.Cards()
	if err != nil {
		t.Fatal(err)
	}
	cards.Place(all[0])
	if out, errs, err := program(t, "device", "card", "--link", "usb:abcd:0001", "--json", "--full"); err != nil || !strings.Contains(out, all[0].Number) {
		t.Errorf("card: %v\n%s%s", err, out, errs)
	}
	if out, errs, err := program(t, "device", "status", "--link", "usb:abcd:0002"); err != nil || !strings.HasPrefix(out, "printer  online") {
		t.Errorf("status: %v\n%s%s", err, out, errs)
	}
	if out, errs, err := program(t, "device", "print", "--link", "usb:abcd:0002", "--document", write(t, note)); err != nil || out != "printed\n" {
		t.Errorf("print: %v\n%s%s", err, out, errs)
	}
	if got := strips.State(); got.Unknown != 0 || len(strips.Strips()) != 0 || !strings.Contains(strings.Join(strips.Hanging().Lines, "\n"), "QH0301A-261122-0042-X") {
		t.Errorf("not as the pack says (58 mm, no cutter): %+v, %d strips, %q", got, len(strips.Strips()), strips.Hanging().Lines)
	}
	reads(t, codes, "evdev:abcd:0003", "QH0301A-261126-0001-4")
}

// reads has a hand scan until the program has read it.
func reads(t *testing.T, d *uhid.Device, link, text string) {
	t.Helper()
	reports, err := typing.Reports(text + "\r")
	if err != nil {
		t.Fatal(err)
	}
	scanning, stop := context.WithCancel(t.Context())
	var hand sync.WaitGroup
	hand.Go(func() {
		for scanning.Err() == nil {
			for _, report := range reports {
				if err := d.Report(report); err != nil {
					t.Error(err)
				}
				select {
				case <-time.After(time.Millisecond): // the kernel keeps few events for who does not read
				case <-scanning.Done():
				}
			}
			pause(t)
		}
	})
	defer hand.Wait()
	defer stop()
	for try := 1; ; try++ { // the program may come into the middle of a code
		out, errs, err := program(t, "device", "code", "--link", link, "--json", "--full")
		if err == nil && strings.Contains(out, `"text": "`+text+`"`) {
			return
		}
		if try == 5 {
			t.Fatalf("code: %v\n%s%s", err, out, errs)
		}
	}
}
