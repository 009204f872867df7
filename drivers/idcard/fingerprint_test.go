package idcard_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"bianmin/drivers/idcard"
	"bianmin/drivers/sim/reader"
)

// TestFingerprints: they come when they are asked for, as many as the card has, once, through noise too; and not from a reader that gives a card once.
func TestFingerprints(t *testing.T) {
	for _, c := range []struct {
		size  int
		asks  bool
		once  bool
		fault reader.Fault
	}{
		{0, true, false, nil},
		{512, true, false, nil},
		{1024, true, false, nil},
		{1024, false, false, nil},
		{1024, true, true, nil},
		{1024, true, false, reader.WrongChecksum},
		{1024, true, false, reader.Stop(1500)},
		{512, true, false, reader.NoiseBefore(20)},
	} {
		t.Run(fmt.Sprintf("%+v", c), func(t *testing.T) {
			r, device := onPTYWith(t, reader.Options{Fingers: c.size, ReadsOnce: c.once}, idcard.Options{Fingerprints: c.asks, Now: time.Now})
			for _, which := range []string{"3", "1"} {
				device.Place(card(t, which))
				if c.fault != nil {
					device.Always(onceLong(c.fault))
				}
				if got, err := r.Read(t.Context()); err != nil || got.Name == "" {
					t.Fatalf("read: %v", err)
				}
				var want []byte
				if c.asks && !c.once && c.size > 0 {
					want = bytes.Repeat([]byte{'C', 1}, c.size/2)
				}
				if got := r.Fingerprints(); !bytes.Equal(got, want) || r.Fingerprints() != nil {
					t.Errorf("%d bytes, want %d", len(got), len(want))
				}
				if asked := device.Asked(reader.Fingers) > 0; asked != c.asks {
					t.Errorf("asked: %v", asked)
				}
			}
		})
	}
}

// onceLong damages the first answer that is longer than one of text and photo alone.
func onceLong(fault reader.Fault) reader.Fault {
	done := false
	return func(answer []byte, random *rand.Rand) []reader.Piece {
		if done || len(answer) < 1300 {
			return []reader.Piece{{Bytes: answer}}
		}
		done = true
		return fault(answer, random)
	}
}
