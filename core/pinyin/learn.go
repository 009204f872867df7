package pinyin

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// learntWeight is as likely as a word used every day: what is local comes first.
const learntWeight = 85

// maxLearnt is the most characters of a word learnt.
const maxLearnt = 12

// With returns a dictionary that knows more words: names of villages, of
// departments, of items. Each is read by its characters' usual readings; words of
// one character, or with others than Chinese characters, are left out. The
// dictionary itself stays as it is.
func (d *Dictionary) With(words []string) *Dictionary {
	more := &Dictionary{
		syllables: d.syllables, ids: d.ids, surnames: d.surnames, given: d.given,
		keys: slices.Clone(d.keys), entries: slices.Clone(d.entries),
	}
	var text strings.Builder
	text.WriteString(d.text)
	var learnt []group
	seen := map[string]bool{}
	for _, word := range words {
		key, ok := d.spell(word)
		if !ok || seen[word] {
			continue
		}
		seen[word] = true
		g := group{key: uint32(len(more.keys)), length: uint8(len(key)), from: uint32(len(more.entries))}
		more.keys = append(more.keys, key...)
		more.entries = append(more.entries, entry{offset: uint32(text.Len()), size: uint8(len(word)), weight: learntWeight})
		text.WriteString(word)
		g.to = uint32(len(more.entries))
		learnt = append(learnt, g)
	}
	more.text = text.String()
	more.insert(d.groups, learnt)
	return more
}

// spell finds the syllables of a word by its characters' usual readings.
func (d *Dictionary) spell(word string) ([]uint16, bool) {
	if n := utf8.RuneCountInString(word); n < 2 || n > maxLearnt {
		return nil, false
	}
	var key []uint16
	for _, r := range word {
		readings := d.Readings(r)
		if len(readings) == 0 {
			return nil, false
		}
		key = append(key, d.ids[readings[0]])
	}
	return key, true
}

// insert merges two sorted rows of groups, joining those that sound alike.
func (d *Dictionary) insert(old, learnt []group) {
	compare := func(a, b group) int {
		switch {
		case d.less(a, b):
			return -1
		case d.less(b, a):
			return 1
		}
		return 0
	}
	slices.SortStableFunc(learnt, compare)
	d.groups = make([]group, 0, len(old)+len(learnt))
	for len(old) > 0 || len(learnt) > 0 {
		switch {
		case len(learnt) == 0 || (len(old) > 0 && compare(old[0], learnt[0]) < 0):
			d.groups, old = append(d.groups, old[0]), old[1:]
		case len(old) > 0 && compare(old[0], learnt[0]) == 0:
			d.groups, old = append(d.groups, d.join(learnt[0], old[0])), old[1:]
			learnt = learnt[1:]
		case len(d.groups) > 0 && compare(d.groups[len(d.groups)-1], learnt[0]) == 0:
			d.groups[len(d.groups)-1] = d.join(d.groups[len(d.groups)-1], learnt[0])
			learnt = learnt[1:]
		default:
			d.groups, learnt = append(d.groups, learnt[0]), learnt[1:]
		}
	}
}

// join makes one group of two that sound alike, likeliest first.
func (d *Dictionary) join(a, b group) group {
	joined := append(slices.Clone(d.entries[a.from:a.to]), d.entries[b.from:b.to]...)
	slices.SortStableFunc(joined, func(x, y entry) int {
		if x.tier != y.tier {
			return int(x.tier) - int(y.tier)
		}
		return int(y.weight) - int(x.weight)
	})
	a.from = uint32(len(d.entries))
	d.entries = append(d.entries, joined...)
	a.to = uint32(len(d.entries))
	return a
}
