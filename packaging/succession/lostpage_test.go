package succession_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"bianmin/packaging/succession"
	"bianmin/store"
)

// TestLostPages: a disk that has lost some pages is backed up all the same; the lost ones are named, the packets that need them do not
// count as safe with the successor, and the old machine is not erased unless somebody gives them up.
func TestLostPages(t *testing.T) {
	w := newPair(t)
	f := desk(t, w.old)
	pages, err := f.Store().Pages(t.Context())
	if err := errors.Join(err, f.Close()); err != nil || len(pages) != waiting {
		t.Fatal(pages, err)
	}
	if err := os.Remove(store.PagePath(w.old, pages[0].Digest)); err != nil {
		t.Fatal(err)
	}
	flip(t, store.PagePath(w.old, pages[1].Digest))
	made, err := machine(w.old).Backup(t.Context(), w.stick, true)
	if err != nil || len(made.Lost) != 2 || len(made.Pages) != waiting-2 {
		t.Fatalf("%+v, %v", made, err)
	}
	taken, err := machine(w.fresh).Restore(t.Context(), w.stick)
	if err != nil || len(taken) != 1 || taken[0].Packets != waiting || len(taken[0].Backup.Lost) != 2 {
		t.Fatalf("%+v, %v", taken, err)
	}
	retire := func(lose int) error {
		_, err := machine(w.old).Retire(t.Context(), succession.Retiring{
			Out: filepath.Join(w.stick, "out"), By: "陈师傅", Stick: w.stick, Lose: lose, Certify: func(succession.Erasure) ([]byte, error) { return []byte("%PDF-"), nil },
		})
		return err
	}
	var undelivered *succession.UndeliveredError
	if err := retire(0); !errors.As(err, &undelivered) || undelivered.Count != 2 {
		t.Errorf("the old machine: %v", err)
	}
	if err := retire(2); err != nil {
		t.Error(err)
	}
}
