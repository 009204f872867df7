package a4

import (
	"strings"
	"unicode"
)

// Signs no line may begin with, and signs no line may end with (GB/T 15834).
const (
	notFirst = "，。、；：？！）》」』】〕〉…—～·％‰℃,.;:?!)]}%”’"
	notLast  = "（《「『【〔〈([{“‘￥$#№■□"
)

// wrap breaks s into lines of at most width points, the first line shorter by
// indent. Words and numbers stay whole while they fit; nothing is lost but blanks at line ends.
func wrap(s string, f *face, size, width, indent float64) []string {
	var lines []string
	for i, paragraph := range strings.Split(s, "\n") {
		if i > 0 {
			indent = 0
		}
		lines = append(lines, wrapParagraph([]rune(paragraph), f, size, width, indent)...)
	}
	return lines
}

func wrapParagraph(runes []rune, f *face, size, width, indent float64) []string {
	var lines []string
	room := width - indent
	for len(runes) > 0 {
		n := fit(runes, f, size, room)
		lines = append(lines, strings.TrimRight(string(runes[:n]), " "))
		runes, room = runes[n:], width
		for len(runes) > 0 && runes[0] == ' ' {
			runes = runes[1:]
		}
	}
	if lines == nil {
		return []string{""}
	}
	return lines
}

// fit gives the number of runes that go on one line, at least one.
func fit(runes []rune, f *face, size, room float64) int {
	used, most := 0.0, 0
	for most < len(runes) {
		w, _ := f.advance(runes[most])
		if used += w * size; used > room+0.01 {
			break
		}
		most++
	}
	if most == len(runes) {
		return most
	}
	for n := most; n > most/3; n-- {
		if n > 0 && breakable(runes, n) {
			return n
		}
	}
	return max(most, 1)
}

// breakable tells whether a line may end before runes[n].
func breakable(runes []rune, n int) bool {
	before, after := runes[n-1], runes[n]
	switch {
	case strings.ContainsRune(notFirst, after) || strings.ContainsRune(notLast, before):
		return false
	case before == ' ' && n > 1 && strings.ContainsRune(notLast, runes[n-2]):
		return false
	case before == ' ' || after == ' ' || before == '\u3000':
		return true
	case before == '-' || before == '/':
		return true
	case unicode.Is(unicode.Mn, after):
		return false
	default:
		return broad(before) || broad(after)
	}
}

// broad tells whether a rune stands alone in Chinese typesetting.
func broad(r rune) bool { return r >= 0x2E80 }
