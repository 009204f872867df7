package journey

import (
	"slices"
	"testing"
	"time"

	"bianmin/assets"
	"bianmin/core/casefile"
	"bianmin/core/form"
	"bianmin/core/text"
	"bianmin/drivers"
)

// routes lead from the start to every screen.
var routes = map[Screen]func(s *stage){
	Attract:  func(*stage) {},
	Home:     func(s *stage) { s.tap(Begin{}) },
	Category: func(s *stage) { s.tap(Begin{}, OpenCategory{Code: "pension"}) },
	Search:   func(s *stage) { s.tap(Begin{}, OpenSearch{}, SearchText{Text: "养老"}) },
	Guide:    func(s *stage) { s.tap(Begin{}, OpenCategory{}, OpenItem{Code: "pension-check"}) },
	PlaceCard: func(s *stage) {
		s.toCard("pension-check")
	},
	Confirm: func(s *stage) {
		s.toCard("pension-check")
		s.reader.place(person1())
		s.wait(time.Second)
	},
	Question:   func(s *stage) { s.toForm("pension-check") },
	Promise:    func(s *stage) { s.toPromise() },
	Materials:  func(s *stage) { s.toMaterials() },
	Review:     func(s *stage) { s.toReview() },
	Submitting: func(s *stage) { s.desk.delay.set(time.Minute); s.toReview(); s.tap(name(), Onward{}) },
	Done:       func(s *stage) { s.toDone() },
	PrintUnknown: func(s *stage) {
		s.printer.set(drivers.Unconfirmed, drivers.FaultSilent)
		s.toReview()
		s.tap(name(), Onward{})
	},
	EvaluateMore: func(s *stage) { s.toDone(); s.tap(Evaluate{Level: 1}) },
	MyCases:      func(s *stage) { s.toMyCases() },
	CaseDetail:   func(s *stage) { s.toMyCases(); s.tap(OpenCase{Number: "QH0301A-261121-0007-X"}) },
	Goodbye:      func(s *stage) { s.tap(Begin{}, Leave{}) },
	DeviceFault: func(s *stage) {
		s.reader.fail(drivers.FaultUnplugged)
		s.tap(Begin{}, OpenCategory{}, OpenItem{Code: "pension-check"}, StartItem{})
		s.wait(time.Second)
	},
	OutOfService: func(s *stage) { s.desk.health.set(Health{Problem: casefile.NotEnrolled}); s.wait(6 * time.Second) },
	StaffSignIn:  func(s *stage) { s.tap(OpenStaff{}) },
	Staff:        func(s *stage) { s.tap(OpenStaff{}, StaffPick{Account: "t1"}, StaffPIN{PIN: "123456"}) },
	StaffTests:   func(s *stage) { s.toTests() },
	StaffQueue: func(s *stage) {
		s.tap(OpenStaff{}, StaffPick{Account: "t1"}, StaffPIN{PIN: "123456"}, StaffDo{Action: StaffSeeQueue})
	},
}

func (s *stage) toTests() {
	s.tap(OpenStaff{}, StaffPick{Account: "t1"}, StaffPIN{PIN: "123456"}, StaffDo{Action: StaffTestDevice})
}

func (s *stage) toMyCases() {
	s.desk.list.set([]casefile.Summary{{
		Number: "QH0301A-261121-0007-X", ItemCode: "pension-check", ItemName: "养老待遇资格认证", State: casefile.StateAccepted,
		Official: "3703-7", Filed: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC), QR: "BM1:OLD",
		Moments: []casefile.Moment{{Kind: "submitted"}, {Kind: "accepted"}},
	}})
	s.tap(Begin{}, OpenMyCases{})
	s.reader.place(person1())
	s.wait(time.Second)
	s.on(MyCases)
}

// toPromise fills in the long form.
func (s *stage) toPromise() {
	s.t.Helper()
	s.toForm("full")
	s.fillFull("a")
	s.on(Promise)
}

