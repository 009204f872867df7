//go:build usb

package usb_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/drivertest"
	"bianmin/drivers/link/channel"
	"bianmin/drivers/link/usb"
	"bianmin/drivers/sim"
	"bianmin/drivers/sim/reader"
	"bianmin/drivers/sim/usbip"
)

// TestReader is the readers' contract over USB, for both wirings.
func TestReader(t *testing.T) {
	for name, pipes := range wired {
		t.Run(name, func(t *testing.T) {
			drivertest.CardReader(t, func(t *testing.T) drivertest.ReaderRig {
				sim := plugReader(t, pipes, "", reader.Options{Radio: 20 * time.Millisecond})
				r := driver(open(t, "0400:c35a"))
				t.Cleanup(func() { _ = r.Close() })
				return drivertest.ReaderRig{
					Reader: r, Place: sim.Place, Remove: sim.Remove, Pull: sim.PullMidRead, Silence: sim.Reader.Silence,
					Unplug: func() {
						if err := sim.Device.Unplug(); err != nil {
							t.Error(err)
						}
					},
					Limit: 6 * time.Second,
				}
			})
		})
	}
}

// TestTwoOfAModel: which of two readers is said by serial number or by socket, and is never guessed.
func TestTwoOfAModel(t *testing.T) {
	cards, err := sim.Cards()
	if err != nil {
		t.Fatal(err)
	}
	first := plugReader(t, wired["one pair"], "A001", reader.Options{})
	second := plugReader(t, wired["two pairs"], "B002", reader.Options{})
	first.Place(cards[0])
	second.Place(cards[1])
	for serial, card := range map[string]sim.Card{"A001": cards[0], "B002": cards[1]} {
		got, err := driver(open(t, "0400:c35a:"+serial)).Read(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", serial, err)
		}
		drivertest.CheckCard(t, got, card)
	}
	if p, err := usb.Open(t.Context(), usb.Place{Vendor: 0x0400, Product: 0xC35A}); !errors.Is(err, channel.ErrAmbiguous) {
		t.Errorf("either of two: %v, %v", p, err)
	}
	if p, err := usb.Open(t.Context(), usb.Place{Vendor: 0x0400, Product: 0xC35A, Serial: "C003"}); !errors.Is(err, channel.ErrUnplugged) {
		t.Errorf("one that is not there: %v, %v", p, err)
	}
}

// TestReplugged: pulled in the middle of an answer and put back, again and again; nothing is left behind.
func TestReplugged(t *testing.T) {
	cards, err := sim.Cards()
	if err != nil {
		t.Fatal(err)
	}
	r := plugReader(t, wired["one pair"], "", reader.Options{Radio: 100 * time.Millisecond})
	var before []string
	for round := range 4 {
		p := open(t, "0400:c35a")
		d := driver(p)
		r.Remove()
		r.Place(cards[round%len(cards)])
		if round%2 == 1 {
			var pulling sync.WaitGroup
			pulling.Go(func() {
				pause(t, 60*time.Millisecond)
				if err := r.Device.Unplug(); err != nil {
					t.Error(err)
				}
			})
			begun := time.Now()
			if _, err := d.Read(t.Context()); drivers.FaultOf(err) != drivers.FaultUnplugged || time.Since(begun) > 5*time.Second {
				t.Errorf("pulled while it read: %v after %v", err, time.Since(begun))
			}
			pulling.Wait()
			if err := r.Device.Plug(t.Context()); err != nil {
				t.Fatal(err)
			}
		} else if got, err := d.Read(t.Context()); err != nil {
			t.Errorf("round %d: %v", round, err)
		} else {
			drivertest.CheckCard(t, got, cards[round%len(cards)])
		}
		if err := d.Close(); err != nil {
			t.Errorf("round %d: closing: %v", round, err)
		}
		if now := descriptors(t); before == nil {
			before = now
		} else if !slices.Equal(before, now) {
			t.Errorf("round %d: open are %v, were %v", round, now, before)
		}
	}
}

