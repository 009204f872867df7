package filing_test

import (
	"strings"
	"testing"
	"time"

	"bianmin/core/casefile"
)

var (
	year1970 = time.Date(1970, 1, 1, 0, 0, 30, 0, time.UTC)
	year2036 = time.Date(2036, 2, 7, 6, 28, 16, 0, time.UTC)
)

func TestClocksOf1970And2036GiveNoWrongDates(t *testing.T) {
	who := person("王小丫", "990102194501010027")
	for _, c := range []struct {
		name   string
		happen func(p *point)
		date   string        // of the next case, "" when none is accepted
		code   casefile.Code // otherwise
	}{
		{"nothing happens", func(*point) {}, "261122", ""},
		{"set to 1970 while running", func(p *point) { p.clock.set(year1970) }, "261122", ""},
		{"set to 1970 while running, until the next day", func(p *point) { p.clock.set(year1970); p.clock.pass(16 * time.Hour) }, "261123", ""},
		{"set to 2036 while running", func(p *point) { p.clock.set(year2036) }, "261122", ""}, // the platform's time of this boot counts
		{"started with 1970", func(p *point) { p.clock.boot(year1970, "boot-2") }, "", casefile.ClockDoubt},
		{"started with 2036", func(p *point) { p.clock.boot(year2036, "boot-2") }, "", casefile.ClockDoubt},
		{"started the next day", func(p *point) { p.clock.boot(morning.AddDate(0, 0, 1), "boot-2") }, "261123", ""},
		{"started after ten days, then set to 2036", func(p *point) { p.clock.boot(morning.AddDate(0, 0, 10), "boot-2") }, "261202", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPoint(t)
			f := p.open(t)
			submit(t, f, who)
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			c.happen(p)
			f = p.open(t)
			s, pages := submission(t, f, who)
			filed, err := f.Submit(t.Context(), s, pages, who)
			if c.date == "" {
				wantCode(t, err, c.code)
				if health, err := f.Health(t.Context()); err != nil || !health.ClockDoubt || health.Problem != casefile.ClockDoubt {
					t.Errorf("health %+v, %v", health, err)
				}
				return
			}
			if err != nil || !strings.Contains(string(filed.Number), "-"+c.date+"-") {
				t.Errorf("number %q, %v; want date %s", filed.Number, err, c.date)
			}
		})
	}
}

func TestJumpWithinABootWithoutThePlatform(t *testing.T) {
	p := newPoint(t)
	p.clock.boot(morning.AddDate(0, 0, 1), "boot-2") // no platform in this boot
	f := p.open(t)
	who := person("王小丫", "990102194501010027")
	submit(t, f, who)
	p.clock.set(year2036)
	wantCode(t, f.Ready(t.Context()), casefile.ClockDoubt)
	p.clock.set(morning.AddDate(0, 0, 1))
	if err := f.Ready(t.Context()); err != nil {
		t.Errorf("the clock is back: %v", err)
	}
}

func TestDoubtEndsByPlatformOrTechnician(t *testing.T) {
	who := person("王小丫", "990102194501010027")
	t.Run("platform, back from 2036", func(t *testing.T) {
		p := newPoint(t)
		p.clock.boot(year2036, "boot-2")
		f := p.open(t)
		wantCode(t, f.Ready(t.Context()), casefile.ClockDoubt)
		if err := f.Store().SetPlatformTime(t.Context(), morning.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		filed := submit(t, f, who)
		if !strings.Contains(string(filed.Number), "-261122-") || filed.Event.At.BusinessDate != "2026-11-22" || filed.Event.At.OffsetMS >= 0 {
			t.Errorf("filed as %s, stamp %+v", filed.Number, filed.Event.At)
		}
		if today, err := f.Today(t.Context()); err != nil || today.Format(time.DateOnly) != "2026-11-22" {
			t.Errorf("today is %v, %v", today, err)
		}
	})
	t.Run("platform, a mark that ran ahead", func(t *testing.T) {
		p := newPoint(t)
		if err := p.openStore(t).SetPlatformTime(t.Context(), year2036); err != nil { // a platform's own mistake
			t.Fatal(err)
		}
		f := p.open(t)
		if err := f.Store().SetPlatformTime(t.Context(), morning); err != nil {
			t.Fatal(err)
		}
		if filed := submit(t, f, who); !strings.Contains(string(filed.Number), "-261122-") {
			t.Errorf("filed as %s", filed.Number)
		}
	})
	t.Run("technician", func(t *testing.T) {
		p := newPoint(t)
		p.clock.boot(morning.AddDate(0, 2, 0), "boot-2") // closed for two months, the clock is right
		f := p.open(t)
		wantCode(t, f.Ready(t.Context()), casefile.ClockDoubt)
		if err := f.ConfirmClock(t.Context(), "100001"); err != nil {
			t.Fatal(err)
		}
		if filed := submit(t, f, who); !strings.Contains(string(filed.Number), "-270122-") {
			t.Errorf("filed as %s", filed.Number)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		p.clock.boot(year1970, "boot-3")
		wantCode(t, p.open(t).Ready(t.Context()), casefile.ClockDoubt) // confirmed for that boot only
	})
}

func TestStampSaysWhatTheClocksSaid(t *testing.T) {
	p := newPoint(t)
	p.clock.set(morning.Add(-time.Minute))
	f := p.open(t)
	if err := f.Store().SetPlatformTime(t.Context(), morning); err != nil {
		t.Fatal(err)
	}
	p.clock.pass(time.Hour)
	stamp := submit(t, f, person("王小丫", "990102194501010027")).Event.At
	want := casefile.Stamp{
		Wall: morning.Add(59 * time.Minute), BusinessDate: "2026-11-22", MonotonicMS: (61 * time.Minute).Milliseconds(), BootID: "boot-1",
		OffsetMS: 60_000, OffsetAgeSec: 3600,
	}
	if !stamp.Wall.Equal(want.Wall) {
		t.Errorf("wall %v, want %v", stamp.Wall, want.Wall)
	}
	stamp.Wall = want.Wall
	if stamp != want {
		t.Errorf("stamp %+v, want %+v", stamp, want)
	}
}
