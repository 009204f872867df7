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

// CheckSecret judges a passphrase: at least four words or ten characters, not
// the same few characters again, no plain sequence, and not the account's own
// name or number. WeakSecret otherwise.
func CheckSecret(secret string, account Account) error {
	words := strings.Fields(secret)
	long := utf8.RuneCountInString(secret) >= LeastCharacters
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
	total := utf8.RuneCountInString(strings.Join(words, ""))
	repeated := len(words) >= LeastWords && distinct(words) < 3 && !long
	if len(different) < 4 || runs*2 > total || repeated {
		return refuse(WeakSecret)
	}
	if rest := strings.NewReplacer(account.Name, "", account.ID, "").Replace(secret); account.ID != "" && utf8.RuneCountInString(rest) < LeastCharacters/2 {
		return refuse(WeakSecret)
	}
	return nil
}

func distinct(words []string) int {
	set := map[string]bool{}
	for _, w := range words {
		set[w] = true
	}
	return len(set)
}
