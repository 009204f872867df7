package journey

import (
	"slices"
	"strings"
	"testing"
	"time"

	"bianmin/core/identity"
	"bianmin/drivers"
)

func TestCardFaultsThatPassByThemselves(t *testing.T) {
	set := loadCatalogue(t)
	for _, fault := range []drivers.Fault{drivers.FaultCard, drivers.FaultCardDoubt} {
		t.Run(string(fault), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, set)
				s.toCard("pension-check")
				s.reader.fail(fault)
				v := s.wait(5 * time.Second)
				if s.on(PlaceCard); v.PlaceCard.Problem.Key != "card.problem."+string(fault) {
					t.Fatalf("problem %+v", v.PlaceCard.Problem)
				}
				s.reader.fail("")
				s.reader.place(person1())
				s.wait(time.Second)
				s.on(Confirm)
			})
		})
	}
}

// TestNoiseOnTheLine: once or twice is told beside the picture, three times in a row is a broken reader.
func TestNoiseOnTheLine(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t), func(o *Options) { o.Times.Poll = 10 * time.Second; o.Times.Card = time.Hour })
		s.toCard("pension-check")
		s.reader.fail(drivers.FaultProtocol)
		if v := s.wait(10 * time.Second); v.PlaceCard == nil || v.PlaceCard.Problem.Key != "card.problem.protocol" {
			t.Fatalf("first: %+v", v.PlaceCard)
		}
		s.wait(10 * time.Second)
		s.on(PlaceCard)
		s.wait(10 * time.Second)
		if v := s.on(DeviceFault).DeviceFault; v.Role != drivers.RoleReader || v.Fault != drivers.FaultProtocol || v.Skip || !v.Retry {
			t.Fatalf("fault %+v", v)
		}
	})
}

func TestReaderBroken(t *testing.T) {
	set := loadCatalogue(t)
	for _, fault := range []drivers.Fault{drivers.FaultUnplugged, drivers.FaultDevice, drivers.FaultNotPermitted, drivers.FaultSilent} {
		t.Run(string(fault), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, set)
				s.reader.fail(fault)
				s.tap(Begin{}, OpenCategory{}, OpenItem{Code: "pension-check"}, StartItem{})
				s.wait(3 * time.Second)
				v := s.on(DeviceFault)
				if v.DeviceFault.Fault != fault || v.DeviceFault.Phone != "12345" || !v.Back {
					t.Fatalf("fault %+v", v.DeviceFault)
				}
				s.tap(Retry{})
				s.wait(3 * time.Second)
				s.on(DeviceFault)
				s.reader.fail("")
				s.tap(Retry{})
				s.on(PlaceCard)
				s.reader.fail(fault)
				s.wait(3 * time.Second)
				s.on(DeviceFault)
				s.reader.fail("")
				s.session.Send(DeviceChanged{Status: drivers.Status{Role: drivers.RoleReader, Condition: drivers.Online}})
				s.settle()
				s.on(PlaceCard) // it goes on by itself when the reader is there again
				s.reader.fail(fault)
				s.wait(3 * time.Second)
				s.tap(Back{})
				s.on(Guide)
			})
		})
	}
}

// TestRecoversByTheManagersWord: a change the device manager sees is enough, nobody has to send it.
func TestRecoversByTheManagersWord(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		broken := drivers.Status{Role: drivers.RoleReader, Condition: drivers.NoDevice, Fault: drivers.FaultUnplugged}
		s.statuses.set([]drivers.Status{broken})
		s.reader.fail(drivers.FaultUnplugged)
		s.toCardFault()
		s.wait(10 * time.Second)
		s.on(DeviceFault) // nothing changed, so nothing is tried again and again
		s.reader.fail("")
		s.statuses.set([]drivers.Status{{Role: drivers.RoleReader, Condition: drivers.Online}})
		s.wait(2 * time.Second)
		s.on(PlaceCard)
	})
}

func (s *stage) toCardFault() {
	s.t.Helper()
	s.tap(Begin{}, OpenCategory{}, OpenItem{Code: "pension-check"}, StartItem{})
	s.wait(time.Second)
	s.on(DeviceFault)
}

