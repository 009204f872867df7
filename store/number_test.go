package store

import (
	"testing"
	"time"

	"bianmin/core/casefile"
)

// TestNumbersGoOn: of each day and generation the numbers go on where they were, also when the clock is put back to an earlier day, and after a start.
func TestNumbersGoOn(t *testing.T) {
	m, folder := newMachine(), t.TempDir()
	s := open(t, folder, m)
	f := newShelf(t, s)
	next := func(generation, want string) {
		t.Helper()
		var got casefile.Number
		must(t, s.Submit(t.Context(), "QH0301", generation, func(slot Slot) (Record, error) {
			r := f.record(slot, casefile.Submitted)
			r.Event.Generation, got = generation, slot.Number
			r.Case = &NewCase{Tag: []byte{1}, Public: f.public, ByCard: []byte{1}, ByRecovery: []byte{1}, Summary: []byte{1}}
			return r, nil
		}))
		if len(got) != len(want)+2 || string(got)[:len(want)] != want {
			t.Errorf("number %s, not %s", got, want)
		}
	}
	next("A", "QH0301A-261122-0001")
	next("A", "QH0301A-261122-0002")
	must(t, s.SetPlatformTime(t.Context(), morning.Add(24*time.Hour)))
	next("A", "QH0301A-261123-0001")
	must(t, s.SetPlatformTime(t.Context(), morning))
	next("A", "QH0301A-261122-0003")
	next("B", "QH0301B-261122-0001")
	next("A", "QH0301A-261122-0004")
	must(t, s.Close())
	s = open(t, folder, m)
	f.s = s
	next("A", "QH0301A-261122-0005")
	must(t, s.SetPlatformTime(t.Context(), morning.Add(24*time.Hour)))
	next("A", "QH0301A-261123-0002")
	next("B", "QH0301B-261123-0001")
	if err := s.Submit(t.Context(), "QH0301", "B", func(Slot) (Record, error) { return Record{}, ErrNothing }); err == nil {
		t.Error("filed without an event")
	}
	next("B", "QH0301B-261123-0002")
}
