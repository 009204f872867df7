//go:build usb

package device_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/sim"
	"bianmin/drivers/sim/board"
	"bianmin/drivers/sim/printer"
	"bianmin/drivers/sim/reader"
	"bianmin/drivers/sim/uhid"
	"bianmin/drivers/sim/usbip"
)

// program runs the program itself, which packaging/build/test-usb has built.
func program(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	path := os.Getenv("BIANMIN_PROVISION")
	if path == "" {
		t.Fatal("BIANMIN_PROVISION names no program: run packaging/build/test-usb")
	}
	limited, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	command := exec.CommandContext(limited, path, args...)
	var out, errs bytes.Buffer
	command.Stdout, command.Stderr = &out, &errs
	err = command.Run()
	return out.String(), errs.String(), err
}

// told is one line of "device list" or "device probe".
type told struct {
	link, note, pack string
	role             drivers.Role
	condition        drivers.Condition
}

func look(t *testing.T, command string) (all []told) {
	t.Helper()
	out, errs, err := program(t, "device", command, "--json")
	if err != nil {
		t.Fatalf("%s: %v\n%s", command, err, errs)
	}
	var said struct {
		Devices []struct {
			Link, Note, Pack string
			Role             drivers.Role
			Status           *drivers.Status
		}
	}
	if err := json.Unmarshal([]byte(out), &said); err != nil {
		t.Fatalf("%v in\n%s", err, out)
	}
	for _, d := range said.Devices {
		one := told{link: d.Link, note: d.Note, pack: d.Pack, role: d.Role}
		if d.Status != nil {
			one.condition = d.Status.Condition
		}
		all = append(all, one)
	}
	return all
}

// sees waits until a command tells of exactly these devices, in any order: the kernel needs a moment.
func sees(t *testing.T, command string, want ...told) {
	t.Helper()
	var got []told
	for begun := time.Now(); time.Since(begun) < 30*time.Second; pause(t) {
		got = look(t, command)
		left := map[told]int{}
		for _, one := range got {
			left[one]++
		}
		for _, one := range want {
			left[one]--
		}
		same := true
		for _, n := range left {
			same = same && n == 0
		}
		if same {
			return
		}
	}
	t.Fatalf("%s tells\n%+v\nnot\n%+v", command, got, want)
}

func pause(t *testing.T) {
	t.Helper()
	select {
	case <-time.After(200 * time.Millisecond):
	case <-t.Context().Done():
	}
}

func plugReader(t *testing.T, serial string) *board.Reader {
	t.Helper()
	r, err := board.PlugReader(t.Context(), board.OnePair, serial, reader.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// plugReceipts plugs the simulated receipt printer in behind a board of the printer class.
func plugReceipts(t *testing.T) *printer.Printer {
	t.Helper()
	path := filepath.Join(t.TempDir(), "printer")
	p, err := printer.New(context.WithoutCancel(t.Context()), path, printer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := board.PlugPrinter(t.Context(), path, 0x1FC9, 0x2016, "V0001", "MFG:Simulated;MDL:VP-80;CMD:ESC/POS;")
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	work.Go(b.Answer)
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		work.Wait()
	})
	return p
}

// plugPages plugs in a printer of pages, and counts what is written to it.
func plugPages(t *testing.T, product uint16, id string) *atomic.Int64 {
	t.Helper()
	var bytes atomic.Int64
	d := usbip.New(usbip.Model{
		Vendor: 0x03F0, Product: product, Maker: "Simulated", Name: "Pages", Serial: fmt.Sprintf("L%04x", product), Class: 7, Subclass: 1, Protocol: 2,
		Pipes:   []usbip.Pipe{{Address: 0x01, Packet: 64}, {Address: 0x82, Packet: 64}},
		Receive: func(_ context.Context, _ byte, data []byte) { bytes.Add(int64(len(data))) },
		Control: func(s usbip.Setup) ([]byte, bool) {
			return append([]byte{0, byte(len(id) + 2)}, id...), s.Type == 0xA1 && s.Request == 0 && id != ""
		},
	})
	if err := d.Plug(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Unplug(); err != nil {
			t.Error(err)
		}
		if n := bytes.Load(); n != 0 {
			t.Errorf("%d bytes were written to printer %04x, which must not be written to", n, product)
		}
	})
	return &bytes
}

