// Package identity says what a resident ID card says, and checks the numbers
// people and organisations are known by. It must not read devices.
package identity

import "time"

// RawTextSize is the length in bytes of a card's text block (UTF-16LE, GA 467).
const RawTextSize = 256

// Kind is the kind of card, told by the type character of the text block.
type Kind string

// The kinds of card that people carry.
const (
	Resident      Kind = "resident"       // resident ID card
	HMTResident   Kind = "hmt-resident"   // residence permit for Hong Kong, Macao and Taiwan residents
	Foreigner2017 Kind = "foreigner-2017" // foreigner's permanent residence card, 2017 layout
	Foreigner2023 Kind = "foreigner-2023" // the same, 2023 layout
	// Social is a social-security card: it proves name and number, and nothing else stands in a Card made of it.
	Social Kind = "social-security"
)

// Sex is a code of GB/T 2261.1: 0 unknown, 1 male, 2 female, 9 unspecified.
type Sex string

// Nation is a two-digit code of GB/T 3304 ("01" is Han). Unknown codes are kept as read.
type Nation string

// Date is a calendar date without a zone; the zero value means "not given".
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// Card is what one read of a card gave. It is personal data: it lives in memory
// until the session ends and is never logged.
type Card struct {
	Kind       Kind
	Name       string // right-trimmed; may hold private-use characters, see HasPUA
	Sex        Sex
	Nation     Nation
	Birth      Date
	Address    string
	Number     string // 18 characters, upper-case X; 15 on a foreigner's card of 2017
	Chinese    string // a foreigner's Chinese name, "" for none; Name is the one in Latin letters then
	Country    string // ISO 3166 alpha-3, on foreigners' cards
	PassNumber string // of the travel permit, on residents' permits of Hong Kong, Macao and Taiwan
	Issuer     string
	ValidFrom  Date
	ValidTo    Date // zero when LongTerm
	LongTerm   bool // 长期
	HasPUA     bool // the name or address holds characters of the private-use area
	Raw        [RawTextSize]byte
	Photo      []byte // 1024 bytes WLT, opaque; nil when the card gave none
	NewAddress string // newest address of command 30 03, "" when none
	ReadTwice  bool   // a second read gave the same text; false when the reader gives a card once only
}