// plugPrinter plugs in something of the printer class that keeps what it is sent.
func plugPrinter(t *testing.T, serial string, receive func(ctx context.Context, data []byte)) *usbip.Device {
	t.Helper()
	const text = "MFG:Simulated;MDL:VP-80;CMD:ESC/POS;"
	d := usbip.New(usbip.Model{
		Vendor: 0x0FE6, Product: 0x811E, Maker: "Simulated", Name: "VP-80", Serial: serial, Class: 7, Subclass: 1, Protocol: 2,
		Pipes: []usbip.Pipe{{Address: 0x01, Packet: 64}, {Address: 0x82, Packet: 64}},
		Control: func(s usbip.Setup) ([]byte, bool) {
			switch {
			case s.Type == 0xA1 && s.Request == 0:
				return append([]byte{0, byte(len(text) + 2)}, text...), true
			case s.Type == 0xA1 && s.Request == 1:
				return []byte{0x18}, true
			}
			return nil, false
		},
		Receive: func(ctx context.Context, _ byte, data []byte) { receive(ctx, data) },
	})
	if err := d.Plug(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Unplug(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// TestPrinterClass: the kernel's own driver gives the printer up, says who it is, takes a long job and answers.
func TestPrinterClass(t *testing.T) {
	var mutex sync.Mutex
	var got []byte
	d := plugPrinter(t, "V0001", func(_ context.Context, data []byte) {
		mutex.Lock()
		defer mutex.Unlock()
		got = append(got, data...)
	})
	p := open(t, "0fe6:811e:V0001")
	if id, err := p.DeviceID(); err != nil || id != "MFG:Simulated;MDL:VP-80;CMD:ESC/POS;" {
		t.Errorf("%q, %v", id, err)
	}
	job := bytes.Repeat([]byte("0123456789abcdef"), 20_000)
	if n, err := p.WriteContext(t.Context(), job); n != len(job) || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	mutex.Lock()
	if !bytes.Equal(got, job) {
		t.Errorf("%d of %d bytes came, or others", len(got), len(job))
	}
	mutex.Unlock()
	d.Send(0x82, []byte{0x16, 0x12})
	answer := make([]byte, 1)
	for _, want := range []byte{0x16, 0x12} { // asked for one byte, the other is kept
		if n, err := p.ReadContext(t.Context(), answer); n != 1 || err != nil || answer[0] != want {
			t.Errorf("%d, %x, %v", n, answer, err)
		}
	}
	limited, stop := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer stop()
	if n, err := p.ReadContext(limited, answer); n != 0 || !errors.Is(err, channel.ErrTimeout) {
		t.Errorf("silence: %d, %v", n, err)
	}
}

// TestPrinterTakesNoMore: a printer out of paper takes nothing; the limit counts, and what was taken is said.
func TestPrinterTakesNoMore(t *testing.T) {
	full := make(chan struct{})
	d := plugPrinter(t, "V0001", func(ctx context.Context, _ []byte) {
		select {
		case <-full:
		case <-ctx.Done():
		}
	})
	p := open(t, "0fe6:811e")
	limited, stop := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer stop()
	if n, err := p.WriteContext(limited, []byte("receipt")); !errors.Is(err, channel.ErrTimeout) || n == len("receipt") {
		t.Errorf("no paper: %d, %v", n, err)
	}
	close(full)
	if _, err := p.WriteContext(t.Context(), []byte("receipt")); err != nil {
		t.Errorf("paper again: %v", err)
	}
	d.Halt(0x82)
	if _, err := p.ReadContext(t.Context(), make([]byte, 8)); !errors.Is(err, channel.ErrRefused) {
		t.Errorf("halted: %v", err)
	}
	d.Send(0x82, []byte{7})
	b := make([]byte, 8)
	if n, err := p.ReadContext(t.Context(), b); n != 1 || err != nil || b[0] != 7 {
		t.Errorf("after the halt: %d, %v", n, err)
	}
	var closing sync.WaitGroup
	closing.Go(func() {
		pause(t, 100*time.Millisecond)
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := p.ReadContext(t.Context(), b); !errors.Is(err, channel.ErrClosed) {
		t.Errorf("closed while it waited: %v", err)
	}
	closing.Wait()
	if _, err := p.WriteContext(t.Context(), b); !errors.Is(err, channel.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}
