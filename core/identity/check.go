package identity

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Field names a field of a card.
type Field string

// Fields of a card.
const (
	FieldName     Field = "name"
	FieldSex      Field = "sex"
	FieldNation   Field = "nation"
	FieldBirth    Field = "birth"
	FieldAddress  Field = "address"
	FieldNumber   Field = "number"
	FieldIssuer   Field = "issuer"
	FieldValidity Field = "validity"
)

// DoubtError says which fields of a card contradict each other or cannot be. It holds none of their content.
type DoubtError struct {
	Fields []Field // in the order of the card, each once
}

func (e *DoubtError) Error() string {
	names := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		names[i] = string(f)
	}
	return "the card's fields contradict each other: " + strings.Join(names, ", ")
}

// Check looks for signs that a card was not read rightly: the number's check character, birth and sex
// against the number, impossible or disordered dates, characters that cannot stand in a field.
// It returns nil or a *DoubtError. An expired card is no doubt, see Expired.
func (c Card) Check() error {
	tests := []struct {
		field Field
		ok    bool
	}{
		{FieldName, c.nameIsPlausible()},
		{FieldSex, c.sexAgrees()},
		{FieldNation, c.nationIsPlausible()},
		{FieldBirth, c.birthAgrees()},
		{FieldAddress, c.addressIsPlausible()},
		{FieldNumber, c.numberHolds()},
		{FieldIssuer, c.issuerIsPlausible()},
		{FieldValidity, c.validityIsPlausible()},
	}
	doubt := &DoubtError{}
	for _, test := range tests {
		if !test.ok {
			doubt.Fields = append(doubt.Fields, test.field)
		}
	}
	if len(doubt.Fields) == 0 {
		return nil
	}
	return doubt
}

// Expired tells whether the card's validity has ended before the day on. A card whose
// validity could not be read counts as expired.
func (c Card) Expired(on Date) bool {
	if c.LongTerm {
		return false
	}
	return c.ValidTo.Before(on)
}

func (c Card) foreign() bool { return c.Kind == Foreigner2017 || c.Kind == Foreigner2023 }

func (c Card) numberHolds() bool {
	switch c.Kind {
	case Foreigner2017:
		return checkForeignNumber(c.Number) == nil
	case Foreigner2023:
		return CheckNumber(c.Number) == nil && c.Number[0] == '9'
	case HMTResident:
		return CheckNumber(c.Number) == nil && (strings.HasPrefix(c.Number, "810000") ||
			strings.HasPrefix(c.Number, "820000") || strings.HasPrefix(c.Number, "830000"))
	}
	return CheckNumber(c.Number) == nil && c.Number[0] != '0'
}

func (c Card) birthAgrees() bool {
	if c.Birth.IsZero() {
		return false
	}
	if !c.ValidFrom.IsZero() && !c.Birth.Before(c.ValidFrom) {
		return false
	}
	if c.Kind == Foreigner2017 {
		return len(c.Number) == 15 && c.Birth.Compact()[2:] == c.Number[7:13]
	}
	birth, err := NumberBirth(c.Number)
	return err == nil && birth == c.Birth
}

func (c Card) sexAgrees() bool {
	if c.Sex != SexMale && c.Sex != SexFemale {
		return false
	}
	return c.Kind == Foreigner2017 || NumberSex(c.Number) == c.Sex // the 15-character number says nothing of the sex
}

func (c Card) nationIsPlausible() bool {
	if c.Kind != Resident {
		return true // the field is blank or says something else
	}
	// An unknown code is kept: the card may be younger than our list.
	return len(c.Nation) == 2 && digits(string(c.Nation)) && c.Nation != "00"
}

