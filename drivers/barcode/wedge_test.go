//go:build usb

package barcode_test

import (
	"context"
	"encoding/binary"
	"errors"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"bianmin/drivers"
	"bianmin/drivers/barcode"
	"bianmin/drivers/link/evdev"
	"bianmin/drivers/sim/typing"
	"bianmin/drivers/sim/uhid"
)

// plugKeyboard plugs a code reader that plays keyboard into the kernel's HID layer.
func plugKeyboard(t *testing.T, name, serial string, descriptor []byte) *uhid.Device {
	t.Helper()
	d, err := uhid.Plug(uhid.Model{Name: name, Serial: serial, Vendor: 0x05E0, Product: 0x1200, Descriptor: descriptor})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Unplug() })
	for begun := time.Now(); d.Event() == ""; pause(t, 20*time.Millisecond) {
		if time.Since(begun) > 10*time.Second {
			t.Fatal("no input device")
		}
	}
	return d
}

func types(t *testing.T, d *uhid.Device, reports ...[]byte) {
	t.Helper()
	for _, report := range reports {
		if err := d.Report(report); err != nil {
			t.Error(err)
			return
		}
		pause(t, time.Millisecond) // the kernel keeps few events for who does not read
	}
}

func keys(t *testing.T, text string) [][]byte {
	t.Helper()
	all, err := typing.Reports(text)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func wedge(t *testing.T, name string) *barcode.Wedge {
	t.Helper()
	r, err := barcode.OpenWedge(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// other is a program that listens to the same input device, as a window system does, and one behind the system's console.
type other struct{ device, console *os.File }

func listenToo(t *testing.T, path string) *other {
	t.Helper()
	open := func(path string) *os.File {
		file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_NOCTTY, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = file.Close() })
		return file
	}
	o := &other{open(path), open("/dev/tty0")}
	state, err := unix.IoctlGetTermios(int(o.console.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	state.Lflag &^= unix.ICANON | unix.ECHO
	if err := unix.IoctlSetTermios(int(o.console.Fd()), unix.TCSETS, state); err != nil {
		t.Fatal(err)
	}
	return o
}

// heard is how many keys the one and how many characters the other has heard.
func (o *other) heard(t *testing.T) (pressed, characters int) {
	t.Helper()
	pause(t, 300*time.Millisecond)
	buffer := make([]byte, 4096)
	for {
		n, err := unix.Read(int(o.device.Fd()), buffer)
		for event := buffer[:max(n, 0)]; len(event) >= 24; event = event[24:] {
			if binary.NativeEndian.Uint16(event[16:]) == 1 && binary.NativeEndian.Uint32(event[20:]) == 1 {
				pressed++
			}
		}
		if err != nil || n == 0 {
			break
		}
	}
	for {
		n, err := unix.Read(int(o.console.Fd()), buffer)
		if err != nil || n <= 0 {
			return pressed, characters
		}
		characters += n
	}
}

// TestWedgeLeaksNothing: while the reader has the device no other program hears a key, neither one that listens to the same device
// nor the system's console; before and afterwards both do.
func TestWedgeLeaksNothing(t *testing.T) {
	d := plugKeyboard(t, "Simulated wedge", "W1", typing.Descriptor)
	o := listenToo(t, d.Event())
	types(t, d, keys(t, "before\r")...)
	if pressed, characters := o.heard(t); pressed != 7 || characters != 7 {
		t.Fatalf("the others hear nothing anyway: %d, %d", pressed, characters)
	}
	r := wedge(t, "05e0:1200:W1")
	types(t, d, keys(t, "]Q1BM1:Secret-77\r")...)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if code, err := r.Scan(ctx); err != nil || code != (drivers.Code{Text: "BM1:Secret-77", Symbology: "]Q1"}) {
		t.Errorf("%+v, %v", code, err)
	}
	if pressed, characters := o.heard(t); pressed != 0 || characters != 0 {
		t.Errorf("another program heard %d keys, the console %d characters", pressed, characters)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	types(t, d, keys(t, "after\r")...)
	if pressed, characters := o.heard(t); pressed != 6 || characters != 6 {
		t.Errorf("given back, the others hear %d keys, %d characters", pressed, characters)
	}
}

// TestWedgeAlone: one that looks like a keyboard is named alone or not taken; nobody takes one that is taken, or on which a key is held.
func TestWedgeAlone(t *testing.T) {
	d := plugKeyboard(t, "Simulated wedge", "W1", typing.Descriptor)
	if r, err := barcode.OpenWedge("05e0:1200"); !errors.Is(err, evdev.ErrKeyboard) || drivers.FaultOf(err) != drivers.FaultAmbiguous || r != nil {
		t.Errorf("by ids alone: %v, %v", r, err)
	}
	types(t, d, []byte{0, 0, 4, 0, 0, 0, 0, 0})
	if r, err := barcode.OpenWedge(d.Event()); drivers.FaultOf(err) != drivers.FaultBusy || r != nil {
		t.Errorf("while a key is held: %v, %v", r, err)
	}
	types(t, d, make([]byte, 8))
	r := wedge(t, d.Event())
	if r, err := barcode.OpenWedge("05e0:1200:W1"); drivers.FaultOf(err) != drivers.FaultBusy || r != nil {
		t.Errorf("taken twice: %v, %v", r, err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	wedge(t, "05e0:1200:W1")
	if r, err := barcode.OpenWedge("05e0:1200:W2"); drivers.FaultOf(err) != drivers.FaultUnplugged || r != nil {
		t.Errorf("another serial number: %v, %v", r, err)
	}
}

// TestWedgeWithoutLights: ids alone are enough where nothing speaks for a keyboard, and it is found again after it was pulled.
func TestWedgeWithoutLights(t *testing.T) {
	d := plugKeyboard(t, "Simulated dark wedge", "", typing.Dark)
	r := wedge(t, "05e0:1200")
	if err := d.Unplug(); err != nil {
		t.Fatal(err)
	}
	if code, err := r.Scan(t.Context()); drivers.FaultOf(err) != drivers.FaultUnplugged {
		t.Errorf("pulled: %+v, %v", code, err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	d = plugKeyboard(t, "Simulated dark wedge", "", typing.Dark)
	r = wedge(t, "05e0:1200")
	types(t, d, keys(t, "no end of its own")...)
	expect(t, r, "no end of its own")
	types(t, d, append(typing.ByNumber(gb18030Bytes(t, "高龄津贴")), keys(t, "\r")...)...)
	expect(t, r, "高龄津贴")
}

// TestWedgeOverrun: keys that the kernel had to drop make no code, and the next one is read.
func TestWedgeOverrun(t *testing.T) {
	d := plugKeyboard(t, "Simulated wedge", "W1", typing.Descriptor)
	r := wedge(t, "05e0:1200:W1")
	all := keys(t, strings.Repeat("abcdefgh", 40))
	for tries := 0; ; tries++ {
		if tries == 20 {
			t.Fatal("nothing is lost")
		}
		for _, report := range all { // as fast as no reader is
			if err := d.Report(report); err != nil {
				t.Fatal(err)
			}
		}
		types(t, d, keys(t, "\r")...)
		code, err := r.Scan(t.Context())
		if errors.Is(err, barcode.ErrLost) {
			break
		}
		if err != nil || len(code.Text) != 320 {
			t.Fatalf("%d characters, %v", len(code.Text), err)
		}
	}
	pause(t, 500*time.Millisecond)
	for {
		types(t, d, keys(t, "next\r")...)
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		code, err := r.Scan(ctx)
		cancel()
		if err == nil && code.Text == "next" {
			return
		}
		if ctx.Err() != nil {
			t.Fatal("the next code does not come")
		}
	}
}

// TestHeardAtOnce: a simulated reader that is shown to be there is heard from its first key on, however busy the machine is: the kernel
// shows an input device before it hands on what it sends.
func TestHeardAtOnce(t *testing.T) {
	busy, stop := sync.WaitGroup{}, make(chan struct{})
	for range 2 * runtime.NumCPU() {
		busy.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	defer busy.Wait()
	defer close(stop)
	for range 60 {
		d, err := uhid.Plug(uhid.Model{Name: "Quick wedge", Serial: "W2", Vendor: 0x05E0, Product: 0x1200, Descriptor: typing.Descriptor})
		if err != nil {
			t.Fatal(err)
		}
		for begun := time.Now(); d.Event() == ""; {
			if time.Since(begun) > 10*time.Second {
				t.Fatal("no input device")
			}
		}
		file, err := os.OpenFile(d.Event(), os.O_RDONLY|syscall.O_NONBLOCK, 0)
		if err != nil {
			t.Fatal(err)
		}
		types(t, d, keys(t, "a")...)
		if err := file.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if n, err := file.Read(make([]byte, 4096)); n == 0 {
			t.Errorf("the first key was not heard: %v", err)
		}
		if err := errors.Join(file.Close(), d.Unplug()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestWedgeInTheMiddle: who begins to read while a code is being typed gets the next one, whole, and no rest of that one.
func TestWedgeInTheMiddle(t *testing.T) {
	d := plugKeyboard(t, "Simulated wedge", "W1", typing.Descriptor)
	var hand sync.WaitGroup
	stop := make(chan struct{})
	hand.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				types(t, d, keys(t, "QH0301A-261126-0001-4\r")...)
				pause(t, 100*time.Millisecond)
			}
		}
	})
	defer hand.Wait()
	defer close(stop)
	for range 10 {
		r, err := barcode.OpenWedge("05e0:1200:W1")
		if err != nil {
			t.Fatal(err)
		}
		code, err := r.Scan(t.Context())
		if err != nil || code.Text != "QH0301A-261126-0001-4" {
			t.Errorf("%q, %v", code.Text, err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
