package casefile

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, Zone)

func TestJudge(t *testing.T) {
	hour, day := time.Hour, 24*time.Hour
	mark := Mark{Time: noon, Read: Reading{Wall: noon, Monotonic: 10 * hour, BootID: "a"}}
	anchored := mark
	anchored.Anchored = true
	y1970, y2036 := time.Date(1970, 1, 1, 0, 0, 5, 0, time.UTC), time.Date(2036, 2, 7, 6, 28, 16, 0, time.UTC)
	for _, c := range []struct {
		name    string
		mark    Mark
		reading Reading
		date    string
		why     string
	}{
		{"same boot, clock goes on", mark, Reading{noon.Add(3 * hour), 13 * hour, "a"}, "2026-11-22", ""},
		{"same boot, clock set to 1970", mark, Reading{y1970, 11 * hour, "a"}, "2026-11-22", ""},
		{"same boot, clock set to 1970, a day goes by", mark, Reading{y1970, 34 * hour, "a"}, "2026-11-23", ""},
		{"same boot, clock set to 2036", mark, Reading{y2036, 11 * hour, "a"}, "2026-11-22", ClockAhead},
		{"same boot, just under two days ahead", mark, Reading{noon.Add(2*day + hour), 11 * hour, "a"}, "2026-11-24", ""},
		{"same boot, more than two days ahead", mark, Reading{noon.Add(2*day + 2*hour), 11 * hour, "a"}, "2026-11-22", ClockAhead},
		{"anchored, clock set to 2036", anchored, Reading{y2036, 11 * hour, "a"}, "2026-11-22", ""},
		{"anchored, clock one day ahead", anchored, Reading{noon.Add(day), 11 * hour, "a"}, "2026-11-22", ""},
		{"new boot, off for a night", mark, Reading{noon.Add(20 * hour), hour, "b"}, "2026-11-23", ""},
		{"new boot, off for ten days", mark, Reading{noon.Add(10 * day), hour, "b"}, "2026-12-02", ""},
		{"new boot, clock of 1970", mark, Reading{y1970, hour, "b"}, "2026-11-22", ClockBehind},
		{"new boot, clock an hour slow", mark, Reading{noon.Add(-hour), hour, "b"}, "2026-11-22", ClockBehind},
		{"new boot, clock a minute slow", mark, Reading{noon.Add(-time.Minute), hour, "b"}, "2026-11-22", ""},
		{"new boot, clock of 2036", mark, Reading{y2036, hour, "b"}, "2036-02-07", ClockAbsent},
		{"new boot, the anchor no longer holds", anchored, Reading{y2036, hour, "b"}, "2036-02-07", ClockAbsent},
		{"no boot id", anchored, Reading{y1970, 20 * hour, ""}, "2026-11-22", ClockBehind},
		{"monotonic clock ran backwards: another machine's", mark, Reading{y1970, hour, "a"}, "2026-11-22", ClockBehind},
		{"no mark at all", Mark{}, Reading{noon, hour, "a"}, "2026-11-22", ClockAbsent},
	} {
		got := Judge(c.reading, c.mark)
		if got.BusinessDate() != c.date || got.Why != c.why || got.Doubt != (c.why != "") {
			t.Errorf("%s: date %s, doubt %v %q; want %s, %q", c.name, got.BusinessDate(), got.Doubt, got.Why, c.date, c.why)
		}
	}
}

func TestMarkMovesBackOnlyByThePlatform(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mark := Mark{Time: noon, Read: Reading{Wall: noon, Monotonic: time.Hour, BootID: "0"}}
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			reading := Reading{
				Wall:      time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "wall"), 0),
				Monotonic: time.Duration(rapid.Int64Range(0, 1e15).Draw(t, "monotonic")),
				BootID:    rapid.StringMatching(`[0-2]`).Draw(t, "boot"),
			}
			before := mark.Time
			judged := Judge(reading, mark)
			if judged.Now.Before(before) {
				t.Fatalf("business time %v is before the mark %v", judged.Now, before)
			}
			mark = mark.Noted(reading, judged)
			if mark.Time.Before(before) || (judged.Doubt && !mark.Time.Equal(before)) {
				t.Fatalf("the mark went from %v to %v", before, mark.Time)
			}
			if rapid.Bool().Draw(t, "confirm") {
				mark = mark.Confirmed(reading, Judge(reading, mark))
				if mark.Time.Before(before) {
					t.Fatal("a technician moved the mark back")
				}
				if again := Judge(reading, mark); again.Doubt && reading.BootID != "" {
					t.Fatalf("still in doubt after it was confirmed: %+v", again)
				}
			}
		}
		reading := Reading{Wall: time.Unix(0, 0), Monotonic: time.Hour, BootID: "9"}
		mark = mark.Told(reading, noon.Add(-time.Hour))
		if got := Judge(reading, mark); got.Doubt || !got.Now.Equal(noon.Add(-time.Hour)) {
			t.Fatalf("the platform's time does not count: %+v", got)
		}
	})
}

func TestStamp(t *testing.T) {
	reading := Reading{Wall: noon.Add(-time.Minute), Monotonic: 90 * time.Second, BootID: "a"}
	mark := Mark{}.Told(reading, noon)
	later := Reading{Wall: noon, Monotonic: 150 * time.Second, BootID: "a"}
	stamp := mark.Stamp(later, Judge(later, mark))
	if stamp.OffsetMS != 60_000 || stamp.OffsetAgeSec != 60 || stamp.MonotonicMS != 150_000 || stamp.BusinessDate != "2026-11-22" || stamp.BootID != "a" {
		t.Errorf("stamp is %+v", stamp)
	}
	if never := (Mark{Time: noon}).Stamp(reading, Judgement{Now: noon}); never.OffsetAgeSec != -1 || never.OffsetMS != 0 {
		t.Errorf("without the platform: %+v", never)
	}
}
