//go:build usb && record

package replay_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"bianmin/drivers/drivertest"
	"bianmin/drivers/link/bus"
	"bianmin/drivers/sim"
	"bianmin/drivers/sim/board"
	"bianmin/drivers/sim/printer"
	"bianmin/drivers/sim/reader"
	"bianmin/drivers/sim/typing"
	"bianmin/drivers/sim/uhid"
)

// TestRecord makes the recordings anew, in the virtual machine (packaging/build/vm/record): the kernel's own words about
// simulated devices, and what went over their cables as usbmon saw it.
func TestRecord(t *testing.T) {
	nodes := append(plugUSB(t), plugHID(t)...)
	described, err := exec.CommandContext(t.Context(), "umockdev-record", nodes...).Output() // #nosec G204 -- devices of this test
	if err != nil {
		t.Fatal(err)
	}
	give("devices.umockdev", described)
	for _, e := range exchanges {
		give(e.name+".pcap", listened(t, func() { e.do(t, open(t, e.at)) }))
	}
	give(serialScript, []byte(script(readsOverLine(t, onLine(t)))))
}

// onLine puts a reader at a serial line and gives its path.
func onLine(t *testing.T) string {
	t.Helper()
	cards, err := sim.Cards()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "reader")
	r, err := reader.Start(context.WithoutCancel(t.Context()), path, reader.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	r.Place(cards[serialCard])
	return path
}

// give hands a file to the machine outside, which this one cannot write to.
func give(name string, content []byte) {
	fmt.Printf("RECORDED %s %s\n", name, base64.StdEncoding.EncodeToString(content))
}

// plugUSB plugs in two readers and a printer, and gives their files.
func plugUSB(t *testing.T) (nodes []string) {
	t.Helper()
	cards, err := sim.Cards()
	if err != nil {
		t.Fatal(err)
	}
	one, err := board.PlugReader(t.Context(), board.OnePair, "A001", reader.Options{})
	if err != nil {
		t.Fatal(err)
	}
	two, err := board.PlugReader(t.Context(), board.TwoPairs, "B002", reader.Options{})
	if err != nil {
		t.Fatal(err)
	}
	one.Place(cards[0])
	two.Place(cards[1])
	path := filepath.Join(t.TempDir(), "printer")
	p, err := printer.New(context.WithoutCancel(t.Context()), path, printer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := board.PlugPrinter(t.Context(), path, 0x1FC9, 0x2016, "V0001", printerID)
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	work.Go(b.Answer)
	t.Cleanup(func() {
		_, _, _ = one.Close(), two.Close(), p.Close()
		work.Wait()
	})
	for _, d := range found(t, 3) {
		nodes = append(nodes, fmt.Sprintf("/dev/bus/usb/%03d/%03d", number(t, d.Port, "busnum"), number(t, d.Port, "devnum")))
		interfaces, err := filepath.Glob(filepath.Join("/sys/bus/usb/devices", d.Port, d.Port+":*"))
		if err != nil || len(interfaces) == 0 {
			t.Fatalf("interfaces of %s: %v, %v", d.Port, interfaces, err)
		}
		for _, one := range interfaces {
			real, err := filepath.EvalSymlinks(one)
			if err != nil {
				t.Fatal(err)
			}
			nodes = append(nodes, real)
		}
	}
	return nodes
}

// found waits until the kernel has that many devices.
func found(t *testing.T, n int) []bus.Device {
	t.Helper()
	for begun := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		all, err := bus.List("/")
		if err != nil || time.Since(begun) > 20*time.Second {
			t.Fatalf("%d devices, %v", len(all), err)
		}
		if len(all) == n && len(all[n-1].Interfaces) > 0 {
			return all
		}
	}
}

