package store

import (
	"slices"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/usage"
)

// TestUsage: a day's counts are told once it is over, until the platform has them, and a year later they are gone.
func TestUsage(t *testing.T) {
	m := newMachine()
	s := open(t, t.TempDir(), m)
	must(t, s.Observe(t.Context(), morning))
	day := morning.In(casefile.Zone).Format(time.DateOnly)
	for _, use := range []struct {
		kind usage.Kind
		item string
	}{{usage.Visit, ""}, {usage.Visit, ""}, {usage.Guide, "pension"}, {usage.Filed, "pension"}} {
		must(t, s.CountUse(t.Context(), use.kind, use.item))
	}
	untold := func() []usage.Count {
		t.Helper()
		counts, err := s.Untold(t.Context(), 100)
		must(t, err)
		return counts
	}
	if counts := untold(); len(counts) != 0 {
		t.Errorf("%v would be told while the day goes on", counts)
	}
	later := func(d time.Duration) {
		m.change(func(r *casefile.Reading) { r.Wall, r.Monotonic = r.Wall.Add(d), r.Monotonic+d })
	}
	later(24 * time.Hour)
	want := []usage.Count{{Day: day, Kind: usage.Filed, Item: "pension", N: 1}, {Day: day, Kind: usage.Guide, Item: "pension", N: 1}, {Day: day, Kind: usage.Visit, N: 2}}
	counts := untold()
	if !slices.Equal(counts, want) {
		t.Fatalf("%v", counts)
	}
	if few, err := s.Untold(t.Context(), 2); err != nil || len(few) != 2 {
		t.Errorf("%v, %v", few, err)
	}
	must(t, s.Told(t.Context(), counts[:2]))
	must(t, s.Told(t.Context(), []usage.Count{{Day: day, Kind: usage.Visit, N: 1}})) // it has grown since
	if counts := untold(); !slices.Equal(counts, want[2:]) {
		t.Errorf("still untold: %v", counts)
	}
	later(usageKept + 24*time.Hour)
	if _, err := s.Purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	if counts := untold(); len(counts) != 0 {
		t.Errorf("%v stays", counts)
	}
}
