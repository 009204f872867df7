package idcard_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/sim/reader"
	"bianmin/internal/chance"
)

// pureWire is what one find, select and read of text and photo take on the line, ten bits a byte: nothing can be faster.
func pureWire(baud int) time.Duration {
	return time.Duration(10+15+10+19+10+1295) * 10 * time.Second / time.Duration(baud)
}

// BenchmarkCardRead measures from the card's lying on the reader until its name is known and confirmed by a second
// read, over a pseudo terminal that is paced like a line of each speed, beside the pure wire time of a single read.
func BenchmarkCardRead(b *testing.B) {
	for _, baud := range []int{115200, 57600, 38400, 19200, 9600} {
		b.Run(fmt.Sprint(baud), func(b *testing.B) { cardRead(b, baud) })
	}
}

func cardRead(b *testing.B, baud int) {
	r, device := onPTY(b, reader.Options{Baud: baud})
	card := card(b, "3")
	var total time.Duration
	for b.Loop() {
		device.Place(card)
		start := time.Now()
		got, err := r.Read(b.Context())
		total += time.Since(start)
		if err != nil || got.Name != "王秀兰" || !got.ReadTwice {
			b.Fatal(err)
		}
		device.Remove()
		// Between two people the rest of the second answer comes in.
		if _, err := r.Read(b.Context()); !errors.Is(err, drivers.ErrNoCard) {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(total)/float64(b.N)/float64(pureWire(baud)), "x-wire")
	b.ReportMetric(float64(total.Microseconds())/float64(b.N)/1000, "ms/card")
	b.ReportMetric(float64(pureWire(baud).Microseconds())/1000, "ms-wire")
}

// BenchmarkCardPolled measures from a card's being placed at any moment, while the kiosk looks for one again and
// again, until its name is known and confirmed. The pause between two looks is what it adds.
func BenchmarkCardPolled(b *testing.B) {
	for _, pause := range []time.Duration{100 * time.Millisecond, 300 * time.Millisecond} {
		b.Run(pause.String(), func(b *testing.B) {
			r, device := onPTY(b, reader.Options{Baud: 115200})
			card := card(b, "3")
			random := chance.Random(b)
			var total time.Duration
			for b.Loop() {
				placed := make(chan time.Time, 1)
				hand := time.AfterFunc(pause+time.Duration(random.Int64N(int64(pause))), func() {
					device.Place(card)
					placed <- time.Now()
				})
				for {
					_, err := r.Read(b.Context())
					if err == nil {
						break
					}
					if !errors.Is(err, drivers.ErrNoCard) {
						b.Fatal(err)
					}
					time.Sleep(pause)
				}
				total += time.Since(<-placed)
				hand.Stop()
				device.Remove()
			}
			b.ReportMetric(float64(total)/float64(b.N)/float64(pureWire(115200)), "x-wire")
		})
	}
}
