//go:build usb

package hid_test

import (
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/drivertest"
	"bianmin/drivers/idcard"
	"bianmin/drivers/link"
	"bianmin/drivers/link/channel"
)

// BenchmarkCardTime measures a card over HID reports.
func BenchmarkCardTime(b *testing.B) {
	sim := plugReader(b, "", false)
	l, err := link.Open(b.Context(), "hid:0400:c35b", link.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = l.Close() })
	drivertest.CardTime(b, l, func(l channel.Link) drivers.CardReader { return idcard.New(l, idcard.Options{Now: time.Now}) }, sim.Place, sim.Remove)
}
