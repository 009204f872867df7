package play

import (
	"fmt"
	"strings"
)

// find returns what has this name; else what has exactly these words; else the
// only thing whose words hold them. What can be tapped goes before what cannot.
func (s Sight) find(name string) (Thing, bool) {
	exact := func(t Thing) bool { return t.Name == name }
	words := func(t Thing) bool { return t.Words == name }
	part := func(t Thing) bool {
		return !strings.HasPrefix(t.Name, "key:") && !strings.HasPrefix(t.Name, "pick:") && strings.Contains(t.Words, name)
	}
	for _, fits := range []func(Thing) bool{exact, words} {
		if found := s.all(fits); len(found) > 0 {
			return found[0], true
		}
	}
	if found := innermost(s.all(part)); len(found) > 0 && (len(found) == 1 || found[0].Enabled && !found[1].Enabled) {
		return found[0], true
	}
	return Thing{}, false
}

// innermost leaves out what holds another of the things: the table round a row.
func innermost(found []Thing) []Thing {
	var kept []Thing
	for i, outer := range found {
		holds := false
		for j, inner := range found {
			holds = holds || i != j && outer.Whole.holds(inner.Whole)
		}
		if !holds {
			kept = append(kept, outer)
		}
	}
	return kept
}

// holds tells whether another rectangle, a smaller one, lies inside.
func (r Rect) holds(o Rect) bool {
	return r != o && r.X <= o.X && r.Y <= o.Y && r.X+r.W >= o.X+o.W && r.Y+r.H >= o.Y+o.H
}

// all returns the things that fit, those that can be tapped first.
func (s Sight) all(fits func(Thing) bool) []Thing {
	var on, off []Thing
	for _, thing := range s.Things {
		switch {
		case !fits(thing):
		case thing.Enabled:
			on = append(on, thing)
		default:
			off = append(off, thing)
		}
	}
	return append(on, off...)
}

// reads tells whether words are somewhere on the screen.
func (s Sight) reads(words string) bool {
	for _, each := range s.Words {
		if strings.Contains(each.Text, words) {
			return true
		}
	}
	return false
}

// describe says what is on the screen, for an error.
func (s Sight) describe() string {
	var names []string
	for _, thing := range s.Things {
		if strings.HasPrefix(thing.Name, "key:") {
			continue
		}
		name := thing.Name
		if !thing.Enabled {
			name += " (off)"
		}
		names = append(names, name)
	}
	said := make([]string, len(s.Words))
	for i, words := range s.Words {
		said[i] = words.Text
	}
	return fmt.Sprintf("screen %s shows to tap: %s; and says: %s", s.Screen, strings.Join(names, " | "), strings.Join(said, " | "))
}

// tappable tells whether enough of a thing is seen to tap its middle.
func (t Thing) tappable() bool {
	return !t.Seen.Empty() && t.Seen.W*4 >= t.Whole.W*3 && t.Seen.H*4 >= t.Whole.H*3
}
