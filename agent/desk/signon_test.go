package desk

import (
	"context"
	"slices"
	"testing"
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
)

func TestSignOn(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		if v := s.on(SignOn).SignOn; len(v.Accounts) != 4 || !v.Reader {
			t.Fatalf("sign-on shows %+v", v)
		}
		s.send(PickAccount{ID: "100001"}, Secret{Secret: "wrong"})
		if !s.state.SignOn.Busy {
			t.Error("keys are opened without saying so")
		}
		s.wait(2 * time.Second)
		if got := s.state.SignOn.Problem.Key; got != "desk.problem.secret" {
			t.Errorf("problem is %q", got)
		}
		s.signOn("100001")
		if s.state.Account != "王秀兰" || s.state.Role != agency.RoleAgent || s.state.Standing != agency.StandingFull {
			t.Errorf("signed on as %q %q %q", s.state.Account, s.state.Role, s.state.Standing)
		}
		s.send(SignOff{})
		s.on(SignOn)
	})
}

func TestLockedAfterWrongTries(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.send(PickAccount{ID: "100001"})
		for range 6 {
			s.send(Secret{Secret: "wrong"})
			s.wait(2 * time.Second)
		}
		if v := s.state.SignOn; v.Problem.Key != "desk.problem.locked" || v.Locked < 9*time.Minute {
			t.Fatalf("after six wrong tries: %+v", v)
		}
		s.send(Secret{Secret: goodSecret})
		s.wait(2 * time.Second)
		s.on(SignOn) // not even the right one is tried
		s.office.mu.Lock()
		s.office.tries["100001"] = 0
		s.office.mu.Unlock()
		s.wait(11 * time.Minute)
		s.signOn("100001")
	})
}

func TestStandings(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.setSeen(now().AddDate(0, 0, -46))
		s.signOn("100001")
		if s.state.Standing != agency.StandingReading {
			t.Fatalf("standing after 46 days is %q", s.state.Standing)
		}
		s.told("desk.refusal.only-reading")
		s.send(NewCase{})
		s.on(Today)
		s.told("desk.refusal.only-reading")
		s.setSeen(now())
		s.wait(6 * time.Second)
		if s.state.Standing != agency.StandingFull {
			t.Error("the platform was seen, yet still only reading")
		}
		s.send(SignOff{})
		s.signOn("100003")
		if !s.state.Practice {
			t.Error("a trainee does not practise")
		}
	})
}

func TestOwnCardPicksTheAccount(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.reader.place(delegate())
		s.wait(time.Second)
		if s.state.SignOn.Problem.Key != "desk.problem.card-unknown" {
			t.Errorf("a stranger's card: %+v", s.state.SignOn)
		}
		s.reader.place(agentCard())
		s.wait(time.Second)
		if s.state.SignOn.Chosen != "100001" {
			t.Errorf("the own card picked %q", s.state.SignOn.Chosen)
		}
	})
}

// TestOwnCardLiesThereAlready: a card that is read before the accounts are picks its account all the same.
func TestOwnCardLiesThereAlready(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.stop()
		s.reader.place(agentCard())
		s.start(func(o *Options) { o.Office = lateOffice{s.office} })
		s.wait(2 * time.Second)
		if s.state.SignOn.Chosen != "100001" || len(s.state.SignOn.Accounts) == 0 {
			t.Errorf("the own card picked %q", s.state.SignOn.Chosen)
		}
	})
}

// lateOffice reads its accounts slowly.
type lateOffice struct{ *fakeOffice }

func (o lateOffice) Accounts(ctx context.Context) ([]agency.AccountLine, error) {
	time.Sleep(time.Second)
	return o.fakeOffice.Accounts(ctx)
}

// TestAccountsStay: while the accounts are read anew the ones known stay, so that a secret that is typed at once is not lost.
func TestAccountsStay(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.stop()
		s.start(func(o *Options) { o.Office = lateOffice{s.office} })
		s.wait(2 * time.Second)
		s.send(PickAccount{ID: "100004"}, OpenActivate{ID: "100004"}, Activation{Code: "ABCD-1234", Secret: goodSecret, Again: goodSecret})
		s.wait(100 * time.Millisecond)
		known := func(after, chosen string) {
			t.Helper()
			at := s.on(SignOn).SignOn
			if at.Chosen != chosen || !slices.ContainsFunc(at.Accounts, func(a agency.AccountLine) bool { return a.ID == "100004" && a.Active }) {
				t.Errorf("after %s: %+v", after, at)
			}
		}
		known("the activation", "100004")
		s.signOn("100004")
		s.send(SignOff{})
		s.wait(100 * time.Millisecond)
		known("signing off", "")
	})
}

func TestActivation(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.send(PickAccount{ID: "100004"}, OpenActivate{ID: "100004"})
		s.on(Activate)
		for _, c := range []struct {
			event Activation
			want  string
		}{
			{Activation{Code: "ABCD-1234", Secret: goodSecret, Again: "other"}, "desk.problem.secrets-differ"},
			{Activation{Code: "ABCD-1234", Secret: "12345678", Again: "12345678"}, "desk.refusal.weak-secret"},
			{Activation{Secret: goodSecret, Again: goodSecret}, "desk.problem.code"},
			{Activation{Code: "AAAA-0000", Secret: goodSecret, Again: goodSecret}, "desk.problem.code"},
		} {
			s.send(c.event)
			s.wait(time.Second)
			if got := s.on(Activate).Activate.Problem.Key; got != c.want {
				t.Errorf("%+v: problem %q, want %q", c.event, got, c.want)
			}
		}
		s.reader.place(delegate())
		s.send(Activation{Code: "ABCD-1234", Secret: goodSecret, Again: goodSecret})
		s.wait(time.Second)
		if got := s.on(Activate).Activate.Problem.Key; got != "desk.problem.card-other" {
			t.Errorf("another's card: %q", got)
		}
		own := person("周新来", numberFor("99030119900101111"))
		s.reader.place(own)
		s.send(Activation{Code: "ABCD-1234", Secret: goodSecret, Again: goodSecret})
		s.wait(time.Second)
		s.on(SignOn)
		if s.office.cards[own.Number] != "100004" {
			t.Error("the own card is not known afterwards")
		}
		s.reader.remove()
		s.signOn("100004")
	})
}

