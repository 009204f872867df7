package main

import (
	"strings"
	"testing"

	"bianmin/kiosk/gallery/states"
	"bianmin/ui"
)

// TestShortScreensDoNotScroll: what the pension item ends with is seen whole, in
// normal letters: the pad to sign on, the five faces.
func TestShortScreensDoNotScroll(t *testing.T) {
	words := setUp(t)
	for _, name := range []string{"review", "review-pension", "review-signed"} {
		v := variants[0]
		for _, thing := range ui.Look(v.draw(words, states.Named{Name: name, State: state(t, name)}.State).Root()).Things {
			if strings.HasPrefix(thing.Name, "page-") && !thing.Seen.Empty() {
				t.Errorf("%s scrolls", name)
			}
			if thing.Name == "signature" && (thing.Seen != thing.Whole || thing.Whole.Height < 260) {
				t.Errorf("%s: the pad is %+v, seen %+v", name, thing.Whole, thing.Seen)
			}
		}
	}
}
