package ui

import (
	"strings"
	"unicode"
)

// Signs no line may begin with, and signs no line may end with (kinsoku; GB/T 15834).
const (
	notFirst = "，。、；：？！）》」』】〕〉…—～·％‰℃,.;:?!)]}%”’"
	notLast  = "（《「『【〔〈([{“‘￥$#№"
)

// wrap breaks text into lines no wider than width, by the rules of Chinese
// typesetting; Latin words and numbers stay whole while they fit a line.
// measure gives the width of a piece.
func wrap(text string, width float32, measure func(string) float32) []string {
	var lines []string
	for _, paragraph := range strings.Split(text, "\n") {
		lines = append(lines, wrapParagraph(paragraph, width, measure)...)
	}
	return lines
}

func wrapParagraph(paragraph string, width float32, measure func(string) float32) []string {
	var lines []string
	var line strings.Builder
	var used float32
	end := func() {
		lines = append(lines, strings.TrimRight(line.String(), " "))
		line.Reset()
		used = 0
	}
	add := func(piece string, wide float32) {
		line.WriteString(piece)
		used += wide
	}
	for _, piece := range pieces(paragraph) {
		if piece == " " && line.Len() == 0 && len(lines) > 0 {
			continue
		}
		wide := measure(piece)
		if used+wide <= width || (piece == " " && line.Len() > 0) {
			add(piece, wide)
			continue
		}
		if line.Len() > 0 {
			end()
		}
		for wide > width && len([]rune(piece)) > 1 { // longer than a whole line: break it anywhere
			head, rest := splitAt(piece, width, measure)
			add(head, measure(head))
			end()
			piece, wide = rest, measure(rest)
		}
		add(piece, wide)
	}
	if line.Len() > 0 || len(lines) == 0 {
		end()
	}
	return lines
}

// splitAt cuts a piece after as many runes as fit a width, at least one.
func splitAt(piece string, width float32, measure func(string) float32) (head, rest string) {
	runes := []rune(piece)
	n := 1
	for n < len(runes)-1 && measure(string(runes[:n+1])) <= width {
		n++
	}
	return string(runes[:n]), string(runes[n:])
}

// pieces cuts a paragraph into what may not be broken: single Chinese
// characters, words, spaces, each with the signs that cling to it.
func pieces(paragraph string) []string {
	var out []string
	var glue bool // the last piece ends with a sign that must not end a line
	runes := []rune(paragraph)
	for i := 0; i < len(runes); {
		first := runes[i]
		n := 1
		if !breaksFreely(first) {
			for i+n < len(runes) && !breaksFreely(runes[i+n]) {
				n++
			}
		}
		piece := string(runes[i : i+n])
		i += n
		last := len(out) - 1
		clings := strings.ContainsRune(notFirst, first) && last >= 0 && out[last] != " "
		if last >= 0 && (glue || clings) {
			out[last] += piece
		} else {
			out = append(out, piece)
		}
		glue = strings.ContainsRune(notLast, runes[i-1])
	}
	return out
}

// breaksFreely tells whether a line may be broken before and after a rune, the signs aside.
func breaksFreely(r rune) bool {
	return r == ' ' || r >= 0x2E80 || strings.ContainsRune(notFirst, r) && r > 0x7F || strings.ContainsRune(notLast, r) ||
		unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana)
}
