package idcard

import (
	"strings"
	"unicode"
	"unicode/utf16"

	"bianmin/core/identity"
)

const (
	textSize    = identity.RawTextSize
	photoSize   = 1024
	addressSize = 70
	// kindUnit is the UTF-16 unit that tells the kind of card.
	kindUnit = 124
	// foreignIssuer is not on the cards of foreigners; it is the same for all.
	foreignIssuer = "中华人民共和国国家移民管理局"
)

// block is a text block as UTF-16 units.
type block []uint16

func unitsOf(raw []byte) block {
	units := make(block, len(raw)/2)
	for i := range units {
		units[i] = uint16(raw[2*i]) | uint16(raw[2*i+1])<<8
	}
	return units
}

// text is the field at a byte offset of a byte length, without the padding on
// its right. Spaces inside belong to the field.
func (b block) text(offset, length int) string {
	return strings.TrimRight(string(utf16.Decode(b[offset/2:(offset+length)/2])), " \x00")
}

// Decode reads a card's text block (GA 467: UTF-16LE, fields of fixed length). A date that cannot be
// read is left zero, an unknown nation is kept: identity.Card.Check says so. It returns ErrText for an
// unknown kind of card and for characters no card can hold (control characters, broken surrogates, anything but digits and letters in the number).
func Decode(raw [textSize]byte) (identity.Card, error) {
	b := unitsOf(raw[:])
	card := identity.Card{Raw: raw}
	switch b[kindUnit] {
	case ' ', 0:
		card.Kind = identity.Resident
		b.resident(&card)
	case 'J':
		card.Kind = identity.HMTResident
		b.resident(&card)
		card.Nation = ""
		card.PassNumber = b.text(220, 18)
	case 'I':
		card.Kind = identity.Foreigner2017
		b.foreigner2017(&card)
	case 'Y':
		card.Kind = identity.Foreigner2023
		b.foreigner2023(&card)
	default:
		return identity.Card{}, ErrText
	}
	if card.Name == "" { // a foreigner's card says it twice, if it says it
		card.Name = card.Chinese
	}
	for _, s := range []string{
		card.Name, card.Chinese, card.Country, card.PassNumber, string(card.Sex), string(card.Nation), card.Address, card.Number, card.Issuer,
	} {
		if strings.ContainsFunc(s, impossible) {
			return identity.Card{}, ErrText
		}
	}
	if strings.ContainsFunc(card.Number, notInNumbers) {
		return identity.Card{}, ErrText
	}
	card.HasPUA = holdsPrivateUse(card.Name + card.Address)
	return card, nil
}

// notInNumbers tells what no card's number holds: it is digits and Latin letters on every kind.
func notInNumbers(r rune) bool {
	return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
}

func (b block) resident(card *identity.Card) {
	card.Name = b.text(0, 30)
	card.Sex = identity.Sex(b.text(30, 2))
	card.Nation = identity.Nation(b.text(32, 4))
	card.Birth = b.date(36)
	card.Address = b.text(52, 70)
	card.Number = strings.ToUpper(b.text(122, 36))
	card.Issuer = b.text(158, 30)
	b.validity(card)
}

func (b block) foreigner2017(card *identity.Card) {
	card.Name = b.text(0, 120)
	card.Country = b.text(152, 6)
	card.Chinese = b.text(158, 30)
	card.Sex = identity.Sex(b.text(120, 2))
	card.Number = b.text(122, 30)
	card.Birth = b.date(220)
	card.Issuer = foreignIssuer
	b.validity(card)
}

func (b block) foreigner2023(card *identity.Card) {
	card.Chinese = b.text(0, 30)
	card.Name = strings.TrimRight(string(utf16.Decode(append(append(block{}, b[26:61]...), b[110:121]...))), " \x00")
	card.Country = b.text(242, 6)
	card.Sex = identity.Sex(b.text(30, 2))
	card.Birth = b.date(36)
	card.Number = strings.ToUpper(b.text(122, 36))
	card.Issuer = foreignIssuer
	b.validity(card)
}

// validity stands at the same place in all kinds of card.
func (b block) validity(card *identity.Card) {
	card.ValidFrom = b.date(188)
	card.LongTerm = b.text(204, 16) == "长期"
	if !card.LongTerm {
		card.ValidTo = b.date(204)
	}
}

func (b block) date(offset int) identity.Date {
	d, err := identity.ParseDate(b.text(offset, 16))
	if err != nil {
		return identity.Date{}
	}
	return d
}

// decodeAddress reads the newest address of command 30 03; "" when it is blank.
func decodeAddress(raw []byte) (string, error) {
	s := unitsOf(raw).text(0, len(raw))
	if strings.ContainsFunc(s, impossible) {
		return "", ErrText
	}
	return s, nil
}

// impossible tells characters that stand on no card: control and format characters would be
// commands to a printer or turn the text around, U+FFFD is what a broken surrogate decodes to.
func impossible(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) ||
		r == unicode.ReplacementChar || r&0xFFFE == 0xFFFE || (r >= 0xFDD0 && r <= 0xFDEF)
}

func holdsPrivateUse(s string) bool { return strings.ContainsFunc(s, identity.PrivateUse) }
