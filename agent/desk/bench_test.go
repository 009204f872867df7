package desk

import (
	"context"
	"io"
	"log/slog"
	"testing"

	"bianmin/core/catalogue"
	"bianmin/drivers"
)

// BenchmarkTyping is what one key in a form of the largest item costs, until the new state is made.
func BenchmarkTyping(b *testing.B) {
	demo(b)
	largest := demoSet.Items[0]
	count := func(n int) int {
		fields := 0
		for _, page := range demoSet.Items[n].Form.Pages {
			fields += len(page.Fields)
		}
		return fields
	}
	most := 0
	for i := range demoSet.Items {
		if n := count(i); n > most {
			most, largest = n, demoSet.Items[i]
		}
	}
	office := newOffice()
	m := newMachine(Options{
		Office: office, Catalogue: func() *catalogue.Catalogue { return demoSet }, Readings: demoDict.Readings, Words: demoText, Now: now,
		Devices: Devices{Statuses: func() []drivers.Status { return nil }}, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Place: Place{Region: "990301101201"}, Times: Times{}.filled(),
	}, newEffects(context.Background()))
	m.today = noon
	m.shift = &shift{cards: map[string]bool{}, book: &fakeBook{o: office, account: office.accounts[0].Account}}
	defer m.over()
	m.beginCase(largest, nil, "")
	for i := range b.N {
		m.handle(SetField{Path: "phone", Text: []string{"1", "13", "138"}[i%3]})
		m.render()
	}
}
