package journey

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
	fault drivers.Fault // of reading
	away  drivers.Fault // of looking too
	reads int
}

func (r *fakeSocial) set(change func(r *fakeSocial)) { r.mu.Lock(); change(r); r.mu.Unlock() }

func (r *fakeSocial) put(card identity.SocialCard) { r.set(func(r *fakeSocial) { r.card = &card }) }
func (r *fakeSocial) pull()                        { r.set(func(r *fakeSocial) { r.card = nil }) }

func (r *fakeSocial) Read(context.Context) (identity.SocialCard, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reads++
	switch {
	case r.away != "":
		return identity.SocialCard{}, &drivers.Error{Role: drivers.RoleSocial, Fault: r.away, Op: "read card"}
	case r.card == nil:
		return identity.SocialCard{}, drivers.ErrNoCard
	case r.fault != "":
		return identity.SocialCard{}, &drivers.Error{Role: drivers.RoleSocial, Fault: r.fault, Op: "read card"}
	}
	return *r.card, nil
}

func (r *fakeSocial) Present(context.Context) (drivers.Presence, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.away != "":
		return "", &drivers.Error{Role: drivers.RoleSocial, Fault: r.away, Op: "find card"}
	case r.card == nil:
		return drivers.CardGone, nil
	}
	return drivers.CardLies, nil
}

func (r *fakeSocial) Status(context.Context) (drivers.Status, error) {
	return drivers.Status{Role: drivers.RoleSocial, Condition: drivers.Online}, nil
}
func (r *fakeSocial) Close() error { return nil }

// social1 is the synthetic person's social-security card.
func social1() identity.SocialCard {
	p := person1()
	return identity.SocialCard{
		Issuer: "990301000000000000000001", Issued: identity.Date{Year: 2021, Month: 3, Day: 5}, ValidTo: identity.Date{Year: 2031, Month: 3, Day: 5}, Number: "QH1234567",
		Holder: &identity.SocialHolder{Number: p.Number, Name: "柳青", Sex: p.Sex, Nation: "55", Birthplace: "990301", Birth: p.Birth},
	}
}

func withSocial(t *testing.T) (*stage, *fakeSocial) {
	slot := &fakeSocial{}
	return newStage(t, loadCatalogue(t), func(o *Options) { o.Devices.Social = slot }), slot
}

// TestSocialCardStandsForThePerson: it fills in name and number, and what is filed says that nothing else was proved.
func TestSocialCardStandsForThePerson(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s, slot := withSocial(t)
		s.toCard("pension-check")
		if v := s.on(PlaceCard).PlaceCard; !v.Social {
			t.Errorf("nobody is told of the slot: %+v", v)
		}
		slot.put(social1())
		s.wait(time.Second)
		v := s.on(Confirm).Confirm
		if !v.Social || v.Name != "柳青" || v.Number != person1().Number || v.Address != "" || v.Age != 78 || v.Expired || !s.state.Next.Enabled {
			t.Errorf("confirm %+v", v)
		}
		s.tap(Onward{})
		s.on(Question)
		a := casefile.ApplicantOf(identity.Card{Kind: identity.Social, Name: "柳青", Number: v.Number})
		if a.Source != "social-card" || a.RawText != "" || a.Address != "" || a.Nation != "" {
			t.Errorf("applicant %+v", a)
		}
		s.tap(Leave{}, LeaveNow{})
		s.wait(time.Second)
		if v := s.on(Goodbye).Goodbye; !v.TakeCard || !v.Social {
			t.Errorf("a card left in the slot: %+v", v)
		}
		slot.pull()
		s.wait(time.Second)
		if v := s.on(Goodbye).Goodbye; v.TakeCard || v.CheckCard {
			t.Errorf("it was pulled: %+v", v)
		}
		s.over()
		if s.session.CardLeft() {
			t.Error("nothing is left on the card reader")
		}
	})
}

// TestSocialCardOnlyWhereAllowed: where the item wants the identity card the slot is not looked at.
func TestSocialCardOnlyWhereAllowed(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s, slot := withSocial(t)
		item, ok := s.set.Load().Item("pension-check")
		if !ok {
			t.Fatal("no such item")
		}
		item.SocialCard = false
		s.toCard("pension-check")
		slot.put(social1())
		s.wait(5 * time.Second)
		if v := s.on(PlaceCard).PlaceCard; v.Social || slot.reads != 0 {
			t.Errorf("%+v, %d reads", v, slot.reads)
		}
		s.reader.place(person1())
		s.wait(time.Second)
		s.on(Confirm)
	})
}

