package identity

import (
	"errors"
	"strings"
)

// SocialCard is what a social-security card says. It is personal data, as Card is.
type SocialCard struct {
	Identification string        // 16 bytes in hex; the first 6 digits are the division that issued it
	Class          string        // as the card says, "1" for a resident's
	Version        string        // of the standard: "2.00", "3.00"
	Issuer         string        // 12 bytes in hex
	Issued         Date          // zero where the card says none
	ValidTo        Date          // the same
	Number         string        // printed on the card
	Holder         *SocialHolder // nil where the card does not give it without a password
}

// SocialHolder is whose card it is.
type SocialHolder struct {
	Number     string // the citizen's number
	Name       string
	Sex        Sex
	Nation     Nation
	Birthplace string // division, 6 digits
	Birth      Date
}

// ErrNoHolder means that a social-security card does not say whose it is without a password.
var ErrNoHolder = errors.New("the card does not say whose it is")

// Person is what the card proves: name and number, with the birth and the sex that stand in the number. Whatever else it
// holds (nation, birthplace) is left out, for such a card can be copied. ErrNoHolder or a *DoubtError where it proves nothing.
func (c SocialCard) Person() (Card, error) {
	h := c.Holder
	if h == nil {
		return Card{}, ErrNoHolder
	}
	p := Card{Kind: Social, Name: h.Name, Number: h.Number, Issuer: c.Issuer, ValidFrom: c.Issued, ValidTo: c.ValidTo, LongTerm: c.ValidTo.IsZero()}
	p.Sex = NumberSex(h.Number)
	p.Birth, _ = NumberBirth(h.Number) // zero is a doubt below
	doubt := &DoubtError{}
	for _, test := range []struct {
		field Field
		ok    bool
	}{
		{FieldName, p.nameIsPlausible()},
		{FieldSex, h.Sex == p.Sex},
		{FieldBirth, !p.Birth.IsZero() && h.Birth == p.Birth},
		{FieldNumber, p.numberHolds()},
	} {
		if !test.ok {
			doubt.Fields = append(doubt.Fields, test.field)
		}
	}
	if len(doubt.Fields) > 0 {
		return Card{}, doubt
	}
	p.HasPUA = strings.ContainsFunc(p.Name, PrivateUse)
	return p, nil
}
