//go:build usb

package commission_test

import (
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/link/bus"
	"bianmin/drivers/sim"
	"bianmin/drivers/sim/board"
	"bianmin/drivers/sim/reader"
	"bianmin/packaging/commission"
	"bianmin/packaging/settings"
	"bianmin/platform/platformtest"
)

// TestSetupOnUSB: a machine whose devices are all on USB, two readers among them, is set up without a word about devices: they are found, named so
// that they are found again, tried, and in the configuration.
func TestSetupOnUSB(t *testing.T) {
	w := newWorld(t, platformtest.Start(t, platformtest.Options{}))
	if err := os.RemoveAll(w.in("dev/serial")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/sys", w.in("sys")); err != nil {
		t.Fatal(err)
	}
	cards, err := sim.Cards()
	if err != nil {
		t.Fatal(err)
	}
	for _, serial := range []string{"A001", "B002"} {
		r, err := board.PlugReader(t.Context(), board.TwoPairs, serial, reader.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = r.Close() })
		r.Place(cards[0])
	}
	_, line, _ := w.stand.Links()
	printer, err := board.PlugPrinter(t.Context(), strings.TrimPrefix(line, "serial:"), 0x1FC9, 0x2016, "", "MFG:Simulated;MDL:VP-80;CMD:ESC/POS;")
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	work.Go(printer.Answer)
	t.Cleanup(func() {
		if err := printer.Close(); err != nil {
			t.Error(err)
		}
		work.Wait()
	})
	for begun := time.Now(); ; {
		there, err := bus.List("/")
		ready := 0
		for _, d := range there {
			if len(d.Interfaces) > 0 && (d.Vendor == 0x0400 || d.Interfaces[0].DeviceID != "") {
				ready++
			}
		}
		if err != nil || time.Since(begun) > 30*time.Second {
			t.Fatalf("%+v, %v", there, err)
		}
		if ready == 3 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}

	answers := w.answers("QH0301")
	answers.Test = []string{commission.TestCard, commission.TestReceipt}
	o := options(w.words, w.root, answers)
	technician := &person{answers: answers}
	o.Technician = technician
	outcome, err := commission.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	s, err := settings.Read(w.in("etc/bianmin/terminal.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if d := s.Devices; d.Reader == nil || d.Reader.Link != "usb:0400:c35a:A001" || d.Printer == nil || d.Printer.Link != "usb:1fc9:2016" || d.Printer.Paper != 80 {
		t.Errorf("configuration: %+v %+v", d.Reader, d.Printer)
	}
	second := false
	for _, f := range technician.found {
		second = second || f.Role == drivers.RoleReader && f.Name == "usb:0400:c35a:B002" && f.Second
	}
	passed := map[string]bool{}
	for _, d := range outcome.Devices {
		passed[d.Test] = d.Result == commission.Passed
	}
	if !second || !passed[commission.TestCard] || !passed[commission.TestReceipt] {
		t.Errorf("found %+v\noutcome %+v", technician.found, outcome.Devices)
	}
}
