package main

import "strings"

// matcher tells whether typed letters find a label by pinyin, from any of its
// characters on: initials, whole readings, or a mix.
func matcher(readings func(rune) []string) func(label, typed string) bool {
	return func(label, typed string) bool {
		typed = strings.ToLower(strings.TrimSpace(typed))
		if typed == "" {
			return true
		}
		runes := []rune(label)
		for i := range runes {
			if sounds(readings, runes[i:], typed) {
				return true
			}
		}
		return false
	}
}

func sounds(readings func(rune) []string, label []rune, letters string) bool {
	if letters == "" {
		return true
	}
	if len(label) == 0 {
		return false
	}
	for _, sound := range readings(label[0]) {
		if strings.HasPrefix(sound, letters) {
			return true
		}
		if rest, ok := strings.CutPrefix(letters, sound); ok && sounds(readings, label[1:], rest) {
			return true
		}
		if sound[0] == letters[0] && sounds(readings, label[1:], letters[1:]) {
			return true
		}
	}
	return false
}
