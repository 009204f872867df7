package store

import (
	"slices"
	"testing"
)

// TestSentAgain: what the platform lost goes up once more, in order, as often as it is lost; what went with the retention is named.
func TestSentAgain(t *testing.T) {
	s := open(t, t.TempDir(), newMachine())
	f := newShelf(t, s)
	number, first := f.submit("")
	second := f.add(number, "urged")
	_, other := f.submit("")
	for range 2 {
		for _, id := range []string{first, second, other} {
			f.accept(id)
		}
		f.stands("delivered", 0, 0, 0)
		kept, err := s.Acknowledged(t.Context(), 0, 10)
		if err != nil || len(kept) != 3 || string(kept[1].Signed) != "yes "+second {
			t.Fatalf("kept %+v, %v", kept, err)
		}
		if kept, err = s.Acknowledged(t.Context(), kept[0].Row, 1); err != nil || len(kept) != 1 || kept[0].Packet != second {
			t.Errorf("the next page %+v, %v", kept, err)
		}
		if n, gone, err := s.Requeue(t.Context(), []string{first, second}); n != 2 || gone != nil || err != nil {
			t.Errorf("%d again, %v gone, %v", n, gone, err)
		}
		f.stands("lost at the platform", 2, 0, 0)
		if items, err := s.Pending(t.Context(), morning, 10); err != nil || len(items) != 1 || items[0].Packet != first || items[0].Registered {
			t.Errorf("to be sent: %+v, %v", items, err)
		}
	}
	_, err := s.writer.Exec("DELETE FROM packets WHERE id = ?", other)
	must(t, err)
	if n, gone, err := s.Requeue(t.Context(), []string{other}); n != 0 || !slices.Equal(gone, []string{other}) || err != nil {
		t.Errorf("%d again, %v gone, %v", n, gone, err)
	}
	must(t, s.SetReplayed(t.Context(), 7))
	if n, err := s.Replayed(t.Context()); n != 7 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
}
