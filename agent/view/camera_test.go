package view

import (
	"image"
	"slices"
	"testing"

	"bianmin/agent/desk"
)

// bright is what a camera sees, in one tone.
func bright(tone uint8) *desk.Finder {
	img := image.NewGray(image.Rect(0, 0, 8, 6))
	for i := range img.Pix {
		img.Pix[i] = tone
	}
	return desk.FinderOf(img)
}

// filmed is the list with the camera's window over it.
func filmed(v desk.Viewfinder) desk.State {
	s := cased()
	s.Camera = &v
	return s
}

// TestCameraByKeys: the large button has the keys once something is seen, by Enter and by F9; Escape closes the window and not the page;
// nothing below can be reached; a new picture takes the keys from nobody.
func TestCameraByKeys(t *testing.T) {
	g := newStage(t, cased())
	dark := filmed(desk.Viewfinder{Opened: 1, Finder: &desk.Finder{}, Several: true})
	g.Show(dark)
	g.press("F9", "Escape", "F2")
	g.heard(desk.CameraDone{})
	seen := filmed(desk.Viewfinder{Opened: 1, Finder: bright(200), Serial: 1, Several: true})
	g.Show(seen)
	g.press("Return", "F9", "Down", "Escape", "F1")
	g.heard(desk.CameraTake{}, desk.CameraTake{}, desk.CameraDone{}, desk.Help{Open: true})
	g.kit.Focus(g.finder.done)
	next := filmed(desk.Viewfinder{Opened: 1, Finder: seen.Camera.Finder, Serial: 2, Several: true})
	g.Show(next)
	if g.window.Canvas().Focused() != g.finder.done {
		t.Error("a new picture took the keys")
	}
	busy := filmed(desk.Viewfinder{Opened: 1, Finder: seen.Camera.Finder, Serial: 2, Several: true, Busy: true})
	g.Show(busy)
	g.press("F9", "Return")
	g.heard()
	taken := filmed(desk.Viewfinder{Opened: 1, Finder: seen.Camera.Finder, Serial: 2, Several: true, Taken: 1, CanDrop: true})
	g.Show(taken)
	g.press("Return")
	g.heard(desk.CameraTake{})
	g.Show(cased())
	g.press("Escape")
	g.heard(desk.Back{})
}

// TestCameraIsForgotten: a new picture is drawn without anything else being drawn, and once the window is closed it is cleared where it was drawn.
func TestCameraIsForgotten(t *testing.T) {
	g := newStage(t, filmed(desk.Viewfinder{Opened: 1, Finder: bright(100), Serial: 1}))
	first := g.finder.seen.pixels
	if first == nil || first.Pix[0] != 100 {
		t.Fatalf("the first picture is not shown: %v", first)
	}
	next := filmed(desk.Viewfinder{Opened: 1, Finder: bright(220), Serial: 2})
	next.Camera.Finder = g.state.Camera.Finder
	if !g.onlySeen(next) {
		t.Error("another picture is taken for more than that")
	}
	other := filmed(desk.Viewfinder{Opened: 1, Finder: g.state.Camera.Finder, Serial: 2, Taken: 1})
	if g.onlySeen(other) {
		t.Error("a page that was taken is not seen")
	}
	g.Show(next)
	if g.finder.seen.pixels != first {
		t.Error("each picture is another piece of memory")
	}
	g.Show(cased())
	if slices.ContainsFunc(first.Pix, func(b uint8) bool { return b != 0 }) || g.finder.seen.image.Image != nil {
		t.Error("the picture is still in memory")
	}
}
