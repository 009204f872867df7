package reader_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bianmin/drivers/sim"
	"bianmin/drivers/sim/reader"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestPublishedAnswers holds the simulated reader itself to the published bytes, over its pseudo terminal.
func TestPublishedAnswers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "reader")
	device, err := reader.Start(context.Background(), path, reader.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := device.Close(); err != nil {
			t.Error(err)
		}
	}()
	line, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = line.Close() }()
	ask := func(command string, size int) []byte {
		t.Helper()
		if _, err := line.Write(unhex(t, command)); err != nil {
			t.Fatal(err)
		}
		var got []byte
		for len(got) < size {
			b := make([]byte, 2048)
			n, err := line.Read(b)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, b[:n]...)
		}
		return got
	}
	expect := func(name, command, want string) {
		t.Helper()
		w := unhex(t, want)
		if got := ask(command, len(w)); !bytes.Equal(got, w) {
			t.Errorf("%s: %X, want %X", name, got, w)
		}
	}
	const find, choose, read, address = "AAAAAA966900032001 22", "AAAAAA966900032002 21", "AAAAAA966900033001 32", "AAAAAA966900033003 30"
	expect("status", "AAAAAA9669000311FFED", "AAAAAA96690004000090 94")
	expect("reset", "AAAAAA9669000310FFEC", "AAAAAA96690004000090 94")
	expect("no card", find, "AAAAAA96690004000080 84")
	expect("select nothing", choose, "AAAAAA96690004000081 85")
	expect("read nothing", read, "AAAAAA96690004000041 45")
	expect("unknown command", "AAAAAA966900037777 03", "AAAAAA96690004000021 25")
	expect("bad checksum", "AAAAAA966900032001 23", "AAAAAA96690004000010 14")
	card, err := sim.LoadCard("3")
	if err != nil {
		t.Fatal(err)
	}
	device.Place(card)
	expect("find", find, "AAAAAA966900080000 9F 00000000 97")
	expect("select", choose, "AAAAAA9669000C0000 90 0000000000000000 9C")
	expect("no newest address", address, "AAAAAA96690004000091 95")
	got := ask(read, 1295)
	if !bytes.HasPrefix(got, unhex(t, "AAAAAA9669 0508 000090 01000400 8B73 C079 7051 2000")) { // 王秀兰
		t.Errorf("read begins %X", got[:24])
	}
	var sum byte
	for _, b := range got[5:] {
		sum ^= b
	}
	if len(got) != 1295 || sum != 0 {
		t.Errorf("read: %d bytes, XOR %02X", len(got), sum)
	}
	expect("found no more until it is lifted", find, "AAAAAA96690004000080 84")
	moved, err := sim.LoadCard("7")
	if err != nil {
		t.Fatal(err)
	}
	device.Place(moved)
	expect("find", find, "AAAAAA966900080000 9F 00000000 97")
	expect("select", choose, "AAAAAA9669000C0000 90 0000000000000000 9C")
	if got := ask(address, 81); !bytes.HasPrefix(got, unhex(t, "AAAAAA9669 004A 000090")) {
		t.Errorf("newest address begins %X", got[:10])
	}
}

// TestPace: the answer to a read takes at least its time on the wire.
func TestPace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "reader")
	device, err := reader.Start(context.Background(), path, reader.Options{Baud: 9600})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := device.Close(); err != nil {
			t.Error(err)
		}
	}()
	line, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = line.Close() }()
	start := time.Now()
	if _, err := line.Write(unhex(t, "AAAAAA9669000312FFEE")); err != nil {
		t.Fatal(err)
	}
	for got := 0; got < 27; {
		n, err := line.Read(make([]byte, 64))
		if err != nil {
			t.Fatal(err)
		}
		got += n
	}
	if took, wire := time.Since(start), time.Duration(37)*10*time.Second/9600; took < wire {
		t.Errorf("37 bytes at 9600 baud took %v, less than %v", took, wire)
	}
}
