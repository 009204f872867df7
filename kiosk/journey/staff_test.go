package journey

import (
	"slices"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/drivers"
)

func TestStaffSignIn(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		v := s.tap(OpenStaff{})
		if s.on(StaffSignIn); len(v.StaffSignIn.Accounts) != 2 || v.StaffSignIn.Account != "" {
			t.Fatalf("sign in %+v", v.StaffSignIn)
		}
		s.tap(StaffPIN{PIN: "123456"}, StaffPick{Account: "made-up"}, StaffPIN{PIN: "123456"})
		if n := s.desk.signIn.count(); n != 0 {
			t.Fatalf("%d tries without an account", n)
		}
		s.tap(StaffPick{Account: "t2"}, StaffPIN{PIN: "12"})
		if v := s.on(StaffSignIn).StaffSignIn; v.Digits != 2 || v.Account != "t2" {
			t.Fatalf("digits %+v", v)
		}
		s.tap(StaffPIN{PIN: "12345x"}, StaffPIN{PIN: "1234567"})
		s.desk.signIn.set(staffAnswer{})
		if v := s.tap(StaffPIN{PIN: "111111"}).StaffSignIn; v.Problem.Key != keyStaffWrong || v.Digits != 0 {
			t.Fatalf("wrong %+v", v)
		}
		s.desk.signIn.set(staffAnswer{locked: 20 * time.Second})
		if v := s.tap(StaffPIN{PIN: "222222"}).StaffSignIn; v.Problem.Key != keyStaffLocked || v.Problem.Args["n"] != 20 || v.Locked != 20*time.Second {
			t.Fatalf("locked %+v", v)
		}
		s.desk.signIn.set(staffAnswer{ok: true})
		tries := s.desk.signIn.count()
		s.tap(StaffPIN{PIN: "333333"})
		if s.desk.signIn.count() != tries {
			t.Fatal("a try while locked")
		}
		if v := s.wait(25 * time.Second).StaffSignIn; v.Problem.Key != "" || v.Locked != 0 {
			t.Fatalf("unlocked %+v", v)
		}
		s.tap(StaffPIN{PIN: "444444"})
		if v := s.on(Staff).Staff; v.Name != "运维二" || v.Terminal != "QH0301" || v.Catalogue != "t1" || !v.Online {
			t.Fatalf("staff %+v", v)
		}
	})
}

func TestStaffActions(t *testing.T) {
	set := loadCatalogue(t)
	for action, want := range map[StaffAction]End{StaffRestart: Restart, StaffSignOut: Replace, StaffExit: Exit} {
		t.Run(string(action), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, set, func(o *Options) { o.Tests = nil })
				routes[Staff](s)
				v := s.tap(StaffDo{Action: StaffTestDevice}).Staff
				if len(v.Devices) != 3 || v.Devices[0].Role != drivers.RoleReader {
					t.Errorf("devices %+v", v.Devices)
				}
				s.tap(StaffDo{Action: StaffConfirmClock}, StaffDo{Action: StaffRetryQueue}, StaffDo{Action: "made-up"})
				s.on(Staff)
				if got := s.log.all(); !slices.Equal(got, []string{"confirm-clock", "retry-queue"}) {
					t.Errorf("orders %v", got)
				}
				s.tap(StaffDo{Action: action})
				if end := s.over(); end != want {
					t.Errorf("end %q, want %q", end, want)
				}
			})
		})
	}
}

func TestStaffOnlyWhereNobodyIsServed(t *testing.T) {
	set := loadCatalogue(t)
	for _, screen := range allScreens() {
		t.Run(string(screen), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, set)
				routes[screen](s)
				s.tap(StaffDo{Action: StaffExit})
				if screen == Staff {
					return
				}
				s.on(screen)
				s.tap(OpenStaff{})
				want := screen
				if screen == Attract || screen == Home || screen == OutOfService {
					want = StaffSignIn
				}
				s.on(want)
			})
		})
	}
}

func TestStaffLeaves(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.tap(OpenStaff{}, Back{})
		s.on(Attract)
		s.desk.accounts.set(nil)
		if v := s.tap(OpenStaff{}).StaffSignIn; v.Problem.Key != keyStaffNone {
			t.Errorf("no accounts: %+v", v)
		}
		s.tap(Back{})
		s.desk.accounts.set([]StaffAccount{{ID: "t9", Name: "运维九"}})
		s.tap(OpenStaff{}, StaffPIN{PIN: "123456"})
		s.on(Staff)
		s.tap(Leave{})
		if s.over() != Replace {
			t.Error("a technician leaves nothing behind either")
		}
	})
}

