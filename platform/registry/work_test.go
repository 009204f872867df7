package registry

import (
	"fmt"
	"testing"
	"time"

	"bianmin/core/casefile"
)

// TestWork counts cases by what became of them, on the days of China, over all generations of a terminal.
func TestWork(t *testing.T) {
	r, err := Open(t.Context(), t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := r.db.ExecContext(t.Context(), query, args...); err != nil {
			t.Fatal(err)
		}
	}
	for _, generation := range []string{"A", "B"} {
		exec(`INSERT INTO terminals (number, generation, point, region, role, environment, enrolled) VALUES ('QH0301', ?, '柳树沟村', '990301101201', 'kiosk', 'demo', 1)`, generation)
	}
	day := time.Date(2026, 11, 20, 0, 30, 0, 0, casefile.Zone)
	n := 0
	opened := func(writer, item, kind, state string, at time.Time, course ...string) {
		n++
		number := fmt.Sprint("n", n)
		exec(`INSERT INTO cases (number, writer, official, item, state, opened, kind) VALUES (?,?,?,?,?,?,?)`, number, writer, number, item, state, millis(at), kind)
		for i, step := range course {
			exec(`INSERT INTO log (case_number, event, kind, at) VALUES (?,?,?,?)`, number, fmt.Sprint(number, i), step, millis(at.Add(time.Duration(i+1)*24*time.Hour)))
		}
	}
	opened("QH0301A", "pension", "submitted", casefile.StateAccepted, day)
	opened("QH0301B", "pension", "submitted", casefile.StateCorrection, day, "progress", "returned")
	opened("QH0301B", "pension", "submitted", casefile.StateDelivered, day, "returned", "returned", "finished", "delivered")
	opened("QH0301A", "pension", "submitted", casefile.StateRejected, day, "rejected")
	opened("QH0301A", "pension", "submitted", casefile.StateWithdrawn, day)
	opened("QH0301A", "pension", "submitted", casefile.StateAccepted, day.Add(-time.Hour)) // the day before, in China
	opened("QH0301A", "pension", "submitted", casefile.StateAccepted, day.Add(24*time.Hour))
	opened("QH0301A", "", string(casefile.DayClosed), casefile.StateAccepted, day) // no case
	opened("QH0301A", "medical", "submitted", casefile.StateProcessing, day)

	figures, err := r.Work(t.Context(), day, day)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]Figures{}
	for _, f := range figures {
		got[f.Item] = f
	}
	p := got["pension"]
	if len(figures) != 2 || p.Filed != 5 || p.Open != 2 || p.Waiting != 1 || p.Returned != 2 || p.Granted != 1 || p.Rejected != 1 || p.GivenUp != 1 || p.Decided != 2 {
		t.Errorf("pension: %+v of %d", p, len(figures))
	}
	if p.Took != 4*24*time.Hour || p.Point != "柳树沟村" || p.Terminal != "QH0301" || p.Role != "kiosk" {
		t.Errorf("pension: %+v", p)
	}
	if m := got["medical"]; m.Filed != 1 || m.Open != 1 {
		t.Errorf("medical: %+v", m)
	}
	if figures, err = r.Work(t.Context(), day.AddDate(0, 0, -1), day.AddDate(0, 0, 1)); err != nil || figures[0].Filed+figures[1].Filed != 8 {
		t.Errorf("three days: %+v, %v", figures, err)
	}
}

// TestRatingsInFullTens: no page shows a rating that could be laid to somebody.
func TestRatingsInFullTens(t *testing.T) {
	r, err := Open(t.Context(), t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for number, point := range map[string]string{"QH0301": "a", "QH0302": "a", "QH0303": "b"} {
		if _, err := r.db.ExecContext(t.Context(), `INSERT INTO terminals (number, generation, point, region, role, environment, enrolled) VALUES (?, 'A', ?, '9', 'kiosk', 'demo', 1)`, number, point); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 21 {
		number, level := []string{"QH0301", "QH0302", "QH0303"}[i%3], 5-i%2
		if i >= 15 {
			level = 1
		}
		if _, err := r.db.ExecContext(t.Context(), `INSERT INTO evaluations (terminal, level) VALUES (?, ?)`, number, level); err != nil {
			t.Fatal(err)
		}
	}
	all, err := r.Ratings(t.Context())
	if err != nil || len(all) != 2 {
		t.Fatalf("%+v, %v", all, err)
	}
	a, b := all[0], all[1]
	if a.Point != "a" || a.Given != 14 || a.Levels[1] != 0 || a.Levels[4]+a.Levels[5] != 10 || b.Given != 7 || len(b.Levels) != 0 {
		t.Errorf("%+v", all)
	}
}
