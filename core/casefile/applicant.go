package casefile

import (
	"encoding/hex"

	"bianmin/core/identity"
)

// LongTerm is how a card without an end says so.
const LongTerm = "长期"

// Sources of an applicant.
const (
	SourceCard   = "card"        // an identity card
	SourceSocial = "social-card" // a social-security card: name and number only
)

// ApplicantOf is the person as the card says.
func ApplicantOf(card identity.Card) Applicant {
	a := Applicant{
		Name: card.Name, Number: card.Number, Sex: string(card.Sex), Nation: string(card.Nation), Birth: card.Birth.Compact(),
		Address: card.Address, Issuer: card.Issuer, ValidFrom: card.ValidFrom.Compact(), ValidTo: card.ValidTo.Compact(),
		CardKind: string(card.Kind), RawText: hex.EncodeToString(card.Raw[:]), Source: SourceCard,
	}
	if card.LongTerm {
		a.ValidTo = LongTerm
	}
	if card.Kind == identity.Social {
		a.RawText, a.Source = "", SourceSocial
	}
	return a
}
