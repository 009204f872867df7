package text

import "strings"

// Blank stands for a character that no font shows.
const Blank = '□'

// Shown replaces private-use characters, which mean nothing outside the card
// that holds them, by Blank. It is for the eye only: what is filed keeps them.
func Shown(s string) string {
	return strings.Map(func(r rune) rune {
		if Private(r) {
			return Blank
		}
		return r
	}, s)
}

// Private tells whether a rune is in one of Unicode's private-use areas.
func Private(r rune) bool {
	return r >= 0xE000 && r <= 0xF8FF || r >= 0xF0000 && r <= 0x10FFFF
}
