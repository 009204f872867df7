package agency

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Least sizes of a passphrase: words or characters.
const (
	LeastWords      = 4
	LeastCharacters = 10
)

// Least sizes of what counts as a word: four digits or four short syllables are
// guessed in hours.
const (
	leastHan    = 2 // Chinese characters
	leastLetter = 3 // letters of an alphabet
)

// CheckSecret judges a passphrase: at least four words or ten characters, not
// the same few characters again, no plain sequence, and not the account's own
// name or number. WeakSecret otherwise.
func CheckSecret(secret string, account Account) error {
	words := wordsOf(secret)
	total := utf8.RuneCountInString(strings.Join(strings.Fields(secret), ""))
	long := total >= LeastCharacters
	if len(words) < LeastWords && !long {
		return refuse(WeakSecret)
	}
	different := map[rune]bool{}
	runs := 0
	last := rune(-10)
	for _, r := range secret {
		if unicode.IsSpace(r) {
			continue
		}
		different[r] = true
		if r == last || r == last+1 || r == last-1 {
			runs++
		}
		last = r
	}
	repeated := len(words) >= LeastWords && distinct(words) < 3 && !long
	if len(different) < 4 || runs*2 > total || repeated {
		return refuse(WeakSecret)
	}
	if rest := strings.NewReplacer(account.Name, "", account.ID, "").Replace(secret); account.ID != "" && utf8.RuneCountInString(rest) < LeastCharacters/2 {
		return refuse(WeakSecret)
	}
	return nil
}

// wordsOf gives the parts of a secret that count as words.
func wordsOf(secret string) []string {
	var words []string
	for _, word := range strings.Fields(secret) {
		han, letters := 0, 0
		for _, r := range word {
			switch {
			case unicode.Is(unicode.Han, r):
				han++
			case unicode.IsLetter(r):
				letters++
			}
		}
		if han >= leastHan || letters >= leastLetter {
			words = append(words, word)
		}
	}
	return words
}

func distinct(words []string) int {
	set := map[string]bool{}
	for _, w := range words {
		set[w] = true
	}
	return len(set)
}
