package journey

import (
	"testing"
	"time"

	"bianmin/core/casefile"
)

// TestPractise: the way into practice is on the screen of a terminal that was never set up, and nowhere else.
func TestPractise(t *testing.T) {
	set := loadCatalogue(t)
	for _, c := range []struct {
		code    casefile.Code
		can     bool
		offered bool
	}{{casefile.NotEnrolled, true, true}, {casefile.NotEnrolled, false, false}, {casefile.DiskFull, true, false}, {casefile.Restored, true, false}} {
		t.Run(string(c.code), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, set, func(o *Options) { o.Place.CanPractise = c.can })
				s.desk.ready.set(&casefile.Error{Code: c.code})
				s.wait(10 * time.Second)
				if v := s.on(OutOfService); v.OutOfService.Practise != c.offered || v.Practice {
					t.Fatalf("offered %v, band %v", v.OutOfService.Practise, v.Practice)
				}
				s.tap(Practise{})
				if !c.offered {
					s.on(OutOfService)
					return
				}
				if end := s.over(); end != EndPractise {
					t.Errorf("the session ended with %q", end)
				}
			})
		})
	}
	bubble(t, func(t *testing.T) {
		s := newStage(t, set, func(o *Options) { o.Place.CanPractise = true })
		s.tap(Practise{})
		s.on(Attract)
	})
}

// TestPracticeEnds: a practice that nobody goes on with is over, before a citizen comes; a terminal in service waits for ever.
func TestPracticeEnds(t *testing.T) {
	set := loadCatalogue(t)
	for _, practice := range []bool{true, false} {
		bubble(t, func(t *testing.T) {
			s := newStage(t, set, func(o *Options) { o.Place.Practice = practice })
			if v := s.on(Attract); v.Practice != practice {
				t.Errorf("band %v", v.Practice)
			}
			s.wait(89 * time.Second)
			s.on(Attract)
			s.wait(3 * time.Second)
			if !practice {
				s.on(Attract)
				return
			}
			if end := s.over(); end != Replace {
				t.Errorf("the session ended with %q", end)
			}
		})
	}
}
