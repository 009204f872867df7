package drivertest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bianmin/core/identity"
	"bianmin/drivers"
	"bianmin/drivers/sim"
)

// ReaderRig is one card reader under test and the hand that moves cards and cables.
type ReaderRig struct {
	Reader  drivers.CardReader
	Place   func(card sim.Card)
	Remove  func()
	Pull    func() // pulls the card during the next read
	Silence func(on bool)
	Unplug  func() // for good
	// Limit is the longest any call may take.
	Limit time.Duration
}

// CardReader runs every rule of the contract drivers.CardReader. open is called
// once for each rule and closes what it opened by t.Cleanup.
func CardReader(t *testing.T, open func(t *testing.T) ReaderRig) {
	cards, err := sim.Cards()
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range []struct {
		name  string
		check func(t *testing.T, rig ReaderRig, cards []sim.Card)
	}{
		{"reads every card", readsEveryCard},
		{"says at once that no card is there", saysNoCard},
		{"never mixes two people", neverMixes},
		{"wants a pulled card placed again", wantsPulledCardAgain},
		{"tells silence and recovers", tellsSilence},
		{"tells unplugging", tellsUnplugging},
		{"obeys its context", obeysContext},
		{"knows its status", knowsStatus},
		{"closes twice", closesTwice},
	} {
		t.Run(rule.name, func(t *testing.T) {
			rig := open(t)
			start := time.Now()
			rule.check(t, rig, cards)
			if took := time.Since(start); took > 20*rig.Limit {
				t.Errorf("took %v, far beyond %v a call", took, rig.Limit)
			}
		})
	}
}

func readsEveryCard(t *testing.T, rig ReaderRig, cards []sim.Card) {
	for _, card := range cards {
		rig.Place(card)
		if there, err := rig.Reader.Present(t.Context()); err != nil || there != drivers.CardLies {
			t.Fatalf("%s: Present = %v, %v before the read", card.File, there, err)
		}
		got, err := rig.Reader.Read(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", card.File, err)
		}
		CheckCard(t, got, card)
		rig.Remove()
	}
}

// CheckCard fails unless what was read is what the synthetic card's file says.
func CheckCard(t *testing.T, got identity.Card, card sim.Card) {
	t.Helper()
	name, chinese := card.Name, ""
	if card.Latin != "" {
		name, chinese = card.Latin, card.Name
	}
	type told struct{ Name, Sex, Birth, Number, From, To, Moved string }
	to := got.ValidTo.Compact()
	if got.LongTerm {
		to = "长期"
	}
	want := told{name, card.Sex, card.Birth, card.Number, card.From, card.To, card.Moved}
	have := told{got.Name, string(got.Sex), got.Birth.Compact(), got.Number, got.ValidFrom.Compact(), to, got.NewAddress}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("%s (want -, have +):\n%s", card.File, diff)
	}
	if card.Kind == "" && (string(got.Nation) != card.Nation || got.Address != card.Address || got.Issuer != card.Issuer) {
		t.Errorf("%s: nation, address or issuer differ: %q %q %q", card.File, got.Nation, got.Address, got.Issuer)
	}
	if got.Chinese != chinese || got.Country != card.Country || got.PassNumber != card.PassNo || card.Kind != "" && got.Nation != "" {
		t.Errorf("%s: Chinese name, country, permit or nation differ: %q %q %q %q", card.File, got.Chinese, got.Country, got.PassNumber, got.Nation)
	}
	block, err := card.Block()
	if err != nil || got.Raw != block {
		t.Errorf("%s: the raw text block differs (%v)", card.File, err)
	}
	if !card.NoPhoto && string(got.Photo) != string(card.Photo()) {
		t.Errorf("%s: the photo differs", card.File)
	}
	if err := got.Check(); err != nil {
		t.Errorf("%s: %v", card.File, err)
	}
}

