//go:build cgo

package replay_test

import (
	"testing"
	"time"

	"bianmin/drivers/drivertest"
	"bianmin/drivers/idcard"
	"bianmin/drivers/link/channel"
	"bianmin/drivers/link/serial"
	"bianmin/drivers/sim"
)

// serialCard is the card of the recording over a serial line, and serialScript its name.
const (
	serialCard   = 2
	serialScript = "reader-serial.script"
)

// readsOverLine reads the card at a line and gives what went over it.
func readsOverLine(t *testing.T, path string) []drivertest.Step {
	t.Helper()
	cards, err := sim.Cards()
	if err != nil {
		t.Fatal(err)
	}
	line, err := serial.Open(t.Context(), path, channel.Options{Baud: 115200})
	if err != nil {
		t.Fatal(err)
	}
	seen := drivertest.Record(line)
	r := idcard.New(seen, idcard.Options{Now: time.Now})
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	got, err := r.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	drivertest.CheckCard(t, got, cards[serialCard])
	return seen.Steps()
}