func TestNoReaderAtAll(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t), func(o *Options) { o.Devices.Reader = nil })
		s.tap(Begin{}, OpenMyCases{})
		if v := s.on(DeviceFault).DeviceFault; v.Fault != drivers.FaultUnplugged {
			t.Errorf("fault %+v", v)
		}
		s.tap(Back{})
		s.on(Home)
	})
}

func TestSlowReadIsShown(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.reader.delay = 5 * time.Second
		s.toCard("pension-check")
		s.reader.place(person1())
		if v := s.wait(time.Second); !v.PlaceCard.Reading {
			t.Fatal("a slow read must be shown")
		}
		s.wait(5 * time.Second)
		s.on(Confirm)
	})
}

func TestCardWaitGivesUp(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toCard("pension-check")
		if v := s.wait(30 * time.Second); v.PlaceCard.Seconds != 0 {
			t.Errorf("too early to count: %d", v.PlaceCard.Seconds)
		}
		if v := s.wait(20 * time.Second); v.PlaceCard.Seconds < 8 || v.PlaceCard.Seconds > 12 {
			t.Errorf("seconds %d", v.PlaceCard.Seconds)
		}
		s.wait(12 * time.Second)
		s.on(Guide)
	})
}

func TestNotMe(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toCard("pension-check")
		s.reader.place(person1())
		s.wait(time.Second)
		s.on(Confirm)
		v := s.tap(NotMe{})
		if s.on(PlaceCard); v.PlaceCard.Problem.Key != keyCardOther {
			t.Fatalf("problem %+v", v.PlaceCard.Problem)
		}
		s.wait(5 * time.Second)
		s.on(PlaceCard) // the card that lies there is not taken again before it was lifted
		s.reader.remove()
		s.wait(2 * time.Second)
		other := person1()
		other.Name = "王小川"
		s.reader.place(other)
		s.wait(time.Second)
		if got := s.on(Confirm).Confirm.Name; got != "王小川" {
			t.Errorf("name %q", got)
		}
	})
}

func TestExpiredCardIsTold(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toCard("pension-check")
		card := person1()
		card.LongTerm, card.ValidTo = false, identity.Date{Year: 2026, Month: 11, Day: 21}
		s.reader.place(card)
		s.wait(time.Second)
		v := s.on(Confirm)
		if !v.Confirm.Expired || v.Next.Enabled || v.Next.Why.Key != keyWhyExpired {
			t.Errorf("expired card: %+v %+v", v.Confirm, v.Next)
		}
		s.tap(Onward{})
		s.on(Confirm)
	})
}

// TestAnotherErrandNeedsTheCardAgain: whoever stands here next does not find the person before.
func TestAnotherErrandNeedsTheCardAgain(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		v := s.toDone()
		if len(v.Done.NextItems) == 0 {
			t.Fatal("no further items")
		}
		s.tap(OpenItem{Code: v.Done.NextItems[0].Code})
		s.on(Guide)
		s.reader.remove()
		s.tap(StartItem{})
		if v := s.on(PlaceCard); strings.Contains(v.Point, canary) {
			t.Error("the person is still known")
		}
		s.tap(Back{}, Back{})
		s.on(Home)
		v = s.tap(Leave{})
		if v.Overlay == nil || !v.Overlay.Filed || v.Overlay.Working {
			t.Fatalf("overlay %+v", v.Overlay)
		}
		s.tap(LeaveNow{})
		if v := s.on(Goodbye).Goodbye; !v.Filed {
			t.Error("something was filed in this session")
		}
		s.over()
	})
}

// TestCardLiesThereAlready: for another errand a card must be lifted that the reader does not find again, and nobody would know why it waits.
func TestCardLiesThereAlready(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.reader.protects = true
		v := s.toDone()
		s.tap(OpenItem{Code: v.Done.NextItems[0].Code}, StartItem{})
		if v := s.wait(2 * time.Second).PlaceCard; v == nil || v.Problem.Key != keyCardAgain {
			t.Fatalf("nothing is said: %+v", v)
		}
		s.reader.place(person1())
		s.wait(time.Second)
		s.on(Confirm)
	})
}

