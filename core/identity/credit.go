package identity

import (
	"errors"
	"strings"
)

// creditAlphabet is the value of each character of a credit code: I, O, S, V and Z are not used (GB 32100).
const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// ErrEarlyCode is a warning, not a refusal: the code is formed rightly but its check character does
// not fit. Some codes issued in the first years are like that and are valid all the same; ask the person to look again.
var ErrEarlyCode = errors.New("check character of the credit code does not fit: a slip, or a code of the first years")

// CheckCreditCode checks a unified social credit code of 18 characters (GB 32100), in upper case.
// It returns ErrLength or ErrCharacters for what can be no code, ErrEarlyCode as a warning, or nil.
func CheckCreditCode(code string) error {
	if len(code) != 18 {
		return ErrLength
	}
	for i, c := range []byte(code) {
		if strings.IndexByte(creditAlphabet, c) < 0 || (i >= 2 && i < 8 && (c < '0' || c > '9')) {
			return ErrCharacters // characters 3 to 8 are the division's code, digits only
		}
	}
	check, err := CreditCheckCharacter(code[:17])
	if err != nil {
		return err
	}
	if code[17] != check {
		return ErrEarlyCode
	}
	return nil
}

// CreditCheckCharacter is the 18th character of a credit code from its first 17.
func CreditCheckCharacter(first string) (byte, error) {
	if len(first) != 17 {
		return 0, ErrLength
	}
	sum, weight := 0, 1
	for _, c := range []byte(first) {
		value := strings.IndexByte(creditAlphabet, c)
		if value < 0 {
			return 0, ErrCharacters
		}
		sum += value * weight
		weight = weight * 3 % 31
	}
	return creditAlphabet[(31-sum%31)%31], nil
}
