package idcard_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"bianmin/core/identity"
	"bianmin/drivers"
	"bianmin/drivers/idcard"
	"bianmin/drivers/sim"
	"bianmin/drivers/sim/reader"
	"bianmin/internal/chance"
)

// visible tells whether the frame's XOR, or its start, shows that the answer was changed.
func visible(answer []byte) bool {
	if len(answer) < 11 || !bytes.Equal(answer[:5], []byte{0xAA, 0xAA, 0xAA, 0x96, 0x69}) {
		return true
	}
	length := int(answer[5])<<8 | int(answer[6])
	if length+7 > len(answer) {
		return true
	}
	var sum byte
	for _, b := range answer[5 : 7+length] { // what the receiver takes for the frame
		sum ^= b
	}
	return sum != 0
}

// seen repeats a fault until the checksum can see it.
func seen(fault reader.Fault) reader.Fault {
	return func(answer []byte, random *rand.Rand) []reader.Piece {
		for {
			pieces := fault(answer, random)
			var all []byte
			for _, p := range pieces {
				all = append(all, p.Bytes...)
			}
			if visible(all) {
				return pieces
			}
		}
	}
}

// sometimes applies one of the faults to a share of the answers.
func sometimes(share float64, faults ...reader.Fault) reader.Fault {
	return func(answer []byte, random *rand.Rand) []reader.Piece {
		if random.Float64() >= share {
			return reader.Well(answer, random)
		}
		return faults[random.IntN(len(faults))](answer, random)
	}
}

// outcome of many reads under one kind of noise.
type outcome struct {
	right, failed, none, wrong int
	faults                     map[drivers.Fault]int
	longest                    time.Duration
}

// storm reads n cards under a fault, person after person on the same reader, in virtual time.
func storm(t *testing.T, n int, options reader.Options, fault reader.Fault, same func(got identity.Card, card sim.Card) bool) outcome {
	t.Helper()
	cards, err := sim.Cards()
	if err != nil {
		t.Fatal(err)
	}
	o := outcome{faults: map[drivers.Fault]int{}}
	options.Seed = chance.Random(t).Uint64()
	synctest.Test(t, func(t *testing.T) {
		r, device, _ := inMemory(t, options)
		for i := range n {
			card := cards[i%len(cards)]
			device.Place(card)
			device.Always(fault)
			start := time.Now()
			got, err := r.Read(t.Context())
			o.longest = max(o.longest, time.Since(start))
			var typed *drivers.Error
			switch {
			case err == nil && same(got, card):
				o.right++
			case err == nil:
				o.wrong++
			case errors.Is(err, drivers.ErrNoCard):
				o.none++
			case errors.As(err, &typed):
				o.failed++
				o.faults[typed.Fault]++
			default:
				t.Errorf("an error without a code: %v", err)
			}
			device.Remove()
		}
	})
	t.Logf("%d right, %d typed errors %v, %d no card, %d wrong, longest %v of virtual time", o.right, o.failed, o.faults, o.none, o.wrong, o.longest)
	if o.longest > 10*time.Second {
		t.Errorf("a read took %v, longer than its limit", o.longest)
	}
	if o.right == 0 {
		t.Error("no read came through: the test shows nothing")
	}
	return o
}

// identical compares everything, the photo too.
func identical(got identity.Card, card sim.Card) bool {
	return sameText(got, card) && bytes.Equal(got.Photo, card.Photo())
}

func sameText(got identity.Card, card sim.Card) bool {
	block, err := card.Block()
	return err == nil && got.Raw == block && got.NewAddress == card.Moved && got.Number == card.Number
}

// TestVisibleNoise: what the checksum can see never gives a wrong card, only the same card or a typed error.
func TestVisibleNoise(t *testing.T) {
	n := chance.Count(t, 300, 10_000)
	for _, class := range []struct {
		name  string
		share float64
		fault reader.Fault
	}{
		{"noise before", 0.3, seen(reader.NoiseBefore(40))},
		{"one byte changed", 0.3, seen(reader.NoiseInside(1))},
		{"two bytes changed", 0.3, seen(reader.NoiseInside(2))},
		{"many bytes changed", 0.3, seen(reader.NoiseInside(60))},
		{"bytes lost", 0.3, seen(reader.Lost(3))},
		{"first byte lost", 0.3, func(answer []byte, _ *rand.Rand) []reader.Piece { return []reader.Piece{{Bytes: answer[1:]}} }},
		{"bytes added", 0.3, seen(reader.Extra(3))},
		{"wrong checksum", 0.3, reader.WrongChecksum},
		{"broken off", 0.3, reader.Stop(200)},
		{"swallowed", 0.3, reader.Nothing},
		{"split and late", 0.3, reader.Split(5, 90*time.Millisecond)},
		{"later than allowed", 0.01, reader.Late(4 * time.Second)},
		{"false start inside", 0.3, func(answer []byte, random *rand.Rand) []reader.Piece {
			begin := []byte{0xAA, 0xAA, 0xAA, 0x96, 0x69, byte(random.IntN(16)), byte(random.Uint32())}
			return []reader.Piece{{Bytes: append(begin, answer...)}}
		}},
		{"two answers", 0.3, func(answer []byte, _ *rand.Rand) []reader.Piece {
			return []reader.Piece{{Bytes: append(slices.Clone(answer), answer...)}}
		}},
	} {
		for _, once := range []bool{false, true} {
			name := class.name
			if once {
				name += ", reader gives a card once"
			}
			t.Run(name, func(t *testing.T) {
				o := storm(t, n, reader.Options{ReadsOnce: once}, sometimes(class.share, class.fault), identical)
				if o.wrong > 0 {
					t.Errorf("%d wrong cards", o.wrong)
				}
			})
		}
	}
}

