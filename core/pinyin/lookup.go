package pinyin

import (
	"slices"
	"sort"
	"strings"
)

// unit is one way to read letters from a place on: a syllable, or the
// beginning of several (a range, because syllables are sorted).
type unit struct {
	first, last uint16 // syllables, inclusive
	end         int    // place behind the letters
	exact       bool   // a whole syllable was typed
}

const longestSyllable = 6

// typed is what was typed, cut in every possible way.
type typed struct {
	letters string   // without apostrophes
	units   [][]unit // by place
	origin  []int    // keys used up, apostrophes included, by number of letters
}

// cut prepares keys: letters a to z, apostrophes between syllables; anything else ends them.
func (d *Dictionary) cut(keys string) typed {
	var t typed
	var b strings.Builder
	barrier := map[int]bool{}
	t.origin = []int{0}
	for _, r := range strings.ToLower(keys) {
		if r == '\'' {
			barrier[b.Len()] = true
			t.origin[len(t.origin)-1]++
			continue
		}
		if r < 'a' || r > 'z' || b.Len() == maxLetters {
			break
		}
		if r == 'v' && b.Len() > 0 && strings.IndexByte("jqxy", b.String()[b.Len()-1]) >= 0 {
			r = 'u'
		}
		b.WriteRune(r)
		t.origin = append(t.origin, t.origin[len(t.origin)-1]+1)
	}
	t.letters = b.String()
	t.units = make([][]unit, len(t.letters))
	for at := range t.letters {
		for end := at + 1; end <= min(at+longestSyllable, len(t.letters)); end++ {
			if end-1 > at && barrier[end-1] {
				break
			}
			t.units[at] = append(t.units[at], d.unitsOf(t.letters[at:end], end, end == len(t.letters) || barrier[end])...)
		}
		slices.SortStableFunc(t.units[at], func(a, b unit) int { return b.end - a.end })
	}
	return t
}

const maxLetters = 48

// unitsOf reads letters as a syllable; as initials, which may stand anywhere;
// and, when nothing follows, as the beginning of syllables.
func (d *Dictionary) unitsOf(letters string, end int, last bool) []unit {
	var all []unit
	id, whole := d.ids[letters]
	if whole {
		all = append(all, unit{id, id, end, true})
	}
	initial := !whole && (len(letters) == 1 || letters == "zh" || letters == "ch" || letters == "sh")
	if !initial && (!last || whole) {
		return all
	}
	first := sort.SearchStrings(d.syllables, letters)
	after := first + sort.Search(len(d.syllables)-first, func(i int) bool { return !strings.HasPrefix(d.syllables[first+i], letters) })
	if after > first {
		all = append(all, unit{uint16(first), uint16(after - 1), end, false})
	}
	return all
}

// walker visits every group whose syllables fit the letters from a place on.
type walker struct {
	*Dictionary
	units  [][]unit
	budget int                               // steps left: bounds inputs like "zzzzzzzz"
	visit  func(g group, end, guessed int)   // guessed counts syllables not typed in full
	longer func(groups []group, guessed int) // groups that begin with all that was typed
	only   func(u unit) bool                 // nil: all units
}

func (w *walker) walk(at, depth, lo, hi, guessed int) {
	if at == len(w.units) {
		return
	}
	for _, u := range w.units[at] {
		if w.only != nil && !w.only(u) {
			continue
		}
		more := guessed
		if !u.exact {
			more++
		}
		from := w.bound(lo, hi, depth, u.first)
		to := w.bound(from, hi, depth, u.last+1)
		for from < to && w.budget > 0 {
			w.budget--
			next := w.bound(from, to, depth, w.syllable(w.groups[from], depth)+1)
			first := from
			if int(w.groups[from].length) == depth+1 {
				w.visit(w.groups[from], u.end, more)
				first++
			}
			switch {
			case first == next:
			case u.end < len(w.units):
				w.walk(u.end, depth+1, from, next, more)
			case w.longer != nil:
				w.longer(w.groups[first:next], more)
			}
			from = next
		}
	}
}

// bound is the first group in [lo, hi) whose syllable at depth is at least s. Groups that end before depth come first.
func (w *walker) bound(lo, hi, depth int, s uint16) int {
	return lo + sort.Search(hi-lo, func(i int) bool {
		g := w.groups[lo+i]
		return int(g.length) > depth && w.syllable(g, depth) >= s
	})
}
