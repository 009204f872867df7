//go:build usb

package usb_test

import (
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/drivertest"
	"bianmin/drivers/idcard"
	"bianmin/drivers/link/channel"
	"bianmin/drivers/sim/reader"
)

// BenchmarkCardTime measures a card over USB, for both wirings.
func BenchmarkCardTime(b *testing.B) {
	for name, pipes := range wired {
		b.Run(name, func(b *testing.B) {
			sim := plugReader(b, pipes, "", reader.Options{Radio: 20 * time.Millisecond})
			drivertest.CardTime(b, open(b, "0400:c35a"), func(l channel.Link) drivers.CardReader { return idcard.New(l, idcard.Options{Now: time.Now}) }, sim.Place, sim.Remove)
		})
	}
}
