package identity

import "strings"

const alphabet36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// CheckCharacter is the ISO/IEC 7064 MOD 37,36 check character over digits and upper-case
// letters, as case numbers and certificate ids (GB/T 36904) carry it. It finds every single wrong
// character and nearly every exchange of two. ErrLength for "", ErrCharacters for anything else.
func CheckCharacter(s string) (byte, error) {
	if s == "" {
		return 0, ErrLength
	}
	product := 36
	for _, c := range []byte(s) {
		value := strings.IndexByte(alphabet36, c)
		if value < 0 {
			return 0, ErrCharacters
		}
		sum := (product + value) % 36
		if sum == 0 {
			sum = 36
		}
		product = sum * 2 % 37
	}
	return alphabet36[(37-product)%36], nil
}

// VerifyCheckCharacter tells whether the last character of s is the check character
// of those before it: ErrLength, ErrCharacters, ErrCheckDigit, or nil.
func VerifyCheckCharacter(s string) error {
	if len(s) < 2 {
		return ErrLength
	}
	check, err := CheckCharacter(s[:len(s)-1])
	if err != nil {
		return err
	}
	if strings.IndexByte(alphabet36, s[len(s)-1]) < 0 {
		return ErrCharacters
	}
	if check != s[len(s)-1] {
		return ErrCheckDigit
	}
	return nil
}