func TestForgottenSecret(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.send(Forgot{ID: "100001"})
		s.wait(time.Second)
		s.on(Activate)
		if string(s.saver.files["recovery-100001.request"]) != "request of 100001" {
			t.Fatal("no request was saved")
		}
		fresh := "新的 口令 四个 词语"
		s.send(Activation{Secret: fresh, Again: fresh})
		s.wait(time.Second)
		if got := s.on(Activate).Activate.Problem.Key; got != "desk.problem.no-answer" {
			t.Errorf("without an answer: %q", got)
		}
		s.saver.files["recovery-100001.answer"] = []byte("answer for 100001")
		s.send(Activation{Secret: fresh, Again: fresh})
		s.wait(time.Second)
		s.on(SignOn)
		s.send(PickAccount{ID: "100001"}, Secret{Secret: fresh})
		s.wait(2 * time.Second)
		s.on(Today)
	})
}

func TestIdleLock(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.signOn("100001")
		s.send(Go{Page: Reports})
		s.wait(4 * time.Minute)
		s.send(Touch{})
		s.wait(4 * time.Minute)
		s.on(Reports)
		s.wait(2 * time.Minute)
		if v := s.on(Locked).Locked; !v.ByCard || v.Closed || v.Account != "王秀兰" {
			t.Fatalf("locked: %+v", v)
		}
		s.send(Go{Page: Cases}, NewCase{})
		s.on(Locked)
		s.reader.place(delegate())
		s.wait(time.Second)
		if s.on(Locked).Locked.Problem.Key != "desk.problem.card-other" {
			t.Error("another's card says nothing")
		}
		s.reader.place(agentCard())
		s.wait(time.Second)
		s.on(Reports)
		s.reader.remove()

		// After the card's window the keys are closed, and only the secret opens.
		s.wait(6 * time.Minute)
		s.on(Locked)
		s.wait(11 * time.Minute)
		if v := s.on(Locked).Locked; v.ByCard || !v.Closed {
			t.Error("the card still unlocks after ten minutes")
		}
		if s.office.open != 0 {
			t.Error("the keys are still in memory after ten minutes")
		}
		s.reader.place(agentCard())
		s.wait(time.Second)
		s.on(Locked)
		s.send(Unlock{Secret: "wrong"})
		s.wait(2 * time.Second)
		if s.on(Locked).Locked.Problem.Key != "desk.problem.secret" {
			t.Error("a wrong secret says nothing")
		}
		s.send(Unlock{Secret: goodSecret})
		s.wait(2 * time.Second)
		s.on(Today)
	})
}

func TestSecretLiftsTheLock(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.signOn("100001")
		s.send(Go{Page: Papers}, Lock{})
		s.on(Locked)
		s.send(Unlock{Secret: goodSecret})
		s.wait(2 * time.Second)
		s.on(Papers)
		if s.office.open != 1 {
			t.Errorf("%d books are open", s.office.open)
		}
	})
}

func TestOutOfService(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.signOn("100001")
		s.office.mu.Lock()
		s.office.ready = &casefile.Error{Code: casefile.Damaged}
		s.office.mu.Unlock()
		s.wait(6 * time.Second)
		if v := s.on(OutOfService).OutOfService; v.Reason != string(casefile.Damaged) || v.Phone != "12345" {
			t.Errorf("out of service: %+v", v)
		}
		s.office.mu.Lock()
		s.office.ready = nil
		s.office.mu.Unlock()
		s.wait(6 * time.Second)
		s.on(SignOn)
	})
}

// TestLockClosesHelp: the help of the page below does not lie over the secret.
func TestLockClosesHelp(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.signOn("100001")
		s.send(Help{Open: true})
		s.wait(6 * time.Minute)
		s.on(Locked)
		if s.state.Overlay != nil {
			t.Fatalf("over the locked desk lies %+v", s.state.Overlay)
		}
		s.send(Help{Open: true})
		if s.state.Overlay == nil || s.state.Overlay.Title.Key != "desk.help.locked" {
			t.Errorf("help of the locked desk: %+v", s.state.Overlay)
		}
	})
}

// TestHelpOverQuestion: help opens over a question, on the locked page too, and gives the question back.
func TestHelpOverQuestion(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		number := s.fileFor(pension, nil)
		s.decide(number, casefile.StateProcessing, nil)
		s.signOn("100001")
		s.open(number)
		s.send(Act{Action: ActSuspend})
		over := func(want string) {
			t.Helper()
			if s.state.Overlay == nil || s.state.Overlay.Kind != want {
				t.Fatalf("over the page lies %+v, want %s", s.state.Overlay, want)
			}
		}
		over(overlayReason)
		s.send(Help{Open: true})
		over(overlayHelp)
		s.send(Help{})
		over(overlayReason)
		s.send(Lock{})
		s.on(Locked)
		s.send(Help{Open: true})
		over(overlayHelp)
		s.send(Help{}, Unlock{Secret: goodSecret})
		s.wait(2 * time.Second)
		over(overlayReason)
	})
}