func TestOutOfServiceAndBack(t *testing.T) {
	set := loadCatalogue(t)
	for _, c := range []struct {
		name   string
		break_ func(s *stage)
		mend   func(s *stage)
		reason string
	}{
		{"not enrolled", func(s *stage) { s.desk.health.set(Health{Problem: casefile.NotEnrolled}) }, func(s *stage) { s.desk.health.set(Health{}) }, "not-enrolled"},
		{"restored", func(s *stage) { s.desk.health.set(Health{Problem: casefile.Restored}) }, func(s *stage) { s.desk.health.set(Health{}) }, "restored"},
		{"clock", func(s *stage) { s.desk.ready.set(&casefile.Error{Code: casefile.ClockDoubt}) }, func(s *stage) { s.desk.ready.set(nil) }, "clock"},
		{"disk", func(s *stage) { s.desk.ready.set(&casefile.Error{Code: casefile.DiskFull}) }, func(s *stage) { s.desk.ready.set(nil) }, "disk-full"},
		{"database", func(s *stage) { s.desk.healthErr.set(&casefile.Error{Code: casefile.Damaged}) }, func(s *stage) { s.desk.healthErr.set(nil) }, "database"},
		{"unknown", func(s *stage) { s.desk.healthErr.set(errBroken) }, func(s *stage) { s.desk.healthErr.set(nil) }, "internal"},
		{"no catalogue", func(s *stage) { s.set.Store(nil) }, func(s *stage) { s.set.Store(set) }, "catalogue"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, set)
				c.break_(s)
				s.wait(6 * time.Second)
				if v := s.on(OutOfService); v.OutOfService.Reason != c.reason || v.Back || v.OutOfService.Phone != "12345" {
					t.Fatalf("state %+v", v.OutOfService)
				}
				s.tap(Begin{}, Back{}, Onward{}, OpenMyCases{}, StartItem{})
				s.on(OutOfService)
				c.mend(s)
				s.wait(6 * time.Second)
				s.on(Attract)
				s.tap(Begin{}, OpenCategory{}, OpenItem{Code: "pension-check"})
				s.on(Guide)
				if c.name == "no catalogue" {
					return
				}
				c.break_(s)
				s.wait(6 * time.Second)
				s.on(Guide) // what can be read without the desk stays readable
				s.tap(StartItem{})
				s.on(OutOfService)
				c.mend(s)
				s.wait(6 * time.Second)
				s.on(Guide)
			})
		})
	}
}

func TestReasonChangesWhileOutOfService(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.desk.health.set(Health{Problem: casefile.Restored})
		s.wait(6 * time.Second)
		s.desk.health.set(Health{Problem: casefile.ClockDoubt})
		if v := s.wait(6 * time.Second).OutOfService; v.Reason != "clock" {
			t.Errorf("reason %q", v.Reason)
		}
	})
}

// TestReadyIsAskedBeforeTheForm: a terminal that cannot file says so before the person has typed anything.
func TestReadyIsAskedBeforeTheForm(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t), func(o *Options) { o.Times.Health = time.Hour })
		s.desk.ready.set(&casefile.Error{Code: casefile.DiskFull})
		s.tap(Begin{}, OpenCategory{}, OpenItem{Code: "pension-check"}, StartItem{})
		if v := s.on(OutOfService); v.OutOfService.Reason != "disk-full" {
			t.Errorf("reason %q", v.OutOfService.Reason)
		}
	})
}

// TestLateRefusal: a refusal that comes while out of service already does not block the way back.
func TestLateRefusal(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toReview()
		s.desk.submitErr.set(&casefile.Error{Code: casefile.DiskFull})
		s.tap(name(), Onward{})
		s.on(OutOfService)
		options := s.session.options
		m := newMachine(options, newEffects(t.Context()))
		item, _ := s.set.Load().Item("full")
		m.draft = newDraft(item, s.set.Load())
		m.outOfService(casefile.DiskFull, Review)
		m.dispatch(readyTold{err: errBroken})
		if m.outBack != Review || m.reason != casefile.Internal {
			t.Errorf("back to %s, reason %s", m.outBack, m.reason)
		}
		m.over()
	})
}

func TestOptionsAreChecked(t *testing.T) {
	bubble(t, func(t *testing.T) {
		full := func() Options {
			desk := newDesk(&record{})
			return Options{
				Catalogue: func() *catalogue.Catalogue { return nil }, Filing: desk, Ledger: desk, Terminal: desk,
				Devices: Devices{Statuses: func() []drivers.Status { return nil }},
			}
		}
		for name, lack := range map[string]func(*Options){
			"catalogue": func(o *Options) { o.Catalogue = nil }, "filing": func(o *Options) { o.Filing = nil },
			"ledger": func(o *Options) { o.Ledger = nil }, "terminal": func(o *Options) { o.Terminal = nil },
			"statuses": func(o *Options) { o.Devices.Statuses = nil },
		} {
			o := full()
			lack(&o)
			s := New(o)
			if _, err := s.Run(t.Context()); err == nil {
				t.Errorf("a session without %s runs", name)
			}
			s.Send(Touch{})
			if _, open := <-s.States(); open {
				t.Error("states are not closed")
			}
		}
	})
}
