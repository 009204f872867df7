package catalogue

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"bianmin/core/text"
)

// Readings gives the pinyin readings of a character without tones, most usual first; none for what has none.
type Readings func(r rune) []string

// Searcher finds items by name, keywords, codes, pinyin and pinyin initials. It
// never changes and is safe for concurrent use.
type Searcher struct{ entries []searchEntry }

type searchEntry struct {
	item  *Item
	terms []term
}

// term is one text an item is found by.
type term struct {
	weight int        // how much finding it says about the item
	plain  string     // lower case, without blanks
	runes  []rune     // of plain
	sounds [][]string // readings of each rune; nil for runes without
}

// Searcher prepares the items for searching. Without readings only texts are searched.
func (c *Catalogue) Searcher(readings Readings) *Searcher {
	s := &Searcher{}
	for _, item := range c.Items {
		e := searchEntry{item: item}
		add := func(weight int, words string) {
			if words != "" {
				e.terms = append(e.terms, newTerm(weight, words, readings))
			}
		}
		add(40, item.Name[text.Chinese])
		add(40, item.ShortName[text.Chinese])
		for _, word := range item.Keywords {
			add(30, word)
		}
		add(25, item.Name[text.English])
		add(25, item.ShortName[text.English])
		add(25, item.Code)
		for _, code := range item.Categories {
			if category, ok := c.Category(code); ok {
				add(10, category.Name[text.Chinese])
			}
		}
		for _, event := range item.LifeEvents {
			add(10, event)
		}
		add(10, item.Department.ShortName[text.Chinese])
		add(8, item.Department.Name[text.Chinese])
		s.entries = append(s.entries, e)
	}
	return s
}

func newTerm(weight int, words string, readings Readings) term {
	t := term{weight: weight, plain: plain(words)}
	t.runes = []rune(t.plain)
	if readings == nil {
		return t
	}
	t.sounds = make([][]string, len(t.runes))
	for i, r := range t.runes {
		if r >= utf8.RuneSelf {
			t.sounds[i] = readings(r)
		}
	}
	return t
}

// plain brings a text into the form that is compared.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsPunct(r) {
			return -1
		}
		if r >= '！' && r <= '～' { // full-width letters and digits
			r -= '！' - '!'
		}
		return unicode.ToLower(r)
	}, s)
}

const maxQuery = 64

// Search returns the items that fit the query, best first; all words of a
// query with blanks must fit. An empty query finds nothing.
func (s *Searcher) Search(query string) []*Item {
	if runes := []rune(query); len(runes) > maxQuery {
		query = string(runes[:maxQuery])
	}
	var words []string
	for _, word := range strings.Fields(query) {
		if word = plain(word); word != "" {
			words = append(words, word)
		}
	}
	if len(words) == 0 {
		return nil
	}
	type hit struct {
		item  *Item
		score int
	}
	var hits []hit
	for _, e := range s.entries {
		if score := e.score(words); score > 0 {
			hits = append(hits, hit{e.item, score})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return b.score - a.score })
	items := make([]*Item, len(hits))
	for i, h := range hits {
		items[i] = h.item
	}
	return items
}

// score is 0 when one of the words is not found.
func (e searchEntry) score(words []string) int {
	total := 0
	for _, word := range words {
		best := 0
		for _, t := range e.terms {
			best = max(best, t.score(word))
		}
		if best == 0 {
			return 0
		}
		total += best
	}
	return total
}

func (t term) score(word string) int {
	if i := strings.Index(t.plain, word); i >= 0 {
		switch {
		case len(word) == len(t.plain):
			return t.weight * 4
		case i == 0:
			return t.weight * 3
		}
		return t.weight * 2
	}
	if t.sounds == nil {
		return 0
	}
	for start := range t.runes {
		if t.sounds[start] != nil && t.sounded(start, word) {
			if start == 0 {
				return t.weight * 2
			}
			return t.weight
		}
	}
	return 0
}

// sounded tells whether the letters, from a character on, are readings of the
// characters in turn: whole, their beginning at the end of the word, or initials.
// Characters typed as such stand for themselves. It follows all ways of cutting
// the letters at once, so its time is bounded by characters times letters.
func (t term) sounded(start int, letters string) bool {
	reached := make([]bool, len(letters)+1)
	reached[0] = true
	for i := start; i < len(t.runes); i++ {
		next := make([]bool, len(letters)+1)
		any := false
		for offset, here := range reached {
			if !here || offset == len(letters) {
				continue
			}
			rest := letters[offset:]
			if r, size := utf8.DecodeRuneInString(rest); r == t.runes[i] {
				next[offset+size], any = true, true
			}
			for _, sound := range t.sounds[i] {
				switch {
				case strings.HasPrefix(sound, rest):
					return true
				case strings.HasPrefix(rest, sound):
					next[offset+len(sound)], any = true, true
				}
				if sound[0] == rest[0] {
					next[offset+1], any = true, true
				}
			}
		}
		if next[len(letters)] {
			return true
		}
		if !any {
			return false
		}
		reached = next
	}
	return false
}
