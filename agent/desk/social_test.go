package desk

import (
	"context"
	"sync"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/drivers"
)

// fakeSocial is a slot that holds a social-security card or a fault.
type fakeSocial struct {
	mu    sync.Mutex
	card  *identity.SocialCard
	fault drivers.Fault
}

func (r *fakeSocial) set(card *identity.SocialCard, fault drivers.Fault) {
	r.mu.Lock()
	r.card, r.fault = card, fault
	r.mu.Unlock()
}

func (r *fakeSocial) Read(context.Context) (identity.SocialCard, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.fault != "":
		return identity.SocialCard{}, &drivers.Error{Role: drivers.RoleSocial, Fault: r.fault, Op: "read card"}
	case r.card == nil:
		return identity.SocialCard{}, drivers.ErrNoCard
	}
	return *r.card, nil
}

func (r *fakeSocial) Present(context.Context) (drivers.Presence, error) {
	return drivers.CardUnsure, nil
}
func (r *fakeSocial) Status(context.Context) (drivers.Status, error) { return drivers.Status{}, nil }
func (r *fakeSocial) Close() error                                   { return nil }

// proof is an item that takes a social-security card.
const proof = "11990301MB3010378U4992030003001"

func socialOf(p identity.Card) *identity.SocialCard {
	birth, err := identity.NumberBirth(p.Number)
	if err != nil {
		panic(err)
	}
	return &identity.SocialCard{
		Issuer: "990301000000000000000001", Issued: identity.Date{Year: 2021, Month: 3, Day: 5}, ValidTo: identity.Date{Year: 2031, Month: 3, Day: 5},
		Holder: &identity.SocialHolder{Number: p.Number, Name: p.Name, Sex: identity.NumberSex(p.Number), Birth: birth, Nation: "55"},
	}
}

// TestSocialCardFillsIn: where the item takes such a card it fills in name and number, and proves nothing else; elsewhere the identity card is asked for.
func TestSocialCardFillsIn(t *testing.T) {
	bubble(t, func(t *testing.T) {
		slot := &fakeSocial{}
		s := newStage(t, func(o *Options) { o.Devices.Social = slot })
		s.signOn("100001")
		s.send(NewCase{}, ItemPick{Code: proof}, ReadCard{Into: "principal"})
		slot.set(socialOf(principal()), "")
		s.wait(3 * time.Second)
		v := s.on(Accept).Accept
		if v.Principal == nil || v.Principal.Name != principalName || !v.Principal.Social || v.Principal.Address != "" || s.field("name").Value != principalName {
			t.Fatalf("the principal is %+v, %+v", v.Principal, s.state.Notice)
		}
		s.send(NewCase{}, ItemPick{Code: pension}, ReadCard{Into: "principal"})
		s.wait(time.Second)
		if v := s.on(Accept).Accept; v.Principal != nil || s.state.Notice == nil || s.state.Notice.Key != "desk.refusal.social-card" {
			t.Errorf("%+v, %+v", v.Principal, s.state.Notice)
		}
		slot.set(nil, drivers.FaultUnplugged) // the identity card is read all the same
		s.reader.place(principal())
		s.send(ReadCard{Into: "principal"})
		s.wait(time.Second)
		if v := s.on(Accept).Accept; v.Principal == nil || v.Principal.Social {
			t.Errorf("%+v", v.Principal)
		}
	})
}

// TestSocialCardIsNobodyHere: a case filed with such a card says so, and its holder does not count as being here.
func TestSocialCardIsNobodyHere(t *testing.T) {
	bubble(t, func(t *testing.T) {
		slot := &fakeSocial{card: socialOf(principal())}
		s := newStage(t, func(o *Options) { o.Devices.Social = slot })
		s.signOn("100001")
		s.send(NewCase{}, ItemPick{Code: proof}, ReadCard{Into: "principal"})
		s.wait(time.Second)
		s.send(SetField{Path: "span", Text: "1"}, SetField{Path: "purpose", Text: "1"}, SetField{Path: "phone", Text: "13800000000"}, File{})
		s.wait(2 * time.Second)
		v := s.on(Accept).Accept
		if v.Filed == nil {
			t.Fatalf("not filed: %+v, missing %+v", s.state.Notice, v.Missing)
		}
		s.office.mu.Lock()
		applicant := s.office.cases[v.Filed.Number].file.Submission.Applicant
		s.office.mu.Unlock()
		if applicant.Source != casefile.SourceSocial || applicant.RawText != "" || applicant.Address != "" || applicant.Nation != "" {
			t.Errorf("filed as %+v", applicant)
		}
		s.send(Back{}, Go{Page: Cases}, PickCase{Number: v.Filed.Number}, Act{Action: ActEvaluate})
		s.wait(time.Second)
		if s.state.Page == Evaluate {
			t.Error("who showed a social-security card may rate as if the identity card had been read")
		}
	})
}

// TestSocialCardTroubles: each has its words.
func TestSocialCardTroubles(t *testing.T) {
	for _, fault := range ofTheCard {
		bubble(t, func(t *testing.T) {
			slot := &fakeSocial{fault: fault}
			s := newStage(t, func(o *Options) { o.Devices.Social = slot })
			s.signOn("100001")
			s.send(NewCase{}, ItemPick{Code: proof}, ReadCard{Into: "principal"})
			s.wait(time.Second)
			if n := s.state.Notice; n == nil || n.Key != "desk.notice.device.social."+string(fault) || !demoText.Has("zh", n.Key) {
				t.Errorf("%s: %+v", fault, n)
			}
		})
	}
}
