package identity

import (
	"errors"
	"strings"
)

// Errors of numbers. They hold no part of the number.
var (
	ErrLength     = errors.New("wrong length")
	ErrCharacters = errors.New("characters that cannot stand there")
	ErrCheckDigit = errors.New("check character does not fit")
	ErrBirth      = errors.New("no possible date of birth")
)

// Sexes of GB/T 2261.1.
const (
	SexUnknown     Sex = "0"
	SexMale        Sex = "1"
	SexFemale      Sex = "2"
	SexUnspecified Sex = "9"
)

// Name is the sex in Chinese and English; the code itself when it is not one of GB/T 2261.1.
func (s Sex) Name() (zh, en string) {
	switch s {
	case SexUnknown:
		return "未知", "unknown"
	case SexMale:
		return "男", "male"
	case SexFemale:
		return "女", "female"
	case SexUnspecified:
		return "未说明", "not stated"
	}
	return string(s), string(s)
}

// NumberCheckDigit is the 18th character of a citizen's number from its first 17 digits
// (GB 11643: ISO 7064 MOD 11-2). It returns ErrLength or ErrCharacters when they are not 17 digits.
func NumberCheckDigit(first string) (byte, error) {
	if len(first) != 17 {
		return 0, ErrLength
	}
	sum := 0
	for i, c := range []byte(first) {
		if c < '0' || c > '9' {
			return 0, ErrCharacters
		}
		sum += int(c-'0') * [...]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}[i]
	}
	return "10X98765432"[sum%11], nil
}

// CheckNumber checks a citizen's number of 18 characters (GB 11643), the X in upper case:
// ErrLength, ErrCharacters, ErrCheckDigit, ErrBirth, or nil.
func CheckNumber(number string) error {
	if len(number) != 18 {
		return ErrLength
	}
	check, err := NumberCheckDigit(number[:17])
	if err != nil {
		return err
	}
	if last := number[17]; last != 'X' && (last < '0' || last > '9') {
		return ErrCharacters
	}
	if number[17] != check {
		return ErrCheckDigit
	}
	if _, err := NumberBirth(number); err != nil {
		return err
	}
	return nil
}

// NumberBirth is the date of birth a citizen's number carries; ErrLength or ErrBirth when there is none.
func NumberBirth(number string) (Date, error) {
	if len(number) != 18 {
		return Date{}, ErrLength
	}
	d, err := ParseDate(number[6:14])
	if err != nil || d.Year < 1850 {
		return Date{}, ErrBirth
	}
	return d, nil
}

// NumberSex is the sex a citizen's number carries in its 17th digit: odd is male.
// It is SexUnknown when there is no such digit.
func NumberSex(number string) Sex {
	if len(number) != 18 || number[16] < '0' || number[16] > '9' {
		return SexUnknown
	}
	if (number[16]-'0')%2 == 1 {
		return SexMale
	}
	return SexFemale
}

// Mask hides the middle of a number for screens and papers others may see: the first 6 and
// the last 4 characters of 18 stay. Of shorter numbers at most the last quarter stays.
func Mask(number string) string {
	runes := []rune(number)
	head, tail := 6, 4
	if len(runes) < 15 {
		head, tail = 0, len(runes)/4
	}
	return string(runes[:head]) + strings.Repeat("*", len(runes)-head-tail) + string(runes[len(runes)-tail:])
}

// MaskName hides a person's given name: the first character stays, of compound
// names with a dot as well. "" stays "".
func MaskName(name string) string {
	runes := []rune(name)
	for i, r := range runes {
		if i > 0 && r != '·' {
			runes[i] = '*'
		}
	}
	return string(runes)
}
