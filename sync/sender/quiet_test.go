package main

import (
	"fmt"
	"testing"
	"time"

	"bianmin/platform/platformtest"
	"bianmin/sync/enrol"
)

// TestOrderedQuietIsEverybodys: when the platform asks one request to come back later, packets, heartbeats, questions for
// updates and probes all keep quiet, also for a case that is filed meanwhile.
func TestOrderedQuietIsEverybodys(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	w := newWorld(t)
	if _, err := enrol.Enrol(t.Context(), enrol.Options{Ticket: p.Ticket("QH0301", p.URL), Data: w.terminal, Software: "test", Now: time.Now}); err != nil {
		t.Fatal(err)
	}
	w.open()
	p.Faults(`{action: "429", wait: 9s}`)
	asked := func() (n int) {
		if _, err := fmt.Sscanf(p.Control("state"), "hits=%d", &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	w.file(1000)
	w.startSender("")
	await(t, "the first refusal", func() bool { return asked() > 0 })
	time.Sleep(500 * time.Millisecond) // what was on its way together with it
	before := asked()
	w.file(1000)
	for range 70 { // a probe would come after six seconds
		time.Sleep(100 * time.Millisecond)
		if n := asked(); n != before {
			t.Fatalf("%d requests in the quiet that was asked for", n-before)
		}
	}
	p.Faults()
	await(t, "the cases to go out", w.drained)
}
