package pinyin

import "slices"

const (
	nameScore    = 400 // what a made-up name begins with: before all phrases
	maxPerPlace  = 4   // characters tried for each place of a given name
	surnameFirst = 120 // what the most common surname gains; later ones less
)

// nameFirst puts surnames, characters of given names and whole names first.
func (l *lookup) nameFirst() {
	surname, given := map[string]int{}, map[string]int{}
	for i, n := range l.surnames {
		surname[n.text] = max(surnameFirst-i/4, 40)
	}
	for i, n := range l.given {
		given[n.text] = max(surnameFirst/2-i/10, 20)
	}
	for _, list := range []*[]found{&l.whole, &l.guessed, &l.partial} {
		for i, f := range *list {
			gain := max(surname[f.Text], given[f.Text])
			if runes := []rune(f.Text); gain == 0 && len(runes) > 1 && len(runes) < 4 && surname[string(runes[0])] > 0 {
				gain = surname[string(runes[0])] / 2
			}
			(*list)[i].score += gain
		}
	}
	total := len(l.typed.letters)
	for i, name := range l.madeUp() {
		l.whole = append(l.whole, found{Candidate{name, l.typed.origin[total]}, nameScore - i, 2})
	}
}

// madeUp puts names together from surnames and usual characters: surname and
// one or two more, or a given name of two alone.
func (l *lookup) madeUp() []string {
	var names []string
	for _, syllables := range l.wholeCuts() {
		for _, s := range l.surnames {
			n := len(s.syllables)
			if n < len(syllables) && len(syllables)-n <= 2 && slices.Equal(s.syllables, syllables[:n]) {
				names = append(names, l.combine(s.text, syllables[n:])...)
				if len(names) > maxPerPlace*maxPerPlace*2 {
					break
				}
			}
		}
		if len(syllables) == 2 {
			names = append(names, l.combine("", syllables)...)
		}
	}
	return names
}

// combine appends to a beginning every combination of usual characters for the syllables, the usual ones first.
func (l *lookup) combine(beginning string, syllables []uint16) []string {
	all := []string{beginning}
	for _, s := range syllables {
		var longer []string
		for _, head := range all {
			for _, c := range l.usualFor(s) {
				longer = append(longer, head+c)
			}
		}
		all = longer
	}
	return all
}

func (l *lookup) usualFor(syllable uint16) []string {
	var all []string
	for _, g := range l.given {
		if g.syllables[0] == syllable && len(all) < maxPerPlace {
			all = append(all, g.text)
		}
	}
	return all
}

// wholeCuts returns the ways to cut the letters into two to four whole syllables.
func (l *lookup) wholeCuts() [][]uint16 {
	var all [][]uint16
	var walk func(at int, done []uint16)
	walk = func(at int, done []uint16) {
		if at == len(l.typed.letters) {
			if len(done) >= 2 {
				all = append(all, slices.Clone(done))
			}
			return
		}
		if len(done) == 4 || len(all) == 4 {
			return
		}
		for _, u := range l.typed.units[at] {
			if u.exact {
				walk(u.end, append(done, u.first))
			}
		}
	}
	walk(0, nil)
	return all
}
