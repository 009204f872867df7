package drivertest_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"bianmin/drivers"
	"bianmin/drivers/drivertest"
	"bianmin/drivers/idcard"
	"bianmin/drivers/link/channel"
	"bianmin/drivers/sim"
	"bianmin/drivers/sim/reader"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestRecordAndPlay records a read and plays it to another driver, which must read the same.
func TestRecordAndPlay(t *testing.T) {
	card, err := sim.LoadCard("3")
	if err != nil {
		t.Fatal(err)
	}
	near, far := drivertest.Pipe()
	device := reader.New(reader.Options{})
	device.Place(card)
	done := make(chan struct{})
	go func() {
		defer close(done)
		device.Talk(context.Background(), far)
	}()
	recorder := drivertest.Record(near)
	live := idcard.New(recorder, idcard.Options{Now: time.Now})
	first, err := live.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := live.Read(t.Context()); !errors.Is(err, drivers.ErrNoCard) {
		t.Fatal(err)
	}
	if err := live.Close(); err != nil {
		t.Fatal(err)
	}
	<-done
	steps, err := drivertest.ParseSteps(drivertest.FormatSteps(recorder.Steps()))
	if err != nil {
		t.Fatal(err)
	}
	played := idcard.New(drivertest.Play(steps), idcard.Options{Now: time.Now})
	second, err := played.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, second); diff != "" {
		t.Error("the recording gives another card")
	}
	if err := played.Close(); !errors.Is(err, drivertest.ErrScript) {
		t.Errorf("Close with steps left = %v", err)
	}
}

func TestPlaybackIsStrict(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := drivertest.Play([]drivertest.Step{{Write: true, Bytes: []byte{1, 2}}, {Bytes: []byte{3}}})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := p.ReadContext(ctx, make([]byte, 4)); !errors.Is(err, channel.ErrTimeout) {
			t.Errorf("read before the write: %v", err)
		}
		if _, err := p.WriteContext(t.Context(), []byte{1, 9}); !errors.Is(err, drivertest.ErrScript) {
			t.Errorf("another write: %v", err)
		}
		if err := p.Close(); !errors.Is(err, drivertest.ErrScript) {
			t.Errorf("Close: %v", err)
		}
	})
	for _, bad := range []string{"? 00", "> 0", "> zz"} {
		if _, err := drivertest.ParseSteps(bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}
