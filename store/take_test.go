package store

import (
	"strings"
	"testing"
	"time"

	"bianmin/core/casefile"
)

// TestTakeIsIdempotentAndMovesTheCursor needs no case: an update of an unknown one is audited and nothing stops.
func TestTakeIsIdempotentAndMovesTheCursor(t *testing.T) {
	m := newMachine()
	s := open(t, t.TempDir(), m)
	must(t, s.SetPlatformTime(t.Context(), morning))
	if c, err := s.Cursor(t.Context()); err != nil || c != "" {
		t.Fatalf("%q, %v", c, err)
	}
	u := casefile.Update{ID: strings.Repeat("0a", 16), Case: "QH0301A-261122-0001-3", Kind: casefile.PlatformFinished, At: morning}
	for i, cursor := range []string{"7", "8"} {
		must(t, s.Take(t.Context(), cursor, []casefile.Update{u}))
		if c, err := s.Cursor(t.Context()); err != nil || c != cursor {
			t.Errorf("round %d: cursor %q, %v", i, c, err)
		}
		if n, err := s.VerifyAudit(t.Context()); err != nil || n != 1 {
			t.Errorf("round %d: %d audit entries, %v", i, n, err)
		}
	}
	m.change(func(r *casefile.Reading) { r.Wall = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC) })
	must(t, s.Take(t.Context(), "9", nil)) // the platform's word is taken whatever the clock says
}