// TestCardLeftBehind: a card that lies there when it is asked for may be that of the person before. It is
// neither read nor shown before it was lifted.
func TestCardLeftBehind(t *testing.T) {
	for _, purpose := range []string{purposeApply, purposeMyCases} {
		t.Run(purpose, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, loadCatalogue(t))
				s.reader.place(person1())
				if purpose == purposeApply {
					s.toCard("pension-check")
				} else {
					s.tap(Begin{}, OpenMyCases{})
				}
				s.wait(5 * time.Second)
				if v := s.on(PlaceCard).PlaceCard; v.Problem.Key != keyCardLift || v.Reading {
					t.Fatalf("a card lies there: %+v", v)
				}
				if slices.Contains(s.log.all(), "card read") {
					t.Fatal("the card of the person before was read")
				}
				s.reader.remove()
				if v := s.wait(time.Second).PlaceCard; v == nil || v.Problem.Key != "" {
					t.Fatalf("the card was lifted: %+v", v)
				}
				s.reader.place(person1())
				s.wait(time.Second)
				if s.state.Screen == PlaceCard {
					t.Fatal("the card placed now is this person's")
				}
			})
		})
	}
}

// TestSilentReaderWithoutCard: a reader that does not answer is not reading, and once it answers its problem is over.
func TestSilentReaderWithoutCard(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t), func(o *Options) { o.Times.Poll = 2 * time.Second })
		s.toCard("pension-check")
		s.reader.delay = 5 * time.Second
		s.reader.fail(drivers.FaultSilent)
		if v := s.wait(4 * time.Second).PlaceCard; v.Reading {
			t.Error("no card lies there, yet it says that it reads one")
		}
		if v := s.wait(4 * time.Second).PlaceCard; v == nil || v.Problem.Key != "card.problem.silent" {
			t.Fatalf("silent: %+v", v)
		}
		s.reader.fail("")
		if v := s.wait(12 * time.Second).PlaceCard; v == nil || v.Problem.Key != "" || v.Reading {
			t.Errorf("it answers again: %+v", v)
		}
	})
}

// TestOwnCasesAreNoApplication: looking at one's cases shows none of an application's steps, and wipes nothing entered.
func TestOwnCasesAreNoApplication(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		if step := s.tap(Begin{}, OpenMyCases{}).Step; step != StepNone {
			t.Errorf("step %d", step)
		}
		s.reader.place(person1())
		s.wait(time.Second)
		s.on(MyCases)
		s.tap(Leave{})
		if v := s.on(Goodbye).Goodbye; v.Entered || v.Filed {
			t.Errorf("nothing was entered: %+v", v)
		}
	})
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toForm("pension-check")
		s.tap(Leave{}, LeaveNow{})
		if v := s.on(Goodbye).Goodbye; !v.Entered || v.Filed {
			t.Errorf("a form was begun: %+v", v)
		}
	})
}

// TestForeignersNumber: the number of a foreigner's card is not called a citizen's.
func TestForeignersNumber(t *testing.T) {
	for _, kind := range []identity.Kind{identity.Resident, identity.Foreigner2017, identity.Foreigner2023} {
		bubble(t, func(t *testing.T) {
			s := newStage(t, loadCatalogue(t))
			s.toCard("instant")
			card := person1()
			card.Kind = kind
			s.reader.place(card)
			s.wait(time.Second)
			if v := s.on(Confirm).Confirm; v.Foreign != (kind != identity.Resident) {
				t.Errorf("%s: foreign is %v", kind, v.Foreign)
			}
			s.tap(Onward{})
			want := keyReviewDocument
			if kind == identity.Resident {
				want = keyReviewNumber
			}
			lines := s.on(Review).Review.Lines
			if !slices.ContainsFunc(lines, func(l ReviewLine) bool { return l.Label.Key == want }) {
				t.Errorf("%s: no line %s", kind, want)
			}
		})
	}
}
