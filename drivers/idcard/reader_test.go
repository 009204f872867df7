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
	path := filepath.Join(t.TempDir(), "reader")
	device, err := reader.Start(context.Background(), path, options)
	if err != nil {
		t.Fatal(err)
	}
	l, err := link.Open(t.Context(), "serial:"+path, link.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := idcard.New(l, idcard.Options{Now: time.Now})
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
