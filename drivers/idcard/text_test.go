package idcard_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf16"

	"bianmin/core/identity"
	"bianmin/drivers/drivertest"
	"bianmin/drivers/idcard"
	"bianmin/drivers/sim"
	"bianmin/internal/chance"
)

// write puts a text at a byte offset of a block, as UTF-16LE.
func write(block *[256]byte, offset int, text string) {
	for i, u := range utf16.Encode([]rune(text)) {
		block[offset+2*i], block[offset+2*i+1] = byte(u), byte(u>>8)
	}
}

func TestDecodeEveryCard(t *testing.T) {
	cards, err := sim.Cards()
	if err != nil {
		t.Fatal(err)
	}
	if len(cards) < 6 {
		t.Fatalf("only %d cards", len(cards))
	}
	kinds := map[string]identity.Kind{"": identity.Resident, "J": identity.HMTResident, "I": identity.Foreigner2017, "Y": identity.Foreigner2023}
	for _, card := range cards {
		block, err := card.Block()
		if err != nil {
			t.Fatal(err)
		}
		got, err := idcard.Decode(block)
		if err != nil {
			t.Errorf("%s: %v", card.File, err)
			continue
		}
		if got.Kind != kinds[card.Kind] {
			t.Errorf("%s is a %s", card.File, got.Kind)
		}
		if private := strings.ContainsFunc(card.Name+card.Address, identity.PrivateUse); got.HasPUA != private {
			t.Errorf("%s: HasPUA = %v", card.File, got.HasPUA)
		}
		got.Photo, got.NewAddress = card.Photo(), card.Moved
		drivertest.CheckCard(t, got, card)
	}
}

// TestCardThree is the person journeys and pictures name.
func TestCardThree(t *testing.T) {
	three := card(t, "3")
	block, err := three.Block()
	if err != nil {
		t.Fatal(err)
	}
	got, err := idcard.Decode(block)
	if err != nil {
		t.Fatal(err)
	}
	on := identity.Date{Year: 2026, Month: 11, Day: 22}
	if got.Name != "王秀兰" || got.Sex != identity.SexFemale || got.Birth.Age(on) != 78 || got.Expired(on) || got.Check() != nil {
		t.Errorf("card 3 is %s, %s, aged %d", got.Name, got.Sex, got.Birth.Age(on))
	}
}

func TestDecodeOddities(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(block *[256]byte)
		check  func(card identity.Card) bool
		fails  bool
	}{
		{"spaces inside a name stay, those behind it go", func(b *[256]byte) { write(b, 0, "王 秀  ") }, func(c identity.Card) bool { return c.Name == "王 秀" }, false},
		{"name of full width", func(b *[256]byte) { write(b, 0, strings.Repeat("秀", 15)) }, func(c identity.Card) bool { return c.Name == strings.Repeat("秀", 15) }, false},
		{"address of full width", func(b *[256]byte) { write(b, 52, strings.Repeat("沟", 35)) }, func(c identity.Card) bool { return c.Address == strings.Repeat("沟", 35) }, false},
		{"zeros instead of spaces", func(b *[256]byte) { write(b, 0, "王秀兰\x00\x00") }, func(c identity.Card) bool { return c.Name == "王秀兰" }, false},
		{"small x", func(b *[256]byte) { write(b, 122, "11010519491231002x") }, func(c identity.Card) bool { return c.Number == "11010519491231002X" }, false},
		{"unknown nation is kept", func(b *[256]byte) { write(b, 32, "77") }, func(c identity.Card) bool { return c.Nation == "77" }, false},
		{"no date", func(b *[256]byte) { write(b, 36, "19480230") }, func(c identity.Card) bool { return c.Birth.IsZero() && c.Check() != nil }, false},
		{"supplementary plane", func(b *[256]byte) { write(b, 0, "\U0002CC56\U00030EDD") }, func(c identity.Card) bool { return c.Name == "\U0002CC56\U00030EDD" && !c.HasPUA && c.Check() == nil }, false},
		{"private use", func(b *[256]byte) { write(b, 0, "王\uE864") }, func(c identity.Card) bool { return c.HasPUA }, false},
		{"half a surrogate pair", func(b *[256]byte) { b[0], b[1] = 0x42, 0xD8 }, nil, true},
		{"control character", func(b *[256]byte) { write(b, 2, "\x1b") }, nil, true},
		{"printer command in the address", func(b *[256]byte) { write(b, 60, "\x1d\x56\x00") }, nil, true},
		{"turns the text around", func(b *[256]byte) { write(b, 2, "\u202e") }, nil, true},
		{"no character", func(b *[256]byte) { b[4], b[5] = 0xFE, 0xFF }, nil, true},
		{"a sign in the number that no number has", func(b *[256]byte) { write(b, 124, "\uF839") }, nil, true},
		{"unknown kind", func(b *[256]byte) { write(b, 248, "Q") }, nil, true},
	} {
		block, err := card(t, "3").Block()
		if err != nil {
			t.Fatal(err)
		}
		c.change(&block)
		got, err := idcard.Decode(block)
		if errors.Is(err, idcard.ErrText) != c.fails || (err == nil) == c.fails {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if err == nil && !c.check(got) {
			t.Errorf("%s: wrong", c.name)
		}
	}
}

func TestCardFiles(t *testing.T) {
	if _, err := sim.LoadCard("99"); err == nil {
		t.Error("there is a card 99")
	}
	if c, err := sim.LoadCard("03-wang-xiulan"); err != nil || c.Name != "王秀兰" {
		t.Errorf("by file name: %v", err)
	}
	if _, err := sim.LoadCard("none.yaml"); err == nil {
		t.Error("a file that is not there was read")
	}
}

// TestDecodeAnything: no 256 bytes crash the decoder, and no control character comes through.
func TestDecodeAnything(t *testing.T) {
	random := chance.Random(t)
	accepted := 0
	good, err := card(t, "3").Block()
	if err != nil {
		t.Fatal(err)
	}
	for range chance.Count(t, 20_000, 1_000_000) {
		block := good
		for range 1 + random.IntN(8) {
			block[random.IntN(len(block))] = byte(random.Uint32())
		}
		got, err := idcard.Decode(block)
		if err != nil {
			continue
		}
		accepted++
		if strings.ContainsAny(got.Name+got.Address+got.Issuer+got.Number, "\x00\x1b\x1c\x1d\x10\uFFFD\u202e") {
			t.Fatalf("an impossible character came through")
		}
	}
	if accepted == 0 {
		t.Error("nothing was decoded")
	}
}