// TestProgramOnUSB: the program itself finds, asks and uses what is plugged into USB; two of a model, pulled and put back, what it does not know it leaves alone.
func TestProgramOnUSB(t *testing.T) {
	cards, err := sim.Cards()
	if err != nil {
		t.Fatal(err)
	}
	receipts := plugReceipts(t)
	plugPages(t, 0x0017, "MFG:HP;MDL:LaserJet;CMD:PJL,PCL;")
	plugPages(t, 0x0018, "")
	first, second := plugReader(t, "A001"), plugReader(t, "B002")
	var (
		a     = told{link: "usb:0400:c35a:A001", role: drivers.RoleReader, pack: "sdt-usb"}
		b     = told{link: "usb:0400:c35a:B002", role: drivers.RoleReader, pack: "sdt-usb"}
		paper = told{link: "usb:1fc9:2016", role: drivers.RolePrinter, pack: "escpos-80"}
		pages = told{role: drivers.RoleDocument, pack: "page-printer", note: "no-queue"}
		alien = told{link: "usb:03f0:0018", note: "unknown-printer"}
	)
	sees(t, "list", a, b, paper, pages, alien)
	online := func(d told) told { d.condition = drivers.Online; return d }
	sees(t, "probe", online(a), online(b), online(paper), pages, alien)
	if out, _, err := program(t, "device", "list"); err != nil || !strings.Contains(out, "还没有设好") || !strings.Contains(out, "add it in CUPS") {
		t.Errorf("%v\n%s", err, out)
	}

	first.Place(cards[0])
	second.Place(cards[1])
	for link, card := range map[string]sim.Card{a.link: cards[0], b.link: cards[1]} {
		if out, errs, err := program(t, "device", "card", "--link", link, "--json", "--full"); err != nil || !strings.Contains(out, `"number": "`+card.Number+`"`) {
			t.Errorf("%s: %v\n%s%s", link, err, out, errs)
		}
	}
	if _, errs, err := program(t, "device", "status", "--role", "reader", "--link", "usb:0400:c35a"); err == nil || !strings.Contains(errs, "several such devices") {
		t.Errorf("either of two: %v\n%s", err, errs)
	}
	if out, errs, err := program(t, "device", "status", "--role", "printer", "--link", paper.link); err != nil || !strings.Contains(out, "online") {
		t.Errorf("printer: %v\n%s%s", err, out, errs)
	}
	if out, errs, err := program(t, "device", "print", "--link", "usb:printer:V0001", "--document", write(t, note)); err != nil || out != "printed\n" || len(receipts.Strips()) != 1 {
		t.Errorf("print: %v, %d strips\n%s%s", err, len(receipts.Strips()), out, errs)
	}
	receipts.SetCover(true)
	if _, errs, err := program(t, "device", "status", "--role", "printer", "--link", paper.link); err == nil || !strings.Contains(errs, "cover is open") {
		t.Errorf("cover: %v\n%s", err, errs)
	}

	for range 2 {
		if err := first.Device.Unplug(); err != nil {
			t.Fatal(err)
		}
		alone := b
		alone.link = "usb:0400:c35a" // another of its model may take its place
		sees(t, "list", alone, paper, pages, alien)
		if _, errs, err := program(t, "device", "status", "--role", "reader", "--link", a.link); err == nil || !strings.Contains(errs, "is not there: plug the device in") {
			t.Errorf("pulled: %v\n%s", err, errs)
		}
		if err := first.Device.Plug(t.Context()); err != nil {
			t.Fatal(err)
		}
		sees(t, "probe", online(a), online(b), online(paper), pages, alien)
	}
}

// TestCodeReaderOnUSB: a code reader of the point-of-sale class and one that plays keyboard are listed, each by its own link; the first
// is read, and the second is none of that class.
func TestCodeReaderOnUSB(t *testing.T) {
	const product = 0x0B61
	plug := func(name string, product uint16, descriptor []byte) *uhid.Device {
		d, err := uhid.Plug(uhid.Model{Name: name, Vendor: 0x0C2E, Product: product, Descriptor: descriptor})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Unplug() })
		return d
	}
	d := plug("Simulated code reader", product, []byte{
		0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01, 0x85, 0x02, 0x09, 0x12, 0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, 0x3F, 0x81, 0x02, 0xC0,
	})
	plug("Simulated keyboard reader", product+1, []byte{
		0x05, 0x01, 0x09, 0x06, 0xA1, 0x01, 0x05, 0x07, 0x19, 0x00, 0x29, 0x65, 0x15, 0x00, 0x25, 0x65, 0x75, 0x08, 0x95, 0x06, 0x81, 0x00, 0xC0,
	})
	sees(t, "list", told{link: "hid:0c2e:0b61", role: drivers.RoleCode, pack: "hid-pos"}, told{link: "evdev:0c2e:0b62", role: drivers.RoleCode, pack: "keyboard-code"})
	const text = "QH0301A-261126-0001-4"
	report := make([]byte, 64)
	report[0], report[1] = 2, byte(len(text))
	copy(report[2:], "]Q1"+text)
	scanning, stop := context.WithCancel(t.Context())
	var hand sync.WaitGroup
	hand.Go(func() { // a hand that scans until the program has heard it
		for scanning.Err() == nil {
			if err := d.Report(report); err != nil {
				t.Error(err)
			}
			pause(t)
		}
	})
	out, errs, err := program(t, "device", "code", "--link", "hid:0c2e:0b61", "--json", "--full")
	stop()
	hand.Wait()
	if err != nil || !strings.Contains(out, `"text": "`+text+`"`) || !strings.Contains(out, `"]Q1"`) {
		t.Errorf("%v\n%s%s", err, out, errs)
	}
	if _, errs, err := program(t, "device", "code", "--link", "hid:0c2e:0b62"); err == nil || !strings.Contains(errs, "unplugged") {
		t.Errorf("the keyboard was read: %v\n%s", err, errs)
	}
}

// TestCheckOnUSB: "provision check" asks what the configuration names on USB.
func TestCheckOnUSB(t *testing.T) {
	plugReader(t, "A001")
	sees(t, "list", told{link: "usb:0400:c35a", role: drivers.RoleReader, pack: "sdt-usb"})
	config := filepath.Join(t.TempDir(), "terminal.yaml")
	content := "data: " + t.TempDir() + "\ndevices:\n  reader: {link: \"usb:0400:c35a\"}\n  printer: {link: \"usb:printer\"}\n"
	if err := os.WriteFile(config, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	out, errs, _ := program(t, "check", "--config", config, "--json") // not enrolled: status 1
	var said struct{ Devices []drivers.Status }
	if err := json.Unmarshal([]byte(out), &said); err != nil {
		t.Fatalf("%v in\n%s%s", err, out, errs)
	}
	if len(said.Devices) != 2 || said.Devices[0].Condition != drivers.Online || said.Devices[0].Serial == "" || said.Devices[1].Condition != drivers.NoDevice || said.Devices[1].Fault != drivers.FaultUnplugged {
		t.Errorf("%+v\n%s", said.Devices, errs)
	}
}
