package drivertest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bianmin/core/identity"
	"bianmin/drivers"
	"bianmin/drivers/sim/social"
)

// SocialRig is one reader of social-security cards under test and the hand that puts cards in.
type SocialRig struct {
	Reader drivers.SocialCardReader
	// Insert puts a card in and returns when the reader has seen it; Pull takes it out.
	Insert func(card *social.Card)
	Pull   func()
	Hang   func(is bool)
	// Unplug takes it away, Plug puts it back. Away is what is told meanwhile.
	Unplug, Plug func()
	Away         drivers.Fault
	// Limit is the longest that a card takes, or a fault.
	Limit time.Duration
}

// SocialCardReader runs every rule of the contract drivers.SocialCardReader. open is called once for each rule and closes what it opened by t.Cleanup.
func SocialCardReader(t *testing.T, open func(t *testing.T) SocialRig) {
	for _, rule := range []struct {
		name  string
		check func(t *testing.T, rig SocialRig)
	}{
		{"tells how it is", socialTells},
		{"says at once that no card is there", socialEmpty},
		{"reads cards of each kind, and the same again", socialReads},
		{"tells other cards, and reads on", socialOthers},
		{"wants a pulled card placed again", socialPulled},
		{"obeys its context", socialObeys},
		{"tells silence", socialSilent},
		{"tells unplugging and reads again when it is back", socialUnplugged},
		{"closes twice", socialCloses},
	} {
		t.Run(rule.name, func(t *testing.T) { rule.check(t, open(t)) })
	}
}

// WholeSocialCard is the simulated card as it must be read.
func WholeSocialCard() identity.SocialCard {
	return identity.SocialCard{
		Identification: "990301d1560000050011223344556677", Class: "1", Version: "3.00", Issuer: "990301000000000000000001", Number: "QH1234567",
		Issued: identity.Date{Year: 2021, Month: 3, Day: 5}, ValidTo: identity.Date{Year: 2031, Month: 3, Day: 5},
		Holder: &identity.SocialHolder{
			Number: "990301194803150249", Name: "王秀兰", Sex: "2", Nation: "01", Birthplace: "990301", Birth: identity.Date{Year: 1948, Month: 3, Day: 15},
		},
	}
}

func (rig SocialRig) read(ctx context.Context, t *testing.T) (identity.SocialCard, error) {
	t.Helper()
	limited, cancel := context.WithTimeout(ctx, rig.Limit)
	defer cancel()
	card, err := rig.Reader.Read(limited)
	if limited.Err() != nil && ctx.Err() == nil {
		t.Error("it has no limit of its own")
	}
	var typed *drivers.Error
	if err != nil && !errors.Is(err, drivers.ErrNoCard) && (!errors.As(err, &typed) || typed.Role != drivers.RoleSocial) {
		t.Errorf("an error without a code: %v", err)
	}
	if err != nil && (card.Number != "" || card.Holder != nil) {
		t.Error("something of a card beside an error")
	}
	return card, err
}

func (rig SocialRig) reads(t *testing.T, want identity.SocialCard) {
	t.Helper()
	got, err := rig.read(t.Context(), t)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (want -, have +)\n%s", err, diff)
	}
	if is, err := rig.Reader.Present(t.Context()); is != drivers.CardLies || err != nil {
		t.Errorf("present: %s, %v", is, err)
	}
}

func socialTells(t *testing.T, rig SocialRig) {
	s, err := rig.Reader.Status(t.Context())
	if err != nil || s.Role != drivers.RoleSocial || s.Condition != drivers.Online || s.Fault != "" || s.Model == "" || s.At.IsZero() {
		t.Errorf("%+v, %v", s, err)
	}
}

func socialEmpty(t *testing.T, rig SocialRig) {
	for range 3 {
		if _, err := rig.read(t.Context(), t); !errors.Is(err, drivers.ErrNoCard) {
			t.Errorf("without a card: %v", err)
		}
		if is, err := rig.Reader.Present(t.Context()); is != drivers.CardGone || err != nil {
			t.Errorf("present: %s, %v", is, err)
		}
	}
}

func socialReads(t *testing.T, rig SocialRig) {
	for _, change := range []func(*social.Card){
		func(*social.Card) {}, func(c *social.Card) { c.Numbers = true }, func(c *social.Card) { c.T0 = true },
	} {
		card := social.New()
		change(card)
		rig.Insert(card)
		for range 2 {
			rig.reads(t, WholeSocialCard())
		}
		rig.Pull()
	}
	locked, want := social.New(), WholeSocialCard()
	locked.Locked, want.Holder = true, nil
	rig.Insert(locked)
	rig.reads(t, want)
}

func socialOthers(t *testing.T, rig SocialRig) {
	bank := social.New()
	bank.Bank = true
	rig.Insert(bank)
	if _, err := rig.read(t.Context(), t); drivers.FaultOf(err) != drivers.FaultCardOther {
		t.Errorf("a bank's card: %v", err)
	}
	rig.Pull()
	damaged := social.New()
	damaged.Files[6][1] = []byte("\xCD\xF5\x1B@")
	rig.Insert(damaged)
	if _, err := rig.read(t.Context(), t); drivers.FaultOf(err) != drivers.FaultCard {
		t.Errorf("a damaged card: %v", err)
	}
	rig.Pull()
	rig.Insert(social.New())
	rig.reads(t, WholeSocialCard())
}

func socialPulled(t *testing.T, rig SocialRig) {
	card := social.New()
	card.Pulled = 5
	rig.Insert(card)
	if _, err := rig.read(t.Context(), t); drivers.FaultOf(err) != drivers.FaultCard {
		t.Errorf("pulled while it was read: %v", err)
	}
	rig.Pull()
	if _, err := rig.read(t.Context(), t); !errors.Is(err, drivers.ErrNoCard) {
		t.Errorf("after it: %v", err)
	}
	rig.Insert(social.New())
	rig.reads(t, WholeSocialCard())
}

func socialObeys(t *testing.T, rig SocialRig) {
	rig.Insert(social.New())
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := rig.read(gone, t); drivers.FaultOf(err) != drivers.FaultCancelled {
		t.Errorf("cancelled before: %v", err)
	}
	rig.reads(t, WholeSocialCard())
}

func socialSilent(t *testing.T, rig SocialRig) {
	rig.Insert(social.New())
	rig.Hang(true)
	if _, err := rig.Reader.Present(t.Context()); drivers.FaultOf(err) != drivers.FaultSilent {
		t.Errorf("present: %v", err)
	}
	rig.Hang(false)
	rig.reads(t, WholeSocialCard())
}

func socialUnplugged(t *testing.T, rig SocialRig) {
	rig.Unplug()
	if _, err := rig.read(t.Context(), t); drivers.FaultOf(err) != rig.Away {
		t.Errorf("unplugged: %v", err)
	}
	if s, err := rig.Reader.Status(t.Context()); drivers.FaultOf(err) != rig.Away || s.Condition != drivers.NoDevice || s.Fault != rig.Away {
		t.Errorf("unplugged: %+v, %v", s, err)
	}
	rig.Plug()
	rig.Insert(social.New())
	rig.reads(t, WholeSocialCard())
}

func socialCloses(t *testing.T, rig SocialRig) {
	for range 2 {
		if err := rig.Reader.Close(); err != nil {
			t.Error(err)
		}
	}
}
