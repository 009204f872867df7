package point_test

import (
	"bytes"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/point"
	"bianmin/drivers/sim"
	"bianmin/drivers/sim/button"
	"bianmin/drivers/sim/plug"
	"bianmin/drivers/sim/printer"
	"bianmin/drivers/sim/reader"
)

// TestFindReaderAtEachSpeed: whatever speed a reader is set to, it is found and reads a card at that one.
func TestFindReaderAtEachSpeed(t *testing.T) {
	card, err := sim.LoadCard("3")
	if err != nil {
		t.Fatal(err)
	}
	for _, baud := range []int{115200, 57600, 38400, 19200, 9600} {
		t.Run(strconv.Itoa(baud), func(t *testing.T) {
			t.Parallel()
			device, err := reader.Start(t.Context(), filepath.Join(t.TempDir(), "a"), reader.Options{Speed: baud, Baud: baud})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := device.Close(); err != nil {
					t.Error(err)
				}
			})
			name := "serial:" + device.Path()
			found := point.Find(t.Context(), []string{name}, time.Now)[0]
			if found.Role != drivers.RoleReader || found.Baud != baud || found.Status.Serial == "" || found.Err != nil {
				t.Fatalf("found %v, %v", found, found.Err)
			}
			device.Place(card)
			p, err := point.Start(t.Context(), point.Config{Reader: &point.Reader{Link: name, Baud: found.Baud}}, point.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got, err := p.Reader().Read(t.Context()); err != nil || got.Number != card.Number {
				t.Errorf("read at %d: %v", found.Baud, err)
			}
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestQuestionsPrintNothing: a printer that stands where a reader is looked for, and is set to any speed, hears nothing
// of the questions that ends a line, feeds paper or begins a command.
func TestQuestionsPrintNothing(t *testing.T) {
	speeds := []int{115200, 57600, 38400, 19200, 9600, 4800, 2400}
	for question, b := range map[string][]byte{
		"printer's state": {0x10, 0x04, 0x01},
		"reader's state":  {0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 3, 0x11, 0xFF, 0xED},
	} {
		for _, sent := range speeds[:5] {
			for _, set := range speeds {
				if sent == set && b[0] == 0x10 {
					continue // the state it may be asked for
				}
				heard := plug.Heard(b, sent, set)
				if at := bytes.IndexAny(heard, "\n\v\f\r\x10\x1b\x1d"); at >= 0 || bytes.Contains(heard, []byte("\x1cp")) {
					t.Errorf("%s, asked at %d and heard at %d: % X", question, sent, set, heard)
				}
				if len(heard) == 0 {
					t.Errorf("%s, asked at %d, is not heard at %d", question, sent, set)
				}
			}
		}
	}
}

// TestFind: each device is known by its answer, in whatever order, and no printer is made to print or to keep a byte.
func TestFind(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	r, err := reader.Start(t.Context(), at("a"), reader.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := printer.New(t.Context(), at("b"), printer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := button.New(t.Context(), at("c"))
	if err != nil {
		t.Fatal(err)
	}
	out, err := printer.New(t.Context(), at("d"), printer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	out.SetPaper(false)
	t.Cleanup(func() {
		for _, device := range []interface{ Close() error }{r, p, b, out} {
			if err := device.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	found := point.Find(t.Context(), []string{"serial:" + at("a"), "serial:" + at("b"), "serial:" + at("c"), "serial:" + at("d"), "serial:" + at("none")}, time.Now)
	for i, want := range []drivers.Role{drivers.RoleReader, drivers.RolePrinter, "", drivers.RolePrinter, ""} {
		if found[i].Role != want || (found[i].Err != nil) != (i == 4) {
			t.Errorf("%d: %v, %v", i, found[i], found[i].Err)
		}
	}
	if found[0].Status.Serial == "" || found[1].Baud != 115200 {
		t.Errorf("the reader says %+v, the printer talks at %d", found[0].Status, found[1].Baud)
	}
	if s := p.State(); s.Received != 3 || s.Strips != 0 || p.Picture() != nil {
		t.Errorf("the printer got %d bytes and holds %d strips", s.Received, s.Strips)
	}
}