func (c Card) validityIsPlausible() bool {
	from, to := c.ValidFrom, c.ValidTo
	// The first cards of this make were given out in 2004, after a trial in 2003.
	if from.Year < 2003 || from.Year > 2100 {
		return false
	}
	if c.LongTerm {
		return to.IsZero()
	}
	switch to.Year - from.Year { // 5, 10 or 20 years to the day
	case 5, 10, 20:
	default:
		return false
	}
	if from.Month == time.February && from.Day == 29 {
		return (to.Month == time.February && to.Day >= 28) || (to.Month == time.March && to.Day == 1)
	}
	return to.Month == from.Month && to.Day == from.Day
}

func (c Card) nameIsPlausible() bool {
	if c.Name == "" || strings.HasPrefix(c.Name, "·") || strings.HasSuffix(c.Name, "·") {
		return false
	}
	if c.foreign() {
		return all(c.Name, func(r rune) bool { return han(r) || latin(r) || strings.ContainsRune(" ·-',.", r) })
	}
	// A few residents have Latin letters in their names.
	return utf8.RuneCountInString(c.Name) >= 2 && all(c.Name, func(r rune) bool { return han(r) || latin(r) || r == '·' })
}

func (c Card) addressIsPlausible() bool {
	if c.foreign() {
		return c.Address == ""
	}
	for _, address := range []string{c.Address, c.NewAddress} {
		if strings.Contains(address, "  ") || !all(address, func(r rune) bool {
			return han(r) || latin(r) || (r >= '0' && r <= '9') || (r >= 0xFF01 && r <= 0xFF5E) || // full-width forms
				(r >= 0x2160 && r <= 0x216B) || // Roman numerals of buildings
				strings.ContainsRune(" -—–―·#()（）、,，.．/／　", r)
		}) {
			return false
		}
	}
	return c.Address != ""
}

func (c Card) issuerIsPlausible() bool {
	return c.Issuer != "" && all(c.Issuer, func(r rune) bool { return han(r) || strings.ContainsRune("·（）()", r) })
}

// han tells whether r is a Chinese character or one of the private-use area, where old cards hold rare ones.
func han(r rune) bool {
	switch {
	case r >= 0x4E00 && r <= 0x9FFF, r >= 0x3400 && r <= 0x4DBF, r >= 0x20000 && r <= 0x33479, r == '〇', r == '々':
		return true
	case r >= 0xF900 && r <= 0xFAD9, r >= 0x2F800 && r <= 0x2FA1D:
		return true
	}
	return PrivateUse(r)
}

// PrivateUse tells whether r has no meaning in Unicode: its look is known to the card's issuer only.
func PrivateUse(r rune) bool {
	return (r >= 0xE000 && r <= 0xF8FF) || (r >= 0xF0000 && r <= 0x10FFFD)
}

func latin(r rune) bool { return (r >= 'A' && r <= 'Z') || (r >= 'a' && r <= 'z') }

func digits(s string) bool {
	return all(s, func(r rune) bool { return r >= '0' && r <= '9' })
}

func all(s string, ok func(rune) bool) bool {
	for _, r := range s {
		if !ok(r) {
			return false
		}
	}
	return true
}

// checkForeignNumber checks the 15 characters of a foreigner's permanent residence card of the 2017
// layout: nationality (ISO 3166 alpha-3), 4 digits of region, YYMMDD, 1 digit, and a check digit over
// the first 14 with the weights 7, 3, 1 of ICAO 9303, a letter counting 10 for A to 35 for Z.
func checkForeignNumber(number string) error {
	if len(number) != 15 {
		return ErrLength
	}
	sum := 0
	for i, c := range []byte(number) {
		value := 0
		switch {
		case i < 3 && c >= 'A' && c <= 'Z':
			value = int(c-'A') + 10
		case i >= 3 && c >= '0' && c <= '9':
			value = int(c - '0')
		default:
			return ErrCharacters
		}
		if i < 14 {
			sum += value * [...]int{7, 3, 1}[i%3]
		}
	}
	if number[14] != byte('0'+sum%10) {
		return ErrCheckDigit
	}
	return nil
}
