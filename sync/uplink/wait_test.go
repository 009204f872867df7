package uplink

import (
	"testing"
	"time"

	"bianmin/store"
)

// TestOrderedWaitStands: trouble with the disk, which waits half a second, ends no wait of minutes that the platform asked for.
func TestOrderedWaitStands(t *testing.T) {
	w := newWait(time.Millisecond, time.Millisecond)
	w.more(time.Minute)
	if d := w.more(0); d < 59*time.Second || time.Until(w.until) < 59*time.Second {
		t.Errorf("the next wait is %v, until in %v", d, time.Until(w.until))
	}
	w.cut()
	w.reset(time.Millisecond)
	if time.Until(w.until) < 59*time.Second {
		t.Error("the wait was cut")
	}
	if w.more(time.Hour); time.Until(w.until) < time.Hour {
		t.Error("a longer order does not count")
	}
	free := newWait(time.Minute, time.Minute)
	free.more(0)
	free.cut()
	if time.Until(free.until) > 0 {
		t.Error("a wait that nobody asked for was not cut")
	}
}

// TestNews: a new case is news, once; a packet that comes due again, or moves up in a long list, is none.
func TestNews(t *testing.T) {
	u := &Uplink{}
	at := func(hour int) time.Time { return time.Date(2026, 11, 27, hour, 0, 0, 0, time.UTC) }
	a, b, old := store.Item{Packet: "a", Committed: at(2)}, store.Item{Packet: "b", Committed: at(3)}, store.Item{Packet: "old", Committed: at(1)}
	tried := a
	tried.Attempts, tried.Next = 1, at(2)
	for i, step := range []struct {
		items []store.Item
		news  bool
	}{
		{[]store.Item{a}, true},
		{[]store.Item{a}, false},
		{nil, false},
		{[]store.Item{a}, false}, // it waited alone and comes due
		{[]store.Item{a, old}, false},
		{[]store.Item{a, old, b}, true},
		{[]store.Item{tried, b}, false},
	} {
		if got := u.news(step.items); got != step.news {
			t.Errorf("step %d: news %v", i, got)
		}
	}
}
