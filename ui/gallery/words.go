package gallery

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"bianmin/assets"
	"bianmin/core/text"
)

// Pseudo is a language made of the English words, longer: what fits in it fits in any.
const Pseudo text.Lang = "pseudo"

// Words is the word catalogue with the pseudo-language, which is percent longer.
func Words(percent int) (*text.Catalog, error) {
	c, err := text.Load(assets.Words())
	if err != nil {
		return nil, fmt.Errorf("load words: %w", err)
	}
	return c.Derive(text.English, Pseudo, func(template string) string { return Longer(template, percent) }), nil
}

// Longer adds words to a template until it is percent longer.
func Longer(template string, percent int) string {
	filler := strings.Fields("lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod")
	want := utf8.RuneCountInString(template) * (100 + percent) / 100
	out := template
	for i := 0; utf8.RuneCountInString(out) < want; i++ {
		word := filler[i%len(filler)]
		if left := want - utf8.RuneCountInString(out); len(word) >= left {
			word = word[:max(1, left-1)]
		}
		out += " " + word
	}
	return out
}
