package ui

import (
	"strings"
	"unicode"
	"unicode/utf8"
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

// wrapParagraph prefers to break after 、，。；： when that takes no more lines
// than breaking anywhere does.
func wrapParagraph(paragraph string, width float32, measure func(string) float32) []string {
	units := pieces(paragraph)
	lines := fill(units, width, measure)
	if len(lines) > 1 {
		whole := phrases(units)
		for _, phrase := range whole {
			if measure(phrase) > width {
				return lines
			}
		}
		if nicer := fill(whole, width, measure); len(nicer) <= len(lines) {
			return nicer
		}
	}
	return lines
}

// balanced breaks text into as many lines as wrap does, all about equally
// long: for titles and the words on buttons, where one sign alone on the last
// line looks lost.
func balanced(text string, width float32, measure func(string) float32) []string {
	best := wrap(text, width, measure)
	if len(best) < 2 {
		return best
	}
	low, high := max(width/2, widest(pieces(text), measure)), width
	if low >= high { // something fills a whole line already
		return best
	}
	for range 7 {
		middle := (low + high) / 2
		lines := wrap(text, middle, measure)
		if len(lines) > len(best) || widest(lines, measure) > middle {
			low = middle
		} else {
			best, high = lines, middle
		}
	}
	return best
}

func widest(lines []string, measure func(string) float32) float32 {
	var wide float32
	for _, line := range lines {
		wide = max(wide, measure(line))
	}
	return wide
}

// phrases joins pieces up to the next sign that ends a phrase.
func phrases(units []string) []string {
	var out []string
	open := false
	for _, unit := range units {
		if open {
			out[len(out)-1] += unit
		} else {
			out = append(out, unit)
		}
		last, _ := utf8.DecodeLastRuneInString(unit)
		open = !strings.ContainsRune("、，。；：？！ ·", last)
	}
	return out
}

// fill puts pieces into lines, as many as fit each.
func fill(units []string, width float32, measure func(string) float32) []string {
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
	for _, piece := range units {
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
		clings := strings.ContainsRune(notFirst, first)
		for clings && last > 0 && out[last] == " " { // a space before a sign does not free it
			out[last-1] += out[last]
			out, last = out[:last], last-1
		}
		if last >= 0 && (glue || clings) {
			out[last] += piece
		} else {
			out = append(out, piece)
		}
		glue = glue && piece == " " || strings.ContainsRune(notLast, runes[i-1])
	}
	return out
}

// breaksFreely tells whether a line may be broken before and after a rune, the signs aside.
func breaksFreely(r rune) bool {
	return r == ' ' || r >= 0x2E80 || strings.ContainsRune(notFirst, r) && r > 0x7F || strings.ContainsRune(notLast, r) ||
		unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana)
}
