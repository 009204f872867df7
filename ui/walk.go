package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Box is a rectangle in the toolkit's units, from the window's upper left corner.
type Box struct{ X, Y, Width, Height float32 }

// Empty tells whether nothing of it can be seen.
func (b Box) Empty() bool { return b.Width <= 0 || b.Height <= 0 }

func (b Box) intersect(other Box) Box {
	x, y := max(b.X, other.X), max(b.Y, other.Y)
	return Box{
		X: x, Y: y,
		Width:  min(b.X+b.Width, other.X+other.Width) - x,
		Height: min(b.Y+b.Height, other.Y+other.Height) - y,
	}
}

func (b Box) contains(other Box) bool {
	const slack = 0.5
	return b.X <= other.X+slack && b.Y <= other.Y+slack &&
		b.X+b.Width+slack >= other.X+other.Width && b.Y+b.Height+slack >= other.Y+other.Height
}

// Thing is something named that is drawn.
type Thing struct {
	Name    string
	Words   string // all words on it, in order
	Enabled bool
	Keys    bool // what is typed goes there
	Whole   Box  // where it is, also where a scroll hides it
	Seen    Box  // what of it is seen
	Scrolls int  // how many scrolls it lies in
}

// Words is a piece of text that is seen.
type Words struct {
	Text    string
	Box     Box
	Scrolls int // how many scrolls it lies in
}

// Clipping is anything that shows only a part of what it holds.
type Clipping interface{ Clips() bool }

// Reading is anything that is read though its parts are the toolkit's: what stands in a text field.
type Reading interface{ Reads() string }

// Keyed is anything that can take the keys: HasKeys tells whether it has them.
type Keyed interface{ HasKeys() bool }

// View is what a person sees on a canvas: what can be tapped, what can be read.
type View struct {
	Things   []Thing
	Words    []Words
	Guarding bool // the tap guard swallows touches just now
}

// Look walks what is drawn, bottom first. What a modal part covers is left out.
// Only the kit's own widgets, containers and canvas primitives are seen.
func Look(root fyne.CanvasObject) View {
	size := root.Size()
	w := walker{}
	everything := Box{Width: size.Width, Height: size.Height}
	w.walk(root, fyne.Position{}, everything, 0)
	return w.view
}

type walker struct {
	view View
	open []int // indexes of the things one is inside of
}

func (w *walker) walk(object fyne.CanvasObject, offset fyne.Position, clip Box, scrolls int) {
	if object == nil || !object.Visible() {
		return
	}
	at := offset.Add(object.Position())
	size := object.Size()
	box := Box{X: at.X, Y: at.Y, Width: size.Width, Height: size.Height}
	switch object := object.(type) {
	case *TapGuard:
		w.view.Guarding = true
		return
	case *canvas.Text:
		need := object.MinSize()
		w.words(object.Text, Box{X: at.X, Y: at.Y, Width: need.Width, Height: need.Height}, clip, scrolls)
		return
	case *Text: // one piece of text, however it is broken into lines
		w.words(object.text, box, clip, scrolls)
		return
	case Modal:
		if object.Modal() {
			w.cover(box)
		}
	case Clipping:
		if object.Clips() {
			clip = clip.intersect(box)
			scrolls++
		}
	}
	if reading, ok := object.(Reading); ok {
		w.words(reading.Reads(), box, clip, scrolls)
	}
	if named, ok := object.(Named); ok && named.PlayName() != "" {
		w.view.Things = append(w.view.Things, Thing{
			Name: named.PlayName(), Enabled: enabled(object), Keys: hasKeys(object), Whole: box, Seen: clip.intersect(box), Scrolls: scrolls,
		})
		w.open = append(w.open, len(w.view.Things)-1)
		defer func() { w.open = w.open[:len(w.open)-1] }()
	}
	for _, part := range partsOf(object) {
		w.walk(part, at, clip, scrolls)
	}
}

func hasKeys(object fyne.CanvasObject) bool {
	keyed, ok := object.(Keyed)
	return ok && keyed.HasKeys()
}

func enabled(object fyne.CanvasObject) bool {
	switchable, ok := object.(Switchable)
	return !ok || switchable.Enabled()
}

func (w *walker) words(text string, box, clip Box, scrolls int) {
	if strings.TrimSpace(text) == "" {
		return
	}
	for _, i := range w.open {
		w.view.Things[i].Words = strings.TrimSpace(w.view.Things[i].Words + " " + text)
	}
	if seen := clip.intersect(box); !seen.Empty() {
		w.view.Words = append(w.view.Words, Words{Text: text, Box: box, Scrolls: scrolls})
	}
}

// cover drops everything seen so far that lies below a modal part.
func (w *walker) cover(over Box) {
	things := w.view.Things[:0]
	for _, thing := range w.view.Things {
		if !over.contains(thing.Seen) {
			things = append(things, thing)
		}
	}
	w.view.Things = things
	words := w.view.Words[:0]
	for _, each := range w.view.Words {
		if !over.contains(each.Box) {
			words = append(words, each)
		}
	}
	w.view.Words = words
}
