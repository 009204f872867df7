package journey

import (
	"testing"
	"time"

	"bianmin/core/casefile"
)

// TestIdle lets time pass on every screen: warning, countdown, wipe, end.
func TestIdle(t *testing.T) {
	set := loadCatalogue(t)
	for screen, definition := range screens() {
		if !definition.idle {
			continue
		}
		t.Run(string(screen), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, set, func(o *Options) { o.Times.Card = time.Hour })
				routes[screen](s)
				s.on(screen)
				s.session.Send(Touch{})
				s.settle()
				if v := s.wait(88 * time.Second); v.Overlay != nil {
					t.Fatalf("overlay after 88 s: %+v", v.Overlay)
				}
				v := s.wait(3 * time.Second)
				if v.Overlay == nil || v.Overlay.Kind != "idle" || v.Overlay.Left > 30*time.Second || v.Overlay.Left < 26*time.Second {
					t.Fatalf("overlay after 91 s: %+v", v.Overlay)
				}
				s.on(screen)
				if v := s.tap(Stay{}); v.Overlay != nil {
					t.Fatalf("still there: %+v", v.Overlay)
				}
				s.on(screen)
				s.wait(91 * time.Second)
				if v := s.wait(10 * time.Second); v.Overlay == nil || v.Overlay.Left > 21*time.Second {
					t.Fatalf("the countdown does not count: %+v", v.Overlay)
				}
				s.reader.remove()
				s.reader.fail("")
				s.wait(20 * time.Second)
				s.on(Goodbye)
				if end := s.over(); end != Replace {
					t.Errorf("end %q", end)
				}
			})
		})
	}
}

func TestIdleLeave(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toForm("pension-check")
		s.reader.remove()
		s.wait(91 * time.Second)
		s.tap(LeaveNow{})
		if v := s.on(Goodbye).Goodbye; v.Filed || v.TakeCard {
			t.Errorf("goodbye %+v", v)
		}
		s.over()
	})
}

// TestNoIdleWhereNobodyIsAsked: the waiting screen, filing and out of service stay.
func TestNoIdleWhereNobodyIsAsked(t *testing.T) {
	set := loadCatalogue(t)
	for _, screen := range []Screen{Attract, OutOfService} {
		t.Run(string(screen), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, set)
				routes[screen](s)
				s.wait(time.Hour)
				if v := s.on(screen); v.Overlay != nil {
					t.Errorf("overlay %+v", v.Overlay)
				}
			})
		})
	}
}

// TestOutOfServiceWithAnApplication: nobody waits for ever beside an open application.
func TestOutOfServiceWithAnApplication(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toReview()
		s.desk.ready.set(&casefile.Error{Code: casefile.DiskFull})
		s.tap(name(), Onward{})
		if v := s.on(OutOfService); v.OutOfService.Reason != "disk-full" || !v.Back || v.OutOfService.Phone != "12345" {
			t.Fatalf("state %+v", v.OutOfService)
		}
		s.tap(Back{})
		s.on(Review)
		s.tap(name(), Onward{})
		s.on(OutOfService)
		s.reader.remove()
		s.wait(130 * time.Second)
		s.over()
	})
}

func TestAttractForgetsHowThePersonBeforeWantedIt(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.tap(ToggleLarge{}, ToggleLanguage{}, Help{Open: true})
		v := s.wait(2 * time.Minute)
		if v.Large || v.Lang != "zh" || v.Overlay != nil {
			t.Errorf("state %+v", v)
		}
	})
}

func TestDoneCountsDown(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toDone()
		s.reader.remove()
		v := s.wait(20 * time.Second)
		if v.Done.Left < 39*time.Second || v.Done.Left > 41*time.Second || v.Next.Label.Args["seconds"] != int(v.Done.Left/time.Second) {
			t.Errorf("left %v, label %+v", v.Done.Left, v.Next.Label)
		}
		if v := s.tap(Touch{}); v.Done.Left != time.Minute {
			t.Errorf("a touch must begin anew: %v", v.Done.Left)
		}
		s.wait(59 * time.Second)
		s.on(Done)
		s.wait(3 * time.Second)
		s.on(Goodbye)
		s.over()
	})
}

func TestGoodbyeRemindsOfTheCard(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toForm("pension-check")
		s.tap(Leave{})
		if o := s.state.Overlay; o == nil || o.Kind != "leave" || !o.Working || o.Filed {
			t.Fatalf("overlay %+v", o)
		}
		s.tap(Stay{})
		s.on(Question)
		s.tap(Leave{}, LeaveNow{})
		s.wait(8 * time.Second)
		if v := s.on(Goodbye).Goodbye; !v.TakeCard {
			t.Fatalf("goodbye %+v", v)
		}
		s.reader.remove()
		if v := s.wait(time.Second).Goodbye; v == nil || !v.TakeCard {
			t.Fatalf("a card that is not found again may lie there still: %+v", v)
		}
		s.over()
	})
}

func TestGoodbyeEndsWithTheCardLeftBehind(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toForm("pension-check")
		s.tap(Leave{}, LeaveNow{})
		s.wait(2 * maxReminder)
		if s.over() != Replace {
			t.Error("the session must end")
		}
	})
}

// TestNobodyWaitsForTheEnd: while a print still comes to its end, touches are thrown away and block nobody.
func TestNobodyWaitsForTheEnd(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.printer.delay = time.Minute
		s.toReview()
		s.tap(name(), Onward{}, Leave{})
		s.on(Goodbye)
		s.reader.remove()
		s.wait(10 * time.Second)
		for range 500 {
			s.session.Send(Touch{})
		}
		s.over()
		if got := s.log.all(); got[len(got)-1] != "end" {
			t.Errorf("the print was not brought to its end: %v", got)
		}
	})
}

func TestLeaveAsksOnlyWhenSomethingIsLost(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.tap(Begin{}, OpenCategory{}, OpenItem{Code: "pension-check"}, Leave{})
		s.on(Goodbye)
		s.over()
	})
}
