package main

import (
	"slices"
	"strings"
	"testing"

	"bianmin/kiosk/journey"
	"bianmin/kiosk/screen"
	"bianmin/ui"
	"bianmin/ui/uitest"
)

// moved are states one reaches by taps that only the screen knows of.
var moved = []struct {
	state string
	taps  []string // beginnings of names
}{
	{"question-text-empty", []string{"key:x", "key:i"}},
	{"question-text-empty", []string{"key:signs"}},
	{"question-table", []string{"删除"}},
	{"question-date-empty", []string{"19"}},
	{"question-date", []string{"9 "}},
	{"materials-pages", []string{"前一页"}},
	{"evaluate-more", []string{"写一句话"}},
	{"evaluate-more-chosen", []string{"字太小了"}},
	{"staff-sign-in-pin", []string{"换一个人"}},
	{"search-found", []string{"key:a"}},
}

// TestLayoutAfterTaps checks these states like all others, in every variant
// (tapped in Chinese, then shown in the variant's language and size).
func TestLayoutAfterTaps(t *testing.T) {
	words := setUp(t)
	fonts := uitest.LoadFonts(t)
	for _, m := range moved {
		for _, v := range append(slices.Clone(variants), corners...) {
			s := v.as(state(t, m.state))
			w := screen.New(screen.Options{Catalog: words, Engine: canned{}, Emit: func(journey.Event) {}, Size: v.size})
			w.Root().Resize(v.size)
			w.Show(s)
			finger := uitest.New(w.Root)
			for _, tap := range m.taps {
				if v.lang == "zh" || strings.HasPrefix(tap, "key:") {
					tapOn(t, w, finger, tap, v.name+"/"+m.state)
				}
			}
			newCheck(t, v, m.state+" "+strings.Join(m.taps, " "), fonts).all(w)
		}
	}
}

// tapOn taps the first thing whose name begins so; one that is scrolled away is left.
func tapOn(t *testing.T, w *screen.Window, finger *uitest.Finger, name, at string) {
	t.Helper()
	for _, thing := range ui.Look(w.Root()).Things {
		if strings.HasPrefix(thing.Name, name) || strings.HasPrefix(thing.Words, name) {
			if !thing.Seen.Empty() {
				finger.Tap(thing.Seen.X+thing.Seen.Width/2, thing.Seen.Y+thing.Seen.Height/2)
			}
			return
		}
	}
	t.Errorf("%s: %s is not there", at, name)
}
