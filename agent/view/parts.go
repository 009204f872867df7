package view

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bianmin/ui"
	dk "bianmin/ui/desk"
	"bianmin/ui/theme"
)

// split stands a wide part at the left and one of a fixed share at the right, both in full height.
type split struct {
	ui.Base
	right fyne.CanvasObject
}

// newSplit makes it; share is the right part's of the width, never under least.
func newSplit(k *kit, share, least float32, left, right fyne.CanvasObject) *split {
	s := &split{right: right}
	s.Setup(s, k.Look, func(float32) fyne.Size { return fyne.NewSize(800, 400) }, func(size fyne.Size) {
		wide := max(least, size.Width*share)
		if !right.Visible() {
			ui.Place(left, 0, 0, size.Width, size.Height)
			return
		}
		ui.Place(left, 0, 0, size.Width-wide-theme.DeskMargin, size.Height)
		ui.Place(right, size.Width-wide, 0, wide, size.Height)
	}, left, right)
	return s
}

// Grows tells that it takes the room that is left.
func (s *split) Grows() bool { return true }

// MinSize is small: it takes what it is given.
func (s *split) MinSize() fyne.Size { return fyne.NewSize(1, 1) }

// grown takes all the room that is left for its child.
type grown struct{ ui.Base }

func newGrown(k *kit, child fyne.CanvasObject) *grown {
	g := &grown{}
	g.Setup(g, k.Look, func(width float32) fyne.Size { return fyne.NewSize(ui.NaturalWidth(child), ui.HeightAt(child, width)) },
		func(size fyne.Size) { ui.Place(child, 0, 0, size.Width, size.Height) }, child)
	return g
}

// Grows tells that it takes the room that is left.
func (g *grown) Grows() bool { return true }

// LeastHeight is little: what is inside scrolls.
func (g *grown) LeastHeight(float32) float32 { return theme.DeskRow }

// listed is a table in a card.
func listed(k *kit, table *dk.Table) *dk.Panel { return dk.NewPanel(k.Kit, 6, table) }

// centred stands a card of a fixed width in the middle of the window.
type centred struct{ ui.Base }

func newCentred(k *kit, width float32, content fyne.CanvasObject) *centred {
	c := &centred{}
	ground := canvas.NewRectangle(theme.Colour(theme.Ground))
	panel := dk.NewPanel(k.Kit, 36, content)
	name := k.text(theme.DeskTitleText, theme.Action, k.t("label.product"))
	c.Setup(c, k.Look, func(float32) fyne.Size { return fyne.NewSize(width, 400) }, func(size fyne.Size) {
		ui.Place(ground, 0, 0, size.Width, size.Height)
		ui.Place(name, theme.DeskMargin, 18, 200, 28)
		high := min(ui.HeightAt(panel, width), size.Height-2*theme.DeskTop)
		ui.Place(panel, (size.Width-width)/2, max(theme.DeskTop, (size.Height-high)/2.3), width, high)
	}, ground, name, panel)
	return c
}

// facts are pairs of a label and what stands beside it.
type facts struct {
	*ui.Column
	kit   *kit
	wide  float32
	lines []fact
}

type fact struct{ label, value string }

// maxWider is what the labels' column may grow by, for a language with longer words, before they wrap.
const maxWider = 40

func newFacts(k *kit, wide float32) *facts {
	return &facts{Column: ui.NewColumn(6), kit: k, wide: wide}
}

// set shows the pairs that have a value.
func (f *facts) set(lines ...fact) {
	var kept []fact
	for _, line := range lines {
		if line.value != "" {
			kept = append(kept, line)
		}
	}
	if same(kept, f.lines) {
		return
	}
	f.lines = kept
	wide, labels, rows := f.wide, make([]*ui.Text, len(kept)), make([]fyne.CanvasObject, len(kept))
	for i, line := range kept {
		labels[i] = f.kit.text(theme.DeskBodyText, theme.InkQuiet, line.label)
		wide = max(wide, min(ui.NaturalWidth(labels[i]), f.wide+maxWider))
	}
	for i, line := range kept {
		rows[i] = newPair(f.kit, wide, labels[i], f.kit.body(line.value))
	}
	f.Set(rows...)
}

// pair stands a narrow part beside a wide one, both from the top.
type pair struct{ ui.Base }

func newPair(k *kit, wide float32, left, right fyne.CanvasObject) *pair {
	p := &pair{}
	p.Setup(p, k.Look, func(width float32) fyne.Size {
		if width <= 0 {
			return fyne.NewSize(wide+theme.DeskGap+ui.NaturalWidth(right), max(ui.HeightAt(left, 0), ui.HeightAt(right, 0)))
		}
		return fyne.NewSize(0, max(ui.HeightAt(left, wide), ui.HeightAt(right, width-wide-theme.DeskGap)))
	}, func(size fyne.Size) {
		ui.Place(left, 0, 0, wide, ui.HeightAt(left, wide))
		ui.Place(right, wide+theme.DeskGap, 0, size.Width-wide-theme.DeskGap, ui.HeightAt(right, size.Width-wide-theme.DeskGap))
	}, left, right)
	return p
}

func same[T comparable](a, b []T) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