// TestInvisibleNoise: what the checksum cannot see is found by reading twice.
func TestInvisibleNoise(t *testing.T) {
	n := chance.Count(t, 1500, 10_000)
	for _, share := range []float64{0.1, 0.5, 1} {
		sent := &sentTexts{fault: sometimes(share, reader.Invisible)}
		o := storm(t, n, reader.Options{}, sent.give, func(got identity.Card, card sim.Card) bool {
			return got.ReadTwice && (sameText(got, card) || sent.twice(got.Raw))
		})
		if sent.alike > 2 {
			t.Errorf("share %v: %d cards were damaged twice alike: the noise is not random", share, sent.alike)
		}
		if o.wrong > 0 {
			t.Errorf("share %v: %d wrong cards", share, o.wrong)
		}
		if o.failed == 0 {
			t.Errorf("share %v: the noise was never noticed", share)
		}
	}
}

// sentTexts remembers the texts that went out for one card. Damage that is the same in two of them is what no reader can see.
type sentTexts struct {
	fault reader.Fault
	of    string // the undamaged text
	texts map[string]int
	alike int // cards that were read wrong because of that
}

// textAt is where an answer to the reading of a card holds the text: behind frame, length, status and the lengths of text and photo.
const textAt, textEnd = 14, 14 + identity.RawTextSize

func (s *sentTexts) give(answer []byte, random *rand.Rand) []reader.Piece {
	pieces := s.fault(answer, random)
	if len(answer) < 1000 {
		return pieces
	}
	if of := string(answer[textAt:textEnd]); of != s.of {
		s.of, s.texts = of, map[string]int{}
	}
	var all []byte
	for _, p := range pieces {
		all = append(all, p.Bytes...)
	}
	if len(all) == len(answer) {
		s.texts[string(all[textAt:textEnd])]++
	}
	return pieces
}

func (s *sentTexts) twice(text [identity.RawTextSize]byte) bool {
	if s.texts[string(text[:])] < 2 {
		return false
	}
	s.alike++
	return true
}

// TestInvisibleNoiseOnce: a reader that gives a card once leaves only the cross-checks. Here every read is damaged
// so that the checksum fits; what the checks cannot find are changed characters in name, address and issuer. Such a
// card says that it was read once, and the person confirms name and number before filing in any case.
func TestInvisibleNoiseOnce(t *testing.T) {
	n := chance.Count(t, 1500, 10_000)
	whole := func(answer []byte, random *rand.Rand) []reader.Piece {
		if len(answer) < 1000 {
			return reader.Well(answer, random)
		}
		return reader.Invisible(answer, random)
	}
	changedNumber := 0
	o := storm(t, n, reader.Options{ReadsOnce: true}, whole, func(got identity.Card, card sim.Card) bool {
		if got.ReadTwice {
			t.Error("a card read once says it was read twice")
		}
		if got.Check() != nil {
			t.Error("a card whose fields contradict each other was given out")
		}
		want := decoded(t, card)
		if got.Number != want.Number || got.Sex != want.Sex || got.Birth != want.Birth || got.ValidTo != want.ValidTo {
			changedNumber++
		}
		return got.Name == want.Name && got.Address == want.Address && got.Issuer == want.Issuer && got.Nation == want.Nation
	})
	if o.wrong*5 > n {
		t.Errorf("%d of %d cards are wrong: the cross-checks find too little", o.wrong, n)
	}
	if changedNumber*100 > n {
		t.Errorf("%d of %d cards have another number, sex or date", changedNumber, n)
	}
	sent := &sentTexts{fault: whole}
	o = storm(t, n, reader.Options{ReadsOnce: true, AlwaysFinds: true}, sent.give, func(got identity.Card, card sim.Card) bool {
		return sameText(got, card) || sent.twice(got.Raw)
	})
	if o.wrong > 0 || sent.alike > 3 {
		t.Errorf("%d wrong cards from a reader that can be asked anew", o.wrong)
	}
}

// decoded is a card as it is read without noise.
func decoded(t *testing.T, card sim.Card) identity.Card {
	t.Helper()
	block, err := card.Block()
	if err != nil {
		t.Fatal(err)
	}
	c, err := idcard.Decode(block)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestNoiseOnPTY is a small share of the same over a real pseudo terminal, in real time.
func TestNoiseOnPTY(t *testing.T) {
	n := chance.Count(t, 15, 400)
	cards, err := sim.Cards()
	if err != nil {
		t.Fatal(err)
	}
	r, device := onPTY(t, reader.Options{Seed: chance.Random(t).Uint64()})
	device.Always(sometimes(0.2, seen(reader.NoiseBefore(40)), seen(reader.NoiseInside(3)), reader.WrongChecksum, reader.Invisible, reader.Split(4, 10*time.Millisecond)))
	right := 0
	for i := range n {
		card := cards[i%len(cards)]
		device.Place(card)
		got, err := r.Read(t.Context())
		switch {
		case err == nil && sameText(got, card):
			right++
		case err == nil:
			t.Errorf("%s: wrong card", card.File)
		case !errors.Is(err, drivers.ErrNoCard) && drivers.FaultOf(err) == drivers.FaultDevice:
			t.Errorf("%s: %v", card.File, err)
		}
		device.Remove()
	}
	if t.Logf("%d of %d read", right, n); right == 0 {
		t.Error("no read came through")
	}
}