func saysNoCard(t *testing.T, rig ReaderRig, _ []sim.Card) {
	if _, err := rig.Reader.Read(t.Context()); !errors.Is(err, drivers.ErrNoCard) {
		t.Errorf("Read = %v, want ErrNoCard", err)
	}
	if there, err := rig.Reader.Present(t.Context()); err != nil || there != drivers.CardGone {
		t.Errorf("Present = %v, %v", there, err)
	}
}

func neverMixes(t *testing.T, rig ReaderRig, cards []sim.Card) {
	for i := range 6 {
		card := cards[i%2]
		rig.Place(card)
		got, err := rig.Reader.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got.Number != card.Number {
			t.Fatal("another person's card came")
		}
	}
}

func wantsPulledCardAgain(t *testing.T, rig ReaderRig, cards []sim.Card) {
	rig.Place(cards[0])
	rig.Pull()
	if _, err := rig.Reader.Read(t.Context()); drivers.FaultOf(err) != drivers.FaultCard {
		t.Errorf("Read = %v, want %s", err, drivers.FaultCard)
	}
	rig.Place(cards[0])
	got, err := rig.Reader.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	CheckCard(t, got, cards[0])
}

func tellsSilence(t *testing.T, rig ReaderRig, cards []sim.Card) {
	rig.Place(cards[0])
	rig.Silence(true)
	if _, err := rig.Reader.Read(t.Context()); drivers.FaultOf(err) != drivers.FaultSilent {
		t.Errorf("Read = %v, want %s", err, drivers.FaultSilent)
	}
	status, err := rig.Reader.Status(t.Context())
	if status.Condition != drivers.Offline || drivers.FaultOf(err) != drivers.FaultSilent {
		t.Errorf("Status = %s, %v", status.Condition, err)
	}
	rig.Silence(false)
	if _, err := rig.Reader.Read(t.Context()); err != nil {
		t.Errorf("Read after the silence: %v", err)
	}
}

func tellsUnplugging(t *testing.T, rig ReaderRig, cards []sim.Card) {
	rig.Place(cards[0])
	rig.Unplug()
	if _, err := rig.Reader.Read(t.Context()); drivers.FaultOf(err) != drivers.FaultUnplugged {
		t.Errorf("Read = %v, want %s", err, drivers.FaultUnplugged)
	}
	status, err := rig.Reader.Status(t.Context())
	if status.Condition != drivers.NoDevice || err == nil {
		t.Errorf("Status = %s, %v", status.Condition, err)
	}
}

func obeysContext(t *testing.T, rig ReaderRig, cards []sim.Card) {
	rig.Place(cards[0])
	rig.Silence(true)
	ctx, cancel := context.WithCancel(t.Context())
	stop := time.AfterFunc(20*time.Millisecond, cancel)
	defer stop.Stop()
	if _, err := rig.Reader.Read(ctx); drivers.FaultOf(err) != drivers.FaultCancelled {
		t.Errorf("Read = %v, want %s", err, drivers.FaultCancelled)
	}
	rig.Silence(false)
	if _, err := rig.Reader.Read(ctx); drivers.FaultOf(err) != drivers.FaultCancelled {
		t.Errorf("Read with an ended context = %v", err)
	}
	if _, err := rig.Reader.Read(t.Context()); err != nil {
		t.Errorf("Read after a cancelled one: %v", err)
	}
}

func knowsStatus(t *testing.T, rig ReaderRig, _ []sim.Card) {
	status, err := rig.Reader.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if status.Role != drivers.RoleReader || status.Condition != drivers.Online || status.Fault != drivers.FaultNone {
		t.Errorf("Status = %+v", status)
	}
	if status.Serial == "" || status.At.IsZero() {
		t.Errorf("Status says neither serial nor time: %+v", status)
	}
}

func closesTwice(t *testing.T, rig ReaderRig, _ []sim.Card) {
	for range 2 {
		if err := rig.Reader.Close(); err != nil {
			t.Fatalf("Close: %v", err)
		}
	}
	if _, err := rig.Reader.Read(t.Context()); err == nil || errors.Is(err, drivers.ErrNoCard) {
		t.Errorf("Read after Close = %v", err)
	}
}
