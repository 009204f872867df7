package filing_test

import (
	"testing"
	"time"

	"bianmin/core/casefile"
)

// TestCalendar files over leap days, leap seconds and the hours that zones with summer time skip and repeat: the date is
// China's, numbers go on, and no second of a calendar is a reason for doubt.
func TestCalendar(t *testing.T) {
	zone := func(name string) *time.Location {
		location, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return location
	}
	york, harbin := zone("America/New_York"), zone("Asia/Shanghai")
	for _, c := range []struct {
		name  string
		start time.Time
		steps []time.Duration // of time that goes by
		wall  []time.Duration // that the wall clock is set by beside
		dates []string        // at the start and after each step
	}{
		{
			"a leap day", time.Date(2028, 2, 28, 23, 59, 30, 0, casefile.Zone),
			[]time.Duration{time.Minute, 24 * time.Hour},
			nil,
			[]string{"2028-02-28", "2028-02-29", "2028-03-01"},
		},
		{ // the wall clock shows 07:59:59 twice in China
			"a leap second", time.Date(2028, 12, 31, 23, 59, 59, 500_000_000, time.UTC),
			[]time.Duration{time.Second, time.Second},
			[]time.Duration{-time.Second, 0},
			[]string{"2029-01-01", "2029-01-01", "2029-01-01"},
		},
		{ // 02:00 becomes 03:00
			"a zone that skips an hour", time.Date(2026, 3, 8, 1, 59, 0, 0, york),
			[]time.Duration{2 * time.Minute, 10 * time.Hour},
			nil,
			[]string{"2026-03-08", "2026-03-08", "2026-03-09"},
		},
		{ // 02:00 becomes 01:00
			"a zone that repeats an hour", time.Date(2026, 11, 1, 1, 59, 0, 0, york),
			[]time.Duration{2 * time.Minute, 10 * time.Hour},
			nil,
			[]string{"2026-11-01", "2026-11-01", "2026-11-02"},
		},
		{ // China had summer time until 1991, and its zone's tables still know
			"China's own zone", time.Date(2026, 4, 12, 23, 59, 0, 0, harbin),
			[]time.Duration{2 * time.Minute},
			nil,
			[]string{"2026-04-12", "2026-04-13"},
		},
	} {
		for _, told := range []string{"told the time", "not told the time since the start"} {
			t.Run(c.name+", "+told, func(t *testing.T) {
				p := newPoint(t)
				p.clock.boot(c.start.Add(-time.Minute), "boot-1")
				s := p.openStore(t)
				if err := s.SetPlatformTime(t.Context(), c.start.Add(-time.Minute)); err != nil {
					t.Fatal(err)
				}
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				if p.clock.pass(time.Minute); told != "told the time" {
					p.clock.boot(c.start, "boot-2")
				}
				p.filesOn(t, c.steps, c.wall, c.dates)
			})
		}
	}
}

// filesOn files a case, lets time go by, files the next.
func (p *point) filesOn(t *testing.T, steps, wall []time.Duration, dates []string) {
	t.Helper()
	f := p.open(t)
	numbers := map[casefile.Number]bool{}
	var last time.Time
	for i, date := range dates {
		if i > 0 {
			p.clock.pass(steps[i-1])
			if wall != nil {
				reading, err := p.clock.read()
				if err != nil {
					t.Fatal(err)
				}
				p.clock.set(reading.Wall.Add(wall[i-1]))
			}
		}
		filed := submit(t, f, person("王小丫", "990102194501010027"))
		if filed.Event.At.BusinessDate != date || numbers[filed.Number] {
			t.Errorf("filed as %s on %s, want %s", filed.Number, filed.Event.At.BusinessDate, date)
		}
		numbers[filed.Number] = true
		today, err := f.Today(t.Context())
		if err != nil || today.Before(last) || today.Format(time.DateOnly) != date {
			t.Errorf("today is %v, before it was %v: %v", today, last, err)
		}
		last = today
	}
}
