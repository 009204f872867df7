package screen

import (
	"strings"
	"sync"

	"golang.org/x/image/font/sfnt"

	"bianmin/assets"
	"bianmin/core/text"
)

// letters is the embedded font, nil when it cannot be read.
var letters = sync.OnceValue(func() *sfnt.Font {
	font, err := sfnt.Parse(assets.FontRegular())
	if err != nil {
		return nil
	}
	return font
})

// drawn tells whether the screen has a picture of a character.
func drawn(r rune) bool {
	if text.Private(r) {
		return false
	}
	font := letters()
	if font == nil {
		return true
	}
	index, err := font.GlyphIndex(nil, r)
	return err == nil && index != 0
}

// shown is a person's text with an empty square for each character the screen has no picture of.
func shown(s string) string {
	return strings.Map(func(r rune) rune {
		if drawn(r) {
			return r
		}
		return text.Blank
	}, s)
}
