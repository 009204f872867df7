package journey

import (
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/drivers"
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

// TestLowOnRoomFinishesWhatWasBegun: when the disk runs low, nobody who has scanned and signed is turned away; the next one is told first.
func TestLowOnRoomFinishesWhatWasBegun(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toReview()
		s.desk.ready.set(&casefile.Error{Code: casefile.DiskFull})
		s.tap(name(), Onward{})
		s.on(Done)
	})
}

// TestOutOfServiceWithAnApplication: nobody waits for ever beside an open application.
func TestOutOfServiceWithAnApplication(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toReview()
		s.desk.submitErr.set(&casefile.Error{Code: casefile.DiskFull})
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
		if v := s.wait(time.Second).Goodbye; v == nil || v.TakeCard || v.CheckCard {
			t.Fatalf("it was lifted: %+v", v)
		}
		s.over()
		if s.session.CardLeft() {
			t.Error("nothing is left")
		}
	})
}

// TestGoodbyeIsUnsureOfTheCard: a reader that does not find again what it has read cannot know, so nobody is told that a card lies there.
func TestGoodbyeIsUnsureOfTheCard(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.reader.protects = true
		s.toForm("pension-check")
		s.reader.remove()
		s.tap(Leave{}, LeaveNow{})
		if v := s.wait(2 * time.Second).Goodbye; v == nil || v.TakeCard || !v.CheckCard {
			t.Fatalf("goodbye %+v", v)
		}
		s.over()
		if !s.session.CardLeft() {
			t.Error("the card may be left")
		}
	})
}

// TestGoodbyeRemindsWithoutAPerson: a card lies there although it could not be read, or the person is forgotten already; at the idle end too.
func TestGoodbyeRemindsWithoutAPerson(t *testing.T) {
	for name, way := range map[string]func(s *stage){
		"not read": func(s *stage) {
			s.toCard("pension-check")
			s.reader.place(person1())
			s.reader.fail(drivers.FaultCard)
			s.wait(time.Second)
			s.tap(Leave{})
			s.reader.fail("")
		},
		"errand over": func(s *stage) { s.toForm("pension-check"); s.tap(Back{}, Back{}, Back{}, Leave{}) },
		"idle":        func(s *stage) { s.toForm("pension-check"); s.wait(123 * time.Second) },
		"left before": func(s *stage) {
			s.reader.place(person1())
			s.toCard("pension-check")
			s.wait(time.Second)
			s.tap(Leave{})
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, loadCatalogue(t))
				way(s)
				s.wait(time.Second)
				if v := s.on(Goodbye).Goodbye; !v.TakeCard {
					t.Errorf("goodbye %+v", v)
				}
				s.over()
				if !s.session.CardLeft() {
					t.Error("the card is left")
				}
			})
		})
	}
}

// TestSessionAfterACardLeft: what the session before left is not this person's card, even where one look in between misses it.
func TestSessionAfterACardLeft(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t), func(o *Options) { o.CardLeft, o.Times.Poll = true, time.Second })
		s.toCard("pension-check") // the first look finds nothing: it lies at the edge of the field
		s.reader.place(person1())
		s.wait(5 * time.Second)
		if v := s.on(PlaceCard).PlaceCard; v.Problem.Key != keyCardLift {
			t.Fatalf("problem %+v", v.Problem)
		}
		s.reader.remove()
		s.wait(3 * time.Second)
		s.reader.place(person1())
		s.wait(2 * time.Second)
		s.on(Confirm)
	})
}

// TestReaderWithoutPower: a card that lay there while the reader was silent is found anew although nobody lifted it.
func TestReaderWithoutPower(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t), func(o *Options) { o.Times.Poll = time.Second })
		s.toCard("pension-check")
		s.wait(2 * time.Second)
		s.reader.fail(drivers.FaultSilent)
		s.wait(time.Second)
		s.reader.place(person1())
		s.reader.fail("")
		s.wait(3 * time.Second)
		if v := s.on(PlaceCard).PlaceCard; v.Problem.Key != keyCardLift {
			t.Fatalf("problem %+v", v.Problem)
		}
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
