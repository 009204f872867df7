package drivertest

import (
	"context"
	"errors"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/link/channel"
	"bianmin/drivers/sim"
)

// bare is the exchange of one read with nothing around it: find, select, read, and how long each answer is.
var bare = []struct {
	frame string
	size  int
}{
	{"\xAA\xAA\xAA\x96\x69\x00\x03\x20\x01\x22", 15}, {"\xAA\xAA\xAA\x96\x69\x00\x03\x20\x02\x21", 19}, {"\xAA\xAA\xAA\x96\x69\x00\x03\x30\x01\x32", 1295},
}

// CardTime measures over any link from a card's lying on the reader until its name is known and confirmed by a second read, beside the bare exchange of a single
// read over the same link in the same run. open gives a driver on the link.
func CardTime(b *testing.B, link channel.Link, open func(channel.Link) drivers.CardReader, place func(sim.Card), remove func()) {
	b.Helper()
	cards, err := sim.Cards()
	if err != nil {
		b.Fatal(err)
	}
	reader := open(link)
	var wire, whole time.Duration
	for b.Loop() {
		place(cards[2])
		begun := time.Now()
		for _, e := range bare {
			exchange(b, link, e.frame, e.size)
		}
		wire += time.Since(begun)
		remove()
		rest(b, reader)
		place(cards[2])
		begun = time.Now()
		card, err := reader.Read(b.Context())
		whole += time.Since(begun)
		if err != nil || card.Name != cards[2].Name || !card.ReadTwice {
			b.Fatal(err)
		}
		remove()
		rest(b, reader)
	}
	b.ReportMetric(float64(whole)/float64(wire), "x-bare")
	b.ReportMetric(float64(whole.Microseconds())/float64(b.N)/1000, "ms/card")
	b.ReportMetric(float64(wire.Microseconds())/float64(b.N)/1000, "ms-bare")
}

// rest lets what is still on its way come in, between two people.
func rest(b *testing.B, reader drivers.CardReader) {
	b.Helper()
	if _, err := reader.Read(b.Context()); !errors.Is(err, drivers.ErrNoCard) {
		b.Fatal(err)
	}
}

// exchange sends a frame and takes the answer; reports are filled up, so more may come.
func exchange(b *testing.B, link channel.Link, frame string, size int) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), 10*time.Second)
	defer cancel()
	if _, err := link.WriteContext(ctx, []byte(frame)); err != nil {
		b.Fatal(err)
	}
	buffer := make([]byte, 4096)
	for got := 0; got < size; {
		n, err := link.ReadContext(ctx, buffer)
		if err != nil {
			b.Fatalf("%d of %d bytes: %v", got, size, err)
		}
		got += n
	}
}
