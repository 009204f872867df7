package store_test

import (
	"errors"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/store"
)

// TestReplacedStoreTakesNothing: the refusal stands inside the transactions, so
// that nothing comes behind the copy that a closing begins.
func TestReplacedStoreTakesNothing(t *testing.T) {
	s, err := store.Open(t.Context(), store.Options{Folder: t.TempDir(), Clock: store.SystemClock})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if err := s.SetPlatformTime(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	for range 2 { // twice is once
		if err := s.MarkReplaced(t.Context(), "A", "technician"); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := s.VerifyAudit(t.Context()); err != nil || n != 1 {
		t.Errorf("%d entries, %v", n, err)
	}
	build := func(store.Slot) (store.Record, error) {
		t.Error("a record was made")
		return store.Record{}, errors.New("no")
	}
	for what, err := range map[string]error{
		"submit": s.Submit(t.Context(), "QH0301", "A", build),
		"append": s.Append(t.Context(), "QH0301A-261122-0042-X", "A", build),
		"work":   s.Work(t.Context(), "QH0301", "A", func(*store.Work) error { t.Error("work was done"); return nil }),
	} {
		if store.Code(err) != casefile.Replaced {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := s.Work(t.Context(), "QH0301", "B", func(*store.Work) error { return nil }); err != nil {
		t.Errorf("the next generation: %v", err)
	}
}
