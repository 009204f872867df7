package store

import (
	"errors"
	"strings"
	"testing"

	"bianmin/core/casefile"
)

// words are case and state of what is not delivered, in the order it is listed.
func (f *shelf) words(number casefile.Number) (all []string) {
	f.t.Helper()
	found, err := f.s.Undecided(f.t.Context(), number, 100)
	must(f.t, err)
	for _, one := range found {
		all = append(all, one.State)
	}
	return all
}

// TestCasePutAside: one case is put aside with a reason, with all that waits of it and what comes later; the others go on, the trail
// says who and why, and the case can be let go again.
func TestCasePutAside(t *testing.T) {
	s := open(t, t.TempDir(), newMachine())
	f := newShelf(t, s)
	number, id := f.submit("")
	other, otherID := f.submit("")
	f.add(number, casefile.Urged)
	must(t, s.HoldCase(t.Context(), number, "technician:000001", "the county asked for it"))
	f.stands("put aside", 1, 0, 2)
	f.add(number, casefile.Urged) // comes later
	items, err := s.Pending(t.Context(), morning, 10)
	if err != nil || len(items) != 1 || items[0].Case != other {
		t.Errorf("%d may be sent, %v", len(items), err)
	}
	if carried, err := s.Waiting(t.Context()); err != nil || len(carried) != 1 {
		t.Errorf("%d would be carried on a stick, %v", len(carried), err)
	}
	if got := f.words(number); len(got) != 3 || got[0] != QueueHeld || got[2] != QueueWaiting {
		t.Errorf("listed as %v", got)
	}
	if r, err := s.HeldBecause(t.Context(), number); err != nil || r.By != "technician:000001" || r.Reason != "the county asked for it" || r.At.IsZero() {
		t.Errorf("%+v, %v", r, err)
	}
	must(t, s.ReleaseCase(t.Context(), number, "technician:000001", "sorted out"))
	f.stands("let go", 4, 0, 0)
	if err := s.ReleaseCase(t.Context(), number, "technician:000001", ""); !errors.Is(err, ErrNothing) {
		t.Errorf("let go twice: %v", err)
	}
	f.accept(id)
	f.refuse(otherID)
	if err := s.HoldCase(t.Context(), other, "technician:000001", "x"); !errors.Is(err, ErrNothing) {
		t.Errorf("a refused case was put aside: %v", err)
	}
	if _, err := s.VerifyAudit(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestAnswerOfACasePutAside: what was under way when its case was put aside is answered all the same, and the answer counts.
func TestAnswerOfACasePutAside(t *testing.T) {
	s := open(t, t.TempDir(), newMachine())
	f := newShelf(t, s)
	number, id := f.submit("")
	must(t, s.HoldCase(t.Context(), number, "technician:000001", "x"))
	f.accept(id)
	f.stands("accepted", 0, 0, 0)
}

// TestWishes: whoever wants what waits to be tried moves the count that the sender sees, each time, whichever way.
func TestWishes(t *testing.T) {
	folder := t.TempDir()
	s := open(t, folder, newMachine())
	f := newShelf(t, s)
	number, _ := f.submit("")
	for i, ask := range []func() error{
		func() error { return s.RetryNow(t.Context()) },
		func() error { return s.RetryNow(t.Context()) },
		func() error { return s.RetryCase(t.Context(), number, "technician:000001") },
		func() error { return s.HoldCase(t.Context(), number, "technician:000001", "x") },
		func() error { return s.ReleaseCase(t.Context(), number, "technician:000001", "x") },
	} {
		must(t, ask())
		if n, err := s.Wishes(t.Context()); err != nil || n != int64(i+1) {
			t.Errorf("after ask %d: %d, %v", i, n, err)
		}
	}
	if err := s.RetryCase(t.Context(), "QH0301A-261122-0042-X", "technician:000001"); !errors.Is(err, ErrNothing) {
		t.Errorf("a case that is not here: %v", err)
	}
}

// TestListsDoNotCount: what is not delivered is found by the indexes, however much was delivered.
func TestListsDoNotCount(t *testing.T) {
	s := open(t, t.TempDir(), newMachine())
	for _, of := range undecided {
		plan := planOf(t, s, sqlUndecided+of.where+" ORDER BY o.committed_ms, o.id LIMIT 10")
		if !strings.Contains(plan, "USING INDEX outbox_") {
			t.Errorf("%s: %q", of.word, plan)
		}
	}
}