func number(t *testing.T, port, name string) (n int) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("/sys/bus/usb/devices", port, name))
	if err == nil {
		_, err = fmt.Sscan(string(text), &n)
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// pos is the report descriptor of a code reader of the point-of-sale class: report 2, 63 bytes.
var pos = []byte{0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01, 0x85, 0x02, 0x09, 0x12, 0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, 0x3F, 0x81, 0x02, 0xC0}

// plugHID plugs in a code reader with reports and one that types, and gives their files.
func plugHID(t *testing.T) []string {
	t.Helper()
	reports, err := uhid.Plug(uhid.Model{Name: "Simulated code reader", Serial: "C003", Vendor: 0x0C2E, Product: 0x0B61, Descriptor: pos})
	if err != nil {
		t.Fatal(err)
	}
	types, err := uhid.Plug(uhid.Model{Name: "Simulated typing reader", Serial: "D004", Vendor: 0x05E0, Product: 0x1200, Descriptor: typing.Descriptor})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = reports.Unplug(), types.Unplug() })
	for begun := time.Now(); reports.Node() == "" || types.Event() == ""; time.Sleep(20 * time.Millisecond) {
		if time.Since(begun) > 10*time.Second {
			t.Fatal("no nodes")
		}
	}
	return []string{reports.Node(), types.Event()}
}

// listened records what goes over all cables meanwhile.
func listened(t *testing.T, meanwhile func()) []byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "pcap")
	listener := exec.CommandContext(t.Context(), "tcpdump", "-Z", "root", "-i", "usbmon0", "-U", "-w", file) // #nosec G204 -- a file of this test
	said, err := listener.StderrPipe()
	if err == nil {
		err = listener.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(said); lines.Scan(); {
		t.Log(lines.Text())
		if strings.Contains(lines.Text(), "listening on") {
			break
		}
	}
	meanwhile()
	time.Sleep(time.Second) // it looks in turns
	if err := listener.Process.Signal(unix.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = listener.Wait()
	content, err := os.ReadFile(file) // #nosec G304 -- a file of this test
	if err != nil {
		t.Fatal(err)
	}
	return kept(t, content)
}

// Where things stand in a capture: after its head and each packet's, usbmon's own (linux/usb/mon).
const (
	captureHead, packetHead = 24, 16
	kindAt, statusAt        = 8, 28
)

// kept leaves out the reads that were broken off: how many there were is a matter of time, and umockdev ends them when libusb says so.
func kept(t *testing.T, capture []byte) []byte {
	t.Helper()
	if len(capture) < captureHead || binary.LittleEndian.Uint32(capture) != 0xA1B2C3D4 {
		t.Fatal("no capture")
	}
	type packet struct{ whole, said []byte }
	var all []packet
	open := map[uint64]int{} // what was asked for last under a name of the kernel's, which it uses again
	broken := map[int]bool{}
	for rest := capture[captureHead:]; len(rest) >= packetHead; {
		size := packetHead + int(binary.LittleEndian.Uint32(rest[8:]))
		said := rest[packetHead:size]
		id := binary.LittleEndian.Uint64(said)
		switch status := int32(binary.LittleEndian.Uint32(said[statusAt:])); { // #nosec G115 -- an errno
		case said[kindAt] == 'S':
			open[id] = len(all)
		case status == -int32(unix.ENOENT), status == -int32(unix.ECONNRESET):
			broken[len(all)], broken[open[id]] = true, true
		}
		all = append(all, packet{rest[:size], said})
		rest = rest[size:]
	}
	left := append([]byte(nil), capture[:captureHead]...)
	for i, p := range all {
		if !broken[i] {
			left = append(left, p.whole...)
		}
	}
	t.Logf("%d packets, %d of them broken off", len(all), len(broken))
	return left
}

// script writes what went over a line as umockdev reads it: control bytes with a ^, every answer after 20 ms.
func script(steps []drivertest.Step) string {
	var b strings.Builder
	for i, s := range steps {
		if i == 0 || s.Write != steps[i-1].Write {
			b.WriteString(map[bool]string{true: "w 0 ", false: "r 20 "}[s.Write])
		}
		for _, c := range s.Bytes {
			switch {
			case c < ' ':
				b.Write([]byte{'^', c + 64})
			case c == '^':
				b.WriteString("^`")
			default:
				b.WriteByte(c)
			}
		}
		if i == len(steps)-1 || s.Write != steps[i+1].Write {
			b.WriteByte('\n')
		}
	}
	return b.String()
}