// fillFull answers every question of the long form.
func (s *stage) fillFull(kind string) {
	s.t.Helper()
	for _, answer := range []struct {
		field  string
		events []Event
	}{
		{"kind", []Event{Answer{Value: kind}}},
		{"wants", []Event{Answer{Value: []any{"x", "y"}}}},
		{"alone", []Event{Answer{Value: true}}},
		{"born", nil},
		{"income", []Event{Answer{Value: "1200"}}},
		{"home", nil},
		{"address", []Event{Answer{Value: "990301100000"}, Answer{Value: "990301100202"}, Answer{Value: map[string]any{"detail": "水渠边3号"}}}},
		{"firm", nil},
		{"other", nil},
		{"rows", nil},
		{"remark", nil},
	} {
		if got := s.on(Question).Question.Field.Name; got != answer.field {
			s.t.Fatalf("question %q, want %q", got, answer.field)
		}
		s.tap(answer.events...)
		if !s.state.Next.Enabled {
			s.t.Fatalf("%s: %+v", answer.field, s.state.Next.Why)
		}
		s.tap(Onward{})
	}
}

// allScreens is every screen there is.
func allScreens() []Screen {
	var all []Screen
	for screen := range screens() {
		all = append(all, screen)
	}
	slices.Sort(all)
	return all
}

func TestEveryScreenIsReachable(t *testing.T) {
	set := loadCatalogue(t)
	for _, screen := range allScreens() {
		t.Run(string(screen), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, set)
				route := routes[screen]
				if route == nil {
					t.Fatal("no route to this screen")
				}
				route(s)
				s.on(screen)
			})
		})
	}
	if len(routes) != len(screens()) {
		t.Errorf("%d routes, %d screens", len(routes), len(screens()))
	}
}

// TestKillLeaksNothing ends the program on every screen: the bubble fails when a goroutine stays.
func TestKillLeaksNothing(t *testing.T) {
	set := loadCatalogue(t)
	for _, screen := range allScreens() {
		t.Run(string(screen), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, set)
				routes[screen](s)
				s.on(screen)
				s.kill()
				s.session.Send(Touch{}) // a touch that comes too late
			})
		})
	}
}

// TestFrameWorksEverywhere: size, language, reach and help change nothing of the place.
func TestFrameWorksEverywhere(t *testing.T) {
	set := loadCatalogue(t)
	for _, screen := range allScreens() {
		t.Run(string(screen), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, set)
				routes[screen](s)
				before := s.on(screen)
				s.tap(ToggleLarge{}, ToggleLanguage{}, ToggleLowReach{})
				if !s.state.Large || !s.state.LowReach || s.state.Lang != text.English {
					t.Errorf("look %v %v %v", s.state.Large, s.state.LowReach, s.state.Lang)
				}
				help := s.tap(Help{Open: true})
				if screen != Goodbye && (help.Overlay == nil || help.Overlay.Kind != "help" || help.Overlay.Phone != "12345") {
					t.Errorf("help %+v", help.Overlay)
				}
				s.tap(Onward{}, Back{}) // the overlay covers the buttons
				if screen != Goodbye {
					s.on(screen)
				}
				after := s.tap(Help{}, ToggleLarge{}, ToggleLanguage{}, ToggleLowReach{})
				if after.Overlay != nil || after.Serial != before.Serial && screen != Goodbye && screen != Attract {
					t.Errorf("serial %d became %d, overlay %+v", before.Serial, after.Serial, after.Overlay)
				}
			})
		})
	}
}

func TestEveryKeyHasWords(t *testing.T) {
	c, err := text.Load(assets.Words())
	if err != nil {
		t.Fatal(err)
	}
	keys := Keys()
	for _, code := range form.ProblemCodes() {
		keys = append(keys, prefixFormProblem+code)
	}
	for _, key := range keys {
		for _, lang := range []text.Lang{text.Chinese, text.English} {
			if !c.Has(lang, key) {
				t.Errorf("no words for %s in %s", key, lang)
			}
		}
	}
	for key, args := range map[string][]string{
		keyNextLeave: {"seconds"}, keyWhyMaterials: {"missing"}, keyTooManyPages: {"pages"}, keyPrintFailed: {"fault"},
		keyStaffLocked: {"n"}, keyReviewPages: {"n", "name"}, keyReviewPersonLine: {"age", "name", "sex"}, keyPromiseDeadline: {"n"},
	} {
		for _, template := range c.Templates(text.Chinese, key) {
			if got := text.Placeholders(template); len(got) != len(args) {
				t.Errorf("%s has placeholders %v, it is given %v", key, got, args)
			}
		}
	}
}
