package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bianmin/core/casefile"
)

// TestAsideIsAskedForAgain: what could not be taken moves the cursor and stops nothing; the cursor goes back to it when a newer program
// knows its kind, or when what could not be read has rested, longer each time; what was taken behind it is not taken twice.
func TestAsideIsAskedForAgain(t *testing.T) {
	m := newMachine()
	folder := t.TempDir()
	s := open(t, folder, m)
	must(t, s.SetPlatformTime(t.Context(), morning))
	update := func(i int) casefile.Update {
		return casefile.Update{ID: fmt.Sprintf("%032x", i), Case: "QH0301A-261122-0001-3", Kind: casefile.PlatformFinished, At: morning}
	}
	strange, broken := Aside{ID: fmt.Sprintf("%032x", 2), Kind: "tomorrow"}, Aside{ID: fmt.Sprintf("%032x", 3)}
	must(t, s.Take(t.Context(), "1", []casefile.Update{update(1)}))
	must(t, s.Take(t.Context(), "4", []casefile.Update{update(4)}, strange, broken))
	must(t, s.Take(t.Context(), "4", []casefile.Update{update(4)}, strange, broken)) // the same again, by stick
	want := func(what string, a Asides, cursor string) {
		t.Helper()
		got, err := s.Asides(t.Context())
		must(t, err)
		at, err := s.Cursor(t.Context())
		must(t, err)
		if got.Newer != a.Newer || got.Unread != a.Unread || got.Question != a.Question || at != cursor || got.Since.IsZero() != (a == Asides{}) {
			t.Errorf("%s: %+v at %q, want %+v at %q", what, got, at, a, cursor)
		}
	}
	reread := func(want bool) {
		t.Helper()
		moved, err := s.Reread(t.Context())
		if err != nil || moved != want {
			t.Errorf("moved %v, %v; want %v", moved, err, want)
		}
	}
	reread(false)
	want("at rest", Asides{Newer: 1, Unread: 1, Question: "1"}, "4")
	wait := func(d time.Duration) {
		m.change(func(r *casefile.Reading) { r.Wall, r.Monotonic = r.Wall.Add(d), r.Monotonic+d })
	}
	for i, days := range []int{1, 2, 4} {
		wait(time.Duration(days)*24*time.Hour - time.Hour)
		reread(false)
		wait(time.Hour)
		reread(true)
		want(fmt.Sprintf("asked again, time %d", i+1), Asides{}, "1")
		must(t, s.Take(t.Context(), "4", []casefile.Update{update(4)}, strange, broken))
		want("still", Asides{Newer: 1, Unread: 1, Question: "1"}, "4")
	}
	must(t, s.Close())
	s = open(t, folder, m)
	defer func(old func(string) bool) { knownUpdate = old }(knownUpdate)
	knownUpdate = func(kind string) bool { return kind == "tomorrow" }
	reread(true) // by the newer program, at once
	want("newer", Asides{}, "1")
	before, err := s.VerifyAudit(t.Context())
	must(t, err)
	must(t, s.Take(t.Context(), "2", []casefile.Update{{ID: strange.ID, Case: "QH0301A-261122-0001-3", Kind: "tomorrow", At: morning}}))
	must(t, s.Take(t.Context(), "4", []casefile.Update{update(3), update(4)}))
	want("all taken", Asides{}, "4")
	if after, err := s.VerifyAudit(t.Context()); err != nil || after != before+2 {
		t.Errorf("%d entries after %d, %v: the two that had been set aside, and no other", after, before, err)
	}
	reread(false)
}

// TestAsideHasABound: a platform that writes nothing readable any more fills no disk.
func TestAsideHasABound(t *testing.T) {
	s := open(t, t.TempDir(), newMachine())
	must(t, s.SetPlatformTime(t.Context(), morning))
	var many []Aside
	for i := range asideMost + 5 {
		many = append(many, Aside{ID: fmt.Sprintf("%032x", i)})
	}
	must(t, s.Take(t.Context(), "9", nil, many...))
	var text string
	must(t, s.reader.QueryRow("SELECT value FROM meta WHERE key = 'aside'").Scan(&text))
	if got, err := s.Asides(t.Context()); err != nil || got.Unread != asideMost+5 || strings.Count(text, ":\"\"") != asideMost+1 {
		t.Errorf("%+v, %v; %d bytes", got, err, len(text))
	}
}
