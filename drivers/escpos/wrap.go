package escpos

import (
	"regexp"
	"strings"
	"unicode"
)

// notFirst may not begin a line, notLast may not end one.
const (
	notFirst = "，。、；：？！）》」』】〉”’…—·,.;:?!)]}%"
	notLast  = "（《「『【〈“‘([{"
)

// marker is the indent or number that a paragraph begins with.
var marker = regexp.MustCompile(`^ *(?:\d+\. +|· +)?`)

// wrap breaks s into lines of at most limit cells: at spaces, after hyphens and
// slashes, and between Chinese characters, with punctuation kept in its place.
// Lines after the first stand under the first one's text, not under its number.
func wrap(s string, limit int) []string {
	lead := marker.FindString(s)
	if len(lead) > limit/2 {
		lead = ""
	}
	first, rest := lead, strings.Repeat(" ", cells(lead))
	room := limit - len(rest)
	var lines []string
	for runes := []rune(strings.TrimRight(s[len(lead):], " ")); len(runes) > 0; {
		n := fit(runes, room)
		lines = append(lines, first+strings.TrimRight(string(runes[:n]), " "))
		first, runes = rest, runes[n:]
		for len(runes) > 0 && runes[0] == ' ' {
			runes = runes[1:]
		}
	}
	if lines == nil {
		return []string{""}
	}
	return lines
}

// fit gives the number of runes that go on one line of room cells, at least one.
func fit(runes []rune, room int) int {
	used, most := 0, 0
	for most < len(runes) && used+width(runes[most]) <= room {
		used += width(runes[most])
		most++
	}
	if most == len(runes) {
		return most
	}
	for n := most; n > 0; n-- {
		if breakable(runes, n) {
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
	case before == ' ' || after == ' ':
		return true
	case before == '-' || before == '/':
		return true
	case unicode.Is(unicode.Mn, after):
		return false
	default:
		return width(before) == 2 || width(after) == 2
	}
}

// pairLines sets label and value on one line, the value at the right edge; when
// they don't fit, the value stands under the label, indented.
func pairLines(label, value string, limit int) []string {
	gap := limit - cells(label) - cells(value)
	if gap >= 2 || label == "" {
		return []string{label + strings.Repeat(" ", max(gap, 0)) + value}
	}
	return append(wrap(label, limit), wrap("  "+value, limit)...)
}
