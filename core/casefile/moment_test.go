package casefile

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestMoment: whatever the wall clock says, the date people read is the business date.
func TestMoment(t *testing.T) {
	y1970, y2036 := time.Date(1970, 1, 1, 0, 0, 5, 0, time.UTC), time.Date(2036, 2, 7, 6, 28, 16, 0, time.UTC)
	for _, c := range []struct {
		name  string
		wall  time.Time
		told  time.Time // the platform's time, zero when it was never told
		want  string
		exact bool
	}{
		{"right clock", noon, time.Time{}, "2026-11-22 12:00", true},
		{"clock of 1970", y1970, time.Time{}, "2026-11-22 00:00", false},
		{"clock of 2036", y2036, time.Time{}, "2026-11-22 00:00", false},
		{"clock of 1970, the platform's time is known", y1970, noon, "2026-11-22 12:00", true},
		{"clock of 2036, the platform's time is known", y2036, noon, "2026-11-22 12:00", true},
		{"right clock, an offset from when it was wrong", noon, noon.AddDate(10, 0, 0), "2026-11-22 12:00", true},
		{"a day ahead", noon.AddDate(0, 0, 1), time.Time{}, "2026-11-22 00:00", false},
	} {
		stamp := Stamp{Wall: c.wall, BusinessDate: "2026-11-22", OffsetAgeSec: -1}
		if !c.told.IsZero() {
			stamp.OffsetMS, stamp.OffsetAgeSec = c.told.Sub(c.wall).Milliseconds(), 60
		}
		at, exact := stamp.Moment()
		if got := at.Format("2006-01-02 15:04"); got != c.want || exact != c.exact {
			t.Errorf("%s: %s %v, want %s %v", c.name, got, exact, c.want, c.exact)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		wall := time.Unix(rapid.Int64Range(0, 1<<32).Draw(t, "wall"), 0)
		day := noon.AddDate(0, 0, rapid.IntRange(-900, 900).Draw(t, "day")).Format(time.DateOnly)
		stamp := Stamp{Wall: wall, BusinessDate: day, OffsetMS: rapid.Int64().Draw(t, "offset") / 1e6, OffsetAgeSec: rapid.Int64Range(-1, 9).Draw(t, "age")}
		if at, _ := stamp.Moment(); at.Format(time.DateOnly) != day {
			t.Fatalf("people read %s on %s", at.Format(time.DateOnly), day)
		}
	})
}
