package idcard_test

import (
	"context"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"bianmin/drivers"
	"bianmin/drivers/drivertest"
	"bianmin/drivers/idcard"
	"bianmin/drivers/link"
	"bianmin/drivers/sim"
	"bianmin/drivers/sim/reader"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// onPTY is a real driver on a real pseudo terminal with a simulated reader at its far end.
func onPTY(t testing.TB, options reader.Options) (*idcard.Reader, *reader.Device) {
	t.Helper()
	return onPTYWith(t, options, idcard.Options{Baud: options.Baud, Now: time.Now})
}

func onPTYWith(t testing.TB, options reader.Options, near idcard.Options) (*idcard.Reader, *reader.Device) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "reader")
	device, err := reader.Start(context.Background(), path, options)
	if err != nil {
		t.Fatal(err)
	}
	l, err := link.Open(t.Context(), "serial:"+path, link.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := idcard.New(l, near)
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if err := device.Close(); err != nil {
			t.Errorf("close device: %v", err)
		}
	})
	return r, device
}

// inMemory is the same without a pseudo terminal; it obeys the clock of a synctest bubble.
func inMemory(t testing.TB, options reader.Options) (*idcard.Reader, *reader.Reader, *drivertest.FarEnd) {
	near, far := drivertest.Pipe()
	device := reader.New(options)
	done := make(chan struct{})
	go func() {
		defer close(done)
		device.Talk(context.Background(), far)
	}()
	r := idcard.New(near, idcard.Options{Now: time.Now})
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		<-done
	})
	return r, device, far
}

func TestConformance(t *testing.T) {
	t.Run("pty", func(t *testing.T) {
		drivertest.CardReader(t, func(t *testing.T) drivertest.ReaderRig {
			r, device := onPTY(t, reader.Options{})
			return drivertest.ReaderRig{
				Reader: r, Place: device.Place, Remove: device.Remove, Pull: device.PullMidRead, Silence: device.Silence,
				Unplug: func() {
					if err := device.Unplug(); err != nil {
						t.Error(err)
					}
				},
				Limit: 10 * time.Second,
			}
		})
	})
	t.Run("reader that gives a card once", func(t *testing.T) {
		drivertest.CardReader(t, func(t *testing.T) drivertest.ReaderRig {
			r, device, far := inMemory(t, reader.Options{ReadsOnce: true})
			return drivertest.ReaderRig{
				Reader: r, Place: device.Place, Remove: device.Remove, Pull: device.PullMidRead, Silence: device.Silence,
				Unplug: func() { _ = far.Close() }, Limit: 10 * time.Second,
			}
		})
	})
}

func card(t testing.TB, which string) sim.Card {
	t.Helper()
	c, err := sim.LoadCard(which)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestProtection: a reader that does not find a card again until it is lifted.
func TestProtection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, device, _ := inMemory(t, reader.Options{})
		device.Place(card(t, "3"))
		first, err := r.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !first.ReadTwice {
			t.Error("the reader allows a second read, but it was not used")
		}
		if _, err := r.Read(t.Context()); err != drivers.ErrNoCard {
			t.Errorf("second Read = %v, want ErrNoCard until the card is lifted", err)
		}
		device.Remove()
		device.Place(card(t, "3"))
		if _, err := r.Read(t.Context()); err != nil {
			t.Errorf("after lifting: %v", err)
		}
	})
}

// TestPresenceAfterRead: "no card" after a read means that the card was lifted only where the reader finds again what it has read.
func TestPresenceAfterRead(t *testing.T) {
	for name, c := range map[string]struct {
		options           reader.Options
		lying, taken, put drivers.Presence
	}{
		"protects":    {reader.Options{}, drivers.CardUnsure, drivers.CardUnsure, drivers.CardLies},
		"reads once":  {reader.Options{ReadsOnce: true}, drivers.CardUnsure, drivers.CardUnsure, drivers.CardLies},
		"finds again": {reader.Options{AlwaysFinds: true}, drivers.CardLies, drivers.CardGone, drivers.CardLies},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, device, _ := inMemory(t, c.options)
				looks(drivers.CardGone)(t, r)
				device.Place(card(t, "3"))
				if _, err := r.Read(t.Context()); err != nil {
					t.Fatal(err)
				}
				looks(c.lying, c.lying)(t, r)
				device.Remove()
				looks(c.taken, c.taken)(t, r)
				device.Place(card(t, "3"))
				looks(c.put)(t, r)
				device.Remove()
				looks(drivers.CardGone)(t, r) // found and not read: every reader says when it is gone
			})
		})
	}
}

