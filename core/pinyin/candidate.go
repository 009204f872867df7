package pinyin

import (
	"slices"
	"unicode/utf8"
)

// Options of a lookup.
type Options struct {
	Name bool // a person's name is typed: surnames and characters of given names come first
	Rare bool // offer characters outside the national table too, which most fonts lack
}

// Candidate is one thing the keys can mean.
type Candidate struct {
	Text string
	Keys int // how many of the keys it uses up, from the left
}

// found is a candidate with what decides its place.
type found struct {
	Candidate
	score      int
	characters int
}

const (
	maxGuessed = 60 // candidates from initials
	maxLonger  = 6  // candidates longer than what was typed
	maxSteps   = 20000
	guessCost  = 15 // what a syllable not typed in full takes off a score
)

// Look returns everything the keys can mean, likeliest first: what uses up all
// keys, then phrases and characters for their beginning. Keys are letters a to z, with
// apostrophes where syllables could be cut in two ways.
func (d *Dictionary) Look(keys string, options Options) []Candidate {
	t := d.cut(keys)
	if t.letters == "" {
		return nil
	}
	l := lookup{Dictionary: d, typed: t, options: options}
	l.collect()
	var all []found
	all = append(all, l.whole...)
	all = append(all, l.composed()...)
	all = append(all, l.guessed[:min(len(l.guessed), maxGuessed)]...)
	all = append(all, l.longer[:min(len(l.longer), maxLonger)]...)
	all = append(all, l.partial...)
	all = append(all, l.loose[:min(len(l.loose), maxGuessed)]...)
	return l.finish(all)
}

type lookup struct {
	*Dictionary
	typed   typed
	options Options

	whole   []found // all letters, typed in full
	guessed []found // all letters, with initials or an unfinished syllable
	longer  []found // all letters, and more syllables than typed
	partial []found // the first letters only, typed in full
	loose   []found // the first letters only, by initials
}

func (l *lookup) collect() {
	total := len(l.typed.letters)
	w := walker{Dictionary: l.Dictionary, units: l.typed.units, budget: maxSteps}
	w.visit = func(g group, end, guessed int) {
		switch {
		case end == total && guessed == 0:
			l.take(&l.whole, g, end, 0)
		case end == total:
			l.take(&l.guessed, g, end, guessed)
		case guessed == 0:
			l.take(&l.partial, g, end, 0)
		default:
			l.take(&l.loose, g, end, guessed)
		}
	}
	w.longer = func(groups []group, guessed int) {
		if l.typed.origin[total] < 3 {
			return
		}
		for _, g := range groups {
			if guessed == 0 && g.length > 2 {
				l.take(&l.longer, g, total, 0)
			}
		}
	}
	w.walk(0, 0, 0, len(l.groups), 0)
	if l.options.Name {
		l.nameFirst()
	}
	byScore := func(a, b found) int { return b.score - a.score }
	slices.SortStableFunc(l.whole, byScore)
	slices.SortStableFunc(l.guessed, byScore)
	slices.SortStableFunc(l.longer, byScore)
	byKeys := func(a, b found) int {
		if n := b.Keys - a.Keys; n != 0 {
			return n
		}
		return b.score - a.score
	}
	slices.SortStableFunc(l.partial, byKeys)
	slices.SortStableFunc(l.loose, byKeys)
}

// take adds a group's entries.
func (l *lookup) take(to *[]found, g group, end, guessed int) {
	for _, e := range l.entries[g.from:g.to] {
		if e.tier == tierOther && !l.options.Rare {
			break
		}
		if guessed > 0 && e.tier != tierUsual {
			break
		}
		score := int(e.weight) - guessCost*guessed - 100*int(e.tier)
		*to = append(*to, found{Candidate{l.word(e), l.typed.origin[end]}, score, int(g.length)})
	}
}

// composed puts words together when no phrase fits all that was typed.
func (l *lookup) composed() []found {
	phrase := slices.ContainsFunc(l.whole, func(f found) bool { return f.characters > 1 })
	single := len(l.whole) > 0 && !phrase
	if phrase || single {
		return nil
	}
	if text := l.sentence(); utf8.RuneCountInString(text) > 1 {
		return []found{{Candidate: Candidate{text, l.typed.origin[len(l.typed.letters)]}}}
	}
	return nil
}

// finish drops what is there twice.
func (l *lookup) finish(all []found) []Candidate {
	seen := make(map[string]bool, len(all))
	out := make([]Candidate, 0, len(all))
	for _, f := range all {
		if !seen[f.Text] {
			seen[f.Text] = true
			out = append(out, f.Candidate)
		}
	}
	return out
}