// TestSocialCardTroubles: each fault has its words, a card that is none for this is read once, and the next card is taken.
func TestSocialCardTroubles(t *testing.T) {
	for _, fault := range socialFaults[:3] {
		t.Run(string(fault), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s, slot := withSocial(t)
				s.toCard("pension-check")
				slot.set(func(r *fakeSocial) { r.fault = fault })
				slot.put(social1())
				v := s.wait(3 * time.Second)
				if s.on(PlaceCard); v.PlaceCard.Problem.Key != "card.social-problem."+string(fault) {
					t.Errorf("problem %+v", v.PlaceCard.Problem)
				}
				if fault == drivers.FaultCardOther && slot.reads != 1 {
					t.Errorf("a bank's card was read %d times", slot.reads)
				}
				slot.pull()
				slot.set(func(r *fakeSocial) { r.fault = "" })
				s.wait(time.Second)
				slot.put(social1())
				s.wait(time.Second)
				s.on(Confirm)
			})
		})
	}
	t.Run("hidden", func(t *testing.T) {
		bubble(t, func(t *testing.T) {
			s, slot := withSocial(t)
			s.toCard("pension-check")
			card := social1()
			card.Holder = nil
			slot.put(card)
			if v := s.wait(3 * time.Second); v.PlaceCard == nil || v.PlaceCard.Problem.Key != "card.social-problem.card-hidden" {
				t.Errorf("%+v", v.PlaceCard)
			}
			s.reader.place(person1()) // the identity card goes on
			s.wait(time.Second)
			if v := s.on(Confirm).Confirm; v.Social {
				t.Errorf("%+v", v)
			}
		})
	})
}

// TestSocialCardOfTheOneBefore: what was in the slot before it was asked for must go first.
func TestSocialCardOfTheOneBefore(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s, slot := withSocial(t)
		slot.put(social1())
		s.toCard("pension-check")
		v := s.wait(3 * time.Second)
		if s.on(PlaceCard); v.PlaceCard.Problem.Key != "card.social-lift" || slot.reads != 0 {
			t.Errorf("%+v, %d reads", v.PlaceCard, slot.reads)
		}
		slot.pull()
		if v := s.wait(time.Second); v.PlaceCard.Problem.Key != "" {
			t.Errorf("it was pulled: %+v", v.PlaceCard)
		}
		slot.put(social1())
		s.wait(time.Second)
		s.on(Confirm)
	})
}

// TestOneReaderIsEnough: the slot being broken is no matter for the identity card; a broken card reader leaves the slot; both broken are a fault.
func TestOneReaderIsEnough(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s, slot := withSocial(t)
		slot.set(func(r *fakeSocial) { r.away = drivers.FaultUnplugged })
		s.toCard("pension-check")
		if v := s.wait(3 * time.Second); v.PlaceCard == nil || v.PlaceCard.Social || v.PlaceCard.Problem.Key != "" {
			t.Fatalf("without the slot: %+v", v.PlaceCard)
		}
		s.reader.fail(drivers.FaultUnplugged)
		s.wait(3 * time.Second)
		if v := s.on(DeviceFault).DeviceFault; v.Role != drivers.RoleReader || v.Fault != drivers.FaultUnplugged {
			t.Errorf("both: %+v", v)
		}
		slot.set(func(r *fakeSocial) { r.away = "" })
		s.tap(Retry{})
		s.wait(3 * time.Second)
		if v := s.on(PlaceCard).PlaceCard; !v.Social || v.Problem.Key != "card.only-social" {
			t.Errorf("the slot alone: %+v", v)
		}
		slot.put(social1())
		s.wait(time.Second)
		s.on(Confirm)
	})
}

// TestExpiredSocialCard goes no further, and says which card is out of date.
func TestExpiredSocialCard(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s, slot := withSocial(t)
		s.toCard("pension-check")
		card := social1()
		card.ValidTo = identity.Date{Year: 2024, Month: 3, Day: 5}
		slot.put(card)
		s.wait(time.Second)
		if v := s.on(Confirm); !v.Confirm.Expired || v.Next.Enabled || v.Next.Why.Key != "why.expired-social" {
			t.Errorf("%+v, %+v", v.Confirm, v.Next)
		}
	})
}
