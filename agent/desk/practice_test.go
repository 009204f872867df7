package desk

import (
	"testing"
	"time"

	"bianmin/core/agency"
	"bianmin/core/text"
)

// fakePractice is a bench on which the fake reader's card is placed.
type fakePractice struct {
	reader *fakeReader
	placed string
}

func (p *fakePractice) People() []Choice {
	return []Choice{{Code: "elder", Label: text.Local{text.Chinese: "柳青"}}}
}
func (p *fakePractice) Placed() string { return p.placed }
func (p *fakePractice) Place(code string) {
	p.placed = code
	p.reader.remove()
	if code != "" {
		p.reader.place(principal())
	}
}
func (p *fakePractice) Paper() string  { return "" }
func (p *fakePractice) Secret() string { return goodSecret }
func (p *fakePractice) Code() string   { return "ABCD-1234" }

func practiceStage(t testing.TB) (*stage, *fakePractice) {
	p := &fakePractice{}
	s := newStage(t, func(o *Options) {
		p.reader = o.Devices.Reader.(*fakeReader)
		o.Practice, o.Place.Practice = p, true
	})
	return s, p
}

// TestPractiseLeads: from the sign-on page, and by a trainee's sign-on; a desk that cannot lead there does not.
func TestPractiseLeads(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.send(Practise{}, EndPractice{}, PlaceCard{Person: "elder"})
		if s.state.Leaving != "" || s.state.SignOn.Practise || s.state.Bench != nil {
			t.Errorf("led to %q without being able to", s.state.Leaving)
		}
		s.stop()
		able := func(o *Options) { o.CanPractise = true }
		s.start(able)
		if !s.state.SignOn.Practise {
			t.Error("the way is not offered")
		}
		s.send(EndPractice{})
		if s.state.Leaving != "" {
			t.Error("what is not practice was ended")
		}
		s.send(Practise{})
		if s.state.Leaving != ToPractice {
			t.Errorf("led to %q", s.state.Leaving)
		}
		s.send(PickAccount{ID: "100001"}, Secret{Secret: goodSecret})
		s.wait(2 * time.Second)
		if s.on(SignOn); s.state.Account != "" {
			t.Error("somebody signed on while leaving")
		}
		s.stop()
		s.start(able)
		s.send(PickAccount{ID: "100003"}, Secret{Secret: goodSecret})
		s.wait(2 * time.Second)
		if s.on(SignOn); s.state.Leaving != ToPractice || s.state.Account != "" {
			t.Errorf("a trainee is led to %q", s.state.Leaving)
		}
	})
}

// TestAtPracticesBench: the page says what to type, who lies on the reader, and leads back from anywhere with nothing left open.
func TestAtPracticesBench(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s, bench := practiceStage(t)
		if b := s.state.Bench; b == nil || b.Secret != goodSecret || b.Code != "" || len(b.People) != 1 || !s.state.Practice {
			t.Fatalf("the sign-on page of practice: %+v", b)
		}
		s.send(PickAccount{ID: "100004"}, OpenActivate{ID: "100004"})
		if s.on(Activate).Bench.Code != "ABCD-1234" {
			t.Error("the code is not said")
		}
		s.send(Back{})
		s.signOn("100001")
		if b := s.state.Bench; b.Secret != "" || b.Code != "" {
			t.Errorf("secrets on a page that asks for none: %+v", b)
		}
		s.send(PlaceCard{Person: "nobody we know"})
		if s.state.Bench.Placed != "" {
			t.Error("a stranger's card was placed")
		}
		s.send(PlaceCard{Person: "elder"}, NewCase{}, ItemPick{Code: pension}, ReadCard{Into: "principal"})
		s.wait(time.Second)
		if s.on(Accept).Accept.Principal == nil || bench.placed != "elder" {
			t.Fatal("the placed card was not read")
		}
		s.send(Help{Open: true}, PlaceCard{})
		if s.state.Bench.Placed != "" || s.state.Overlay == nil {
			t.Error("the card was not taken away under the help")
		}
		s.send(Lock{})
		if s.on(Locked).Bench.Secret != goodSecret {
			t.Error("the locked page does not say the secret")
		}
		s.send(EndPractice{})
		s.wait(time.Second)
		if s.on(SignOn).Leaving != ToWork {
			t.Errorf("ended to %q", s.state.Leaving)
		}
		s.office.mu.Lock()
		defer s.office.mu.Unlock()
		if s.office.open != 0 {
			t.Errorf("%d books stay open on the way back", s.office.open)
		}
	})
}

// TestTraineeWithoutPractice: where nothing leads to practice a trainee sees that only practising is allowed.
func TestTraineeWithoutPractice(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.signOn("100003")
		s.told("desk.notice.practice")
		if s.state.Standing != agency.StandingPractice {
			t.Errorf("standing %q", s.state.Standing)
		}
	})
}

// TestStepsAside: for other settings the desk begins anew where nobody is signed on or about to, and nowhere else.
func TestStepsAside(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.on(SignOn)
		s.send(Touch{}, StepAside{})
		if s.state.Leaving != "" {
			t.Fatal("left somebody who had just touched a key")
		}
		s.wait(untouched - time.Second)
		s.send(StepAside{}, StepAside{}) // asking is no touch
		if s.state.Leaving != "" {
			t.Fatal("left too early")
		}
		s.signOn("100001")
		s.wait(untouched + time.Second)
		s.send(StepAside{})
		if s.state.Leaving != "" || s.state.Account == "" {
			t.Fatal("a shift was ended")
		}
		s.send(Lock{})
		s.wait(untouched + time.Second)
		s.send(StepAside{})
		if s.state.Leaving != "" {
			t.Fatal("a locked shift was ended")
		}
		s.stop()
		s.start(func(*Options) {})
		s.wait(untouched + time.Second)
		s.send(StepAside{})
		if s.state.Leaving != Anew {
			t.Fatalf("led to %q", s.state.Leaving)
		}
	})
}