// TestNothingMore: a clean read asks each thing once, the text twice, looks once more for the card, and nothing else.
func TestNothingMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, device, _ := inMemory(t, reader.Options{})
		device.Place(card(t, "1"))
		if _, err := r.Read(t.Context()); err != nil {
			t.Fatal(err)
		}
		for command, want := range map[reader.Command]int{reader.Find: 2, reader.Select: 1, reader.Read: 2, reader.Address: 1, reader.Status: 0, reader.Number: 0} {
			if got := device.Asked(command); got != want {
				t.Errorf("%X was asked %d times, want %d", command, got, want)
			}
		}
		for second := range 256 { // 30 10 gives the fingerprints: a read never asks for them
			if command := (reader.Command{0x30, byte(second)}); command != reader.Read && command != reader.Address && device.Asked(command) > 0 {
				t.Errorf("%X was asked: fingerprints, or nothing known", command)
			}
		}
	})
}

// TestUnplugDuringRead: the cable is pulled while the reader works on a card, and put back.
func TestUnplugDuringRead(t *testing.T) {
	r, device := onPTY(t, reader.Options{Radio: 400 * time.Millisecond})
	device.Place(card(t, "1"))
	pulled := make(chan error, 1)
	go func() {
		for device.Asked(reader.Read) == 0 {
			time.Sleep(5 * time.Millisecond)
		}
		pulled <- device.Unplug()
	}()
	if _, err := r.Read(t.Context()); drivers.FaultOf(err) != drivers.FaultUnplugged {
		t.Errorf("Read = %v, want %s", err, drivers.FaultUnplugged)
	}
	if err := <-pulled; err != nil {
		t.Fatal(err)
	}
	if err := device.Plug(); err != nil {
		t.Fatal(err)
	}
	l, err := link.Open(t.Context(), "serial:"+device.Path(), link.Options{})
	if err != nil {
		t.Fatal(err)
	}
	again := idcard.New(l, idcard.Options{Now: time.Now})
	if got, err := again.Read(t.Context()); err != nil || got.Name != "刘建国" {
		t.Errorf("after the replug: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}

// TestSlowRadio: a reader may take its time over a card.
func TestSlowRadio(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, device, _ := inMemory(t, reader.Options{Radio: 1200 * time.Millisecond, Baud: 9600})
		device.Place(card(t, "7"))
		got, err := r.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		drivertest.CheckCard(t, got, card(t, "7"))
	})
}

// TestHalfCommand: a reader that was left with the beginning of a command, by a program that ended or a contact that
// was loose, takes the next commands for its rest. It must be read all the same.
func TestHalfCommand(t *testing.T) {
	whole := []byte{0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 3, 0x20, 0x01, 0x22}
	for n := 1; n < len(whole); n++ {
		synctest.Test(t, func(t *testing.T) {
			near, far := drivertest.Pipe()
			device := reader.New(reader.Options{})
			done := make(chan struct{})
			go func() {
				defer close(done)
				device.Talk(context.Background(), far)
			}()
			if _, err := near.WriteContext(t.Context(), whole[:n]); err != nil {
				t.Fatal(err)
			}
			r := idcard.New(near, idcard.Options{Now: time.Now})
			device.Place(card(t, "3"))
			if _, err := r.Read(t.Context()); err != nil {
				t.Errorf("after %d bytes: %v", n, err)
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
			<-done
		})
	}
}
