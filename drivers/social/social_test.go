package social_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"bianmin/core/identity"
	"bianmin/drivers/drivertest"
	"bianmin/drivers/sim/social"
	driver "bianmin/drivers/social"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// cases are the kinds of card, as they are read in memory and through the real service.
var cases = []struct {
	name string
	make func(c *social.Card)
	want func(c *identity.SocialCard)
	err  error
}{
	{"records by tag", func(*social.Card) {}, func(*identity.SocialCard) {}, nil},
	{"records by number", func(c *social.Card) { c.Numbers = true }, func(*identity.SocialCard) {}, nil},
	{"the older protocol", func(c *social.Card) { c.T0 = true }, func(*identity.SocialCard) {}, nil},
	{"the holder behind a password", func(c *social.Card) { c.Locked = true }, func(c *identity.SocialCard) { c.Holder = nil }, nil},
	{"without a holder's file", func(c *social.Card) { delete(c.Files, 0x06) }, func(c *identity.SocialCard) { c.Holder = nil }, nil},
	{"a bank's card", func(c *social.Card) { c.Bank = true }, nil, driver.ErrOther},
	{"without the card's file", func(c *social.Card) { delete(c.Files, 0x05) }, nil, driver.ErrOther},
	{"a number too long", func(c *social.Card) { c.Files[5][6] = []byte("QH12345678") }, nil, driver.ErrForm},
	{"a command to a printer in the name", func(c *social.Card) { c.Files[6][1] = []byte("\xCD\xF5\x1B@") }, nil, driver.ErrForm},
	{"half a character in the name", func(c *social.Card) { c.Files[6][1] = []byte("\xCD\xF5\xD0") }, nil, driver.ErrForm},
	{"no date", func(c *social.Card) { c.Files[5][5] = []byte{0xFF, 0xFF, 0xFF, 0xFF} }, func(c *identity.SocialCard) { c.ValidTo = identity.Date{} }, nil},
}

func TestRead(t *testing.T) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			card := social.New()
			c.make(card)
			got, err := driver.Read(t.Context(), card)
			check(t, got, err, c.want, c.err)
		})
	}
}

func check(t *testing.T, got identity.SocialCard, err error, want func(*identity.SocialCard), wanted error) {
	t.Helper()
	if wanted != nil {
		if !errors.Is(err, wanted) || got.Holder != nil || got.Number != "" {
			t.Errorf("Read = %+v, %v, want %v", got, err, wanted)
		}
		return
	}
	w := drivertest.WholeSocialCard()
	want(&w)
	if diff := cmp.Diff(w, got); diff != "" || err != nil {
		t.Errorf("Read: %v (want -, have +)\n%s", err, diff)
	}
}

// scripted answers with the parts of its bytes, whatever is asked.
type scripted struct{ rest []byte }

func (s *scripted) Transmit(context.Context, []byte) ([]byte, error) {
	if len(s.rest) == 0 {
		return nil, errors.New("over")
	}
	n := min(1+int(s.rest[0]), len(s.rest))
	answer := s.rest[1:n]
	s.rest = s.rest[n:]
	return answer, nil
}

// FuzzRead: whatever a card answers, there is an end, and text is text.
func FuzzRead(f *testing.F) {
	f.Add([]byte{2, 0x90, 0, 2, 0x90, 0, 6, 1, 2, 65, 66, 0x90, 0})
	f.Add([]byte{2, 0x61, 4, 2, 0x6C, 9, 1, 0x90})
	f.Fuzz(func(t *testing.T, b []byte) {
		card, err := driver.Read(t.Context(), &scripted{b})
		if err == nil && (len(card.Number) > 9*3 || card.Holder != nil && len(card.Holder.Name) > 90) {
			t.Errorf("fields longer than they can be: %+v", card)
		}
	})
}
